export { readyHandler as GET } from "#server/http/handler.ts";
export const dynamic = "force-dynamic";
