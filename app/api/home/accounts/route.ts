export { takeAccount as POST } from "#server/home/handler.ts";
