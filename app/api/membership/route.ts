export { changeMembership as POST } from "#server/auth/handler.ts";
