export { changeViewHandler as POST } from "#server/views/handler.ts";
