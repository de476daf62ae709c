// What the worker writes when a monthly account was opened at the vendor: the account, its link, the licences ordered.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** An account to open with its customer's record and contact, as they are now. */
export function findToOpen(db: ScopedDb, partnerId: string, id: string) {
  return db
    .selectFrom("monthlyAccount")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("customerId", "is not", null)
    .select(["id", "customerId", "connectionId", "details", "lines", "opening"])
    .forUpdate()
    .executeTakeFirst();
}

/** Which of these accounts of a connection belong to a customer already, by the vendor's identifier. */
export async function listOwned(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  externalIds: readonly string[],
): Promise<Map<string, { customerId: string; linkedBy: string | null }>> {
  const rows = await db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("externalId", "in", [...externalIds, ""])
    .where("customerId", "is not", null)
    .select(["externalId", "customerId", "linkedBy"])
    .execute();
  return new Map(
    rows.map(({ externalId, customerId, linkedBy }) => [
      externalId,
      { customerId: customerId ?? "", linkedBy },
    ]),
  );
}

/** The customer that a synchronisation made of an account becomes part of the one that it was opened for. */
export async function mergeArrived(
  db: ScopedDb,
  partnerId: string,
  arrivedId: string,
  intoCustomerId: string,
): Promise<void> {
  await sql`select app.merge_customer(${partnerId}::uuid, ${arrivedId}::uuid, ${intoCustomerId}::uuid)`.execute(
    db,
  );
}

/** Monthly licences as they were ordered; they stay until the vendor tells of monthly ones. */
export async function insertRecorded(
  db: ScopedDb,
  partnerId: string,
  account: { id: string; customerId: string; vendor: string },
  lines: readonly { code: string; quantity: number }[],
  startsOn: string,
): Promise<void> {
  await sql`
    insert into licence (partner_id, customer_id, vendor_account_id, source_key, vendor, product_code, kind, owner, quantity, starts_on, is_recorded)
    select ${partnerId}::uuid, ${account.customerId}::uuid, ${account.id}::uuid, 'recorded:' || p.code, p.vendor, p.code, 'monthly', 'partner',
      r.quantity, ${startsOn}::date, true
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as r (code text, quantity numeric)
    join product p on p.vendor = ${account.vendor} and p.code = r.code
    where not exists (select from licence l where l.partner_id = ${partnerId}::uuid and l.vendor_account_id = ${account.id}::uuid
      and l.kind = 'monthly' and not l.is_recorded)
    on conflict (partner_id, vendor_account_id, source_key) do nothing`.execute(db);
}
