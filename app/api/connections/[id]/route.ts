export { changeForPartner as POST } from "#server/connections/handler.ts";
