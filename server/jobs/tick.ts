// What the clock does every minute, for every partner: statuses that change by time, connections that are due, partitions.
import { listPartnerIds, withScope } from "#db/client.ts";
import { log } from "#server/log.ts";
import { makePartitions, tryTick } from "#server/overview/queries.ts";
import { refreshDue } from "#server/overview/service.ts";
import { isPassing } from "#server/sync/rules.ts";
import { failSilentRuns, listDueConnections } from "#server/sync/queries-runs.ts";
import { queueRuns } from "#server/sync/service.ts";
import { vendorErrorCodes } from "#server/sync/snapshot.ts";

const ROWS_AT_ONCE = 500;
/** Longer than the queue's own heartbeat, so that a retried job is not failed under its hands. */
const SILENT_RUN_MINUTES = 15;

/** One pass over all partners at `now`; a partner that fails is logged and does not stop the others. */
export async function tick(now: Date, signal: AbortSignal): Promise<void> {
  for (const partnerId of await listPartnerIds()) {
    if (signal.aborted) return;
    try {
      await tickPartner(partnerId, now, signal);
    } catch (error) {
      log.error({ err: error, partner: partnerId }, "the minute job failed for a partner");
    }
  }
}

async function tickPartner(partnerId: string, now: Date, signal: AbortSignal): Promise<void> {
  const scope = { partnerId };
  await withScope(scope, "read write", async (db) => {
    if (!(await tryTick(db, partnerId))) return;
    await makePartitions(db, now);
    await failSilentRuns(db, partnerId, new Date(now.getTime() - SILENT_RUN_MINUTES * 60_000), now);
    const due = (await listDueConnections(db, partnerId, now, vendorErrorCodes.filter(isPassing))).filter((one) => one.accounts === null || one.accounts.length > 0);
    if (due.length > 0) await queueRuns(db, partnerId, due, { cause: "schedule", requestedBy: null }, now);
  }, "worker");
  while (!signal.aborted) {
    const done = await withScope(scope, "read write", (db) => refreshDue(db, partnerId, now, ROWS_AT_ONCE), "worker");
    if (done < ROWS_AT_ONCE) return;
  }
}
