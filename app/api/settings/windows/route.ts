export { saveWindow as POST } from "#server/settings/handler.ts";
