export { listSyncRunsHandler as GET, startSyncAllHandler as POST } from "#server/api-docs/handler.ts";
