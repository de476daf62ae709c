// Reads and writes grants: what a customer lets the partner see and do.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Capability, CustomerAccess } from "#server/permissions.ts";

/** A customer in the actor's scope with what a grant that is live now opens; undefined when it is not visible. */
export async function findCustomerAccess(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<CustomerAccess | undefined> {
  const row = await db
    .selectFrom("visibleCustomer as c")
    .leftJoin("accessGrant as g", (join) =>
      join
        .onRef("g.partnerId", "=", "c.partnerId")
        .onRef("g.customerId", "=", "c.id")
        .on("g.state", "=", "active")
        .on("g.fromAt", "<=", sql<Date>`now()`)
        .on((eb) => eb.or([eb("g.untilAt", "is", null), eb("g.untilAt", ">", sql<Date>`now()`)])),
    )
    .where("c.partnerId", "=", partnerId)
    .where("c.id", "=", customerId)
    .select(["c.id", "c.relationship", "g.capabilities"])
    .executeTakeFirst();
  if (!row?.id) return undefined;
  return {
    id: row.id,
    relationship: row.relationship as CustomerAccess["relationship"],
    capabilities: (row.capabilities ?? []) as Capability[],
  };
}

export type GrantRow = {
  id: string;
  state: "pending" | "active" | "ended";
  endReason: string | null;
  capabilities: Capability[];
  fromAt: Date;
  untilAt: Date | null;
  zone: string;
  origin: string;
  version: number;
};

/** A customer's latest grant, live or not: the active one, else the pending one, else the last that ended. */
export async function findLatestGrant(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<GrantRow | undefined> {
  const row = await db
    .selectFrom("accessGrant")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["id", "state", "endReason", "capabilities", "fromAt", "untilAt", "zone", "origin", "version"])
    .orderBy(sql`case state when 'active' then 1 when 'pending' then 2 else 3 end`)
    .orderBy("createdAt", "desc")
    .limit(1)
    .executeTakeFirst();
  return row as GrantRow | undefined;
}

/** Serialises with acting transactions of these customers: shared to act, exclusive to revoke (security: revocation). */
export async function lockCustomers(
  db: ScopedDb,
  customerIds: readonly string[],
  mode: "shared" | "exclusive",
): Promise<void> {
  const ids = [...new Set(customerIds)].sort();
  const lock = mode === "shared" ? sql`pg_advisory_xact_lock_shared` : sql`pg_advisory_xact_lock`;
  await sql`select ${lock}(hashtextextended(id, 0)) from unnest(${ids}::text[]) with ordinality as u (id, n) order by n`.execute(
    db,
  );
}

export async function endGrants(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  reason: "revoked" | "returned" | "expired" | "declined" | "superseded",
  now: Date,
): Promise<number> {
  const result = await db
    .updateTable("accessGrant")
    .set((eb) => ({ state: "ended", endReason: reason, endedAt: now, version: eb("version", "+", 1) }))
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("state", "in", ["pending", "active"])
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export type NewGrant = {
  customerId: string;
  capabilities: readonly Capability[];
  fromAt: Date;
  untilAt: Date | null;
  zone: string;
  origin: "customer" | "trial" | "monthly" | "order";
  grantedBy: string | null;
};

/** Inserts active grants; a customer that already has an active one keeps it. */
export async function insertGrants(
  db: ScopedDb,
  partnerId: string,
  grants: readonly NewGrant[],
): Promise<void> {
  if (grants.length === 0) return;
  await db
    .insertInto("accessGrant")
    .values(
      grants.map((grant) => ({
        ...grant,
        capabilities: [...grant.capabilities],
        partnerId,
        state: "active",
      })),
    )
    .onConflict((oc) => oc.columns(["partnerId", "customerId"]).where("state", "=", "active").doNothing())
    .execute();
}
