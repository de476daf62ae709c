// What people see of actions on many customers: the jobs, one job, what it would do, what became of each customer.
import type { ScopedDb } from "#db/client.ts";
import { type BulkJob, findSame, listJobs } from "#server/bulk/queries.ts";
import { findTarget, listOpenGroups } from "#server/bulk/queries-acts.ts";
import { listRows } from "#server/bulk/queries-rows.ts";
import { countVerdicts, listPicked, type Picked } from "#server/bulk/queries-verdicts.ts";
import { mayOf, summaryOf } from "#server/bulk/rules.ts";
import {
  type BulkDetails,
  type BulkPreview,
  type BulkRows,
  type BulkSummary,
  definitionOf,
  listInputOf,
} from "#server/bulk/schema.ts";
import { lookerOf, requireJob } from "#server/bulk/service.ts";
import { filterOf } from "#server/customers/queries-filter.ts";
import type { Actor } from "#server/permissions.ts";
import { simulateConversion } from "#server/trials/service.ts";
import type { Guarded } from "#server/trpc.ts";
import { simulateUnlink } from "#server/unlinks/service.ts";

const RECENT = 30;
/** A preview is a page: it judges no more customers than a person waits for. */
const PREVIEW_MOST = 10_000;
/** Customers whose licences are gone through one by one before anything is done. */
const SIMULATED = 25;

type Reader = Pick<Guarded, "db" | "actor">;

export async function readJobs({ db, actor }: Reader): Promise<BulkSummary[]> {
  return (await listJobs(db, actor.partnerId, lookerOf(actor), RECENT)).map(summaryOf);
}

export async function readJob(ctx: Reader, bulkId: string): Promise<BulkDetails> {
  const { db, actor } = ctx;
  const job = await requireJob(ctx, bulkId);
  const undoneBy = await findSame(db, actor.partnerId, { undoOf: bulkId });
  const { groupId } = job.options;
  const target = groupId === undefined ? undefined : await findTarget(db, actor.partnerId, groupId);
  const may = mayOf(job, actor);
  return {
    ...summaryOf(job),
    selection: job.sourceId !== null ? "source" : job.filter !== null ? "filter" : "chosen",
    filter: job.filter,
    selectedAt: job.selectedAt.toISOString(),
    sourceId: job.sourceId,
    options: job.options,
    groupName: target?.name ?? null,
    errorCode: job.errorCode,
    cancelledBy: job.cancelledBy,
    undoneBy: undoneBy ?? null,
    may: { ...may, undo: may.undo && undoneBy === undefined },
  };
}

/** What a job that has not begun would do, as far as it can be told before; nothing is changed. */
export async function readPreview(ctx: Reader, bulkId: string, now: Date): Promise<BulkPreview> {
  const { db, actor } = ctx;
  const { partnerId } = actor;
  const job = await requireJob(ctx, bulkId);
  const picked = await pickedOf(db, actor, job, now);
  const counts = await countVerdicts(db, actor, job, picked, PREVIEW_MOST + 1);
  const counted = counts.reduce((sum, { count }) => sum + count, 0);
  const of = (verdict: string | null) => counts.find((one) => one.verdict === verdict)?.count ?? 0;
  return {
    counted: Math.min(counted, PREVIEW_MOST),
    isMore: counted > PREVIEW_MOST,
    open: of(null),
    same: of("same"),
    refusals: counts.flatMap(({ verdict, count }) =>
      verdict === null || verdict === "same" ? [] : [{ code: verdict, count }],
    ),
    groups: definitionOf(job.action).asks === "group" ? await listOpenGroups(db, partnerId) : [],
    samples: definitionOf(job.action).isSingle ? await simulate(db, actor, job, picked, now) : [],
  };
}

async function pickedOf(db: ScopedDb, actor: Actor, job: BulkJob, now: Date): Promise<Picked> {
  if (job.isExpanded) return { jobId: job.id };
  if (job.sourceId !== null) return { jobId: job.sourceId, outcomes: job.sourceOutcomes };
  return { filter: await filterOf(db, actor, listInputOf(job.filter ?? {}), now), at: job.selectedAt };
}

/** What the rules of licences say of the first customers, one by one. */
async function simulate(
  db: ScopedDb,
  actor: Actor,
  { action }: BulkJob,
  picked: Picked,
  now: Date,
): Promise<BulkPreview["samples"]> {
  const samples: BulkPreview["samples"] = [];
  for (const { id, name } of await listPicked(db, actor.partnerId, picked, SIMULATED)) {
    if (action === "convertTrial") {
      const plan = await simulateConversion(db, actor, id, now);
      samples.push(
        plan.outcome === "refused"
          ? { name, effect: "refused", code: plan.code, on: null, products: [], programmes: [] }
          : {
              name,
              effect: "convert",
              code: null,
              on: null,
              products: plan.trials,
              programmes: plan.programmes,
            },
      );
    } else {
      const plan = await simulateUnlink(db, actor, id, now);
      const products = "product" in plan && plan.product !== null ? [plan.product] : [];
      samples.push({
        name,
        effect: plan.outcome,
        code: plan.outcome === "refused" ? plan.code : null,
        on: "on" in plan ? plan.on : "possibleOn" in plan ? plan.possibleOn : null,
        products,
        programmes: [],
      });
    }
  }
  return samples;
}

/** One page of what became of the customers, in the order of their ids. */
export async function readRows(
  ctx: Reader,
  page: { bulkId: string; show: "all" | "trouble"; after?: string | undefined; pageSize: number },
): Promise<BulkRows> {
  const { db, actor } = ctx;
  const { id } = await requireJob(ctx, page.bulkId);
  const { show, after, pageSize } = page;
  const rows = await listRows(db, actor.partnerId, id, { show, after, limit: pageSize + 1 });
  const shown = rows.slice(0, pageSize);
  return { rows: shown, next: rows.length > shown.length ? (shown.at(-1)?.customerId ?? null) : null };
}
