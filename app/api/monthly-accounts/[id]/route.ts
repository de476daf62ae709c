export { advance as POST } from "#server/monthly-accounts/handler.ts";
