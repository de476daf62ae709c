export { actOnAccount as POST } from "#server/vendor-accounts/handler.ts";
