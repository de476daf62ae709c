export { syncStreamHandler as GET } from "#server/sync/handler.ts";
