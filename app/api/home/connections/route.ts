export { takeConnection as POST } from "#server/home/handler.ts";
