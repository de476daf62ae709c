export { results as GET } from "#server/bulk/handler.ts";
