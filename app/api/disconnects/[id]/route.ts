export { disconnect as POST } from "#server/disconnects/handler.ts";
