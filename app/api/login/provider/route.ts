export { startProvider as GET } from "#server/auth/handler.ts";
