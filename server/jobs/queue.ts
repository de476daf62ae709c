// Adding jobs to the queue inside the transaction that wants them: they exist exactly if it commits.
import { fromKysely, PgBoss } from "pg-boss";
import { rawPool, type Role, type ScopedDb } from "#db/client.ts";
import type { QueueName } from "#db/queues.ts";

/** Options of every process's queue: the schema is made by migrate alone, statistics and cron are not used. */
const options = { schema: "pgboss", migrate: false, createSchema: false, schedule: false } as const;

/** How often the worker looks for jobs whose worker died: such a job lies idle for its heartbeat, this, and its retry delay. */
const SUPERVISE_SECONDS = 5;

type Payload = Record<string, string> & { partnerId?: string };
type Extra = {
  /** In a queue of the policy "short" a second job of the same key is not added while the first waits. */
  singletonKey?: string;
  /** Not before. */
  startAfter?: Date;
};

/** Adds a job; payloads hold ids only. Jobs of one partner are a group: none may take all of a worker's places. */
export const enqueue = (db: ScopedDb, queue: QueueName, payload: Payload, extra: Extra = {}): Promise<void> =>
  enqueueAll(db, queue, [{ payload, ...extra }]);

/** Adds jobs of one queue in one statement. */
export async function enqueueAll(
  db: ScopedDb,
  queue: QueueName,
  jobs: readonly ({ payload: Payload } & Extra)[],
): Promise<void> {
  if (jobs.length === 0) return;
  const transaction = fromKysely(db.withoutPlugins());
  // One per call: a sender looks a queue up by its own connection, and that must be this transaction, not an earlier one.
  const sender = new PgBoss({ ...options, db: transaction, supervise: false });
  await sender.insert(
    queue,
    jobs.map(({ payload, ...extra }) => ({
      data: payload,
      ...extra,
      ...(payload.partnerId !== undefined && { group: { id: payload.partnerId } }),
    })),
  );
}

/** The library hands these on to its pool: a line that does not answer is closed, not waited for (milliseconds). */
const poolOptions = { query_timeout: 30_000 };

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
    ...poolOptions,
  });
}
