// What people see of actions on many customers: the jobs, one job, what it would do, what became of each customer.
import type { ScopedDb } from "#db/client.ts";
import { type BulkJob, findSame, listJobs } from "#server/bulk/queries.ts";
import { findTarget, listOpenGroups } from "#server/bulk/queries-acts.ts";
import { listRows } from "#server/bulk/queries-rows.ts";
import {
  countTrials,
  countVerdicts,
  listPicked,
  type Picked,
  type PickedCustomer,
} from "#server/bulk/queries-verdicts.ts";
import { mayOf, summaryOf } from "#server/bulk/rules.ts";
import {
  type BulkDetails,
  type BulkPreview,
  type BulkRows,
  type BulkJobs,
  definitionOf,
  listInputOf,
} from "#server/bulk/schema.ts";
import { lookerOf, requireJob } from "#server/bulk/service.ts";
import { filterOf } from "#server/customers/queries-filter.ts";
import { listGroupChoices } from "#server/groups/queries-choices.ts";
import type { Actor } from "#server/permissions.ts";
import { simulateConversion } from "#server/trials/service.ts";
import type { Guarded } from "#server/trpc.ts";
import { simulateUnlink } from "#server/unlinks/service.ts";

const RECENT = 30;
/** A preview is a page: it judges no more customers than a person waits for. */
const PREVIEW_MOST = 10_000;
/** Customers of a page whose licences are gone through one by one before anything is done. */
const SIMULATED = 25;

type Reader = Pick<Guarded, "db" | "actor">;

export async function readJobs({ db, actor }: Reader, groupId: string | undefined): Promise<BulkJobs> {
  const jobs = await listJobs(db, actor.partnerId, lookerOf(actor), RECENT, groupId);
  return { jobs: jobs.map(summaryOf), groups: await listGroupChoices(db, actor) };
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
    isListed: job.isExpanded,
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
export async function readPreview(
  ctx: Reader,
  { bulkId, after }: { bulkId: string; after?: string | undefined },
  now: Date,
): Promise<BulkPreview> {
  const { db, actor } = ctx;
  const { partnerId } = actor;
  const job = await requireJob(ctx, bulkId);
  const { isSingle, asks } = definitionOf(job.action);
  const picked = await pickedOf(db, actor, job, now);
  const counts = await countVerdicts(db, actor, job, picked, PREVIEW_MOST + 1);
  const counted = counts.reduce((sum, { count }) => sum + count, 0);
  const named = isSingle ? await listPicked(db, partnerId, picked, SIMULATED + 1, after ?? null) : [];
  const shown = named.slice(0, SIMULATED);
  const of = (verdict: string | null) => counts.find((one) => one.verdict === verdict)?.count ?? 0;
  return {
    counted: Math.min(counted, PREVIEW_MOST),
    isMore: counted > PREVIEW_MOST,
    open: of(null),
    same: of("same"),
    refusals: counts.flatMap(({ verdict, count }) =>
      verdict === null || verdict === "same" ? [] : [{ code: verdict, count }],
    ),
    trials: job.action === "convertTrial" ? await countTrials(db, actor, picked, PREVIEW_MOST + 1) : null,
    groups: asks === "group" ? await listOpenGroups(db, partnerId) : [],
    from: shown[0]?.position ?? 0,
    next: named.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
    samples: await simulate(db, actor, job, shown, now),
  };
}

async function pickedOf(db: ScopedDb, actor: Actor, job: BulkJob, now: Date): Promise<Picked> {
  if (job.isExpanded) return { jobId: job.id };
  if (job.sourceId !== null) return { jobId: job.sourceId, outcomes: job.sourceOutcomes };
  return { filter: await filterOf(db, actor, listInputOf(job.filter ?? {}), now), at: job.selectedAt };
}

/** What the rules of licences say of these customers, one by one. */
async function simulate(
  db: ScopedDb,
  actor: Actor,
  { action }: BulkJob,
  customers: readonly PickedCustomer[],
  now: Date,
): Promise<BulkPreview["samples"]> {
  const samples: BulkPreview["samples"] = [];
  for (const { id, name } of customers) {
    if (action === "convertTrial") {
      const plan = await simulateConversion(db, actor, id, now);
      samples.push(
        plan.outcome === "refused"
          ? { id, name, effect: "refused", code: plan.code, on: null, products: [], programmes: [] }
          : {
              id,
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
        id,
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
