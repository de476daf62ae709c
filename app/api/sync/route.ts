export { startSyncHandler as POST } from "#server/sync/handler.ts";
