export { pushSnapshot as POST } from "#server/snapshots/handler.ts";
