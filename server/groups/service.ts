// Groups of customers: reading them, and each change with its entry in the partner's audit.
import { COUNT_LIMIT } from "#server/customers/schema.ts";
import { AppError } from "#server/errors.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { decodeCursor, encodeCursor } from "#server/paging/rules.ts";
import { refreshGroupSoon } from "#server/settings/queries.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  countGroups,
  countWindows,
  deleteGroup,
  findGroup,
  insertGroup,
  listGroupRows,
  lockGroup,
  updateGroup,
} from "./queries.ts";
import { countChosen, deleteMembers, insertMembers, listGroupsOf } from "./queries-members.ts";
import {
  deleteAdministrator,
  findPerson,
  insertAdministrator,
  listAdministrators,
  listCandidates,
} from "./queries-people.ts";
import { countRule, deleteUnsettled, listRuleOptions, settleMembers, updateSettled } from "./queries-rule.ts";
import type { Count, GroupDetails, GroupList, GroupListInput, GroupsOf, Rule } from "./schema.ts";

const PAGE = 50;
const FEW_NAMES = 3;
const MOST_CANDIDATES = 500;
/** As many as a choice of groups offers; each rule is held against every fact that changes. */
const MOST_GROUPS = 500;
const MOST_RULES = 50;
/** Customers that an entry of the audit names; of more it says how many. */
const MOST_NAMED = 100;
/** So many customers are held against a new rule at once; the worker goes on with the others. */
const AT_ONCE = 20_000;
type Reader = Pick<Guarded, "db" | "actor">;

const countOf = (n: number): Count => ({ count: Math.min(n, COUNT_LIMIT), isMore: n > COUNT_LIMIT });
const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
const isPlace = (value: unknown): value is [string, string] =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((part) => typeof part === "string" && !part.includes("\0")) &&
  isUuid(value[1]);

export async function readGroups({ db, actor }: Reader, input: GroupListInput): Promise<GroupList> {
  const place = input.after ? decodeCursor(input.after, isPlace) : undefined;
  const after = place && { name: place[0], id: place[1] };
  const found = await listGroupRows(db, actor, input.q || undefined, after, PAGE + 1);
  const shown = found.slice(0, PAGE);
  const given = Map.groupBy(
    await listAdministrators(
      db,
      actor.partnerId,
      shown.map(({ id }) => id),
    ),
    (one) => one.groupId,
  );
  const last = shown.at(-1);
  return {
    rows: shown.map(({ customers, silentDays: _, stuckHours: __, ...row }) => {
      const names = (given.get(row.id) ?? []).map(({ name }) => name);
      return {
        ...row,
        customers: countOf(customers),
        administrators: names.slice(0, FEW_NAMES),
        administratorCount: names.length,
      };
    }),
    next: found.length > shown.length && last ? encodeCursor([last.name, last.id]) : null,
    total: (await countGroups(db, actor.partnerId)).all,
  };
}

/** One group with whom it is given to; throws group.notFound. */
export async function readGroup({ db, actor }: Reader, id: string, now: Date): Promise<GroupDetails> {
  const { partnerId } = actor;
  const group = await findGroup(db, actor, id);
  if (!group) throw new AppError("group.notFound");
  return {
    ...group,
    customers: countOf(group.customers),
    administrators: (await listAdministrators(db, partnerId, [id])).map(({ groupId: _, ...one }) => one),
    candidates: await listCandidates(db, partnerId, id, MOST_CANDIDATES),
    windows: await countWindows(db, partnerId, id, now),
  };
}

/** How many customers of the reader a rule means now. */
export const countMeant = async ({ db, actor }: Reader, rule: Rule): Promise<Count> =>
  countOf(await countRule(db, actor, rule));

/** Holds the first customers against a group's new rule, and leaves the rest, and a second look, to the worker. */
async function settle({ db, actor }: Reader, id: string, ruleVersion: number): Promise<void> {
  const { partnerId } = actor;
  const after = await settleMembers(db, partnerId, id, null, AT_ONCE);
  if (after === null) await updateSettled(db, partnerId, id, ruleVersion);
  else await deleteUnsettled(db, partnerId, id, after);
  await enqueue(db, "group", { partnerId, groupId: id }, { singletonKey: id });
}

/** Makes a group that people fill, or one by a rule; throws group.nameTaken, group.tooMany, group.tooManyRules. */
export async function createGroup(ctx: Guarded, name: string, rule: Rule | null = null): Promise<string> {
  const { db, actor, audit } = ctx;
  const known = await countGroups(db, actor.partnerId);
  if (known.all >= MOST_GROUPS) throw new AppError("group.tooMany");
  if (rule && known.byRule >= MOST_RULES) throw new AppError("group.tooManyRules");
  const id = await insertGroup(db, actor.partnerId, name, rule);
  if (id === undefined) throw new AppError("group.nameTaken");
  if (rule) await settle(ctx, id, 1);
  await audit({
    action: "group:create",
    entity: `group ${id}`,
    customerId: null,
    detail: { name, ...(rule && { rule }) },
  });
  return id;
}

/** The group as it stands, held until the transaction ends; throws group.changed when it is not the version that was seen. */
async function requireVersion({ db, actor }: Reader, id: string, version?: number) {
  const group = await lockGroup(db, actor.partnerId, id);
  if (!group) throw new AppError("group.notFound");
  if (version !== undefined && group.version !== version) throw new AppError("group.changed");
  return group;
}

