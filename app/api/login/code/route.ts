export { loginCode as POST } from "#server/auth/handler.ts";
