// Counts for /metrics: of one partner (the worker sums them up), of the queue, of the database server.
import { sql } from "kysely";
import { type ScopedDb, withScope } from "#db/client.ts";
import { nobody, type PortalFigures, type WorkerFigures } from "#server/health/queries.ts";

/** Runs that live or ended in the last day by state, and how its connections are. */
export async function countPartner(db: ScopedDb, partnerId: string, since: Date): Promise<PortalFigures> {
  const runs = await db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("createdAt", ">", since)
    .groupBy("state")
    .select(["state", (eb) => eb.fn.countAll<string>().as("n")])
    .execute();
  const found = await db
    .selectFrom("connection")
    .where("partnerId", "=", partnerId)
    .where("isEnabled", "=", true)
    .where("removedAt", "is", null)
    .select([
      (eb) => eb.fn.countAll<string>().as("all"),
      (eb) => eb.fn.count<string>("errorCode").as("failing"),
      sql<Date | null>`min(coalesce(last_success_at, created_at))`.as("oldest"),
    ])
    .executeTakeFirst();
  return {
    runs: Object.fromEntries(runs.map(({ state, n }) => [state, Number(n)])),
    connections: Number(found?.all ?? 0),
    connectionsFailing: Number(found?.failing ?? 0),
    oldestDataAt: found?.oldest?.toISOString() ?? null,
  };
}

export type ServerFigures = {
  workers: { id: string; seenAt: Date; figures: WorkerFigures }[];
  queues: { name: string; waiting: number; active: number; failed: number; oldestSeconds: number }[];
  connections: { application: string; n: number }[];
  mostConnections: number;
  databaseBytes: number;
  /** Since the server's statistics began. */
  auditAppends: number;
};

/** What the database server, the queue and the workers' beats tell. */
export function readServer(): Promise<ServerFigures> {
  return withScope(nobody, "read only", async (db) => {
    const workers = await db.selectFrom("workerBeat").select(["id", "seenAt", "figures"]).execute();
    const queues = await sql<ServerFigures["queues"][number]>`
      select q.name, coalesce(waiting, 0)::int as waiting, coalesce(active, 0)::int as active, coalesce(failed, 0)::int as failed,
        coalesce(oldest, 0)::float8 as oldest_seconds
      from pgboss.queue q left join (
        select name, count(*) filter (where state < 'active' and start_after <= now()) as waiting,
          count(*) filter (where state = 'active') as active, count(*) filter (where state = 'failed') as failed,
          extract(epoch from now() - min(start_after) filter (where state < 'active' and start_after <= now())) as oldest
        from pgboss.job where state not in ('completed', 'cancelled') group by name) j using (name)
      order by q.name`.execute(db);
    const connections = await sql<ServerFigures["connections"][number]>`
      select application_name as application, count(*)::int as n from pg_stat_activity
      where datname = current_database() and application_name like 'belvedere-%' group by 1`.execute(db);
    const totals = await sql<{ most: number; size: string; appends: string | null }>`
      select current_setting('max_connections')::int as most, pg_database_size(current_database()) as size,
        (select n_tup_ins from pg_stat_all_tables where relid = 'audit_entry'::regclass) as appends`.execute(
      db,
    );
    const [total] = totals.rows;
    return {
      workers: workers.map((one) => ({ ...one, figures: one.figures as WorkerFigures })),
      queues: queues.rows,
      connections: connections.rows,
      mostConnections: total?.most ?? 0,
      databaseBytes: Number(total?.size ?? 0),
      auditAppends: Number(total?.appends ?? 0),
    };
  });
}
