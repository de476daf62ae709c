// The links of one customer that may end, each with its licences.
import type { ScopedDb } from "#db/client.ts";

/** Linked accounts of a customer in the order in which they came. */
export function listLinkedAccounts(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("vendorAccount as a")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.connectionId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.customerId", "=", customerId)
    .where("c.removedAt", "is", null)
    .select(["a.id", "a.vendor", "a.name", "a.externalId", "a.unlinkOn", "c.name as connection"])
    .orderBy("a.createdAt")
    .orderBy("a.id")
    .execute();
}
