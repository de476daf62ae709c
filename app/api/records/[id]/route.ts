export { edit as POST } from "#server/records/handler.ts";
