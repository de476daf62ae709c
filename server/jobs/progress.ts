// What people see of synchronisations: what is live, the batches with their runs, the jobs that are dead.
import { listGroupChoices } from "#server/groups/queries-choices.ts";
import { can } from "#server/permissions.ts";
import { findLastEnd, listBatches, listRunsOf, type RunRow } from "#server/sync/queries-batches.ts";
import { listDeadJobs } from "#server/sync/queries-dead.ts";
import { listLiveRuns } from "#server/sync/queries-batches.ts";
import type { SyncOverview, SyncOverviewInput, SyncProgress, SyncRun } from "#server/sync/schema.ts";
import type { Guarded } from "#server/trpc.ts";

const BATCHES_OF_A_PAGE = 15;
const RUNS_OF_A_BATCH = 20;
const DEAD_JOBS = 20;

export async function readProgress({ db, actor }: Guarded): Promise<SyncProgress> {
  const runs = await listLiveRuns(db, actor.partnerId);
  const lastEnd = await findLastEnd(db, actor.partnerId);
  return { runs, lastEndedAt: lastEnd?.toISOString() ?? null };
}

/** Batches before `before` (a batch's id; null: the newest), and what may be done with them. */
export async function readOverview(
  { db, actor }: Guarded,
  { before, group }: SyncOverviewInput,
  now: Date,
): Promise<SyncOverview> {
  const { partnerId } = actor;
  const found = await listBatches(db, partnerId, { before, group }, BATCHES_OF_A_PAGE + 1);
  const page = found.slice(0, BATCHES_OF_A_PAGE);
  const runs = await listRunsOf(
    db,
    partnerId,
    page.map(({ id }) => id),
    group,
    RUNS_OF_A_BATCH,
  );
  const byBatch = Map.groupBy(runs, ({ batchId }) => batchId);
  const deadJobs = await listDeadJobs(db, partnerId, DEAD_JOBS);
  return {
    batches: page.map(({ id, cause, requestedName, createdAt, ...counts }) => ({
      id,
      cause,
      by: requestedName,
      createdAt: createdAt.toISOString(),
      runs: (byBatch.get(id) ?? []).map((run) => runOf(run, now)),
      counts,
    })),
    next: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
    groups: await listGroupChoices(db, actor),
    deadJobs: deadJobs.map(({ failedAt, redrivenAt, ...job }) => ({
      ...job,
      failedAt: failedAt.toISOString(),
      redrivenAt: redrivenAt?.toISOString() ?? null,
    })),
    may: { start: can(actor, "sync:startAll"), cancel: can(actor, "sync:cancel") },
  };
}

function runOf(row: RunRow, now: Date): SyncRun {
  const { startedAt, finishedAt, circuitOpenUntil: until, batchId: _, ...run } = row;
  const end = finishedAt ?? now;
  return {
    ...run,
    seconds: startedAt && Math.max(0, Math.round((end.getTime() - startedAt.getTime()) / 1000)),
    waitsUntil: run.state === "queued" && until !== null && until > now ? until.toISOString() : null,
  };
}
