// Every query of the forms of contacts: all of a customer's, and each change of one that the person has really seen.
import type { ScopedDb } from "#db/client.ts";
import type { Contact, ContactFields } from "./schema.ts";

/** More than any customer has; the rest is not lost, only not shown. */
const MOST = 200;

export async function listAllContacts(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<Contact[]> {
  const rows = await db
    .selectFrom("contact")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["id", "role", "firstName", "lastName", "email", "phone", "source", "isHidden", "version"])
    .orderBy("role")
    .orderBy("lastName")
    .orderBy("id")
    .limit(MOST)
    .execute();
  return rows.map((row) => ({
    ...row,
    role: row.role as Contact["role"],
    source: row.source as Contact["source"],
  }));
}

/** The contact, held to the end of the transaction; undefined: it is gone, or not this customer's. */
export function lockContact(db: ScopedDb, partnerId: string, customerId: string, contactId: string) {
  return db
    .selectFrom("contact")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("id", "=", contactId)
    .select(["source", "version", "role", "firstName", "lastName", "email", "phone"])
    .forUpdate()
    .executeTakeFirst();
}

/** By a person: synchronisation leaves it alone. */
export async function insertContact(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  fields: ContactFields,
): Promise<string> {
  const { id } = await db
    .insertInto("contact")
    .values({ partnerId, customerId, ...fields, source: "person" })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** What a list brought is the person's from now on. */
export async function updateContact(
  db: ScopedDb,
  partnerId: string,
  contactId: string,
  fields: ContactFields,
): Promise<void> {
  await db
    .updateTable("contact")
    .set((eb) => ({ ...fields, source: "person", version: eb("version", "+", 1) }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", contactId)
    .execute();
}

/** Of the vendor's contacts alone. */
export async function updateHidden(
  db: ScopedDb,
  partnerId: string,
  contactId: string,
  isHidden: boolean,
): Promise<void> {
  await db
    .updateTable("contact")
    .set((eb) => ({ isHidden, version: eb("version", "+", 1) }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", contactId)
    .where("source", "=", "vendor")
    .execute();
}

export async function deleteContact(db: ScopedDb, partnerId: string, contactId: string): Promise<void> {
  await db.deleteFrom("contact").where("partnerId", "=", partnerId).where("id", "=", contactId).execute();
}

export async function countContacts(db: ScopedDb, partnerId: string, customerId: string): Promise<number> {
  const { n } = await db
    .selectFrom("contact")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}
