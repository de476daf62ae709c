export { acceptInvitationHandler as POST } from "#server/auth/handler.ts";
