// What the list of customers shows: several queries put together for one actor.
import type { ScopedDb } from "#db/client.ts";
import {
  allColumns,
  type ColumnId,
  columns as registry,
  type Layout,
  type SortColumn,
} from "#server/columns/schema.ts";
import { addDays, dayIn, EXPIRING_DAYS } from "#server/licences/rules.ts";
import { decodeCursor, encodeCursor, isPair } from "#server/paging/rules.ts";
import { type Actor, can } from "#server/permissions.ts";
import { layoutOf } from "#server/preferences/rules.ts";
import { SEARCH_LIMIT } from "#server/search/queries.ts";
import { listLiveRuns } from "#server/sync/queries-batches.ts";
import { type Cursor, listByIds, type ListedRow, listPage, sortKind, walkIndexes } from "./queries.ts";
import { countPostings, findMatches } from "./queries-counts.ts";
import { endsWithin, filterOf, type ListFilter, staleBefore } from "./queries-filter.ts";
import { readFrame, type StatusCounts } from "./queries-frame.ts";
import { listGroupNames } from "./queries-groups.ts";
import { listChanges, listSources } from "./queries-more.ts";
import { everyIdOf, FEW_CUSTOMERS, findScope } from "./queries-scope.ts";
import { COUNT_LIMIT, type CustomerList, type CustomerListInput, type CustomerRow } from "./schema.ts";

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
  bigint: (text) => /^-?\d{1,16}$/.test(text),
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
  const filter = await filterOf(db, actor, input, now);
  const scope = await findScope(db, actor);
  const limits = { syncedBefore: staleBefore(now), ends: endsWithin(actor, EXPIRING_DAYS, now) };
  const frame = await readFrame(db, actor, limits, scope);
  const found = await matchesOf(db, actor, filter, frame.counts, everyIdOf(scope));
  // Along the index of the sort, unless the customers are known.
  const narrowed = { ...filter, ids: found.ids };
  if (!found.ids) await walkIndexes(db);
  const isRelevance = Boolean(input.q) && !sort && filter.ids !== undefined;
  const read = (only: ListFilter, page: CustomerListInput) =>
    isRelevance
      ? relevancePage(db, partnerId, { ...only, ids: only.ids ?? [] }, page)
      : sortedPage(db, partnerId, only, { ...page, sort });
  // Pinned ones stand above the first page and nowhere else, so that each customer comes once.
  const apart = input.pinned ? [] : frame.pins;
  const pins = found.ids ? apart.filter((id) => found.ids?.includes(id)) : apart;
  const { after: _, ...first } = input;
  const pinned =
    input.after !== undefined || pins.length === 0
      ? []
      : (await read({ ...narrowed, ids: inOrder(pins, found.ids) }, { ...first, pageSize: 50 })).rows;
  const page = await read({ ...narrowed, without: apart }, input);
  const layout = showing(layoutOf(frame.layout, input.columns), input.protection && "protection");
  const rows = [...pinned, ...page.rows];
  const more = await moreOf(db, actor, rows, layout.columns, now);
  const pinnedIds = new Set(frame.pins);
  return {
    rows: rows.map((row) =>
      Object.assign(seesFigures ? row : withoutFigures(row), {
        groups: more.groups.get(row.id) ?? [],
        isPinned: pinnedIds.has(row.id),
        ...(seesFigures && more.changes.get(row.id)),
        sources: (seesFigures && more.sources.get(row.id)) || [],
      }),
    ),
    total: found.isFiltered ? Math.min(found.n, COUNT_LIMIT) : found.n,
    isMore: found.isFiltered ? found.n > COUNT_LIMIT : frame.counts.isMore,
    next: page.next,
    counts: frame.counts,
    concerns: frame.concerns,
    groups: frame.groups,
    layout,
    runs: await listLiveRuns(db, partnerId),
    now: now.toISOString(),
  };
}

/** With this column where it belongs; what is switched on is seen. */
function showing(layout: Layout, column: ColumnId | undefined): Layout {
  if (column === undefined) return layout;
  const group = registry.find(({ id }) => id === column)?.group;
  const isShown = layout.columns.includes(column);
  return {
    ...layout,
    columns: isShown
      ? layout.columns
      : allColumns(layout.columns).filter((id) => id === column || layout.columns.includes(id)),
    folded: layout.folded.filter((folded) => folded !== group),
  };
}

/** Pins that were found, as ranked by what found them. */
const inOrder = (pins: readonly string[], found: readonly string[] | undefined) =>
  found ? found.filter((id) => pins.includes(id)) : pins;

/** How many match, from what is kept where that answers it, and who they are where that is soon known. */
async function matchesOf(
  db: ScopedDb,
  actor: Actor,
  filter: ListFilter,
  counts: StatusCounts,
  scopeIds: readonly string[] | undefined,
): Promise<{ n: number; ids: readonly string[] | undefined; isFiltered: boolean }> {
  const { status, ids: known, ...rest } = filter;
  const isNarrowed = Object.values(rest).some((value) => value !== undefined);
  const isFiltered = isNarrowed || status !== undefined || known !== undefined;
  if (!isFiltered) return { n: counts.total, ids: scopeIds, isFiltered };
  if (
    !isNarrowed &&
    known === undefined &&
    status &&
    actor.memberAll &&
    counts.byStatus[status] > FEW_CUSTOMERS
  )
    return { n: Math.min(counts.byStatus[status], COUNT_LIMIT + 1), ids: undefined, isFiltered };
  const posted = known ? undefined : await countPostings(db, actor.partnerId, filter);
  const ids = known ?? posted?.ids ?? scopeIds;
  if (posted && actor.memberAll && !status && !filter.syncedBefore) return { n: posted.n, ids, isFiltered };
  if (!ids) await walkIndexes(db);
  const matches = await findMatches(db, actor.partnerId, { ...filter, ids });
  if (!ids && matches.ids) await walkIndexes(db, "off");
  // The best match first, as a search has put them.
  return { n: matches.n, ids: known ?? matches.ids ?? ids, isFiltered };
}

/** What rows show beside the overview; what takes reading of its own only where its column is shown. */
async function moreOf(
  db: ScopedDb,
  { partnerId, timeZone }: Actor,
  rows: readonly ListedRow[],
  columns: readonly ColumnId[],
  now: Date,
) {
  const ids = rows.map((row) => row.id);
  const shows = (...some: ColumnId[]) => some.some((id) => columns.includes(id));
  const today = dayIn(timeZone, now);
  return {
    groups: await listGroupNames(db, partnerId, ids),
    changes: shows("devicesChange", "applicationsChange")
      ? await listChanges(db, partnerId, ids, { first: addDays(today, -37), last: addDays(today, -30) })
      : new Map<string, never>(),
    sources: shows("sources") ? await listSources(db, partnerId, ids) : new Map<string, never>(),
  };
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
    devicesChange: null,
    applicationsChange: null,
    blank: row.blank ?? "role",
  };
}
