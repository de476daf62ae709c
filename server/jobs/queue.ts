// Adding jobs to the queue inside the transaction that wants them: they exist exactly if it commits.
import { fromKysely, PgBoss } from "pg-boss";
import { rawPool, type Role, type ScopedDb } from "#db/client.ts";
import type { QueueName } from "#db/queues.ts";

/** Options of every process's queue: the schema is made by migrate alone, statistics and cron are not used. */
const options = { schema: "pgboss", migrate: false, createSchema: false, schedule: false } as const;

/** How often the worker looks for jobs whose worker died: such a job lies idle for its heartbeat, this, and its retry delay. */
const SUPERVISE_SECONDS = 5;

/** Adds a job; payloads hold ids only. In a queue of the policy "short" a second one of the same `singletonKey` is not added while the first waits. */
export async function enqueue(
  db: ScopedDb,
  queue: QueueName,
  payload: Record<string, string>,
  extra: { singletonKey?: string } = {},
): Promise<void> {
  const transaction = fromKysely(db.withoutPlugins());
  // One per job: a sender looks a queue up by its own connection, and that must be this transaction, not an earlier one.
  await new PgBoss({ ...options, db: transaction, supervise: false }).send(queue, payload, extra);
}

/** The worker's queue: reads jobs as they are announced, keeps the queue tidy. Not started yet. */
export function workerQueue(role: Role): PgBoss {
  const pool = rawPool(role, 4);
  const often = { superviseIntervalSeconds: SUPERVISE_SECONDS, monitorIntervalSeconds: SUPERVISE_SECONDS };
  return new PgBoss({
    ...options,
    ...often,
    supervise: true,
    useListenNotify: true,
    connectionString: pool.options.connectionString as string,
    max: 4,
  });
}
