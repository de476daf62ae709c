export { unlink as POST } from "#server/unlinks/handler.ts";
