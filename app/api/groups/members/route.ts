export { changeMembers as POST } from "#server/groups/handler.ts";
