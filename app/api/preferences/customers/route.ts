export { changeListLayout as POST } from "#server/preferences/handler.ts";
