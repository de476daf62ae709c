// Every query of the customers list: pages by keyset, bounded counts, the groups of a page.
import { type ExpressionBuilder, sql, type SqlBool } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { DB } from "#db/types.ts";
import type { Actor } from "#server/permissions.ts";
import {
  type CustomerListInput,
  type CustomerRow,
  licenceStates,
  type SortColumn,
  statuses,
} from "./schema.ts";

/** Counting stops here and says "more than" (performance.md, counts). */
export const COUNT_LIMIT = 10_000;
/** Up to so many known customers are fetched and sorted; among more, the index of the sort is walked. */
export const FEW_CUSTOMERS = 2_000;
/** The best matches of a search; nobody pages further than this by relevance. */
export const SEARCH_LIMIT = 500;

type View = DB["readableOverview"];
type Sort = {
  column: keyof View;
  cast: keyof typeof casts;
  needs?: "hasMetrics" | "hasLicences";
  hasNulls?: true;
};
const casts = {
  text: sql`text`,
  int: sql`int`,
  timestamptz: sql`timestamptz`,
  numeric: sql`numeric`,
  date: sql`date`,
};
/** Each sort reads the stored column that has an index; rows whose figures closed within the last minute are left out. */
const sorts: Record<SortColumn, Sort> = {
  name: { column: "nameSort", cast: "text" },
  status: { column: "statusRank", cast: "int" },
  devicesTotal: { column: "devicesTotalStored", cast: "int", needs: "hasMetrics", hasNulls: true },
  devicesSilent: { column: "devicesSilentStored", cast: "int", needs: "hasMetrics", hasNulls: true },
  devicesUnprotected: {
    column: "devicesUnprotectedStored",
    cast: "int",
    needs: "hasMetrics",
    hasNulls: true,
  },
  licenceState: { column: "licenceStateRankStored", cast: "int", needs: "hasLicences" },
  used: { column: "usedStored", cast: "numeric", needs: "hasLicences", hasNulls: true },
  licenceEndsOn: { column: "licenceEndsOnStored", cast: "date", needs: "hasLicences", hasNulls: true },
  alerts: { column: "alertsHighStored", cast: "int", needs: "hasMetrics", hasNulls: true },
  lastSync: { column: "lastSyncAtStored", cast: "timestamptz", needs: "hasMetrics", hasNulls: true },
};

/** What the values of a sort look like as text, and whether rows may lack one. */
export const sortKind = (by: SortColumn): { cast: keyof typeof casts; hasNulls: boolean } => ({
  cast: sorts[by].cast,
  hasNulls: sorts[by].hasNulls === true,
});

/** Where a page begins: after this row. `value` null: among the rows without a value, which always come last. */
export type Cursor = { value: string | null; id: string };
export type ListFilter = Pick<CustomerListInput, "status" | "group" | "licenceKind" | "category"> & {
  ids?: readonly string[];
};
export type ListedRow = Omit<CustomerRow, "groups"> & { sortValue: string | null };

export function filtered(db: ScopedDb, partnerId: string, filter: ListFilter) {
  let query = db.selectFrom("readableOverview as o").where("o.partnerId", "=", partnerId);
  // The rank has the index; the shown status drops those whose access ended within the last minute.
  if (filter.status)
    query = query
      .where("o.statusRank", "=", statuses.indexOf(filter.status) + 1)
      .where("o.status", "=", filter.status);
  if (filter.licenceKind) query = query.where(sql<SqlBool>`o.licence_kinds @> array[${filter.licenceKind}]`);
  if (filter.category) query = query.where(sql<SqlBool>`o.categories @> array[${filter.category}]`);
  if (filter.ids) query = query.where(sql<SqlBool>`o.customer_id = any(${[...filter.ids]}::uuid[])`);
  if (filter.group) {
    const group = filter.group;
    query = query.where((eb) =>
      eb(
        "o.customerId",
        "in",
        eb
          .selectFrom("customerGroupMember as g")
          .where("g.partnerId", "=", partnerId)
          .where("g.groupId", "=", group)
          .select("g.customerId"),
      ),
    );
  }
  return query;
}

/** Ids that a member's scope names, at most COUNT_LIMIT + 1; undefined: it names none because it is all. The view still decides. */
export async function findScopeIds(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "memberAll" | "membershipId" | "customerId">,
): Promise<string[] | undefined> {
  if (actor.memberAll) return undefined;
  if (actor.customerId !== null) return [actor.customerId];
  const { rows } = await sql<{ scopeAll: boolean; ids: string[] }>`
    select m.scope_all, array(
      select s.customer_id from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'customer'
      union all
      select g.customer_id from membership_scope s join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
        where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group'
      limit ${COUNT_LIMIT + 1}) as ids
    from membership m where m.partner_id = ${actor.partnerId} and m.id = ${actor.membershipId}`.execute(db);
  const [scope] = rows;
  if (!scope) return [];
  return scope.scopeAll || scope.ids.length > COUNT_LIMIT ? undefined : scope.ids;
}

/**
 * Until the transaction ends, rows are read along an index only. The planner takes a policy for 200 times narrower than it
 * is, and so reads and sorts a whole partner where fifty rows of the sort's index would do (1.5 s against 2 ms, measured).
 */
export async function walkIndexes(db: ScopedDb): Promise<void> {
  await sql`select set_config(name, 'off', true) from unnest(array['enable_sort', 'enable_bitmapscan', 'enable_seqscan', 'enable_hashjoin']) name`.execute(
    db,
  );
}

