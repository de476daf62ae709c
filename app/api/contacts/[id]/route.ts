export { change as POST } from "#server/contacts/handler.ts";
