// What surrounds the rows of the list and is read with every page of it, in one statement: counts, groups, pins, layout.
import { type RawBuilder, sql } from "kysely";
import { executeKept, type ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import { amongIds, type NamedScope } from "./queries-scope.ts";
import { CONCERN_LIMIT, COUNT_LIMIT, type Status, statuses } from "./schema.ts";

export type StatusCounts = { total: number; byStatus: Record<Status, number>; isMore: boolean };
export type Frame = {
  counts: StatusCounts;
  /** Each at most CONCERN_LIMIT + 1. */
  concerns: { stale: number; expiring: number; overUsed: number };
  /** The groups the actor may filter by: all of the partner's, or those of the member's own scope. */
  groups: { id: string; name: string }[];
  pins: string[];
  /** As stored; null: the member chose nothing. */
  layout: { columns: string[] | null; widths: unknown; folded: string[]; density: string } | null;
};
type Sight = Pick<Actor, "partnerId" | "memberAll" | "membershipId">;
/** Customers synchronised before are stale; licences that end on these days are expiring. */
export type Limits = { syncedBefore: Date; ends: readonly [first: string, last: string] };

type Kept = Record<
  "total" | "synced" | "warning" | "sync_pending" | "access_disabled" | "not_applicable",
  number
>;
type Counted = { kept: Kept | null; concerns: Frame["concerns"] };

/** For who sees all: the counts that are kept, and the lengths of the lists that are kept, each along its index. */
const countsOfAll = (partnerId: string, { syncedBefore, ends }: Limits): RawBuilder<unknown> => sql`
  (select to_jsonb(k) from customer_count k where k.partner_id = ${partnerId}) as kept,
  jsonb_build_object(
    'stale', (select count(*) from (select from readable_overview o where o.partner_id = ${partnerId}
      and o.last_sync_at_stored < ${syncedBefore} and o.has_metrics order by o.last_sync_at_stored limit ${CONCERN_LIMIT + 1}) s),
    'expiring', (select count(*) from (select from customer_facet f where f.partner_id = ${partnerId}
      and f.facet between ${`ends:${ends[0]}`} and ${`ends:${ends[1]}`} order by f.facet limit ${CONCERN_LIMIT + 1}) e),
    'overUsed', (select count(*) from (select from customer_facet f where f.partner_id = ${partnerId}
      and f.facet = 'over' limit ${CONCERN_LIMIT + 1}) u)) as concerns`;

/** For everybody else: counted over the customers of their scope, at most COUNT_LIMIT + 1. */
const countsOfScope = (
  partnerId: string,
  { syncedBefore, ends }: Limits,
  scope: NamedScope | undefined,
): RawBuilder<unknown> => {
  const status = sql.join(
    statuses.map((one) => sql`${sql.lit(one)}, count(*) filter (where c.status = ${sql.lit(one)})`),
  );
  return sql`counted.kept, counted.concerns from (
    select jsonb_build_object('total', count(*), ${status}) as kept,
      jsonb_build_object('stale', least(count(*) filter (where c.has_metrics and c.last_sync_at < ${syncedBefore}), ${CONCERN_LIMIT + 1}),
        'expiring', least(count(*) filter (where c.has_licences and c.licence_ends_on between ${ends[0]} and ${ends[1]}), ${CONCERN_LIMIT + 1}),
        'overUsed', least(count(*) filter (where c.over_used), ${CONCERN_LIMIT + 1})) as concerns
    from (select o.status, o.has_metrics, o.last_sync_at, o.has_licences, o.licence_ends_on, o.over_used from readable_overview o
      where o.partner_id = ${partnerId} ${scope ? sql`and ${amongIds(sql`o.customer_id`, scope.ids)}` : sql``}
      limit ${COUNT_LIMIT + 1}) c) counted`;
};

/** `scope`: the customers that the member's scope names. */
export async function readFrame(
  db: ScopedDb,
  { partnerId, memberAll, membershipId }: Sight,
  limits: Limits,
  scope: NamedScope | undefined,
): Promise<Frame> {
  const frame = sql<Counted & Omit<Frame, "counts" | "concerns">>`
    select coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.name) from (
        select g.id, g.name from customer_group g where g.partner_id = ${partnerId} and (${memberAll}
          or exists (select from membership m where m.partner_id = g.partner_id and m.id = ${membershipId} and m.scope_all)
          or exists (select from membership_scope s where s.partner_id = g.partner_id and s.membership_id = ${membershipId}
            and s.group_id = g.id))
        order by g.name limit 500) g), '[]') as groups,
      array(select p.customer_id from customer_pin p where p.partner_id = ${partnerId} and p.membership_id = ${membershipId}) as pins,
      (select jsonb_build_object('columns', l.columns, 'widths', l.widths, 'folded', l.folded, 'density', l.density)
        from member_preference l where l.partner_id = ${partnerId} and l.membership_id = ${membershipId}
        and l.list = 'customers') as layout,
      ${memberAll ? countsOfAll(partnerId, limits) : countsOfScope(partnerId, limits, scope)}`;
  // How a scope is best counted depends on whom it names.
  const [row] = memberAll ? await executeKept(db, frame.compile(db)) : (await frame.execute(db)).rows;
  if (!row) throw new Error("a statement without a source has one row");
  const kept = row.kept;
  const byStatus = Object.fromEntries(statuses.map((status) => [status, Number(kept?.[status] ?? 0)]));
  const total = Number(kept?.total ?? 0);
  const isMore = !memberAll && (scope?.isMore === true || total > COUNT_LIMIT);
  return {
    counts: {
      total: isMore ? COUNT_LIMIT : total,
      byStatus: byStatus as Record<Status, number>,
      isMore,
    },
    concerns: row.concerns,
    groups: row.groups,
    pins: row.pins,
    layout: row.layout,
  };
}
