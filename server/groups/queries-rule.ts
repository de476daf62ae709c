// The queries of rules: how many customers one means, what it may be made of, and holding customers against it.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { COUNT_LIMIT } from "#server/customers/schema.ts";
import type { Actor } from "#server/permissions.ts";
import type { Rule, RuleOptions } from "./schema.ts";

/** How many customers that the reader sees a rule means, at most COUNT_LIMIT + 1. */
export async function countRule(
  db: ScopedDb,
  { partnerId, memberAll }: Pick<Actor, "partnerId" | "memberAll">,
  rule: Rule,
): Promise<number> {
  const visible = memberAll
    ? sql``
    : sql`where exists (select from visible_customer v where v.partner_id = ${partnerId} and v.id = meant.id)`;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from app.rule_customers(${partnerId}, ${rule.match}, ${rule.statuses}, ${rule.licenceKinds},
      ${rule.categories}, ${rule.countries}, ${rule.tags}, ${rule.vendors}, most => ${memberAll ? COUNT_LIMIT + 1 : null}) as meant (id)
    ${visible} limit ${COUNT_LIMIT + 1}) counted`.execute(db);
  return rows[0]?.n ?? 0;
}

/** What there is to choose from: categories of products, vendors of connections, countries of customers. */
export async function listRuleOptions(db: ScopedDb, partnerId: string): Promise<RuleOptions> {
  const { rows } = await sql<RuleOptions>`
    with recursive country (code) as (
      (select c.country from customer c where c.partner_id = ${partnerId} and c.country is not null order by c.country limit 1)
      union all
      select (select c.country from customer c where c.partner_id = ${partnerId} and c.country > known.code order by c.country limit 1)
      from country known where known.code is not null)
    select array(select distinct category from product order by 1) as categories,
      array(select distinct vendor from connection where partner_id = ${partnerId} order by 1) as vendors,
      array(select code from country where code is not null) as countries`.execute(db);
  return rows[0] ?? { categories: [], vendors: [], countries: [] };
}

/** Holds the next `most` customers after `after` against the group's rule; where to go on, or null at the end. */
export async function settleMembers(
  db: ScopedDb,
  partnerId: string,
  id: string,
  after: string | null,
  most: number,
): Promise<string | null> {
  const { rows } = await sql<{ upto: string | null }>`
    select app.settle_group(${partnerId}::uuid, ${id}::uuid, ${after}::uuid, ${most}) as upto`.execute(db);
  return rows[0]?.upto ?? null;
}

/** Nobody's fact changes between here and the end of the transaction without being held against the rule afterwards. */
export async function lockRules(db: ScopedDb, partnerId: string): Promise<void> {
  await sql`select app.lock_rules(${partnerId}::uuid, true)`.execute(db);
}

/** Members that come after `after` in the order of a pass go at once: the new rule has not said yet that they belong. */
export async function deleteUnsettled(
  db: ScopedDb,
  partnerId: string,
  id: string,
  after: string,
): Promise<void> {
  await db
    .deleteFrom("customerGroupMember")
    .where("partnerId", "=", partnerId)
    .where("groupId", "=", id)
    .where("customerId", ">", after)
    .execute();
}

/** The version of a group's rule; undefined: there is no such group any more. */
export async function findRuleVersion(
  db: ScopedDb,
  partnerId: string,
  id: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("ruleMatch", "is not", null)
    .select("ruleVersion")
    .executeTakeFirst();
  return row?.ruleVersion;
}

/** Every customer has been held against the rule of this version; a newer one is somebody else's to settle. */
export async function updateSettled(
  db: ScopedDb,
  partnerId: string,
  id: string,
  version: number,
): Promise<void> {
  await db
    .updateTable("customerGroup")
    .set({ settledVersion: version })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("ruleVersion", "=", version)
    .execute();
}
