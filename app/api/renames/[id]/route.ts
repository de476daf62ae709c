export { rename as POST } from "#server/renames/handler.ts";
