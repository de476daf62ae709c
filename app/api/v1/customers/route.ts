export { listCustomersHandler as GET } from "#server/api-docs/handler.ts";
