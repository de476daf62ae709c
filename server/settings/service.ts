// Changing what decides the status of customers: each change is recorded and marks whom it concerns for the minute job.
import { findCustomers } from "#server/search/service.ts";
import { listGroups } from "#server/customers/queries-groups.ts";
import { AppError } from "#server/errors.ts";
import type { Guarded } from "#server/trpc.ts";
import type { z } from "zod";
import {
  deleteWindow,
  endWindow,
  findGroupThresholds,
  findWindow,
  getThresholds,
  insertWindow,
  listGroupThresholds,
  listNamed,
  listOpenWindows,
  listPastWindows,
  type Match,
  refreshGroupSoon,
  refreshSoon,
  updateGroupThresholds,
  updateThresholds,
} from "./queries.ts";
import { deleteDenied, insertDenied, listDenied, refreshDeniedSoon } from "./queries-denied.ts";
import { isTooBroad, offsetName, windowOf } from "./rules.ts";
import type {
  Denied,
  DeniedForm,
  GroupThresholdsForm,
  Thresholds,
  ThresholdsForm,
  Window,
  WindowForm,
  Windows,
} from "./schema.ts";

const OPEN_WINDOWS = 500;
const PAST_WINDOWS = 50;
const MATCHES = 10;
type Reader = Pick<Guarded, "db" | "actor">;

export async function readThresholds({ db, actor }: Reader): Promise<Thresholds> {
  return {
    partner: await getThresholds(db, actor.partnerId),
    groups: await listGroupThresholds(db, actor.partnerId),
  };
}

/** Throws settings.conflict when something else stands by now than what the page showed. */
export async function setThresholds(
  { db, actor, audit }: Guarded,
  form: z.output<typeof ThresholdsForm>,
): Promise<void> {
  const { partnerId } = actor;
  const before = { silentDays: form.wasSilentDays, stuckHours: form.wasStuckHours };
  const after = { silentDays: form.silentDays, stuckHours: form.stuckHours };
  if (!(await updateThresholds(db, partnerId, before, after))) throw new AppError("settings.conflict");
  await refreshSoon(db, partnerId, null);
  await audit({
    action: "settings:thresholds",
    entity: "partner",
    customerId: null,
    detail: { before, after },
  });
}

/** The same for one group; null is the partner's own. */
export async function setGroupThresholds(
  { db, actor, audit }: Guarded,
  groupId: string,
  form: z.output<typeof GroupThresholdsForm>,
): Promise<void> {
  const { partnerId } = actor;
  const group = await findGroupThresholds(db, partnerId, groupId);
  if (!group) throw new AppError("settings.notFound");
  if (group.asksForStatus) throw new AppError("settings.groupByStatus");
  const before = { silentDays: form.wasSilentDays, stuckHours: form.wasStuckHours };
  const after = { silentDays: form.silentDays, stuckHours: form.stuckHours };
  if (!(await updateGroupThresholds(db, partnerId, groupId, before, after)))
    throw new AppError("settings.conflict");
  await refreshGroupSoon(db, partnerId, groupId);
  await audit({
    action: "group:thresholds",
    entity: `group ${groupId}`,
    customerId: null,
    detail: { name: group.name, before, after },
  });
}

/** Customers that a person may have meant by a name or an external id: the exact ones, else what resembles it. */
async function findMeant({ db, actor }: Reader, text: string): Promise<Match[]> {
  const plain = text.replaceAll("\0", "").trim();
  if (plain === "") return [];
  const ids = (await findCustomers(db, actor, plain)).slice(0, 50);
  const found = await listNamed(db, actor.partnerId, ids, plain);
  const exact = found.filter((one) => one.isExact);
  return (exact.length > 0 ? exact : found).slice(0, MATCHES);
}

/** The windows by what they are at `now`; `customer`: what was typed and meant no customer, or more than one. */
export async function readWindows(reader: Reader, customer: string | undefined, now: Date): Promise<Windows> {
  const { db, actor } = reader;
  const shown = (row: Awaited<ReturnType<typeof listOpenWindows>>[number]): Window => ({
    id: row.id,
    name: row.name,
    covers: row.covers as Window["covers"],
    of: row.groupName ?? row.customerName,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    createdBy: row.createdBy,
  });
  const open = await listOpenWindows(db, actor.partnerId, now, OPEN_WINDOWS);
  const past = await listPastWindows(db, actor.partnerId, now, PAST_WINDOWS);
  return {
    current: open.filter((row) => row.startsAt <= now).map(shown),
    coming: open.filter((row) => row.startsAt > now).map(shown),
    past: past.map(shown),
    groups: await listGroups(db, actor),
    matches: (customer === undefined ? [] : await findMeant(reader, customer)).map(
      ({ isExact: _, ...match }) => match,
    ),
    offset: offsetName(actor.timeZone, now),
    now: now.toISOString(),
  };
}

