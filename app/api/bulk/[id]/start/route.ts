export { start as POST } from "#server/bulk/handler.ts";
