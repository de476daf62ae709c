// What the list and the details page of customers show: several queries and rules put together for one actor.
import type { ScopedDb } from "#db/client.ts";
import { findLatestGrant } from "#server/access/queries.ts";
import { AppError } from "#server/errors.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { type Actor, can, type CustomerAccess } from "#server/permissions.ts";
import {
  findCustomer,
  countDevices,
  type DeviceFilter,
  listAccounts,
  listAlerts,
  listContacts,
  listDevices,
  listLicences,
  listStatusHistory,
} from "./queries-details.ts";
import {
  COUNT_LIMIT,
  countByStatus,
  countGroup,
  countMatches,
  type Cursor,
  findGroupIds,
  findScopeIds,
  type ListFilter,
  listByIds,
  listGroupNames,
  listGroups,
  listPage,
  type ListedRow,
  SEARCH_LIMIT,
  searchCustomers,
  sortKind,
  type StatusCounts,
  walkIndexes,
} from "./queries.ts";
import { listLiveRuns } from "#server/sync/queries-runs.ts";
import { dayIn, licenceStatus } from "./rules.ts";
import type {
  CustomerDetails,
  CustomerList,
  CustomerListInput,
  CustomerRow,
  Reason,
  SortColumn,
  Status,
} from "./schema.ts";

const DAY_MS = 86_400_000;
const DEVICE_PAGE = 100;
type AccessState = CustomerDetails["access"]["state"];

function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text &&
    !text.startsWith("0000")
  );
}

/** Cursors are opaque text to everybody else; one that cannot be read is a bad request. */
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
function decode<T>(text: string, isRight: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch (cause) {
    throw new AppError("request.invalid", { fields: { after: "cursor" }, cause });
  }
  if (!isRight(value)) throw new AppError("request.invalid", { fields: { after: "cursor" } });
  return value;
}
const isText = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");
const isPair = (value: unknown): value is [string | null, string] =>
  Array.isArray(value) && value.length === 2 && (value[0] === null || isText(value[0])) && isText(value[1]);
const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
/** The database's own text of a value; anything else would be an error there. */
const isValue: Record<ReturnType<typeof sortKind>["cast"], (text: string) => boolean> = {
  text: () => true,
  int: (text) => /^-?\d{1,9}$/.test(text),
  numeric: (text) => /^-?\d{1,12}(\.\d{1,4})?$/.test(text),
  date: isDay,
  timestamptz: (text) =>
    isDay(text.slice(0, 10)) &&
    /^ ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/.test(text.slice(10)),
};
const isCursorOf = (by: SortColumn) => {
  const { cast, hasNulls } = sortKind(by);
  return (value: unknown): value is [string | null, string] =>
    isPair(value) && isUuid(value[1]) && (value[0] === null ? hasNulls : isValue[cast](value[0]));
};
const isOffset = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= SEARCH_LIMIT;

/** Sorted by a figure, even a list without figures would tell who has more. */
const figures: readonly string[] = [
  "devicesTotal",
  "devicesSilent",
  "devicesUnprotected",
  "alerts",
] satisfies SortColumn[];
const isMetricSort = (sort: CustomerListInput["sort"]): boolean =>
  figures.includes(sort?.replace("-", "") ?? "");

/** One page of the customers in the actor's scope that match, with counts; sorted by name where the figures are not the actor's. */
export async function listCustomers(
  db: ScopedDb,
  actor: Actor,
  input: CustomerListInput,
  now: Date,
): Promise<CustomerList> {
  const { partnerId } = actor;
  const seesFigures = can(actor, "metrics:read");
  const sort = !seesFigures && isMetricSort(input.sort) ? "name" : input.sort;
  const filter: ListFilter = {
    status: input.status,
    group: input.group,
    licenceKind: input.licenceKind,
    category: input.category,
  };
  const found = input.q ? await searchCustomers(db, input.q) : undefined;
  const scopeIds = await findScopeIds(db, actor);
  const groupIds = input.group && !found ? await findGroupIds(db, partnerId, input.group) : undefined;
  const ids = found ?? groupIds ?? scopeIds;
  if (!ids) await walkIndexes(db);
  const narrowed = ids ? { ...filter, ids, ...(groupIds && { group: undefined }) } : filter;
  const isFiltered = Boolean(input.q ?? input.status ?? input.group ?? input.licenceKind ?? input.category);
  const page =
    found && !sort
      ? await relevancePage(db, partnerId, { ...filter, ids: found }, input)
      : await sortedPage(db, partnerId, narrowed, { ...input, sort });
  const names = await listGroupNames(
    db,
    partnerId,
    page.rows.map((row) => row.id),
  );
  const counts = await countByStatus(db, actor, scopeIds);
  const matches = isFiltered ? await matchesOf(db, actor, narrowed, counts) : counts.total;
  return {
    rows: page.rows.map(({ sortValue: _, ...row }) => ({
      ...(seesFigures ? row : withoutFigures(row)),
      groups: names.get(row.id) ?? [],
    })),
    total: isFiltered ? Math.min(matches, COUNT_LIMIT) : matches,
    isMore: isFiltered ? matches > COUNT_LIMIT : counts.isMore,
    next: page.next,
    counts,
    groups: await listGroups(db, actor),
    runs: await listLiveRuns(db, partnerId),
    now: now.toISOString(),
  };
}

