export { cancel as POST } from "#server/imports/handler.ts";
