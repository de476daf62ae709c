// The worker process: runs the queue's jobs and the minute's work until it is told to stop.
import type { JobWithMetadata } from "pg-boss";
import { closeDatabase } from "#db/client.ts";
import { DEAD_QUEUE, type QueueName, queues } from "#db/queues.ts";
import { env } from "#server/env.ts";
import { log } from "#server/log.ts";
import { type ConnectionJob, letGo, type RemovalJob, testConnection } from "./connection-test.ts";
import { startBeat } from "./beat.ts";
import { type BulkPayload, runBulk } from "./bulk.ts";
import { buryJob } from "./dead.ts";
import { disconnectCustomer, type DisconnectJob } from "./disconnect.ts";
import { type GroupJob, settleGroup } from "./group.ts";
import { runImport } from "./import.ts";
import { openAccount, type OpenJob } from "./open-account.ts";
import { workerQueue } from "./queue.ts";
import { refreshCustomer, type RefreshJob } from "./refresh.ts";
import { type RenameJob, sendRename } from "./rename.ts";
import { runSnapshot, type SnapshotJob } from "./snapshot.ts";
import { requestForCustomers, runSync, type SyncJob, type SyncRequestJob } from "./sync.ts";
import { queueDue, renewStatuses } from "./tick.ts";

const TICK_SECONDS = 20;
/** Runs of different connections at the same time; one connection is never read twice at once. */
const SYNCS_AT_ONCE = 8;
/** One partner's slow vendors leave places for the others. */
const SYNCS_OF_ONE_PARTNER = 4;
/** Pushes of different accounts; those of one account wait for each other. */
const SNAPSHOTS_AT_ONCE = 2;
/** Wishes that come together are answered by one batch of runs. */
const WISHES_AT_ONCE = 200;
/** New jobs are announced; those that are tried again are only found by looking. */
const looking = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 };

const stop = new AbortController();
if (!env().WORKER_DATABASE_URL)
  throw new Error("WORKER_DATABASE_URL is missing: the worker has no database.");
const queue = workerQueue("worker");
queue.on("error", (error) => log.error({ err: error }, "the job queue reports an error"));

const both = (signal: AbortSignal) => AbortSignal.any([signal, stop.signal]);
await queue.start();

type Work = { atOnce?: number; batchSize?: number };

/** Works on a queue. Who has finished looks again at once: the queue alone would wait for its next look, also before a long line. */
async function workOn<Data extends object>(
  name: QueueName,
  handle: (jobs: JobWithMetadata<Data>[]) => Promise<void>,
  { atOnce = 1, ...options }: Work = {},
): Promise<void> {
  for (let place = 0; place < atOnce; place += 1) {
    let id = "";
    id = await queue.work<Data, void, { includeMetadata: true }>(
      name,
      { ...looking, ...options, includeMetadata: true },
      async (jobs) => {
        await handle(jobs);
        queue.notifyWorker(id);
      },
    );
  }
}
const one =
  <Data extends object>(handle: (data: Data, signal: AbortSignal) => Promise<void>) =>
  async ([job]: JobWithMetadata<Data>[]) => {
    if (job) await handle(job.data, both(job.signal));
  };

const manySyncs = { localConcurrency: SYNCS_AT_ONCE, localGroupConcurrency: SYNCS_OF_ONE_PARTNER };
await queue.work<SyncJob>("sync", { ...looking, ...manySyncs }, async ([job]) => {
  if (job) await runSync(job.data, both(job.signal));
});
await workOn<Record<string, string>>(DEAD_QUEUE, async ([job]) => {
  if (job) await buryJob(job);
});
await workOn<RefreshJob>("refresh", one(refreshCustomer));
await workOn<GroupJob>("group", one(settleGroup));
await workOn<SnapshotJob>(
  "snapshot",
  async ([job]) => {
    if (job) await runSnapshot(job.data, job.retryCount >= queues.snapshot.retryLimit, both(job.signal));
  },
  { atOnce: SNAPSHOTS_AT_ONCE },
);
await workOn<SyncRequestJob>("syncRequest", (jobs) => requestForCustomers(jobs.map((job) => job.data)), {
  batchSize: WISHES_AT_ONCE,
});
await workOn<ConnectionJob>("connectionTest", one(testConnection), { atOnce: 2 });
await workOn<RemovalJob>("connectionRemoval", one(letGo));
await workOn<RenameJob>(
  "rename",
  one((job, signal) => sendRename(job, signal)),
  { atOnce: 2 },
);
await workOn<OpenJob>("openAccount", one(openAccount));
await workOn<DisconnectJob>("disconnect", one(disconnectCustomer));
await workOn<BulkPayload>("bulk", one(runBulk), { atOnce: 2 });
await workOn<{ partnerId: string; importId: string }>("import", one(runImport));

/** Every TICK_SECONDS, but never twice at once; what it returns stops it and waits for what is under way. */
function every(work: (now: Date, signal: AbortSignal) => Promise<void>): () => Promise<void> {
  let working: Promise<void> = Promise.resolve();
  const beat = () => {
    working = working
      .then(() => work(new Date(), stop.signal))
      .catch((error: unknown) => log.error({ err: error }, "the minute job failed"));
  };
  beat();
  const timer = setInterval(beat, TICK_SECONDS * 1000);
  return () => {
    clearInterval(timer);
    return working;
  };
}
// Apart, so that many statuses to renew keep no connection waiting.
const minuteJobs = [every(queueDue), every(renewStatuses)];
const heart = await startBeat();
log.info("worker ready");

async function end(): Promise<void> {
  if (stop.signal.aborted) return;
  stop.abort();
  await Promise.allSettled([
    ...minuteJobs.map((stopJob) => stopJob()),
    queue.stop({ graceful: true, timeout: 4_000 }),
    heart.stop(),
  ]);
  await closeDatabase();
  process.exit(0);
}
process.on("SIGTERM", () => void end());
process.on("SIGINT", () => void end());
