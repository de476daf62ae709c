export { changePin as POST } from "#server/pins/handler.ts";
