export { stop as POST } from "#server/bulk/handler.ts";
