export { login as POST } from "#server/auth/handler.ts";
