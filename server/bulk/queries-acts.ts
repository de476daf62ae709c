// What bulk actions write, each one statement for many customers.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Capability } from "#server/permissions.ts";
import { MOST_TAGS } from "./schema.ts";

type Ids = readonly string[];
const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

/** Groups that people fill; those with a rule fill themselves. */
export function listOpenGroups(db: ScopedDb, partnerId: string): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where("ruleMatch", "is", null)
    .select(["id", "name"])
    .orderBy("name")
    .limit(1_000)
    .execute();
}

/** The name of a group, and whether people fill it; undefined: there is none. */
export async function findTarget(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
): Promise<{ name: string; isByRule: boolean } | undefined> {
  const row = await db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where("id", "=", groupId)
    .select(["name", "ruleMatch"])
    .executeTakeFirst();
  return row && { name: row.name, isByRule: row.ruleMatch !== null };
}

/**
 * Tags these customers where there is room for one more; returns those that have it now. `undone`: the job that took the
 * tag off gives it back as each of them had it.
 */
export async function addTag(
  db: ScopedDb,
  partnerId: string,
  tag: string,
  customerIds: Ids,
  undone: string | null,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update customer c set tags = (c.tags || coalesce((select r.was from bulk_row r where r.partner_id = ${partnerId}::uuid
        and r.job_id = ${undone}::uuid and r.customer_id = c.id), array[${tag}::text]))[:${MOST_TAGS}],
      updated_at = now(), version = version + 1
    where c.partner_id = ${partnerId}::uuid and c.id = any (${[...customerIds]}::uuid[]) and cardinality(c.tags) < ${MOST_TAGS}
      and not exists (select from unnest(c.tags) own where lower(own) = lower(${tag})) returning c.id`.execute(
    db,
  );
  return idsOf(rows);
}

/** Takes a tag off these customers of the job, which keeps it as each of them had it; returns those that had it. */
export async function removeTag(
  db: ScopedDb,
  partnerId: string,
  tag: string,
  customerIds: Ids,
  jobId: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with had as materialized (select id, array(select own from unnest(tags) own where lower(own) = lower(${tag})) as was
        from customer where partner_id = ${partnerId}::uuid and id = any (${[...customerIds]}::uuid[])
          and exists (select from unnest(tags) own where lower(own) = lower(${tag})) order by id for update),
      kept as (update bulk_row r set was = h.was from had h
        where r.partner_id = ${partnerId}::uuid and r.job_id = ${jobId}::uuid and r.customer_id = h.id)
    update customer c set tags = array(select own from unnest(c.tags) with ordinality as t (own, n)
        where lower(own) <> lower(${tag}) order by n), updated_at = now(), version = version + 1
      from had h where c.partner_id = ${partnerId}::uuid and c.id = h.id returning c.id`.execute(db);
  return idsOf(rows);
}

export type Request = { capabilities: readonly Capability[]; requestedBy: string; zone: string };
/** Asks these customers for access; who was asked already and has not answered is not asked again. Returns who was asked. */
export async function insertRequests(
  db: ScopedDb,
  partnerId: string,
  { capabilities, requestedBy, zone }: Request,
  customerIds: Ids,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into access_grant (partner_id, customer_id, state, capabilities, zone, origin, requested_by)
    select v.partner_id, v.id, 'pending', ${[...capabilities]}::text[], ${zone}, 'request', ${requestedBy}::uuid
    from visible_customer v where v.partner_id = ${partnerId}::uuid and v.id = any (${[...customerIds]}::uuid[]) and v.relationship = 'delegated'
    order by v.id on conflict (partner_id, customer_id) where state = 'pending' do nothing returning customer_id as id`.execute(
    db,
  );
  return idsOf(rows);
}

/** Which of these customers are the customer's own, opened by what it grants. */
export async function listDelegated(db: ScopedDb, partnerId: string, customerIds: Ids): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select v.id from visible_customer v where v.partner_id = ${partnerId}::uuid and v.id = any (${[...customerIds]}::uuid[])
      and v.relationship = 'delegated' order by v.id`.execute(db);
  return idsOf(rows);
}
