export { changeGroup as POST } from "#server/groups/handler.ts";
