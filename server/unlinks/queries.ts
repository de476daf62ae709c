// The links of one customer that may end, and whether what was scheduled was refused on its day.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** Linked accounts of a customer in the order in which they came; `droppedAt`: nothing was decided since a schedule was dropped. */
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
    .select(
      sql<Date | null>`(select case when l.kind = 'unlink_refused' then l.at end from account_link l
        where l.partner_id = a.partner_id and l.vendor_account_id = a.id order by l.at desc limit 1)`.as(
        "droppedAt",
      ),
    )
    .orderBy("a.createdAt")
    .orderBy("a.id")
    .execute();
}
