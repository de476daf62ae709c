export { openApiHandler as GET } from "#server/api-docs/handler.ts";
