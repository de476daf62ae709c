export { saveMapping as POST } from "#server/imports/handler.ts";
