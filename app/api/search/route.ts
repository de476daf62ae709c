export { searchHandler as GET } from "#server/search/handler.ts";
