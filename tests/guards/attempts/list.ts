import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** How the list is laid out: each member's own. */
export const attempts: MakeAttempts = async () => ({
  "preferences.layout": { own: {}, unknown: {}, answer: "OK" },
});
