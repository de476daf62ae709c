import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "#scripts/leftovers.ts";
import type { LineMode } from "./database-line.ts";
import type { Model } from "./model.ts";
import type { Portal } from "./portal.ts";
import { check, type Row, seconds } from "./report.ts";

const faultMs = 8000;
const recoveryMs = 90_000;

/** Whether a worker has written its sign of life since. */
async function untilWorkerBeats(portal: Portal): Promise<boolean> {
  const [{ at } = { at: new Date() }] = await portal.ask<{ at: Date }>("select clock_timestamp() as at");
  return waitUntil(async () => {
    const [beat] = await portal.ask<{ n: number }>(
      "select count(*)::int as n from worker_beat where seen_at > $1",
      [at],
    );
    return (beat?.n ?? 0) > 0;
  }, recoveryMs);
}

async function one(portal: Portal, model: Model, mode: LineMode): Promise<Row> {
  const before = [await portal.pidOf("web"), await portal.pidOf("worker")];
  await model.requestSync();
  portal.line.set(mode);
  const answers: number[] = [];
  const until = performance.now() + faultMs;
  while (performance.now() < until) {
    answers.push(await model.page(30_000));
    await sleep(200);
  }
  portal.line.set("pass");
  const start = performance.now();
  const isBack = await waitUntil(async () => (await model.page(2000)) === 200, recoveryMs);
  const backMs = performance.now() - start;
  const hasWorker = await untilWorkerBeats(portal);
  const workerMs = performance.now() - start;
  const hanging = answers.filter((status) => status === 0).length;
  const after = [await portal.pidOf("web"), await portal.pidOf("worker")];
  const died = before.filter((pid, index) => pid !== after[index]).length;
  const web = isBack ? `web back after ${seconds(backMs)}` : "web not back";
  const worker = hasWorker ? `worker after ${seconds(workerMs)}` : "worker not back";
  return check(
    `PostgreSQL's connections ${mode}`,
    `${answers.length} pages, ${hanging} without an answer in 30 s; ${died} processes died; ${web}, ${worker}`,
    "each answered, 0 died, web ≤ 15 s, worker ≤ 90 s",
    hanging === 0 && died === 0 && isBack && backMs <= 15_000 && hasWorker,
  );
}

/** Cut, slow, half-open and garbled connections between our processes and PostgreSQL, some seconds each. */
export async function spoilDatabaseLine(
  portal: Portal,
  model: Model,
  say: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of ["cut", "slow", "garbage", "halfOpen"] as const) {
    say(`PostgreSQL's connections: ${mode}`);
    const row = await one(portal, model, mode);
    say(`  ${row.result}`);
    rows.push(row);
  }
  return rows;
}
