export { takeBack as POST } from "#server/bulk/handler.ts";
