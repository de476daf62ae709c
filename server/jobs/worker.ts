// The worker process: runs the queue's jobs and the minute's work until it is told to stop.
import { closeDatabase } from "#db/client.ts";
import { env } from "#server/env.ts";
import { log } from "#server/log.ts";
import { runImport } from "./import.ts";
import { workerQueue } from "./queue.ts";
import { requestForCustomer, runSync, type SyncJob, type SyncRequestJob } from "./sync.ts";
import { tick } from "./tick.ts";

const TICK_SECONDS = 20;
/** Runs of different connections at the same time; one connection is never read twice at once. */
const SYNCS_AT_ONCE = 4;
/** New jobs are announced; those that are tried again are only found by looking. */
const looking = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 };

const stop = new AbortController();
if (!env().WORKER_DATABASE_URL)
  throw new Error("WORKER_DATABASE_URL is missing: the worker has no database.");
const queue = workerQueue("worker");
queue.on("error", (error) => log.error({ err: error }, "the job queue reports an error"));

const both = (signal: AbortSignal) => AbortSignal.any([signal, stop.signal]);
await queue.start();
await queue.work<SyncJob>("sync", { ...looking, localConcurrency: SYNCS_AT_ONCE }, async ([job]) => {
  if (job) await runSync(job.data, both(job.signal));
});
await queue.work<SyncRequestJob>("syncRequest", looking, async ([job]) => {
  if (job) await requestForCustomer(job.data);
});
await queue.work<{ partnerId: string; importId: string }>("import", looking, async ([job]) => {
  if (job) await runImport(job.data, both(job.signal));
});

let ticking: Promise<void> = Promise.resolve();
const beat = () => {
  ticking = ticking
    .then(() => tick(new Date(), stop.signal))
    .catch((error: unknown) => log.error({ err: error }, "the minute job failed"));
};
beat();
const timer = setInterval(beat, TICK_SECONDS * 1000);
log.info("worker ready");

async function end(): Promise<void> {
  if (stop.signal.aborted) return;
  clearInterval(timer);
  stop.abort();
  await Promise.allSettled([ticking, queue.stop({ graceful: true, timeout: 4_000 })]);
  await closeDatabase();
  process.exit(0);
}
process.on("SIGTERM", () => void end());
process.on("SIGINT", () => void end());
