export { saveViewHandler as POST } from "#server/views/handler.ts";