/** `version`: the one that was seen. Gives the name that it had. Throws group.changed, group.nameTaken. */
export async function renameGroup(
  ctx: Guarded,
  { id, version, name }: { id: string; version: number; name: string },
): Promise<string> {
  const { db, actor, audit } = ctx;
  const { name: before } = await requireVersion(ctx, id, version);
  if (!(await updateGroup(db, actor.partnerId, id, { name }))) throw new AppError("group.nameTaken");
  await audit({
    action: "group:rename",
    entity: `group ${id}`,
    customerId: null,
    detail: { before, after: name },
  });
  return before;
}

/**
 * Who no longer belongs leaves at once. Gives the rule that it had. Throws group.notByRule, group.changed, and group.circle:
 * thresholds would decide the status asked for.
 */
export async function setRule(
  ctx: Guarded,
  { id, version, rule }: { id: string; version: number; rule: Rule },
  now: Date,
): Promise<Rule> {
  const { db, actor, audit } = ctx;
  const group = await requireVersion(ctx, id, version);
  const before = (await findGroup(db, actor, id))?.rule;
  if (!before) throw new AppError("group.notByRule");
  const decidesStatus =
    group.silentDays !== null ||
    group.stuckHours !== null ||
    (await countWindows(db, actor.partnerId, id, now)) > 0;
  if (rule.statuses.length > 0 && decidesStatus) throw new AppError("group.circle");
  await updateGroup(db, actor.partnerId, id, { rule });
  await settle(ctx, id, version + 1);
  await audit({
    action: "group:rule",
    entity: `group ${id}`,
    customerId: null,
    detail: { name: group.name, before, after: rule },
  });
  return before;
}

/** Customers stay; scope, thresholds and windows that the group gave end with it. */
export async function removeGroup(ctx: Guarded, id: string, now: Date): Promise<void> {
  const { db, actor, audit } = ctx;
  const group = await requireVersion(ctx, id);
  const people = await listAdministrators(db, actor.partnerId, [id]);
  const windows = await countWindows(db, actor.partnerId, id, now);
  // Before it is gone: afterwards nothing says whose status it decided.
  const decidesStatus = group.silentDays !== null || group.stuckHours !== null || windows > 0;
  if (decidesStatus) await refreshGroupSoon(db, actor.partnerId, id);
  await deleteGroup(db, actor.partnerId, id);
  await audit({
    action: "group:delete",
    entity: `group ${id}`,
    customerId: null,
    detail: {
      name: group.name,
      administrators: people.map(({ membershipId }) => membershipId),
      silentDays: group.silentDays,
      stuckHours: group.stuckHours,
      windows,
    },
  });
}

async function requireFilledByPeople(ctx: Reader, id: string): Promise<void> {
  const group = await requireVersion(ctx, id);
  if (group.ruleMatch !== null) throw new AppError("group.byRule");
}

/** Which customers came or went, on the partner's chain. */
async function recordMove(
  { audit }: Guarded,
  action: "group:add" | "group:remove",
  groupId: string,
  asked: number,
  moved: string[],
): Promise<string[]> {
  await audit({
    action,
    entity: `group ${groupId}`,
    customerId: null,
    detail: { asked, moved: moved.length, customers: moved.slice(0, MOST_NAMED) },
  });
  return moved;
}

/** Adds customers to a group; those already in it, or not visible to the actor, are left as they are. Which came. */
export async function addToGroup(
  ctx: Guarded,
  groupId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const { db, actor } = ctx;
  await requireFilledByPeople(ctx, groupId);
  const { visible, orders } = await countChosen(db, actor.partnerId, customerIds);
  if (visible === 0) throw new AppError("customer.notFound");
  if (orders === visible) throw new AppError("group.orderOnly");
  const added = await insertMembers(db, actor.partnerId, groupId, customerIds);
  return recordMove(ctx, "group:add", groupId, customerIds.length, added);
}

/** Takes customers out of a group; which were in it. */
export async function removeFromGroup(
  ctx: Guarded,
  groupId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const { db, actor } = ctx;
  await requireFilledByPeople(ctx, groupId);
  const removed = await deleteMembers(db, actor.partnerId, groupId, customerIds);
  return recordMove(ctx, "group:remove", groupId, customerIds.length, removed);
}

/** Gives a group, or takes it, from the person's next request on; whether that is new. Throws group.notFound, group.personNotFound. */
export async function setAdministrator(
  ctx: Guarded,
  { id, membershipId, isGiven }: { id: string; membershipId: string; isGiven: boolean },
): Promise<boolean> {
  const { db, actor, audit } = ctx;
  const group = await requireVersion(ctx, id);
  const person = await findPerson(db, actor.partnerId, membershipId);
  if (!person) throw new AppError("group.personNotFound");
  const change = isGiven ? insertAdministrator : deleteAdministrator;
  const isNew = await change(db, actor.partnerId, id, membershipId);
  await audit({
    action: isGiven ? "group:give" : "group:take",
    entity: `group ${id}`,
    customerId: null,
    detail: { name: group.name, membership: membershipId, person: person.email, isNew },
  });
  return isNew;
}

/** The groups one customer is in, and those that people may put it in; throws customer.notFound. */
export async function readGroupsOf({ db, actor }: Reader, customerId: string): Promise<GroupsOf> {
  const { visible, orders } = await countChosen(db, actor.partnerId, [customerId]);
  if (visible === 0) throw new AppError("customer.notFound");
  const all = await listGroupsOf(db, actor.partnerId, customerId, MOST_GROUPS);
  return {
    member: all.filter((group) => group.isMember).map(({ id, name, isByRule }) => ({ id, name, isByRule })),
    others: all
      .filter((group) => orders === 0 && !group.isMember && !group.isByRule)
      .map(({ id, name }) => ({ id, name })),
  };
}

export const readRuleOptions = ({ db, actor }: Reader) => listRuleOptions(db, actor.partnerId);
