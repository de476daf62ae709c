// Every query of how members have laid out the list of customers.
import type { ScopedDb } from "#db/client.ts";
import type { Layout } from "#server/columns/schema.ts";
import type { StoredLayout } from "./rules.ts";

const LIST = "customers";

/** Waits for whoever changes the same layout; undefined where the member has none yet. */
export async function lockLayout(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
): Promise<StoredLayout | undefined> {
  return db
    .selectFrom("memberPreference")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("list", "=", LIST)
    .select(["columns", "widths", "folded", "density"])
    .forUpdate()
    .executeTakeFirst();
}

export async function findLayout(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
): Promise<StoredLayout | undefined> {
  return db
    .selectFrom("memberPreference")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("list", "=", LIST)
    .select(["columns", "widths", "folded", "density"])
    .executeTakeFirst();
}

/** Stores the layout in place of an earlier one; columns null: those that come anyway. */
export async function upsertLayout(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
  { columns, widths, folded, density }: Omit<Layout, "columns"> & { columns: string[] | null },
  now: Date,
): Promise<void> {
  const values = { columns, widths: JSON.stringify(widths), folded, density, updatedAt: now };
  await db
    .insertInto("memberPreference")
    .values({ partnerId, membershipId, list: LIST, ...values })
    .onConflict((conflict) => conflict.columns(["partnerId", "membershipId", "list"]).doUpdateSet(values))
    .execute();
}

export async function deleteLayout(db: ScopedDb, partnerId: string, membershipId: string): Promise<void> {
  await db
    .deleteFrom("memberPreference")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("list", "=", LIST)
    .execute();
}
