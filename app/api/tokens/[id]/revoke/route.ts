export { revokeTokenHandler as POST } from "#server/tokens/handler.ts";
