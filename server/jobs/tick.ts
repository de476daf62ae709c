// What the clock does every minute, for every partner: statuses that change by time, connections that are due, partitions.
import { listPartnerIds, withScope } from "#db/client.ts";
import { log } from "#server/log.ts";
import { deleteOldJobs } from "#server/bulk/queries.ts";
import { endLostExports } from "#server/bulk/queries-exports.ts";
import { dayIn } from "#server/licences/rules.ts";
import { endScheduledLinks } from "#server/links/service.ts";
import { getPartnerRules, makePartitions, readClockLead, tryTick } from "#server/overview/queries.ts";
import { refreshDue } from "#server/overview/service.ts";
import { passingCodes } from "#server/sync/rules.ts";
import { deleteDeadJobs } from "#server/sync/queries-dead.ts";
import { failSilentRuns } from "#server/sync/queries-runs.ts";
import { listDueConnections } from "#server/sync/queries-schedule.ts";
import { tidySnapshots } from "./snapshot.ts";
import { queueRuns } from "#server/sync/service.ts";

const ROWS_AT_ONCE = 500;
/** Longer than the queue takes to notice a dead worker, so that a retried job is not failed under its hands. */
const SILENT_RUN_MINUTES = 15;
/** A run that nobody took for so long has lost its job. */
const LOST_RUN_HOURS = 24;
const DEAD_JOB_DAYS = 30;
/** Actions on many customers: what nobody started, and what is long over, with its results. */
const DRAFT_DAYS = 2;
const BULK_DAYS = 90;
/** A download has two statements at most, each of half an hour (db/client.ts). */
const LONGEST_DOWNLOAD_MS = 65 * 60_000;

/** What comes with time for one partner; `now` by this process's clock. */
type Pass = (partnerId: string, now: Date, signal: AbortSignal) => Promise<void>;

/** All partners, one after the other; one that fails is logged and does not stop the others. */
const overAll =
  (pass: Pass) =>
  async (now: Date, signal: AbortSignal): Promise<void> => {
    for (const partnerId of await listPartnerIds()) {
      if (signal.aborted) return;
      try {
        await pass(partnerId, now, signal);
      } catch (error) {
        log.error({ err: error, partner: partnerId }, "the minute job failed for a partner");
      }
    }
  };

/** Makes partitions, ends what has died or is over, and queues the connections that are due. */
export const queueDue = overAll(async (partnerId, now) => {
  await withScope(
    { partnerId },
    "read write",
    async (db) => {
      if (!(await tryTick(db, partnerId))) return;
      await makePartitions(db, now);
      const before = {
        running: new Date(now.getTime() - SILENT_RUN_MINUTES * 60_000),
        queued: new Date(now.getTime() - LOST_RUN_HOURS * 3_600_000),
      };
      await failSilentRuns(db, partnerId, before, now);
      await deleteDeadJobs(db, partnerId, new Date(now.getTime() - DEAD_JOB_DAYS * 86_400_000));
      await endLostExports(db, partnerId, new Date(now.getTime() - LONGEST_DOWNLOAD_MS));
      await deleteOldJobs(db, partnerId, {
        draft: new Date(now.getTime() - DRAFT_DAYS * 86_400_000),
        over: new Date(now.getTime() - BULK_DAYS * 86_400_000),
      });
      await endScheduledLinks(db, partnerId, dayIn((await getPartnerRules(db, partnerId)).timeZone, now));
      const due = (await listDueConnections(db, partnerId, now, passingCodes)).filter(
        (one) => one.accounts === null || one.accounts.length > 0,
      );
      if (due.length > 0) await queueRuns(db, partnerId, due, { cause: "schedule", requestedBy: null }, now);
    },
    "worker",
  );
  await tidySnapshots(partnerId, now);
});

/**
 * Brings up to date the statuses that time or a setting has changed. Rows are made due by the database's clock, and go by
 * it here: by one that is ahead of it, what is renewed while this runs would be due again and again.
 */
export const renewStatuses = overAll(async (partnerId, now, signal) => {
  const scope = { partnerId };
  const lead = await withScope(scope, "read only", readClockLead, "worker");
  const due = new Date(now.getTime() + lead);
  while (!signal.aborted) {
    const done = await withScope(
      scope,
      "read write",
      (db) => refreshDue(db, partnerId, due, ROWS_AT_ONCE),
      "worker",
    );
    if (done < ROWS_AT_ONCE) return;
  }
});
