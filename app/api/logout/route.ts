export { logout as POST } from "#server/auth/handler.ts";
