export { upload as POST } from "#server/imports/handler.ts";