async function coveredBy(
  reader: Reader,
  form: z.output<typeof WindowForm>,
): Promise<{ groupId: string | null; forCustomerId: string | null; of: string | null }> {
  const { db, actor } = reader;
  if (form.covers === "all") return { groupId: null, forCustomerId: null, of: null };
  if (form.covers === "group") {
    const group = form.groupId ? await findGroupThresholds(db, actor.partnerId, form.groupId) : undefined;
    if (!group) throw new AppError("settings.groupMissing");
    if (group.asksForStatus) throw new AppError("settings.groupByStatus");
    return { groupId: group.id, forCustomerId: null, of: group.name };
  }
  const typed = form.customer ?? "";
  const meant = form.customerId
    ? await listNamed(db, actor.partnerId, [form.customerId], typed)
    : (await findMeant(reader, typed)).filter((match) => match.isExact);
  const [customer, another] = meant;
  if (!customer || another) throw new AppError("settings.customerUnclear");
  return { groupId: null, forCustomerId: customer.id, of: customer.name };
}

async function markCovered(
  { db, actor }: Reader,
  window: { groupId: string | null; forCustomerId: string | null },
): Promise<void> {
  if (window.groupId !== null) await refreshGroupSoon(db, actor.partnerId, window.groupId);
  else await refreshSoon(db, actor.partnerId, window.forCustomerId === null ? null : [window.forCustomerId]);
}

/** Adds a window; its times are the wall clock of the actor's zone. Returns its id. */
export async function addWindow(ctx: Guarded, form: z.output<typeof WindowForm>, now: Date): Promise<string> {
  const { db, actor, audit } = ctx;
  const times = windowOf(actor.timeZone, form, now);
  if (typeof times === "string") throw new AppError(times);
  const { of, ...covered } = await coveredBy(ctx, form);
  const id = await insertWindow(db, actor.partnerId, {
    name: form.name,
    covers: form.covers,
    ...covered,
    startsAt: times.from,
    endsAt: times.until,
    createdBy: actor.name,
  });
  await markCovered(ctx, covered);
  await audit({
    action: "maintenance:add",
    entity: `maintenance ${id}`,
    customerId: null,
    detail: { name: form.name, covers: form.covers, of, from: times.from, until: times.until },
  });
  return id;
}

/** Ends a window that has begun, or deletes one that has not; throws settings.windowOver when that cannot be. */
export async function closeWindow(ctx: Guarded, id: string, how: "end" | "delete", now: Date): Promise<void> {
  const { db, actor, audit } = ctx;
  const window = await findWindow(db, actor.partnerId, id);
  if (!window) throw new AppError("settings.notFound");
  const hasBegun = window.startsAt < now;
  if (window.endsAt <= now || hasBegun !== (how === "end")) throw new AppError("settings.windowOver");
  if (hasBegun) await endWindow(db, actor.partnerId, id, now);
  else await deleteWindow(db, actor.partnerId, id);
  await markCovered(ctx, window);
  await audit({
    action: `maintenance:${how}`,
    entity: `maintenance ${id}`,
    customerId: null,
    detail: { name: window.name, covers: window.covers, from: window.startsAt, until: window.endsAt },
  });
}

export const readDenied = async ({ db, actor }: Reader): Promise<Denied[]> =>
  (await listDenied(db, actor.partnerId)).map(({ createdAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
  }));

/** Adds a pattern; throws settings.patternTooBroad, settings.patternTaken. Returns its id. */
export async function addDenied(ctx: Guarded, form: z.output<typeof DeniedForm>): Promise<string> {
  const { db, actor, audit } = ctx;
  if (isTooBroad(form.pattern)) throw new AppError("settings.patternTooBroad");
  const id = await insertDenied(db, actor.partnerId, { ...form, createdBy: actor.name });
  if (id === undefined) throw new AppError("settings.patternTaken");
  await refreshDeniedSoon(db, actor.partnerId, id);
  await audit({
    action: "denied:add",
    entity: `denied application ${id}`,
    customerId: null,
    detail: { pattern: form.pattern, note: form.note },
  });
  return id;
}

/** Takes a pattern off the list, its exceptions with it. */
export async function removeDenied(ctx: Guarded, id: string): Promise<void> {
  const { db, actor, audit } = ctx;
  // Before it is gone: afterwards nothing says whom it named.
  await refreshDeniedSoon(db, actor.partnerId, id);
  const gone = await deleteDenied(db, actor.partnerId, id);
  if (!gone) throw new AppError("settings.notFound");
  await audit({
    action: "denied:remove",
    entity: `denied application ${id}`,
    customerId: null,
    detail: { pattern: gone.pattern },
  });
}
