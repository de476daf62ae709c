export { rejected as GET } from "#server/imports/handler.ts";
