export { redriveHandler as POST } from "#server/sync/handler.ts";
