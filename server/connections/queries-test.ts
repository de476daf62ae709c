// Every query of the worker's jobs on connections: testing credentials, and letting go of a removed connection's accounts.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** What a test needs, with what it will decide about. Undefined: removed meanwhile. */
export function findTestSubject(db: ScopedDb, partnerId: string, id: string) {
  return db
    .selectFrom("connection")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("removedAt", "is", null)
    .select([
      "id",
      "customerId",
      "vendor",
      "settings",
      "limits",
      "secret",
      "candidateSecret",
      "testAskedAt",
      "testedAt",
      "isEnabled",
      "errorCode",
      "lastSuccessAt",
    ])
    .executeTakeFirst();
}

export type TestOutcome = { code: string | null; detail: string };
/**
 * Writes what came of the test that was asked for at `askedAt`; false when another was asked for meanwhile. New
 * credentials become the connection's own when the vendor took them, and are destroyed when it did not.
 */
export async function recordTest(
  db: ScopedDb,
  partnerId: string,
  id: string,
  askedAt: Date,
  { code, detail }: TestOutcome,
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("connection")
    .set((eb) => ({
      testedAt: now,
      testCode: code,
      testDetail: detail,
      candidateSecret: null,
      ...(code === null && {
        secret: eb.fn.coalesce("candidateSecret", "secret"),
        secretChangedAt: sql<Date>`case when candidate_secret is null then secret_changed_at else ${now} end`,
      }),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("testAskedAt", "=", askedAt)
    .where("removedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Unlinks up to `limit` accounts of a removed connection: what they told is gone from their customers, who stay and are
 * computed anew. Returns how many there were.
 */
export async function unlinkAccounts(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  actorName: string,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with page as (select a.partner_id, a.id, a.customer_id, c.name_shown from vendor_account a
        left join customer c on c.partner_id = a.partner_id and c.id = a.customer_id
      where a.partner_id = ${partnerId}::uuid and a.connection_id = ${connectionId}::uuid and a.link_state <> 'not_linked'
      order by a.id limit ${limit}),
    history as (insert into account_link (partner_id, vendor_account_id, kind, from_customer, from_name, actor_name)
      select p.partner_id, p.id, 'unlinked', p.customer_id, p.name_shown, ${actorName} from page p where p.customer_id is not null)
    select id from page order by id`.execute(db);
  for (const { id } of rows)
    await sql`select app.move_account(${partnerId}::uuid, ${id}::uuid, null)`.execute(db);
  return rows.length;
}
