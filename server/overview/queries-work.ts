// Keeps the reasons that wait in the queue of work: those that hold at a customer and nobody put aside, and over-use.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** `amount`: what the evidence counts; null: it counts nothing. */
export type OpenReason = {
  kind: "warning" | "stuck" | "over_use";
  code: string;
  subject: string;
  amount: number | null;
};

/**
 * Makes the open reasons of these customers those given. One that was there keeps since when; where it counts more than
 * before, it is told that it grew, until it counts no more than it did then.
 */
export async function replaceOpenReasons(
  db: ScopedDb,
  partnerId: string,
  customers: readonly { customerId: string; open: readonly OpenReason[] }[],
  now: Date,
): Promise<void> {
  if (customers.length === 0) return;
  const given = customers.flatMap(({ customerId, open }) => open.map((one) => ({ customerId, ...one })));
  const ids = customers.map(({ customerId }) => customerId);
  const input = sql`json_to_recordset(${JSON.stringify(given)}::json) as r ("customerId" uuid, kind text, code text, subject text, amount int)`;
  await sql`
    delete from open_reason o where o.partner_id = ${partnerId}::uuid and o.customer_id = any(${ids}::uuid[])
      and not exists (select from ${input} where r."customerId" = o.customer_id and r.code = o.code and r.subject = o.subject)`.execute(
    db,
  );
  await sql`
    insert into open_reason as o (partner_id, customer_id, kind, code, subject, amount, appeared_at)
    select ${partnerId}::uuid, "customerId", kind, code, subject, amount, ${now} from ${input} order by "customerId", code, subject
    on conflict (partner_id, customer_id, code, subject) do update set kind = excluded.kind, amount = excluded.amount,
      grown_at = case when excluded.amount > o.amount then excluded.appeared_at when excluded.amount > o.grown_from then o.grown_at end,
      grown_from = case when excluded.amount > o.amount then o.amount when excluded.amount > o.grown_from then o.grown_from end
    where (o.kind, o.amount) is distinct from (excluded.kind, excluded.amount)`.execute(db);
}
