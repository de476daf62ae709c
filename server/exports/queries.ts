// The rows of an export as one statement, or two: formatted by the database, because a million rows are quicker there.
import { type RawBuilder, sql } from "kysely";
import type { ScopedDb, Statement } from "#db/client.ts";
import type { SortColumn } from "#server/columns/schema.ts";
import { formulaPattern } from "#server/csv/rules.ts";
import { sorts } from "#server/customers/queries.ts";
import { filtered, type ListFilter } from "#server/customers/queries-filter.ts";
import type { CellId, CellKind, ExportCell } from "./rules.ts";

/** Words of one language by id; what has none stays an id. */
export type Words = Record<
  | "status"
  | "relationship"
  | "licenceKind"
  | "licenceState"
  | "category"
  | "reason"
  | "isOverUsed"
  | "vendor",
  Readonly<Record<string, string>>
>;
/**
 * How values are written: words or (null) ids, `decimal` between whole and part, days and instants as to_char writes them,
 * instants in `zone`; `isSpreadsheet`: cells are read by a program that takes some texts for formulas.
 */
export type Style = {
  words: Words | null;
  decimal: "." | ",";
  day: string;
  instant: string;
  /** The same within a text, which no program takes apart. */
  instantInText: string;
  zone: string;
  /** The days (YYYY-MM-DD) with which figures are compared. */
  month: { first: string; last: string };
  isSpreadsheet: boolean;
};
/** `relevance`: the order of the ids in the filter. */
export type Order = { by: SortColumn; isDescending: boolean } | "relevance";

type Sql = RawBuilder<unknown>;

/** Text that no spreadsheet runs. A text that begins with a letter is none of these, and is most texts. */
const disarmed = (text: Sql) =>
  sql`case when ascii(${text}) between 65 and 126 or ascii(${text}) between 192 and 5759 then ${text} when ${text} ~ ${formulaPattern} then '''' || ${text} else ${text} end`;

const worded = (id: Sql, words: Readonly<Record<string, string>> | undefined) =>
  words === undefined
    ? id
    : sql`case ${id} ${sql.join(
        Object.entries(words).map(([key, word]) => sql`when ${key} then ${word}`),
        sql` `,
      )} else ${id} end`;

/** Ids of an array, joined. */
const listed = (ids: Sql, words: Readonly<Record<string, string>> | undefined) =>
  words === undefined
    ? sql`nullif(array_to_string(${ids}, ';'), '')`
    : sql`nullif(concat_ws('; ', ${sql.join(
        Object.entries(words).map(([key, word]) => sql`case when ${key} = any (${ids}) then ${word} end`),
      )}), '')`;

const column = (name: string) => sql.ref(`o.${name}`);
const licenceState = sql`case o.licence_state_rank when 1 then 'expired' when 2 then 'suspended' when 3 then 'expiring' when 4 then 'trial' when 5 then 'active' else 'none' end`;

/** What stands in a cell, before its kind gives it a form; a column of the view where nothing else is said. */
const valueOf: Partial<Record<CellId, (style: Style, partnerId: string) => Sql>> = {
  id: () => column("customerId"),
  name: () => column("nameShown"),
  relationship: ({ words }) => worded(column("relationship"), words?.relationship),
  licenceKinds: ({ words }) => listed(column("licenceKinds"), words?.licenceKind),
  status: ({ words }) => worded(column("status"), words?.status),
  reasons: ({ words }) => listed(column("reasonCodes"), words?.reason),
  groups: () => sql`m.names`,
  licenceState: ({ words }) =>
    sql`case when o.licence_state_rank is not null then ${worded(licenceState, words?.licenceState)} end`,
  protection: ({ words }) => listed(column("categories"), words?.category),
  protectionInactive: ({ words }) => listed(column("categoriesInactive"), words?.category),
  overUsed: ({ words }) => worded(sql`o.over_used::text`, words?.isOverUsed),
  usedShare: () => sql`round(o.used * 100 / nullif(o.licensed, 0), 1)`,
  overUnder: () => sql`o.used - o.licensed`,
  lastSync: () => column("lastSyncAt"),
  devicesChange: ({ month }, partnerId) =>
    changeSince(column("devicesTotal"), sql`h.devices_total`, partnerId, month),
  applicationsChange: ({ month }, partnerId) =>
    changeSince(column("applicationsInstalled"), sql`h.applications_installed`, partnerId, month),
  sources: ({ words, instantInText, zone }, partnerId) =>
    sql`(select string_agg(a.vendor || ${words ? " " : "="} || coalesce(to_char(a.at at time zone ${zone}, ${instantInText}), ''), ${words ? "; " : ";"} order by a.vendor) from (
      select ${worded(sql`v.vendor`, words?.vendor)} as vendor, min(v.last_success_at) as at from vendor_account v where v.partner_id = ${partnerId} and v.customer_id = o.customer_id
      and v.link_state <> 'not_linked' and o.has_metrics group by v.vendor) a)`,
};

