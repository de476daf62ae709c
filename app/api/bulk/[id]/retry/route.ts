export { tryAgain as POST } from "#server/bulk/handler.ts";
