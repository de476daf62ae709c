// The job that does one action to many customers, some at a time; stopped at any point and run again, it goes on where it was.
import { type ScopedDb, withScope } from "#db/client.ts";
import { appendAudit, type AuditEntry } from "#server/audit/append.ts";
import {
  advanceJob,
  type BulkJob,
  findJob,
  findMember,
  type Member,
  updateJob,
} from "#server/bulk/queries.ts";
import {
  insertMatching,
  insertOfSource,
  listNext,
  type RowResult,
  updateRows,
} from "#server/bulk/queries-rows.ts";
import { digestOf, mayBegin, tally } from "#server/bulk/rules.ts";
import { listInputOf } from "#server/bulk/schema.ts";
import { filterOf } from "#server/customers/queries-filter.ts";
import { AppError } from "#server/errors.ts";
import { log } from "#server/log.ts";
import type { Actor } from "#server/permissions.ts";
import { act, chunkOf } from "./bulk-acts.ts";
import { scoped } from "./scoped.ts";

export type BulkPayload = { partnerId: string; bulkId: string };
/** What one transaction came to: there is more, it is over, or the member is another than its scope was opened for. */
type Progress = "more" | "over" | Member | null;
/** The next customers are acted upon, or (after it failed) given this result. */
type Plan = { size: number; failure: Omit<RowResult, "customerId"> | null };

/**
 * Runs a job in the scope of the member who began it, as it is at each step. What fails for many is tried for each by
 * itself, so that one customer's fault is that customer's alone.
 */
export async function runBulk({ partnerId, bulkId }: BulkPayload, signal: AbortSignal): Promise<void> {
  const job = await scoped(partnerId, (db) => findJob(db, partnerId, "worker", bulkId));
  if (!job) return;
  const chunk = chunkOf(job.action);
  let member = await scoped(partnerId, (db) => memberOf(db, partnerId, job));
  /** So many of the next customers are taken one by one. */
  let careful = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (!member) return await scoped(partnerId, (db) => refuse(db, partnerId, bulkId));
      const size = careful > 0 ? 1 : chunk;
      const progress = await step(partnerId, job, member, { size, failure: null }).catch(async (error) => {
        if (signal.aborted) throw error;
        const isRefusal = error instanceof AppError && error.status < 500;
        if (!isRefusal) log.warn({ err: error, bulk: bulkId }, "a step of a bulk action failed");
        careful = size > 1 ? size : careful;
        if (size > 1 || !member) return "more" as const;
        const failure = isRefusal
          ? ({ outcome: "refused", code: error.code } as const)
          : ({ outcome: "failed", code: "unexpected" } as const);
        return step(partnerId, job, member, { size: 1, failure });
      });
      if (progress === "over") return;
      if (progress !== "more") member = progress;
      else if (size === 1) careful = Math.max(0, careful - 1);
    }
  } catch (error) {
    // Stopped from outside it stays "running" and is taken up again; otherwise people see that it failed, and the queue tries again.
    if (!signal.aborted) await failBulk({ partnerId, bulkId });
    throw error;
  }
}

/** The member who began the job; null once they may not do it any more. */
async function memberOf(
  db: ScopedDb,
  partnerId: string,
  { membershipId, action }: Pick<BulkJob, "membershipId" | "action">,
): Promise<Member | null> {
  const member = await findMember(db, partnerId, membershipId);
  return member && mayBegin({ ...member, customerId: null }, action) ? member : null;
}

const actorOf = (partnerId: string, { membershipId, starter }: BulkJob, member: Member): Actor => ({
  ...starter,
  ...member,
  membershipId,
  partnerId,
  partnerName: "",
  customerId: null,
  address: "",
});

const isLive = (job: BulkJob | undefined): job is BulkJob =>
  job !== undefined && (job.state === "queued" || job.state === "running" || job.state === "failed");

