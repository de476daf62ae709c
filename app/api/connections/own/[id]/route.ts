export { changeOwn as POST } from "#server/connections/handler.ts";
