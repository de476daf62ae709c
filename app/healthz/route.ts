export { healthHandler as GET } from "#server/health/handler.ts";
export const dynamic = "force-dynamic";
