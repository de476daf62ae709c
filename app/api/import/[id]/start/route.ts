export { start as POST } from "#server/imports/handler.ts";
