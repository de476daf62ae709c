export { takeAccess as POST } from "#server/home/handler.ts";
