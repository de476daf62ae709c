export { exportCsv as GET } from "#server/exports/handler.ts";
