export { retrySyncHandler as POST } from "#server/sync/handler.ts";
