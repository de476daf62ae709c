// Decides whether the portal is ready, and in which words it says why not.
import type { Readiness } from "./queries.ts";

/** Four beats: a restarted worker does not make the portal unready. */
const SILENT_WORKER_MS = 60_000;

/** Empty when ready. `state` null: the database did not answer. A database that is newer than the code is ready: it is being upgraded. */
export function complaints(
  state: Readiness | null,
  wanted: { migrations: readonly string[]; queueVersion: number; now: Date },
): string[] {
  if (!state) return ["the database does not answer"];
  const isOld = wanted.migrations.some((migration) => !state.migrations.includes(migration));
  const isSilent =
    !state.workerSeenAt || wanted.now.getTime() - state.workerSeenAt.getTime() > SILENT_WORKER_MS;
  return [
    ...(isOld ? ["the database is not migrated to this version"] : []),
    ...(state.queueVersion < wanted.queueVersion ? ["the queue is not migrated to this version"] : []),
    ...(isSilent ? ["no worker was seen in the last minute"] : []),
  ];
}
