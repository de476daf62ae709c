export { change as POST } from "#server/trials/handler.ts";
