export { cancelSyncHandler as POST } from "#server/sync/handler.ts";
