export { metricsHandler as GET } from "#server/metrics/handler.ts";
export const dynamic = "force-dynamic";
