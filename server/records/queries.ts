// Every query of a customer's record: reading it, and the change that a person makes to what they have really seen.
import type { ScopedDb } from "#db/client.ts";

/** The record of a customer in scope; undefined when it is not visible. */
export function findRecord(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("visibleCustomer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select(["name", "nameShown", "isNameChosen", "version", "domain", "externalId", "country", "region"])
    .select(["language", "timeZone", "address", "since", "createdAt", "accountManager", "tags", "notes"])
    .executeTakeFirst();
}

/** What may be edited, held to the end of the transaction. */
export function lockRecord(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("customer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select(["version", "nameShown", "accountManager", "tags", "notes", "language", "timeZone"])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** What people note about a customer. */
export type Editable = {
  accountManager: string | null;
  tags: string[];
  notes: string;
  language: string | null;
  timeZone: string | null;
};
export async function updateRecord(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  values: Partial<Editable>,
  now: Date,
): Promise<void> {
  await db
    .updateTable("customer")
    .set((eb) => ({ ...values, version: eb("version", "+", 1), updatedAt: now }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .execute();
}
