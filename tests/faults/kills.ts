import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "#scripts/leftovers.ts";
import type { Model } from "./model.ts";
import type { Portal, Target } from "./portal.ts";
import { pick, type Random } from "./random.ts";
import { check, type Row, timesRow } from "./report.ts";

/** After this nothing counts as a recovery any more. */
const patienceMs = 120_000;
const settleMs = 40_000;
/** The demo's own first synchronisations and what follows from them. */
const demoMs = 180_000;
const since = (start: number) => performance.now() - start;

/** Ends the process and everything in its group at once, as the kernel does. */
function kill(target: Target, pid: number): void {
  process.kill(target === "postgres" ? pid : -pid, "SIGKILL");
}

const untilPage = (model: Model) => waitUntil(async () => (await model.page(1000)) === 200, patienceMs);

/** Kills web and PostgreSQL, and waits until a signed-in page is answered again. */
async function killAndMeasure(portal: Portal, model: Model, target: "web" | "postgres"): Promise<number> {
  const pid = await portal.pidOf(target);
  const start = performance.now();
  kill(target, pid);
  // The answer of the killed one must not count: first it has to be gone.
  await waitUntil(async () => (await portal.pidOf(target).catch(() => 0)) !== pid, patienceMs);
  return (await untilPage(model)) ? since(start) : Number.POSITIVE_INFINITY;
}

type Run = { id: string };
const running = (portal: Portal) =>
  portal.ask<Run>(
    "select id from sync_run where state = 'running' and heartbeat_at > now() - interval '5 s'",
  );

async function untilRunning(portal: Portal, model: Model): Promise<Run[]> {
  for (let tries = 0; tries < 300; tries += 1) {
    const runs = await running(portal);
    if (runs.length > 0) return runs;
    if (tries % 10 === 0) await model.requestSync();
    await sleep(100);
  }
  return [];
}

/** Kills the worker while it reads vendors; the longest of its runs until it moves again. */
async function killWorker(portal: Portal, model: Model, random: Random): Promise<number | undefined> {
  const runs = await untilRunning(portal, model);
  await sleep(random() * 1500);
  const ids = runs.map((run) => run.id);
  kill("worker", await portal.pidOf("worker"));
  const start = performance.now();
  const [{ at } = { at: new Date() }] = await portal.ask<{ at: Date }>("select clock_timestamp() as at");
  // A run that ended before the blow says nothing.
  const hit = (
    await portal.ask<Run>("select id from sync_run where id = any($1) and state = 'running'", [ids])
  ).map((run) => run.id);
  if (hit.length === 0) return undefined;
  const isBack = await waitUntil(async () => {
    const [left] = await portal.ask<{ n: number }>(
      "select count(*)::int as n from sync_run where id = any($1) and coalesce(greatest(heartbeat_at, finished_at), $2) <= $2",
      [hit, at],
    );
    return left?.n === 0;
  }, patienceMs);
  return isBack ? since(start) : Number.POSITIVE_INFINITY;
}

/** So that a job is hit while it is fresh: each further blow to the same one would double its pause. */
async function untilNothingRuns(portal: Portal, ms = settleMs): Promise<void> {
  await waitUntil(async () => {
    const [left] = await portal.ask<{ n: number }>(
      "select count(*)::int as n from sync_run where state in ('queued', 'running')",
    );
    return left?.n === 0;
  }, ms);
}

export type Kills = { rows: Row[]; total: number };

/**
 * kill -9 of web, worker and PostgreSQL at random moments while connections are read and people write. A worker's
 * recovery takes the queue's heartbeat, so web is killed meanwhile.
 */
export async function killThings(
  portal: Portal,
  model: Model,
  random: Random,
  most: number,
  say: (line: string) => void,
): Promise<Kills> {
  const times: Record<Target, number[]> = { web: [], worker: [], postgres: [] };
  let total = 0;
  const count = (target: Target, ms: number) => {
    total += 1;
    times[target].push(ms);
    say(`kill ${total}/${most} ${target}: ${(ms / 1000).toFixed(1)} s`);
  };
  /** Kills web while something else takes its time. */
  const meanwhile = async (work: Promise<unknown>) => {
    const isOver = work.then(
      () => true,
      () => true,
    );
    const isDone = () => Promise.race([isOver, Promise.resolve(false)]);
    while (!(await isDone()) && total < most - 1) {
      count("web", await killAndMeasure(portal, model, "web"));
      await sleep(500 + random() * 1500);
    }
    await work;
  };
  await untilNothingRuns(portal, demoMs);
  while (total < most && !portal.hasEnded()) {
    const target = pick(random, { web: 3, postgres: 4, worker: 1 });
    if (target !== "worker") await model.requestSync();
    await sleep(random() * 1500);
    if (target !== "worker") {
      count(target, await killAndMeasure(portal, model, target));
      continue;
    }
    await meanwhile(untilNothingRuns(portal));
    const recovery = killWorker(portal, model, random);
    await sleep(2500);
    await meanwhile(recovery);
    const ms = await recovery;
    if (ms === undefined) total += 1;
    else count("worker", ms);
  }
  return {
    total,
    rows: [
      check(
        "kill -9 during synchronisation",
        `${total} kills; the portal ${portal.hasEnded() ? "ended" : "runs"}`,
        `${most}, runs`,
        total >= most && !portal.hasEnded(),
      ),
      timesRow("web killed: a signed-in page is answered", times.web, 5000),
      timesRow("PostgreSQL killed: a signed-in page is answered", times.postgres, 15_000),
      timesRow("worker killed: its runs move again", times.worker, 30_000),
    ],
  };
}
