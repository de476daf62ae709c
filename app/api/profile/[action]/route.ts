export { changeProfile as POST } from "#server/profile/handler.ts";
