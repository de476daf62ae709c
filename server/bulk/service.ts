// Actions on many customers as people prepare, start, stop, take back and repeat them; the job does them.
import type { ScopedDb } from "#db/client.ts";
import { filterOf } from "#server/customers/queries-filter.ts";
import { AppError } from "#server/errors.ts";
import { isConfirmed } from "#server/http/typed-word.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Actor } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  type BulkJob,
  findJob,
  findSame,
  insertJob,
  type Looker,
  type Starter,
  updateJob,
} from "./queries.ts";
import { findTarget } from "./queries-acts.ts";
import { insertChosen, insertMatching, listNext } from "./queries-rows.ts";
import { mayBegin, mayOf, requestKeyOf, undoOf } from "./rules.ts";
import {
  type BulkAction,
  BulkFilter,
  type BulkOptions,
  definitionOf,
  listInputOf,
  MOST_CHOSEN,
  type StartForm,
  Tag,
} from "./schema.ts";

/** Members with all customers see every job of the partner, others their own. */
export const lookerOf = ({ membershipId, memberAll }: Actor): Looker => ({ membershipId, all: memberAll });
const starterOf = ({ userId, name, email, language, timeZone }: Actor): Starter => ({
  userId,
  name,
  email,
  language,
  timeZone,
});

/** A job that the actor may look at; throws bulk.notFound. */
export async function requireJob(
  { db, actor }: Pick<Guarded, "db" | "actor">,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<BulkJob> {
  const job = await findJob(db, actor.partnerId, lookerOf(actor), id, mode);
  if (!job) throw new AppError("bulk.notFound");
  return job;
}
const requireMay = (isAllowed: boolean): void => {
  if (!isAllowed) throw new AppError("permission.denied");
};

/** The filter of a list as its page wrote it; strict, so that a typo never means everybody. Throws request.invalid. */
export function readFilter(text: string | undefined): BulkFilter {
  const parsed = BulkFilter.safeParse(parseJson(text ?? ""));
  if (!parsed.success) throw new AppError("request.invalid");
  return parsed.data;
}
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Choice = { action: BulkAction; ids: readonly string[]; filter: BulkFilter | null; key: string };

/**
 * Holds a selection as a draft: customers by hand as they are, "all that match" as its rule and this instant. The same
 * request again is the same draft. Throws bulk.nothing, bulk.tooMany and permission.denied.
 */
export async function prepare(ctx: Guarded, choice: Choice, now: Date): Promise<{ bulkId: string }> {
  const { db, actor, audit } = ctx;
  const { partnerId, membershipId } = actor;
  const { action, filter } = choice;
  requireMay(mayBegin(actor, action));
  const ids = [...new Set(choice.ids)].sort();
  if (filter === null && ids.length === 0) throw new AppError("bulk.nothing");
  if (filter === null && ids.length > MOST_CHOSEN) throw new AppError("bulk.tooMany");
  const requestKey = requestKeyOf(choice.key, action, filter ?? ids);
  const known = await findSame(db, partnerId, { membershipId, requestKey });
  const bulkId =
    known ??
    (await insertJob(db, partnerId, {
      membershipId,
      starter: starterOf(actor),
      action,
      requestKey,
      ...(filter && { filter }),
    })) ??
    (await findSame(db, partnerId, { membershipId, requestKey }));
  if (bulkId === undefined) throw new AppError("request.conflict");
  if (known === undefined) {
    // What a search or pins mean is few customers, and known now; the rule of the others waits for the worker.
    const rule = filter && (await filterOf(db, actor, listInputOf(filter), now));
    if (!rule) await hold(db, partnerId, bulkId, await insertChosen(db, partnerId, bulkId, ids));
    else if (rule.ids)
      await hold(db, partnerId, bulkId, await insertMatching(db, partnerId, bulkId, rule, now));
  }
  await audit({
    action: "bulk:prepare",
    entity: `bulk ${bulkId}`,
    customerId: null,
    detail: filter ? { action, filter } : { action, customers: ids.length },
  });
  return { bulkId };
}

const hold = (db: ScopedDb, partnerId: string, id: string, rowsTotal: number) =>
  updateJob(db, partnerId, id, { isExpanded: true, rowsTotal });

/** What the person said beside the customers; throws bulk.option where it is missing or cannot be. */
async function readOptions(
  { db, actor }: Guarded,
  action: BulkAction,
  form: StartForm,
): Promise<BulkOptions> {
  const { asks } = definitionOf(action);
  if (asks === "group") {
    const groupId = form.groupId ?? "";
    const target = groupId === "" ? undefined : await findTarget(db, actor.partnerId, groupId);
    if (!target) throw new AppError("bulk.groupMissing");
    if (target.isByRule) throw new AppError("group.byRule");
    return { groupId };
  }
  if (asks === "tag") {
    const tag = Tag.safeParse(form.tag ?? "");
    if (!tag.success) throw new AppError("bulk.tagInvalid");
    return { tag: tag.data };
  }
  if (asks === "request") {
    const why = (form.why ?? "").trim();
    if (form.capability.length === 0) throw new AppError("bulk.capabilityMissing");
    if (why.length > 500) throw new AppError("bulk.whyTooLong");
    return { capabilities: form.capability, ...(why !== "" && { why }) };
  }
  return {};
}

/**
 * Hands a draft, or a job that failed, to the worker; one that is on its way already stays so, and an export begins with
 * its download. Throws permission.denied, bulk.*.
 */
export async function begin(ctx: Guarded, bulkId: string, form: StartForm): Promise<void> {
  const { db, actor, audit } = ctx;
  const job = await requireJob(ctx, bulkId, "lock");
  requireMay(job.membershipId === actor.membershipId && mayBegin(actor, job.action));
  const { start } = mayOf(job, actor);
  if (start && job.action !== "export") {
    const isNew = job.state === "draft";
    if (isNew && definitionOf(job.action).isDestructive && !isConfirmed(form.word))
      throw new AppError("account.wordMissing");
    const options = isNew ? await readOptions(ctx, job.action, form) : job.options;
    await queue(db, actor.partnerId, bulkId, options);
  }
  await audit({
    action: "bulk:start",
    entity: `bulk ${bulkId}`,
    customerId: null,
    detail: { action: job.action, isNew: start },
  });
}

async function queue(db: ScopedDb, partnerId: string, bulkId: string, options: BulkOptions): Promise<void> {
  await updateJob(db, partnerId, bulkId, {
    state: "queued",
    options,
    errorCode: null,
    startedAt: new Date(),
  });
  await enqueue(db, "bulk", { partnerId, bulkId }, { singletonKey: bulkId });
}

/** Stops a job: what is done stays, the others are left alone. One that is over stays as it is. */
export async function cancel(ctx: Guarded, bulkId: string, now: Date): Promise<void> {
  const { db, actor, audit } = ctx;
  const job = await requireJob(ctx, bulkId, "lock");
  requireMay(mayBegin(actor, job.action));
  if (mayOf(job, actor).cancel)
    await updateJob(db, actor.partnerId, bulkId, {
      state: "cancelled",
      cancelledBy: actor.name,
      finishedAt: now,
    });
  await audit({
    action: "bulk:cancel",
    entity: `bulk ${bulkId}`,
    customerId: null,
    detail: { action: job.action, done: job.rowsDone },
  });
}

/** Takes back what a job changed, once: a job of its own, which begins at once. */
export async function undo(ctx: Guarded, bulkId: string): Promise<{ bulkId: string }> {
  const { db, actor, audit } = ctx;
  const job = await requireJob(ctx, bulkId, "lock");
  const action = undoOf(job.action);
  const known = await findSame(db, actor.partnerId, { undoOf: bulkId });
  if (action === undefined || !mayOf(job, actor).undo) throw new AppError("permission.denied");
  const made =
    known ??
    (await insertJob(db, actor.partnerId, {
      ...follow(actor, job, action, `undo ${bulkId}`),
      sourceOutcomes: ["changed"],
      isUndo: true,
    }));
  if (made === undefined) throw new AppError("request.conflict");
  if (known === undefined) await queue(db, actor.partnerId, made, job.options);
  await audit({
    action: "bulk:undo",
    entity: `bulk ${bulkId}`,
    customerId: null,
    detail: { action: job.action, by: made, isNew: known === undefined },
  });
  return { bulkId: made };
}

/** A draft for the customers that a job refused or failed at. */
export async function retry(ctx: Guarded, bulkId: string): Promise<{ bulkId: string }> {
  const { db, actor, audit } = ctx;
  const job = await requireJob(ctx, bulkId, "lock");
  if (!mayOf(job, actor).retry) throw new AppError("permission.denied");
  const requestKey = `retry ${bulkId}`;
  const made =
    (await insertJob(db, actor.partnerId, {
      ...follow(actor, job, job.action, requestKey),
      sourceOutcomes: ["refused", "failed"],
    })) ?? (await findSame(db, actor.partnerId, { membershipId: actor.membershipId, requestKey }));
  if (made === undefined) throw new AppError("request.conflict");
  await audit({
    action: "bulk:retry",
    entity: `bulk ${bulkId}`,
    customerId: null,
    detail: { action: job.action, by: made },
  });
  return { bulkId: made };
}

const follow = (actor: Actor, job: BulkJob, action: BulkAction, requestKey: string) => ({
  membershipId: actor.membershipId,
  starter: starterOf(actor),
  action,
  requestKey,
  options: job.options,
  sourceId: job.id,
});

/**
 * Whom a selection that the actor made to export it is about: these customers, or a filter. Throws bulk.notFound, and
 * permission.denied for a program, which exports by the list's address.
 */
export async function readExported(
  db: ScopedDb,
  actor: Actor,
  bulkId: string,
): Promise<{ ids: string[] } | { filter: BulkFilter }> {
  const job = await requireJob({ db, actor }, bulkId);
  if (job.action !== "export" || job.membershipId !== actor.membershipId) throw new AppError("bulk.notFound");
  requireMay(mayBegin(actor, "export"));
  if (!job.isExpanded) return { filter: job.filter ?? {} };
  return { ids: await listNext(db, actor.partnerId, bulkId, null, MOST_CHOSEN) };
}
