// What Home shows and does: the queue of work of one reader, who sees a customer, taking work on.
import { findAccount } from "#server/vendor-accounts/queries.ts";
import { findConnection } from "#server/connections/queries.ts";
import { walkIndexes } from "#server/customers/queries.ts";
import { COUNT_LIMIT } from "#server/customers/schema.ts";
import { everyIdOf, findScope } from "#server/customers/queries-scope.ts";
import { AppError } from "#server/errors.ts";
import { listGroupChoices } from "#server/groups/queries-choices.ts";
import { dayIn } from "#server/licences/rules.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { decodeCursor, encodeCursor } from "#server/paging/rules.ts";
import type { Actor, CustomerAccess, CustomerPermission } from "#server/permissions.ts";
import { type Guarded, requireCustomer } from "#server/trpc.ts";
import { deleteAssignment, findGroupIds, listMemberNames, listPeople, upsertAssignment } from "./queries.ts";
import { countWork, findWork, listWork, type WorkRow, type WorkScope } from "./queries-work.ts";
import { isCursorOf, takingNeeds, visibleKinds, workAssigned, workItem } from "./rules.ts";
import type { People, QueueInput, TakeForm, WorkKind, WorkQueue } from "./schema.ts";

/** So many of each kind stand on Home; the page of one kind has more. */
const FIRST = 5;
const PAGE = 50;

type Reader = Pick<Guarded, "db" | "actor">;

/** The queue as this reader may see it: a few of every kind with their counts, or one kind page by page. */
export async function readQueue({ db, actor }: Reader, input: QueueInput, now: Date): Promise<WorkQueue> {
  const scope = await scopeFor({ db, actor }, input, now);
  const kinds = visibleKinds(actor, input.group).filter((kind) => !input.kind || kind === input.kind);
  const found: { kind: WorkKind; rows: WorkRow[]; total: number }[] = [];
  const most = input.kind ? PAGE : FIRST;
  // All of a partner is read in the order of an index; what is few is found first and sorted then.
  if (!scope.ids && scope.assignedTo === null) await walkIndexes(db);
  for (const kind of kinds) {
    const after = input.kind && input.after ? decodeCursor(input.after, isCursorOf(kind)) : undefined;
    const rows = await listWork(db, kind, scope, after, most + 1);
    // What fits on the page needs no counting.
    const total =
      !after && rows.length <= most ? rows.length : await countWork(db, kind, scope, COUNT_LIMIT + 1);
    found.push({ kind, rows, total });
  }
  const shown = found.map((one) => ({
    ...one,
    rows: one.rows.slice(0, most),
    hasMore: one.rows.length > most,
  }));
  const assigned = shown.flatMap(({ rows }) => rows.flatMap(({ assignedTo }) => assignedTo ?? []));
  const named = input.about === undefined ? assigned : [...assigned, input.about];
  const names = await listMemberNames(db, actor.partnerId, [...new Set(named)]);
  return {
    sections: shown.map(({ kind, rows, total, hasMore }) => ({
      kind,
      total: Math.min(total, COUNT_LIMIT),
      isMore: total > COUNT_LIMIT,
      items: rows.flatMap((row) => workItem(kind, row, actor, names, now) ?? []),
      next: input.kind && hasMore ? encodeCursor(rows.at(-1)?.cursor ?? []) : null,
    })),
    groups: await listGroupChoices(db, actor),
    about: names.get(input.about ?? "") ?? null,
    now: now.toISOString(),
  };
}

/** Customers are named where they are few: those of the group, else those of the member's scope. The view decides all the same. */
async function scopeFor({ db, actor }: Reader, { of, group }: QueueInput, now: Date): Promise<WorkScope> {
  const { partnerId } = actor;
  const ofGroup = group === undefined ? undefined : await findGroupIds(db, partnerId, group);
  const { timeZone } = await getPartnerRules(db, partnerId);
  return {
    partnerId,
    assignedTo: of === "mine" ? actor.membershipId : null,
    ids: ofGroup ?? (group === undefined ? everyIdOf(await findScope(db, actor)) : undefined),
    group,
    now,
    today: dayIn(timeZone, now),
  };
}

/** Who of the partner sees this customer: nobody while a delegated one gives no access. */
export async function readPeople(db: Guarded["db"], customer: CustomerAccess): Promise<People> {
  const isOpen = customer.relationship !== "delegated" || customer.capabilities.length > 0;
  return isOpen ? listPeople(db, customer.id) : [];
}

/**
 * Takes a piece of work on, or gives one's own back; the audit stands with the customer it is about. Throws work.gone
 * where it does not wait, work.assigned with who has it where that is somebody else than the form says, and the refusal of
 * whatever it is about.
 */
export async function takeWork(ctx: Guarded, form: TakeForm, now: Date): Promise<void> {
  const { db, actor, audit } = ctx;
  const { partnerId, membershipId, name } = actor;
  await requireSubject(ctx, form);
  const { timeZone } = await getPartnerRules(db, partnerId);
  const everybodys = { partnerId, assignedTo: null, ids: undefined, group: undefined };
  const scope: WorkScope = { ...everybodys, now, today: dayIn(timeZone, now) };
  const work = await findWork(db, scope, form);
  if (!work) throw new AppError("work.gone");
  const { customerId, began } = work;
  const isTaken = form.to === "me";
  if (isTaken) {
    const to = { membershipId, name, from: form.from || null };
    await upsertAssignment(db, partnerId, form, { customerId, began }, to, now);
  } else await deleteAssignment(db, partnerId, form, membershipId);
  const holder = (await findWork(db, scope, form))?.assignedTo ?? null;
  if (holder !== null && holder !== (isTaken ? membershipId : null))
    throw workAssigned(holder, (await listMemberNames(db, partnerId, [holder])).get(holder));
  await audit({
    action: "work:assign",
    entity: `${form.kind} ${form.subjectId}`,
    customerId,
    detail: { to: isTaken ? name : "", due: form.due },
  });
}

/** Throws the refusal of what a piece of work is about where the actor does not see it or may not act on it. */
async function requireSubject(
  { db, actor }: { db: Guarded["db"]; actor: Actor },
  { kind, subjectId }: TakeForm,
): Promise<void> {
  const { partnerId, memberAll } = actor;
  if (kind === "account") {
    if (!(await findAccount(db, { partnerId, seesAll: memberAll }, subjectId)))
      throw new AppError("account.notFound");
  } else if (kind === "connection") {
    if (!(await findConnection(db, { partnerId, customerId: null }, subjectId)))
      throw new AppError("connection.notFound");
  } else await requireCustomer({ db, actor }, takingNeeds(kind) as CustomerPermission, subjectId);
}
