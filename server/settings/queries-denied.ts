// Every query of the partner's list of denied applications.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export type DeniedRow = {
  id: string;
  pattern: string;
  note: string;
  createdBy: string;
  createdAt: Date;
  customers: number;
  exceptions: number;
};

/**
 * The list, each pattern with the customers that have such an application and whose figures may be shown now. Patterns
 * are compared with the distinct names, of which there are few, not with every installation.
 */
export async function listDenied(db: ScopedDb, partnerId: string): Promise<DeniedRow[]> {
  const { rows } = await sql<DeniedRow>`
    with names as materialized (select distinct a.name from application a where a.partner_id = ${partnerId}),
    matched as materialized (
      select d.id, array_agg(n.name) as names from denied_application d join names n on app.names(d.pattern, n.name)
      where d.partner_id = ${partnerId} group by d.id),
    struck as (
      select m.id, count(distinct a.customer_id)::int as customers
      from matched m join application a on a.partner_id = ${partnerId} and a.name = any (m.names)
      join readable_overview o on o.partner_id = a.partner_id and o.customer_id = a.customer_id and o.has_metrics
      where not exists (select from denied_exception e
        where e.partner_id = ${partnerId} and e.denied_id = m.id and e.customer_id = a.customer_id)
      group by m.id)
    select d.id, d.pattern, d.note, d.created_by, d.created_at, coalesce(s.customers, 0) as customers,
      (select count(*)::int from denied_exception e join visible_customer v on v.partner_id = e.partner_id and v.id = e.customer_id
        where e.partner_id = ${partnerId} and e.denied_id = d.id) as exceptions
    from denied_application d left join struck s on s.id = d.id
    where d.partner_id = ${partnerId} order by app.plain(d.pattern) limit 1000`.execute(db);
  return rows;
}

/** undefined: the list has this pattern, in whatever case and with whatever accents. */
export async function insertDenied(
  db: ScopedDb,
  partnerId: string,
  denied: { pattern: string; note: string; createdBy: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into denied_application (partner_id, pattern, note, created_by)
    values (${partnerId}, ${denied.pattern}, ${denied.note}, ${denied.createdBy})
    on conflict (partner_id, app.plain(pattern)) do nothing returning id`.execute(db);
  return rows[0]?.id;
}

export async function deleteDenied(
  db: ScopedDb,
  partnerId: string,
  id: string,
): Promise<{ pattern: string } | undefined> {
  return db
    .deleteFrom("deniedApplication")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .returning("pattern")
    .executeTakeFirst();
}

/** Marks the customers that have such an application for the minute job. */
export async function refreshDeniedSoon(db: ScopedDb, partnerId: string, deniedId: string): Promise<void> {
  await sql`
    with named as materialized (
      select n.name from (select distinct a.name from application a where a.partner_id = ${partnerId}) n
      join denied_application d on d.partner_id = ${partnerId} and d.id = ${deniedId} and app.names(d.pattern, n.name))
    select app.refresh_soon(${partnerId}::uuid, coalesce((select array_agg(distinct a.customer_id) from application a
      where a.partner_id = ${partnerId} and a.name in (select name from named)), '{}'))`.execute(db);
}
