// The column registry of the customers list, which the page, sorting, exports and help read, and how it is laid out.
import { z } from "zod";

/**
 * The columns of the list in their order; `sort`: offered for sorting (at most ten, decision 2), each has an index;
 * `shown`: for whoever chose nothing else.
 */
export const columns = [
  { id: "name", group: "customer", sort: true, shown: true },
  { id: "status", group: "customer", sort: true, shown: true },
  { id: "groups", group: "customer", sort: false, shown: true },
  { id: "devicesTotal", group: "computers", sort: true, shown: true },
  { id: "devicesRecent", group: "computers", sort: false, shown: false },
  { id: "devicesSilent", group: "computers", sort: true, shown: true },
  { id: "devicesQuarantined", group: "computers", sort: false, shown: false },
  { id: "devicesInactive", group: "computers", sort: false, shown: false },
  { id: "devicesUnprotected", group: "computers", sort: true, shown: true },
  { id: "devicesChange", group: "computers", sort: false, shown: false },
  { id: "applicationsInstalled", group: "applications", sort: false, shown: false },
  { id: "applicationsDenied", group: "applications", sort: false, shown: false },
  { id: "applicationsUnused", group: "applications", sort: false, shown: false },
  { id: "licenceShortfall", group: "applications", sort: false, shown: false },
  { id: "applicationsChange", group: "applications", sort: false, shown: false },
  { id: "saasApplications", group: "saas", sort: false, shown: false },
  { id: "saasUsers", group: "saas", sort: false, shown: false },
  { id: "saasActiveUsers", group: "saas", sort: false, shown: false },
  { id: "saasSubscriptions", group: "saas", sort: false, shown: false },
  { id: "saasUnassigned", group: "saas", sort: false, shown: false },
  { id: "saasMonthlySpend", group: "saas", sort: false, shown: false },
  { id: "licenceState", group: "licences", sort: true, shown: true },
  { id: "protection", group: "licences", sort: false, shown: false },
  { id: "licensed", group: "licences", sort: false, shown: false },
  { id: "used", group: "licences", sort: true, shown: true },
  { id: "usedShare", group: "licences", sort: false, shown: false },
  { id: "overUnder", group: "licences", sort: false, shown: false },
  { id: "licenceEndsOn", group: "licences", sort: true, shown: true },
  { id: "alerts", group: "alerts", sort: true, shown: true },
  { id: "lastSync", group: "sync", sort: true, shown: true },
  { id: "sources", group: "sync", sort: false, shown: false },
] as const;
export type ColumnId = (typeof columns)[number]["id"];
export type ColumnGroup = (typeof columns)[number]["group"];
export type SortColumn = Extract<(typeof columns)[number], { sort: true }>["id"];
export const columnIds = columns.map(({ id }) => id) as [ColumnId, ...ColumnId[]];
export const columnGroups = [...new Set(columns.map(({ group }) => group))] as [
  ColumnGroup,
  ...ColumnGroup[],
];
export const sortColumns = columns.filter((column) => column.sort).map((column) => column.id) as [
  SortColumn,
  ...SortColumn[],
];

/** A column id, `-` before it for descending. */
export const sorts = sortColumns.flatMap((id) => [id, `-${id}`] as const) as [
  SortColumn | `-${SortColumn}`,
  ...(SortColumn | `-${SortColumn}`)[],
];

/** Figures that come and go together. */
export const figureFamilies = ["computers", "applications", "saas", "alerts"] as const;

/** How a list is laid out; folded groups of columns keep their place and show their first figure only. */
export const Layout = z.object({
  columns: z.array(z.enum(columnIds)),
  widths: z.partialRecord(z.enum(columnIds), z.enum(["narrow", "wide"])),
  folded: z.array(z.enum(columnGroups)),
  density: z.enum(["comfortable", "compact"]),
});
export type Layout = z.infer<typeof Layout>;

/** Ids of columns out of what an address or a stored layout names: unknown ones dropped, each once, the name first. */
export function readColumns(named: readonly string[]): ColumnId[] {
  const known = named.filter((id): id is ColumnId => columnIds.some((column) => column === id));
  return [...new Set<ColumnId>(["name", ...known])];
}

/** All columns as the chooser lists them: those shown in their order, each other one behind its nearest shown neighbour. */
export function allColumns(shown: readonly ColumnId[]): ColumnId[] {
  const order = [...shown];
  for (const [index, id] of columnIds.entries()) {
    if (order.includes(id)) continue;
    const before = columnIds.slice(0, index).findLast((one) => order.includes(one));
    order.splice(before === undefined ? order.length : order.indexOf(before) + 1, 0, id);
  }
  return order;
}
