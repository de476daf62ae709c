export { takeLicences as POST } from "#server/home/handler.ts";
