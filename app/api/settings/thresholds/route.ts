export { saveThresholds as POST } from "#server/settings/handler.ts";
