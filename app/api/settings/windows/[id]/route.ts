export { changeWindow as POST } from "#server/settings/handler.ts";
