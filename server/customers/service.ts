// What the list and the details page of customers show: several queries and rules put together for one actor.
import { listGroups, listGroupNames, findGroupIds } from "./queries-groups.ts";
import { isPair, encodeCursor, decodeCursor } from "#server/paging/rules.ts";
import { countGroup, countByStatus, type StatusCounts } from "./queries-counts.ts";
import type { ScopedDb } from "#db/client.ts";
import { type Actor, can } from "#server/permissions.ts";
import {
  COUNT_LIMIT,
  countMatches,
  type Cursor,
  findScopeIds,
  type ListFilter,
  listByIds,
  listPage,
  type ListedRow,
  SEARCH_LIMIT,
  searchCustomers,
  sortKind,
  walkIndexes,
} from "./queries.ts";
import { listLiveRuns } from "#server/sync/queries-runs.ts";
import type { CustomerList, CustomerListInput, CustomerRow, SortColumn } from "./schema.ts";

function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text &&
    !text.startsWith("0000")
  );
}

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
  const narrowed = ids ? { ...filter, ids, ...(groupIds && { group: undefined }) } : filter;
  const isFiltered = Boolean(input.q ?? input.status ?? input.group ?? input.licenceKind ?? input.category);
  const counts = await countByStatus(db, actor, scopeIds);
  const matches = isFiltered ? await matchesOf(db, actor, narrowed, counts) : counts.total;
  // After counting, which reads whole partners better than indexes do.
  if (!ids) await walkIndexes(db);
  const page =
    found && !sort
      ? await relevancePage(db, partnerId, { ...filter, ids: found }, input)
      : await sortedPage(db, partnerId, narrowed, { ...input, sort });
  const names = await listGroupNames(
    db,
    partnerId,
    page.rows.map((row) => row.id),
  );
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
  const start = input.after ? decodeCursor(input.after, isCursorOf(by)) : undefined;
  const after: Cursor | undefined = start && { value: start[0], id: start[1] };
  const rows = await listPage(db, partnerId, filter, { by, isDescending }, after, input.pageSize + 1);
  const shown = rows.slice(0, input.pageSize);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > shown.length && last ? encodeCursor([last.sortValue, last.id]) : null,
  };
}

/** By relevance the matches are few (SEARCH_LIMIT) and in hand, so a page is a slice of them. */
async function relevancePage(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter & { ids: readonly string[] },
  input: CustomerListInput,
): Promise<{ rows: ListedRow[]; next: string | null }> {
  const start = input.after ? decodeCursor(input.after, isOffset) : 0;
  const rows = await listByIds(db, partnerId, filter);
  const end = start + input.pageSize;
  return { rows: rows.slice(start, end), next: end < rows.length ? encodeCursor(end) : null };
}

/** The row without technical figures, for roles that see customers but not metrics (Business). */
export function withoutFigures<Row extends Omit<CustomerRow, "groups">>(row: Row): Row {
  return {
    ...row,
    devicesTotal: null,
    devicesRecent: null,
    devicesSilent: null,
    devicesQuarantined: null,
    devicesInactive: null,
    devicesUnprotected: null,
    devicesSource: null,
    applicationsInstalled: null,
    applicationsDenied: null,
    applicationsUnused: null,
    licenceShortfall: null,
    saasApplications: null,
    saasUsers: null,
    saasActiveUsers: null,
    saasSubscriptions: null,
    saasUnassigned: null,
    saasMonthlySpend: null,
    saasCurrency: null,
    gaps: {},
    alertsHigh: null,
    alertsMedium: null,
    alertsLow: null,
    blank: row.blank ?? "no_access",
  };
}
