export { handle as POST } from "#server/warnings/handler.ts";
