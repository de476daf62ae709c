export { createOwn as POST } from "#server/connections/handler.ts";
