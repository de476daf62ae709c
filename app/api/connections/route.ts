export { createForPartner as POST } from "#server/connections/handler.ts";
