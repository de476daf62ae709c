// Queries of a selection's export, whose download is the job: which download has it, how far that is, what came of it.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { BulkState } from "./schema.ts";

/** One download of a job; `at` tells it from those before and after it. */
export type Claim = { jobId: string; at: Date };

/** From now on the job is this download, and no other that may still run; its figures begin anew. */
export async function claimExport(db: ScopedDb, partnerId: string, { jobId, at }: Claim): Promise<void> {
  await db
    .updateTable("bulkJob")
    .set({
      state: "running",
      startedAt: at,
      finishedAt: null,
      errorCode: null,
      cancelledBy: null,
      rowsDone: 0,
      rowsChanged: 0,
      rowsRefused: 0,
      // The request that made it may be made again while it runs again, and is another draft then.
      requestKey: `export ${jobId}`,
    })
    .where("partnerId", "=", partnerId)
    .where("id", "=", jobId)
    .where("action", "=", "export")
    .execute();
}

export type ExportStep = {
  rowsDone: number;
  rowsChanged?: number;
  rowsRefused?: number;
  state?: BulkState;
  errorCode?: string;
  finishedAt?: Date;
};
/** One step further; false: somebody cancelled the job, or another download has it. */
export async function advanceExport(
  db: ScopedDb,
  partnerId: string,
  { jobId, at }: Claim,
  step: ExportStep,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("bulkJob")
    .set(step)
    .where("partnerId", "=", partnerId)
    .where("id", "=", jobId)
    .where("state", "=", "running")
    .where("startedAt", "=", at)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Writes beside each customer that stands in the job whether the file holds it: those that the member sees. */
export async function updateExported(
  db: ScopedDb,
  partnerId: string,
  jobId: string,
): Promise<{ changed: number; refused: number }> {
  const { rows } = await sql<{ changed: number; refused: number }>`
    with seen as materialized (select v.id from visible_customer v where v.partner_id = ${partnerId}::uuid
        and v.id in (select customer_id from bulk_row where partner_id = ${partnerId}::uuid and job_id = ${jobId}::uuid)),
      told as (update bulk_row r set outcome = t.outcome, code = t.code
        from (select b.customer_id, case when s.id is null then 'refused' else 'changed' end as outcome,
            case when s.id is null then 'customer.notFound' end as code
          from bulk_row b left join seen s on s.id = b.customer_id
          where b.partner_id = ${partnerId}::uuid and b.job_id = ${jobId}::uuid) t
        where r.partner_id = ${partnerId}::uuid and r.job_id = ${jobId}::uuid and r.customer_id = t.customer_id returning t.outcome)
    select count(*) filter (where outcome = 'changed')::int as changed, count(*) filter (where outcome = 'refused')::int as refused
    from told`.execute(db);
  return rows[0] ?? { changed: 0, refused: 0 };
}

/** Downloads that began before this instant cannot be running any more: their process ended without a word. */
export async function endLostExports(db: ScopedDb, partnerId: string, before: Date): Promise<void> {
  await db
    .updateTable("bulkJob")
    .set({ state: "cancelled", finishedAt: sql`now()` })
    .where("partnerId", "=", partnerId)
    .where("action", "=", "export")
    .where("state", "=", "running")
    .where("startedAt", "<", before)
    .execute();
}
