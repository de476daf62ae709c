export { snapshotStatus as GET } from "#server/snapshots/handler.ts";
