export { makeGroup as POST } from "#server/groups/handler.ts";
