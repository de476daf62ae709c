export { choose as POST } from "#server/bulk/handler.ts";
