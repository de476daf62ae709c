export { shareViewHandler as POST } from "#server/views/handler.ts";
