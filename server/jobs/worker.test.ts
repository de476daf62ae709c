// The worker as a process: it starts, works, ends when told to, and is replaced when it is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import { requestSync } from "#server/sync/service.ts";
import { adminQuery } from "#tests/database.ts";
import { makePartner } from "#tests/factories.ts";
import { connectSophos, newestRun } from "#tests/runs.ts";

let emulator: SophosEmulator;
const workers: ChildProcess[] = [];
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0, partners: ["lagune"] });
});
afterEach(() => {
  for (const worker of workers.splice(0))
    if (worker.exitCode === null && worker.signalCode === null) worker.kill("SIGKILL");
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});

/** A worker process as `npm run worker` starts it, once it says that it is ready. */
async function startWorker(): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ["-C", "react-server", "server/jobs/worker.ts"], {
    env: { ...process.env, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  workers.push(worker);
  let output = "";
  worker.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  worker.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const deadline = Date.now() + 20_000;
  while (!output.includes("worker ready")) {
    if (worker.exitCode !== null || Date.now() > deadline)
      throw new Error(`the worker did not start: ${output}`);
    await sleep(25);
  }
  return worker;
}
const exit = async (worker: ChildProcess, signal: NodeJS.Signals) => {
  const at = Date.now();
  worker.kill(signal);
  const [code] = (await once(worker, "exit")) as [number | null];
  return { code, seconds: (Date.now() - at) / 1000 };
};
const control = (order: object) =>
  fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });

async function queueSync(): Promise<{ partnerId: string; connectionId: string }> {
  const settings = { headersTimeoutSeconds: "5", concurrency: "2" };
  const { partnerId, connectionId } = await connectSophos(emulator.url, "lagune", { settings });
  await withScope(
    { partnerId },
    "read write",
    (db) => requestSync(db, partnerId, { cause: "person", requestedBy: null, customerIds: null }, new Date()),
    "web",
  );
  return { partnerId, connectionId };
}
/** Waits until the connection's run is in that state; returns the seconds it took. */
async function until({ connectionId }: { connectionId: string }, state: string): Promise<number> {
  const at = Date.now();
  for (;;) {
    const [run] = await adminQuery<{ state: string }>("select state from sync_run where connection_id = $1", [
      connectionId,
    ]);
    if (run?.state === state) return (Date.now() - at) / 1000;
    if (Date.now() - at > 55_000) throw new Error(`the run is ${run?.state}, not ${state}`);
    await sleep(50);
  }
}
const customersOf = async ({ partnerId }: { partnerId: string }) =>
  (await adminQuery("select 1 from customer where partner_id = $1", [partnerId])).length;

test("starts, carries out what is queued, and ends at once when told to", async () => {
  const before = await queueSync();
  const worker = await startWorker();
  await until(before, "succeeded");
  const after = await queueSync();
  expect(await until(after, "succeeded")).toBeLessThan(10);
  expect([await customersOf(before), await customersOf(after)]).toEqual([40, 40]);
  const { code, seconds } = await exit(worker, "SIGTERM");
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(5);
});

test("told to end in the middle of a run it gives it back, and another finishes it", async () => {
  await control({ mode: "slow", delayMs: 300, path: "/endpoint" });
  const worker = await startWorker();
  const run = await queueSync();
  await until(run, "running");
  const { code, seconds } = await exit(worker, "SIGTERM");
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(5);
  expect(await until(run, "running")).toBeLessThan(1);
  await control({ mode: "ok" });
  await startWorker();
  expect(await until(run, "succeeded")).toBeLessThan(20);
  expect(await customersOf(run)).toBe(40);
}, 40_000);

test("killed in the middle of a run, another has it again within 30 seconds and finishes it", async () => {
  await control({ mode: "slow", delayMs: 300, path: "/endpoint" });
  const worker = await startWorker();
  const run = await queueSync();
  await until(run, "running");
  await exit(worker, "SIGKILL");
  await control({ mode: "ok" });
  await startWorker();
  const at = Date.now();
  while ((await newestRun(run.connectionId)).attempt < 2) await sleep(100);
  expect(Date.now() - at).toBeLessThan(30_000);
  await until(run, "succeeded");
  expect(await customersOf(run)).toBe(40);
}, 90_000);

test("two at once take turns: what is due becomes one run each, and is read once", async () => {
  await control({ mode: "ok" });
  const partners = await Promise.all([makePartner(), makePartner(), makePartner()]);
  const connections = await Promise.all(
    [...partners, ...partners].map((partnerId) => connectSophos(emulator.url, "lagune", { partnerId })),
  );
  const ids = connections.map(({ connectionId }) => connectionId);
  await adminQuery("update connection set next_run_at = now() - interval '1 minute' where id = any($1)", [
    ids,
  ]);
  await Promise.all([startWorker(), startWorker()]);
  for (const connection of connections) await until(connection, "succeeded");
  const runs = await adminQuery<{ connection_id: string; attempt: number; accounts_done: number }>(
    "select * from sync_run where connection_id = any($1)",
    [ids],
  );
  expect(runs.map((run) => run.connection_id).sort()).toEqual([...ids].sort());
  expect(runs.map(({ attempt, accounts_done: done }) => [attempt, done])).toEqual(ids.map(() => [1, 40]));
}, 90_000);

test("a partner whose ten vendors hang delays no other partner's reading", async () => {
  const hanging = await startSophosEmulator({ port: 0, partners: ["lagune"] });
  try {
    await fetch(`${hanging.url}/__control`, { method: "POST", body: JSON.stringify({ mode: "hang" }) });
    const partnerId = await makePartner();
    const settings = { headersTimeoutSeconds: "60" };
    const stuck = await Promise.all(
      Array.from({ length: 10 }, () => connectSophos(hanging.url, "lagune", { partnerId, settings })),
    );
    const wish = { cause: "person", requestedBy: null, customerIds: null } as const;
    await withScope({ partnerId }, "read write", (db) => requestSync(db, partnerId, wish, new Date()));
    await startWorker();
    const isAnyRunning = async () =>
      (await adminQuery("select from sync_run where partner_id = $1 and state = 'running'", [partnerId]))
        .length;
    while ((await isAnyRunning()) < 4) await sleep(50);
    const run = await queueSync();
    expect(await until(run, "succeeded")).toBeLessThan(15);
    expect(await isAnyRunning()).toBe(4);
    expect(stuck).toHaveLength(10);
  } finally {
    await hanging.close();
  }
}, 60_000);
