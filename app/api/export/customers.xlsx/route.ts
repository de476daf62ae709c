export { exportExcel as GET } from "#server/exports/handler.ts";
