// Asks the database, as the roles of the web process, whether it is ready; keeps the workers' signs of life.
import { sql } from "kysely";
import { asSystem, type ScopedDb, withScope } from "#db/client.ts";

/** The nil partner, which no row has: what is asked here is nobody's. */
export const nobody = { partnerId: "00000000-0000-0000-0000-000000000000" };
const DAY_MS = 86_400_000;

/** What a worker says of its process, and (once it has counted) of the portal. */
export type WorkerFigures = {
  residentBytes: number;
  heapBytes: number;
  cpuSeconds: number;
  /** 99th percentile of how late its timers were since the last beat. */
  lagSeconds: number;
  portal: PortalFigures | null;
};
/** Sums over all partners. */
export type PortalFigures = {
  runs: Record<string, number>;
  connections: number;
  connectionsFailing: number;
  /** ISO instant; null: there is no connection that is read. */
  oldestDataAt: string | null;
};
export type Readiness = {
  migrations: string[];
  queueVersion: number;
  workerSeenAt: Date | null;
};

/** Which migrations ran, the version of the queue's tables, the last sign of any worker. Throws what the database answers. */
export async function readReadiness(): Promise<Readiness> {
  await asSystem("readiness is nobody's", (db) => db.selectFrom("session").select("id").limit(1).execute());
  return withScope(nobody, "read only", async (db) => {
    const migrations = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      db,
    );
    const queue = await sql<{ version: number }>`select version from pgboss.version`.execute(db);
    const beat = await db
      .selectFrom("workerBeat")
      .select(sql<Date | null>`max(seen_at)`.as("seenAt"))
      .executeTakeFirst();
    return {
      migrations: migrations.rows.map((row) => row.name),
      queueVersion: queue.rows[0]?.version ?? 0,
      workerSeenAt: beat?.seenAt ?? null,
    };
  });
}

/** Says that this worker lives, and forgets those that have not for a day. In the scope of nobody, as the worker. */
export async function upsertBeat(db: ScopedDb, id: string, figures: WorkerFigures, now: Date): Promise<void> {
  const values = { seenAt: now, figures: JSON.stringify(figures) };
  await db
    .insertInto("workerBeat")
    .values({ id, startedAt: now, ...values })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
    .execute();
  const dayBefore = new Date(now.getTime() - DAY_MS);
  await db.deleteFrom("workerBeat").where("seenAt", "<", dayBefore).execute();
}

/** Takes this worker off the list: it ended in order. */
export async function deleteBeat(db: ScopedDb, id: string): Promise<void> {
  await db.deleteFrom("workerBeat").where("id", "=", id).execute();
}
