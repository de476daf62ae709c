// Queries of jobs that failed for good: kept for people to see, sent on their way again, dropped in the end.
import type { ScopedDb } from "#db/client.ts";

/** Keeps a dead job; `id` is the queue's, so that telling it twice keeps it once. */
export async function insertDeadJob(
  db: ScopedDb,
  partnerId: string,
  job: { id: string; queue: string; payload: Record<string, string>; error: string },
): Promise<void> {
  await db
    .insertInto("deadJob")
    .values({ partnerId, ...job, payload: JSON.stringify(job.payload) })
    .onConflict((oc) => oc.columns(["partnerId", "id"]).doNothing())
    .execute();
}

export type DeadJob = { id: string; queue: string; error: string; failedAt: Date; redrivenAt: Date | null };

/** The newest dead jobs; those that were sent on their way again last. */
export function listDeadJobs(db: ScopedDb, partnerId: string, limit: number): Promise<DeadJob[]> {
  return db
    .selectFrom("deadJob")
    .where("partnerId", "=", partnerId)
    .select(["id", "queue", "error", "failedAt", "redrivenAt"])
    .orderBy("redrivenAt", (order) => order.desc().nullsFirst())
    .orderBy("failedAt", "desc")
    .limit(limit)
    .execute();
}

/** Takes a dead job to send it on its way again; undefined when it is not there or already was. */
export async function takeDeadJob(
  db: ScopedDb,
  partnerId: string,
  id: string,
  now: Date,
): Promise<{ queue: string; payload: Record<string, string> } | undefined> {
  const row = await db
    .updateTable("deadJob")
    .set({ redrivenAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("redrivenAt", "is", null)
    .returning(["queue", "payload"])
    .executeTakeFirst();
  return row && { queue: row.queue, payload: row.payload as Record<string, string> };
}

/** Drops what failed before `before`. */
export async function deleteDeadJobs(db: ScopedDb, partnerId: string, before: Date): Promise<void> {
  await db.deleteFrom("deadJob").where("partnerId", "=", partnerId).where("failedAt", "<", before).execute();
}
