// What each action does to the next customers of a job, and what became of each of them.
import { lockCustomers } from "#server/access/queries.ts";
import { appendToEach } from "#server/audit/append.ts";
import type { BulkJob } from "#server/bulk/queries.ts";
import { addTag, findTarget, insertRequests, listDelegated, removeTag } from "#server/bulk/queries-acts.ts";
import type { RowResult } from "#server/bulk/queries-rows.ts";
import { listVerdicts } from "#server/bulk/queries-verdicts.ts";
import { resultOf } from "#server/bulk/rules.ts";
import { type BulkAction, definitionOf } from "#server/bulk/schema.ts";
import { deleteMembers, insertMembers } from "#server/groups/queries-members.ts";
import { capabilities, type CustomerPermission } from "#server/permissions.ts";
import { pinCustomers, unpinCustomers } from "#server/pins/service.ts";
import { convertAllTrials } from "#server/trials/service.ts";
import { type Guarded, requireCustomer } from "#server/trpc.ts";
import { simulateUnlink, unlinkCustomer } from "#server/unlinks/service.ts";
import { startSome } from "./control.ts";

/** Customers of one transaction: short enough that others hardly wait, long enough that statements are few. */
const TOGETHER: Partial<Record<BulkAction, number>> = { sync: 1_000, requestAccess: 1_000 };
export const chunkOf = (action: BulkAction): number =>
  definitionOf(action).isSingle ? 1 : (TOGETHER[action] ?? 5_000);

type Ids = readonly string[];
/** What came of each customer that nothing was against; one that is not named is so already. */
type Done = ReadonlyMap<string, Omit<RowResult, "customerId">>;
type Act = (ctx: Guarded, job: BulkJob, ids: Ids, now: Date) => Promise<Done>;

const changed = { outcome: "changed", code: null } as const;
const allOf = (ids: Ids): Done => new Map(ids.map((id) => [id, changed]));
const refused = (ids: Ids, code: string): Done =>
  new Map(ids.map((id) => [id, { outcome: "refused", code }]));

const sync: Act = async (ctx, job, ids, now) => {
  const { db, actor } = ctx;
  const { results } = await startSome(ctx, ids, now);
  const read = results.filter(({ outcome }) => outcome !== "refused").map(({ customerId }) => customerId);
  // Reading a customer's own data under its grant stands in its ledger.
  await appendToEach(db, actor, await listDelegated(db, actor.partnerId, read), {
    action: "sync:start",
    detail: { bulk: job.id },
  });
  return new Map(
    results.map(({ customerId, outcome, code }) => [
      customerId,
      outcome === "refused"
        ? { outcome, code }
        : { outcome: "changed", code: outcome === "started" ? null : `bulk.${outcome}` },
    ]),
  );
};

/** People fill the group; what happened to it since the job began is the reason of each customer that is left. */
const ofGroup =
  (change: typeof insertMembers): Act =>
  async ({ db, actor }, { options: { groupId = "" } }, ids) => {
    const target = await findTarget(db, actor.partnerId, groupId);
    if (!target) return refused(ids, "group.notFound");
    if (target.isByRule) return refused(ids, "group.byRule");
    return allOf(await change(db, actor.partnerId, groupId, ids));
  };

const pin: Act = async (ctx, _job, ids) => {
  const outcomes = await pinCustomers(ctx, ids);
  return new Map(
    [...outcomes].flatMap(([id, outcome]): [string, Omit<RowResult, "customerId">][] => {
      if (outcome === "already") return [];
      if (outcome === "pinned") return [[id, changed]];
      return [
        [id, { outcome: "refused", code: outcome === "tooMany" ? "pin.tooMany" : "customer.notFound" }],
      ];
    }),
  );
};

const requestAccess: Act = async ({ db, actor }, { id, options }, ids) => {
  const wanted = options.capabilities ?? capabilities;
  const request = { capabilities: wanted, requestedBy: actor.userId, zone: actor.timeZone };
  const asked = await insertRequests(db, actor.partnerId, request, ids);
  await appendToEach(db, actor, asked, {
    action: "access:request",
    ...(options.why !== undefined && { reason: options.why }),
    detail: { bulk: id, capabilities: wanted },
  });
  return allOf(asked);
};

const unlink: Act = async (ctx, _job, ids, now) => {
  const done = new Map<string, Omit<RowResult, "customerId">>();
  for (const id of ids) {
    const plan = await simulateUnlink(ctx.db, ctx.actor, id, now);
    if (plan.outcome === "already") continue;
    const { scheduled } = await unlinkCustomer(ctx, id, null, now);
    done.set(id, { outcome: "changed", code: scheduled > 0 ? "bulk.unlinkScheduled" : null });
  }
  return done;
};

const acts: Record<Exclude<BulkAction, "export">, Act> = {
  sync,
  groupAdd: ofGroup(insertMembers),
  groupRemove: ofGroup(deleteMembers),
  pin,
  unpin: async (ctx, _job, ids) => {
    await unpinCustomers(ctx, ids);
    return allOf(ids);
  },
  tag: async ({ db, actor }, { options: { tag = "" }, isUndo, sourceId }, ids) =>
    allOf(await addTag(db, actor.partnerId, tag, ids, isUndo ? sourceId : null)),
  untag: async ({ db, actor }, { id, options: { tag = "" } }, ids) =>
    allOf(await removeTag(db, actor.partnerId, tag, ids, id)),
  convertTrial: async (ctx, _job, ids, now) => {
    for (const id of ids) await convertAllTrials(ctx, id, now);
    return allOf(ids);
  },
  requestAccess,
  unlink,
};

/** Acts under a customer's grant, or beside its answer to one, take turns with the customer's own change of it. */
const besideGrants: readonly BulkAction[] = ["sync", "requestAccess"];

/** Does a job's action to these customers, each judged as of now. Throws what a single customer is refused with. */
export async function act(ctx: Guarded, job: BulkJob, ids: Ids, now: Date): Promise<RowResult[]> {
  const { db, actor } = ctx;
  const { action } = job;
  if (action === "export") return ids.map((customerId) => ({ customerId, outcome: "unchanged", code: null }));
  if (besideGrants.includes(action)) await lockCustomers(db, ids, "shared");
  const verdicts = await listVerdicts(db, actor, job, ids);
  const open = ids.filter((id) => verdicts.get(id) === null);
  if (definitionOf(action).isSingle)
    for (const id of open)
      await requireCustomer(ctx, definitionOf(action).permission as CustomerPermission, id);
  const done = open.length > 0 ? await acts[action](ctx, job, open, now) : new Map<string, never>();
  return ids.map((customerId) => {
    const verdict = verdicts.get(customerId) ?? null;
    if (verdict !== null) return resultOf(customerId, verdict);
    return { customerId, ...(done.get(customerId) ?? { outcome: "unchanged" as const, code: null }) };
  });
}
