// Queries of the customers of a job: which were chosen, what became of each.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { filtered, type ListFilter } from "#server/customers/queries-filter.ts";
import type { BulkRows, RowOutcome } from "./schema.ts";

export type RowResult = { customerId: string; outcome: RowOutcome; code: string | null };

const inserted = ({ numAffectedRows = 0n }: { numAffectedRows?: bigint }) => Number(numAffectedRows);

/** Customers chosen by hand, each once, also those that are not there: they get their answer like the others. */
export async function insertChosen(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  customerIds: readonly string[],
): Promise<number> {
  return inserted(
    await sql`insert into bulk_row (partner_id, job_id, customer_id)
      select ${partnerId}::uuid, ${jobId}::uuid, id from unnest(${[...customerIds]}::uuid[]) id on conflict do nothing`.execute(
      db,
    ),
  );
}

/** All customers in scope that match and were there `at` this instant. */
export async function insertMatching(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  filter: ListFilter,
  at: Date,
): Promise<number> {
  return inserted(
    await sql`insert into bulk_row (partner_id, job_id, customer_id)
      select ${partnerId}::uuid, ${jobId}::uuid, m.customer_id from (${filtered(db, partnerId, filter).select("o.customerId")}) m
      where exists (select from customer c where c.partner_id = ${partnerId}::uuid and c.id = m.customer_id and c.created_at <= ${at})
      order by m.customer_id on conflict do nothing`.execute(db),
  );
}

/** The customers of an earlier job that it left with one of these outcomes. */
export async function insertOfSource(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  source: { id: string; outcomes: readonly RowOutcome[] },
): Promise<number> {
  return inserted(
    await sql`insert into bulk_row (partner_id, job_id, customer_id)
      select ${partnerId}::uuid, ${jobId}::uuid, s.customer_id from bulk_row s
      where s.partner_id = ${partnerId}::uuid and s.job_id = ${source.id}::uuid and s.outcome = any (${[...source.outcomes]}::text[])
      order by s.customer_id on conflict do nothing`.execute(db),
  );
}

/** The next customers of the job, in the order of their ids. */
export async function listNext(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  let query = db
    .selectFrom("bulkRow")
    .where("partnerId", "=", partnerId)
    .where("jobId", "=", jobId)
    .select("customerId")
    .orderBy("customerId")
    .limit(limit);
  if (after !== null) query = query.where("customerId", ">", after);
  return (await query.execute()).map((row) => row.customerId);
}

export async function updateRows(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  results: readonly RowResult[],
): Promise<void> {
  await sql`update bulk_row r set outcome = t.outcome, code = t.code
    from unnest(${results.map((row) => row.customerId)}::uuid[], ${results.map((row) => row.outcome)}::text[],
      ${results.map((row) => row.code)}::text[]) as t (customer_id, outcome, code)
    where r.partner_id = ${partnerId}::uuid and r.job_id = ${jobId}::uuid and r.customer_id = t.customer_id`.execute(
    db,
  );
}

/** A page of results, with the names of those customers that the reader sees. */
export async function listRows(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
  page: { show: "all" | "trouble"; after: string | undefined; limit: number },
): Promise<BulkRows["rows"]> {
  const { rows } = await sql<BulkRows["rows"][number]>`
    select r.customer_id as "customerId", r.outcome, r.code,
      (select v.name_shown from visible_customer v where v.partner_id = r.partner_id and v.id = r.customer_id) as name
    from bulk_row r where r.partner_id = ${partnerId}::uuid and r.job_id = ${jobId}::uuid
      ${page.show === "trouble" ? sql`and r.outcome in ('refused', 'failed')` : sql``}
      ${page.after === undefined ? sql`` : sql`and r.customer_id > ${page.after}::uuid`}
    order by r.customer_id limit ${page.limit}`.execute(db);
  return rows;
}
