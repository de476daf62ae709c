// Every query of the customers that a member pinned.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** Pinned customers that the member (still) sees, the first pinned first. */
export async function listPins(db: ScopedDb, partnerId: string, membershipId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("customerPin as p")
    .innerJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "p.partnerId").onRef("v.id", "=", "p.customerId"),
    )
    .where("p.partnerId", "=", partnerId)
    .where("p.membershipId", "=", membershipId)
    .select("p.customerId")
    .orderBy("p.createdAt")
    .orderBy("p.customerId")
    .execute();
  return rows.map((row) => row.customerId);
}

/** The name of a customer that is visible; undefined: there is none. */
export async function findName(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("visibleCustomer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select("nameShown")
    .executeTakeFirst();
  return row?.nameShown ?? undefined;
}

/** Two that pin for one member do so one after the other, to the end of their transactions. */
export async function lockPins(db: ScopedDb, membershipId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('pins ' || ${membershipId}::text, 0))`.execute(db);
}

/** Pins those of the customers that are visible; returns which. */
export async function insertPins(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ customerId: string }>`
    insert into customer_pin (partner_id, membership_id, customer_id)
    select v.partner_id, ${membershipId}::uuid, v.id from visible_customer v
    where v.partner_id = ${partnerId}::uuid and v.id = any(${[...customerIds]}::uuid[])
    on conflict do nothing returning customer_id`.execute(db);
  return rows.map((row) => row.customerId);
}

/** How many were pinned. */
export async function deletePins(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
  customerIds: readonly string[],
): Promise<number> {
  const result = await db
    .deleteFrom("customerPin")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where(sql<boolean>`customer_id = any(${[...customerIds]}::uuid[])`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
