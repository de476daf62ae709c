// Every query of disconnecting a customer: what there is of it, the start, the pieces, and whether its ledger still holds.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export type Holdings = {
  name: string;
  accounts: number;
  licences: number;
  devices: number;
  applications: number;
  alerts: number;
  contacts: number;
  people: number;
  connections: number;
  groups: number;
  history: number;
  ledger: number;
  months: number;
  billed: string[];
};
/** What the portal holds of a visible customer; undefined: it is not visible. */
export async function findHoldings(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<Holdings | undefined> {
  const { rows } = await sql<Holdings>`
    select c.name_shown as name,
      (select count(*)::int from vendor_account a where a.partner_id = c.partner_id and a.customer_id = c.id) as accounts,
      (select count(*)::int from licence l where l.partner_id = c.partner_id and l.customer_id = c.id) as licences,
      (select count(*)::int from device d where d.partner_id = c.partner_id and d.customer_id = c.id) as devices,
      (select count(*)::int from application p where p.partner_id = c.partner_id and p.customer_id = c.id)
        + (select count(*)::int from saas_application s where s.partner_id = c.partner_id and s.customer_id = c.id) as applications,
      (select count(*)::int from alert e where e.partner_id = c.partner_id and e.customer_id = c.id) as alerts,
      (select count(*)::int from contact k where k.partner_id = c.partner_id and k.customer_id = c.id) as contacts,
      (select count(*)::int from membership m where m.partner_id = c.partner_id and m.customer_id = c.id) as people,
      (select count(*)::int from connection n where n.partner_id = c.partner_id and n.customer_id = c.id and n.removed_at is null) as connections,
      (select count(*)::int from customer_group_member g where g.partner_id = c.partner_id and g.customer_id = c.id) as groups,
      (select count(*)::int from customer_history h where h.partner_id = c.partner_id and h.customer_id = c.id)
        + (select count(*)::int from status_history h where h.partner_id = c.partner_id and h.customer_id = c.id) as history,
      coalesce((select q.seq::int from audit_chain q where q.partner_id = c.partner_id and q.customer_id = c.id), 0) as ledger,
      (select count(distinct date_trunc('month', h.day))::int from customer_history h
        where h.partner_id = c.partner_id and h.customer_id = c.id and h.used is not null
          and exists (select from licence l where l.partner_id = c.partner_id and l.customer_id = c.id and l.kind = 'monthly' and l.owner = 'partner')) as months,
      array(select distinct p.name from licence l join product p on p.vendor = l.vendor and p.code = l.product_code
        where l.partner_id = c.partner_id and l.customer_id = c.id and l.kind = 'monthly' and l.owner = 'partner' order by 1) as billed
    from visible_customer c where c.partner_id = ${partnerId}::uuid and c.id = ${customerId}::uuid`.execute(
    db,
  );
  return rows[0];
}

/** Takes a customer out of everybody's sight at once: see app.begin_disconnect. */
export async function beginDisconnect(db: ScopedDb, partnerId: string, customerId: string): Promise<void> {
  await sql`select app.begin_disconnect(${partnerId}::uuid, ${customerId}::uuid)`.execute(db);
}

/** Notes that a customer is being removed; false: it is already. */
export async function insertDisconnect(
  db: ScopedDb,
  partnerId: string,
  given: { customerId: string; name: string; byName: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows: n } = await db
    .insertInto("customerDisconnect")
    .values({ partnerId, ...given })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirstOrThrow();
  return n === 1n;
}

/** Customers that were removed, newest first. */
export function listDisconnects(db: ScopedDb, partnerId: string, customerId: string | null) {
  let query = db.selectFrom("customerDisconnect").where("partnerId", "=", partnerId);
  if (customerId !== null) query = query.where("customerId", "=", customerId);
  return query
    .select([
      "customerId",
      "name",
      "byName",
      "state",
      "rowsDeleted",
      "ledgerProblems",
      "createdAt",
      "finishedAt",
    ])
    .orderBy("createdAt", "desc")
    .limit(50)
    .execute();
}

/** Deletes a piece of a removed customer; returns how many rows went, 0: nothing is left. */
export async function forgetSome(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  most: number,
): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select app.forget_customer(${partnerId}::uuid, ${customerId}::uuid, ${most}) as n`.execute(db);
  const n = Number(rows[0]?.n ?? 0);
  await db
    .updateTable("customerDisconnect")
    .set((eb) => ({ rowsDeleted: eb("rowsDeleted", "+", String(n)) }))
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .execute();
  return n;
}

/** Entries in scope that do not verify; in the scope of one customer those of its ledger alone. */
export async function countLedgerProblems(db: ScopedDb, partnerId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit.verify() v
    where exists (select from audit_chain c where c.partner_id = ${partnerId}::uuid and c.id = v.chain_id)`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/** Notes that all is gone; false: it was noted before. */
export async function finishDisconnect(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  ledgerProblems: number,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows: n } = await db
    .updateTable("customerDisconnect")
    .set({ state: "done", ledgerProblems, finishedAt: now })
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("state", "<>", "done")
    .executeTakeFirst();
  return n === 1n;
}