/** As the list has it: against a month ago, as far back as the present access reaches. */
const changeSince = (now: Sql, then: Sql, partnerId: string, { first, last }: Style["month"]) =>
  sql`${now} - (select ${then} from customer_history h where h.partner_id = ${partnerId} and h.customer_id = o.customer_id
    and h.day between ${first}::date and ${last}::date and h.day >= o.metrics_from::date and h.status in ('synced', 'warning') order by h.day desc limit 1)`;

const formOf: Record<CellKind, (value: Sql, style: Style) => Sql> = {
  text: (value, { isSpreadsheet }) => (isSpreadsheet ? disarmed(value) : value),
  word: (value) => value,
  integer: (value) => value,
  decimal: (value, { decimal }) =>
    decimal === "." ? sql`trim_scale(${value})` : sql`replace(trim_scale(${value})::text, '.', ',')`,
  day: (value, { day }) => sql`to_char(${value}, ${day})`,
  instant: (value, { instant, zone }) => sql`to_char(${value} at time zone ${zone}, ${instant})`,
};

/** Names of the groups of customers: gathered once where all customers come, else for each of the few that do. */
const groupNames = (partnerId: string, { words }: Style, isOfAll: boolean) =>
  sql<{
    customerId: string;
    names: string | null;
  }>`(select m.customer_id, string_agg(g.name, ${words ? "; " : ";"} order by g.name) as names
    from customer_group_member m join customer_group g on g.partner_id = m.partner_id and g.id = m.group_id
    where m.partner_id = ${partnerId} ${isOfAll ? sql`` : sql`and m.customer_id = o.customer_id`} group by m.customer_id)`;

/** The rows in their order: those with a value to sort by, then the others. */
export function rowStatements(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter,
  order: Order,
  cells: readonly ExportCell[],
  style: Style,
): Statement[] {
  const isOfAll = filter.ids === undefined;
  const customers = filtered(db, partnerId, filter);
  const grouped = cells.some(({ id }) => id === "groups")
    ? customers.leftJoinLateral(groupNames(partnerId, style, isOfAll).as("m"), (join) =>
        join.onRef("m.customerId", "=", "o.customerId"),
      )
    : customers;
  const rows = grouped.select(
    cells.map(({ id, kind }) =>
      formOf[kind]((valueOf[id] ?? (() => column(id)))(style, partnerId), style).as(id),
    ),
  );
  if (order === "relevance")
    return [rows.orderBy(sql`array_position(${[...(filter.ids ?? [])]}::uuid[], o.customer_id)`)];
  const { column: by, needs, hasNulls } = sorts[order.by];
  const direction = order.isDescending ? "desc" : "asc";
  const value = sql.ref(`o.${by}`);
  let first = rows;
  if (hasNulls) first = first.where(value, "is not", null);
  if (needs) first = first.where(`o.${needs}`, "=", true);
  const sorted = first.orderBy(value, direction).orderBy("o.customerId", direction);
  if (!hasNulls && !needs) return [sorted];
  // What is closed since the figures were stored has none to sort by.
  const others = rows.where((eb) =>
    eb.or([
      ...(hasNulls ? [eb(value, "is", null)] : []),
      ...(needs ? [eb(`o.${needs}`, "is not", true)] : []),
    ]),
  );
  return [sorted, others.orderBy("o.customerId", direction)];
}

/**
 * Until the snapshot ends, for all customers of a partner: the planner takes a policy for far narrower than it is
 * (docs/decisions/0013) and would gather what belongs to a customer once per customer, and sort a million rows in four megabytes.
 */
export const forAll = sql`select count(set_config(name, value, true)) from (values ('enable_nestloop', 'off'), ('work_mem', '64MB')) as s (name, value)`;

/** One of the `slots` that a member has for exports at a time, over all processes; held until the snapshot ends. */
export const slotOf = (membershipId: string, slots: number): Statement =>
  sql`select exists (select from generate_series(1, ${slots}) n where pg_try_advisory_xact_lock(hashtextextended(${`export ${membershipId} `} || n, 0)) limit 1)`;
