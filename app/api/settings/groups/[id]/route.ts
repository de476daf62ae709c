export { saveGroupThresholds as POST } from "#server/settings/handler.ts";