/** How many match: read from what is kept where that answers it. */
async function matchesOf(
  db: ScopedDb,
  actor: Actor,
  filter: ListFilter,
  counts: StatusCounts,
): Promise<number> {
  const { status, group, licenceKind, category } = filter;
  if (actor.memberAll && !licenceKind && !category && !filter.ids) {
    if (status && !group) return Math.min(counts.byStatus[status], COUNT_LIMIT + 1);
    if (group && !status) return countGroup(db, actor.partnerId, group);
  }
  return countMatches(db, actor.partnerId, filter);
}

async function sortedPage(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter,
  input: CustomerListInput,
): Promise<{ rows: ListedRow[]; next: string | null }> {
  const sort = input.sort ?? "name";
  const isDescending = sort.startsWith("-");
  const by = sort.replace("-", "") as SortColumn;
  const start = input.after ? decode(input.after, isCursorOf(by)) : undefined;
  const after: Cursor | undefined = start && { value: start[0], id: start[1] };
  const rows = await listPage(db, partnerId, filter, { by, isDescending }, after, input.pageSize + 1);
  const shown = rows.slice(0, input.pageSize);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > shown.length && last ? encode([last.sortValue, last.id]) : null };
}

/** By relevance the matches are few (SEARCH_LIMIT) and in hand, so a page is a slice of them. */
async function relevancePage(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter & { ids: readonly string[] },
  input: CustomerListInput,
): Promise<{ rows: ListedRow[]; next: string | null }> {
  const start = input.after ? decode(input.after, isOffset) : 0;
  const rows = await listByIds(db, partnerId, filter);
  const end = start + input.pageSize;
  return { rows: rows.slice(start, end), next: end < rows.length ? encode(end) : null };
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function accessOf(
  customer: CustomerAccess,
  grant: Awaited<ReturnType<typeof findLatestGrant>>,
  now: Date,
): CustomerDetails["access"] {
  const nothing = { fromAt: null, untilAt: null, endReason: null };
  if (customer.relationship === "order_only")
    return { ...nothing, state: "not_applicable", capabilities: ["console"] };
  if (customer.relationship === "managed")
    return { ...nothing, state: "always", capabilities: ["metrics", "licences", "console", "reports"] };
  if (!grant) return { ...nothing, state: "none", capabilities: [] };
  const isOver = grant.untilAt !== null && grant.untilAt <= now;
  const state: AccessState = isOver ? "ended" : grant.state;
  return {
    state,
    capabilities: [...customer.capabilities],
    fromAt: iso(grant.fromAt),
    untilAt: iso(grant.untilAt),
    endReason: isOver ? "expired" : grant.endReason,
  };
}

/**
 * One customer as the actor may see it: the baseline always, metrics and the customer's own licences only under a live
 * grant that opens them, and no metric before data has come under that grant.
 */
export async function getCustomerDetails(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  page: { devices: DeviceFilter; devicesAfter?: string | undefined },
  now: Date,
): Promise<CustomerDetails> {
  const { partnerId } = actor;
  const id = customer.id;
  const [listed] = await listByIds(db, partnerId, { ids: [id] });
  const record = await findCustomer(db, partnerId, id);
  if (!listed || !record?.name) throw new AppError("customer.notFound");
  const { sortValue: _, ...found } = listed;
  const mayMetrics = can(actor, "metrics:read", customer);
  const row: CustomerRow = { ...found, groups: (await listGroupNames(db, partnerId, [id])).get(id) ?? [] };
  const rules = await getPartnerRules(db, partnerId);
  const accounts = await listAccounts(db, partnerId, id);
  const blank =
    !mayMetrics || row.blank === "no_access" ? "no_access" : row.blank === "pending" ? "pending" : null;
  const gap = (part: string) =>
    accounts
      .flatMap((account) => account.gaps as { part: string; reason: "not_entitled" | "not_reported" }[])
      .find((one) => one.part === part)?.reason ?? null;
  const devicesBlank = blank ?? gap("devices");
  const alertsBlank = blank ?? gap("alerts");
  const silentBefore = new Date(now.getTime() - rules.silentDays * DAY_MS);
  return {
    row: mayMetrics ? row : withoutFigures(row),
    legalName: record.name,
    country: record.country,
    region: record.region,
    externalId: record.externalId,
    address: record.address as CustomerDetails["address"],
    since: record.since ?? iso(record.createdAt)?.slice(0, 10) ?? null,
    access: accessOf(customer, await findLatestGrant(db, partnerId, id), now),
    accounts: accounts.map(({ gaps: _gaps, lastSuccessAt, connection, ...account }) => ({
      ...account,
      connection: connection ?? "",
      lastSuccessAt: iso(lastSuccessAt),
    })),
    contacts: (await listContacts(db, partnerId, id)).map(({ firstName, lastName, ...contact }) => ({
      ...contact,
      role: contact.role as CustomerDetails["contacts"][number]["role"],
      name: `${firstName} ${lastName}`.trim(),
    })),
    ...(await licencesOf(db, actor, customer, dayIn(rules.timeZone, now))),
    devices: devicesBlank ? null : await devicesOf(db, partnerId, id, page, silentBefore),
    devicesBlank,
    alerts: alertsBlank
      ? null
      : (await listAlerts(db, partnerId, id)).map(({ externalId, raisedAt, severity, ...alert }) => ({
          ...alert,
          id: externalId,
          severity: severity as "high",
          raisedAt: raisedAt.toISOString(),
        })),
    alertsBlank,
    history: (await listStatusHistory(db, partnerId, id)).map((entry) => ({
      at: entry.at.toISOString(),
      status: entry.status as Status,
      reasons: entry.reasons as Reason[],
    })),
    may: { sync: can(actor, "sync:start", customer) && accounts.length > 0 },
    now: now.toISOString(),
  };
}

/** The row without technical figures, for roles that see customers but not metrics (Business). */
function withoutFigures<Row extends Omit<CustomerRow, "groups">>(row: Row): Row {
  return {
    ...row,
    devicesTotal: null,
    devicesRecent: null,
    devicesSilent: null,
    devicesQuarantined: null,
    devicesInactive: null,
    devicesUnprotected: null,
    alertsHigh: null,
    alertsMedium: null,
    alertsLow: null,
    blank: row.blank ?? "no_access",
  };
}

/** A customer's own users and partners with the capability see the licences the customer owns; others see how many there are. */
async function licencesOf(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  today: string,
): Promise<Pick<CustomerDetails, "licences" | "hiddenLicences">> {
  const all = await listLicences(db, actor.partnerId, customer.id);
  const seesOwned =
    actor.customerId !== null ||
    customer.relationship !== "delegated" ||
    customer.capabilities.includes("licences");
  const shown = all.filter((licence) => seesOwned || licence.owner === "partner");
  const licences = shown.map(({ isSuspended, ...licence }) => {
    const typed = { ...licence, kind: licence.kind as "term", owner: licence.owner as "partner" };
    return { ...typed, status: licenceStatus({ ...typed, isSuspended }, today) };
  });
  return { licences, hiddenLicences: all.length - shown.length };
}

async function devicesOf(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  page: { devices: DeviceFilter; devicesAfter?: string | undefined },
  silentBefore: Date,
): Promise<NonNullable<CustomerDetails["devices"]>> {
  const start = page.devicesAfter ? decode(page.devicesAfter, isPair) : undefined;
  const after = start && { name: start[0] ?? "", id: start[1] };
  const found = await listDevices(
    db,
    partnerId,
    customerId,
    page.devices,
    silentBefore,
    after,
    DEVICE_PAGE + 1,
  );
  const shown = found.slice(0, DEVICE_PAGE);
  const last = shown.at(-1);
  return {
    rows: shown.map(({ externalId, lastSeenAt, ...device }) => ({
      ...device,
      id: externalId,
      type: device.type as "computer",
      state: device.state as "active",
      health: device.health as "good",
      isSilent: device.state === "active" && (lastSeenAt === null || lastSeenAt < silentBefore),
      lastSeenAt: iso(lastSeenAt),
    })),
    total: await countDevices(db, partnerId, customerId, page.devices, silentBefore),
    next: found.length > shown.length && last ? encode([last.hostname, last.externalId]) : null,
  };
}