type Row = ExpressionBuilder<DB & { o: View }, "o">;
const rowColumns = [
  "o.customerId",
  "o.nameShown",
  "o.domain",
  "o.relationship",
  "o.status",
  "o.statusSince",
  "o.reasons",
  "o.hasMetrics",
  "o.lastSyncAt",
  "o.devicesTotal",
  "o.devicesRecent",
  "o.devicesSilent",
  "o.devicesQuarantined",
  "o.devicesInactive",
  "o.devicesUnprotected",
  "o.devicesSource",
  "o.applicationsInstalled",
  "o.applicationsDenied",
  "o.applicationsUnused",
  "o.licenceShortfall",
  "o.saasApplications",
  "o.saasUsers",
  "o.saasActiveUsers",
  "o.saasSubscriptions",
  "o.saasUnassigned",
  "o.saasMonthlySpend",
  "o.saasCurrency",
  "o.gaps",
  "o.alertsHigh",
  "o.alertsMedium",
  "o.alertsLow",
  "o.licenceStateRank",
  "o.licenceKinds",
  "o.licensed",
  "o.used",
  "o.overUsed",
  "o.licenceEndsOn",
] as const;
type RawRow = {
  [C in (typeof rowColumns)[number] as C extends `o.${infer Name}` ? Name : never]: unknown;
} & { sortValue: string | null };

/** A view's columns are all nullable to the type generator; the tables under it say which are not. */
function toRow(raw: RawRow): ListedRow {
  const row = raw as unknown as Omit<CustomerRow, "id" | "name"> & {
    customerId: string;
    nameShown: string;
    hasMetrics: boolean;
    statusSince: Date;
    lastSyncAt: Date | null;
    licenceStateRank: number | null;
    overUsed: boolean | null;
    licenceKinds: string[] | null;
    sortValue: string | null;
  };
  const { customerId, nameShown, hasMetrics, licenceStateRank, lastSyncAt, statusSince, ...same } = row;
  return {
    ...same,
    id: customerId,
    name: nameShown,
    statusSince: statusSince.toISOString(),
    lastSync: lastSyncAt?.toISOString() ?? null,
    licenceState: licenceStateRank === null ? null : (licenceStates[licenceStateRank - 1] ?? "none"),
    licenceKinds: row.licenceKinds ?? [],
    overUsed: row.overUsed ?? false,
    blank: row.status === "sync_pending" ? "pending" : hasMetrics ? null : "no_access",
  };
}

/** At most `limit` rows after the cursor in the order of `sort`; rows without a value come last in both directions. */
export async function listPage(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter,
  sort: { by: SortColumn; isDescending: boolean },
  after: Cursor | undefined,
  limit: number,
): Promise<ListedRow[]> {
  const { column, cast, needs, hasNulls } = sorts[sort.by];
  const direction = sort.isDescending ? "desc" : "asc";
  const compare = sort.isDescending ? sql`<` : sql`>`;
  const ref = sql.ref(`o.${column}`);
  // Ordered by the value even where it is null throughout: only so does the planner see that the index has the order.
  const ordered = filtered(db, partnerId, filter)
    .select(rowColumns)
    .select(sql<string | null>`${ref}::text`.as("sortValue"))
    .orderBy(ref, direction)
    .orderBy("o.customerId", direction);
  let found: RawRow[] = [];
  if (!after || after.value !== null) {
    let query = ordered;
    if (hasNulls) query = query.where(ref, "is not", null);
    if (needs) query = query.where(`o.${needs}`, "=", true);
    if (after)
      query = query.where(
        sql<SqlBool>`(${ref}, o.customer_id) ${compare} (${after.value}::${casts[cast]}, ${after.id}::uuid)`,
      );
    found = await query.limit(limit).execute();
  }
  if (hasNulls && found.length < limit) {
    let query = ordered.where(ref, "is", null);
    if (after?.value === null)
      query = query.where((eb: Row) => eb("o.customerId", sort.isDescending ? "<" : ">", after.id));
    found = [...found, ...(await query.limit(limit - found.length).execute())];
  }
  return found.map(toRow);
}

/** These customers, as far as they are visible and match, in the order of `ids`. */
export async function listByIds(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter & { ids: readonly string[] },
): Promise<ListedRow[]> {
  const rows = await filtered(db, partnerId, filter)
    .select(rowColumns)
    .select(sql<string | null>`null`.as("sortValue"))
    .execute();
  const place = new Map(filter.ids.map((id, index) => [id, index]));
  return rows.map(toRow).sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
}

/** How many rows match, at most COUNT_LIMIT + 1. */
export async function countMatches(db: ScopedDb, partnerId: string, filter: ListFilter): Promise<number> {
  // In the order of the key, which is roughly that of the disk.
  const bounded = filtered(db, partnerId, filter)
    .select("o.customerId")
    .orderBy("o.customerId")
    .limit(COUNT_LIMIT + 1);
  const { n } = await db
    .selectFrom(bounded.as("m"))
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Best matches first; scope is applied inside the function. */
export async function searchCustomers(db: ScopedDb, query: string): Promise<string[]> {
  const { rows } = await sql<{
    customerId: string;
  }>`select customer_id from app.search_customers(${query}, ${SEARCH_LIMIT})`.execute(db);
  return rows.map((row) => row.customerId);
}
