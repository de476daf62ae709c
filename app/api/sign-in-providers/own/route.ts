export { createOwn as POST } from "#server/sign-in-providers/handler.ts";
