export { deleteDenied as POST } from "#server/settings/handler.ts";
