export { makeTokenHandler as POST } from "#server/tokens/handler.ts";
