export { saveDenied as POST } from "#server/settings/handler.ts";