/** One transaction: finds the customers, or does the next of them, or ends the job. */
function step(
  partnerId: string,
  { id, membershipId }: BulkJob,
  opened: Member,
  plan: Plan,
): Promise<Progress> {
  const scope = { partnerId, memberId: membershipId, memberAll: opened.memberAll };
  return withScope(
    scope,
    "read write",
    async (db) => {
      // Held to the end: whoever cancels waits for these customers, and a second worker finds the others.
      const job = await findJob(db, partnerId, "worker", id, "lock");
      if (!isLive(job)) return "over";
      const member = await memberOf(db, partnerId, job);
      if (!member || member.memberAll !== opened.memberAll || member.role !== opened.role) return member;
      const now = new Date();
      const actor = actorOf(partnerId, job, member);
      if (!job.isExpanded) return expand(db, actor, job, now);
      const ids = await listNext(db, partnerId, id, job.position, plan.size);
      if (ids.length === 0) return finish(db, actor, job, now);
      const { failure } = plan;
      const results = failure
        ? ids.map((customerId) => ({ customerId, ...failure }))
        : await act({ db, actor, audit: ledgerOnly(db, actor) }, job, ids, now);
      await updateRows(db, partnerId, id, results);
      await advanceJob(db, partnerId, id, {
        ...tally(results),
        position: ids.at(-1) ?? "",
        digest: digestOf(job.digest, results),
      });
      return "more";
    },
    "worker",
  );
}

/** Entries on customers' ledgers are written; on the partner's chain the job has one of its own, at its end. */
const ledgerOnly = (db: ScopedDb, actor: Actor) => (entry: AuditEntry) =>
  entry.customerId === null ? Promise.resolve() : appendAudit(db, actor, entry);

/** Whom the job is about: found once, so that what it changes does not change whom it is about. */
async function expand(db: ScopedDb, actor: Actor, job: BulkJob, now: Date): Promise<Progress> {
  const { partnerId } = actor;
  const rowsTotal =
    job.sourceId === null
      ? await insertMatching(
          db,
          partnerId,
          job.id,
          await filterOf(db, actor, listInputOf(job.filter ?? {}), now),
          job.selectedAt,
        )
      : await insertOfSource(db, partnerId, job.id, { id: job.sourceId, outcomes: job.sourceOutcomes });
  await updateJob(db, partnerId, job.id, { isExpanded: true, rowsTotal, state: "running" });
  return "more";
}

async function finish(db: ScopedDb, actor: Actor, job: BulkJob, now: Date): Promise<Progress> {
  await updateJob(db, actor.partnerId, job.id, { state: "finished", finishedAt: now, errorCode: null });
  await appendAudit(db, actor, entryOf(job));
  return "over";
}

/** The entry of a whole job on the partner's chain (decision 29). */
function entryOf(job: BulkJob): AuditEntry {
  const { action, options, filter, sourceId, digest } = job;
  return {
    action: `bulk:${action}`,
    entity: `bulk ${job.id}`,
    customerId: null,
    detail: {
      options,
      filter,
      sourceId,
      customers: job.rowsTotal,
      changed: job.rowsChanged,
      unchanged: job.rowsUnchanged,
      refused: job.rowsRefused,
      failed: job.rowsFailed,
      digest: digest.toString("hex"),
    },
  };
}

/** Whoever began it may do it no longer: what is left is left alone. */
async function refuse(db: ScopedDb, partnerId: string, id: string): Promise<void> {
  const job = await findJob(db, partnerId, "worker", id, "lock");
  if (!isLive(job)) return;
  await updateJob(db, partnerId, id, {
    state: "cancelled",
    errorCode: "permission.denied",
    finishedAt: new Date(),
  });
  await appendAudit(
    db,
    { job: "bulk" },
    { ...entryOf(job), outcome: "refused", reason: "permission.denied" },
  );
}

/** People see that a job does not go on, and may send it on its way again; nothing it did is lost. */
export const failBulk = ({ partnerId, bulkId }: BulkPayload): Promise<void> =>
  scoped(partnerId, async (db) => {
    const job = await findJob(db, partnerId, "worker", bulkId, "lock");
    if (isLive(job)) await updateJob(db, partnerId, bulkId, { state: "failed", errorCode: "unexpected" });
  });
