// Calls of credentials with limits: never much more than allowed, whoever calls, and silence when the vendor asks for it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, onStatement } from "#db/client.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import type { CallBudget } from "#server/http/budget.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeMember, makePartner } from "#tests/factories.ts";
import { connectSophos, newestRun } from "#tests/runs.ts";
import { callBudget } from "./budget.ts";
import { runSync } from "./sync.ts";

let emulator: SophosEmulator;
let partnerId = "";
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0, partners: ["lagune"] });
  partnerId = await makePartner();
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});
const never = new AbortController().signal;
type Limits = { calls: number; seconds: number }[];
const budgetOf = (who: string, limits: Limits): CallBudget => {
  const budget = callBudget(partnerId, "sophos", who, limits);
  if (!budget) throw new Error("no limits");
  return budget;
};
/** When each of `count` calls was made, in ms from the first. */
async function callTimes(budgets: CallBudget[], count: number): Promise<number[]> {
  const times: number[] = [];
  const call = async (budget: CallBudget) => {
    while (times.length < count) {
      await budget.take(never);
      times.push(performance.now());
    }
  };
  await Promise.all(budgets.flatMap((budget) => [call(budget), call(budget), call(budget)]));
  return times.map((time) => time - (times[0] ?? 0)).sort((a, b) => a - b);
}
/** The most calls that any window of so many ms holds. */
const mostIn = (times: number[], ms: number) =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));

test("three workers with the same credentials keep to both limits together, and ask the database seldom", async () => {
  const limits = [
    { calls: 40, seconds: 1 },
    { calls: 80, seconds: 4 },
  ];
  let asked = 0;
  onStatement(({ query }) => void (asked += query.sql.includes("for update") ? 1 : 0));
  const budgets = Array.from({ length: 3 }, () => budgetOf("same", limits));
  const times = await callTimes(budgets, 110);
  onStatement(undefined);
  expect(mostIn(times, 1_000)).toBeLessThanOrEqual(40 + 5);
  expect(mostIn(times, 4_000)).toBeLessThanOrEqual(80 + 5);
  const seconds = (times.at(-1) ?? 0) / 1_000;
  // Nor much less than allowed: 20 calls a second in the long run.
  expect(seconds).toBeLessThan(110 / 20 + 3);
  expect(asked / seconds / budgets.length).toBeLessThan(6);
}, 20_000);

test("other credentials, and other partners with the same ones, have calls of their own", async () => {
  const limits = [{ calls: 1, seconds: 60 }];
  const other = callBudget(await makePartner(), "sophos", "one", limits);
  await Promise.all([
    budgetOf("one", limits).take(never),
    budgetOf("two", limits).take(never),
    other?.take(never),
  ]);
  const stop = AbortSignal.timeout(300);
  await expect(budgetOf("one", limits).take(stop)).rejects.toThrow(/time/);
});

test("silence that a vendor asked one worker for is kept by the others; a long one ends the run", async () => {
  const limits = [{ calls: 100, seconds: 1 }];
  const who = randomUUID();
  const [first, second] = [budgetOf(who, limits), budgetOf(who, limits)];
  await first.take(never);
  await first.pause(1.2);
  const at = performance.now();
  await Promise.all([second.take(never), first.take(never)]);
  expect(performance.now() - at).toBeGreaterThan(1_100);
  // What the first has in hand lasts for a third of a second.
  await sleep(400);
  await second.pause(900);
  await expect(first.take(never)).rejects.toMatchObject({ code: "vendor.throttled" });
});

test("without limits nobody is asked", () => {
  expect(callBudget(partnerId, "sophos", "free", [])).toBeUndefined();
});

test("a vendor that counts strictly refuses nothing to a reading that keeps to its limit", async () => {
  const limits = [{ calls: 60, seconds: 1 }];
  const settings = { maxRetries: "0" };
  const throttled = async (given: Parameters<typeof connectSophos>[2]) => {
    const { connectionId, ...connection } = await connectSophos(emulator.url, "lagune", {
      settings,
      ...given,
    });
    const api = await callerFor(await makeMember({ partnerId: connection.partnerId }));
    await api.sync.startAll({});
    await runSync({ ...connection, runId: (await newestRun(connectionId)).id }, never);
    const { error_code: code } = await newestRun(connectionId);
    const accounts = await adminQuery<{ n: number }>(
      "select count(*)::int as n from vendor_account where connection_id = $1 and error_code = 'vendor.throttled'",
      [connectionId],
    );
    return code === "vendor.throttled" || (accounts[0]?.n ?? 0) > 0;
  };
  await control({ rateLimit: { perSecond: 60 } });
  expect([await throttled({ limits }), await throttled({})]).toEqual([false, true]);
  await control({ rateLimit: null });
  const [row] = await adminQuery<{ key: string }>(
    "select key from call_budget where seconds = 1 and key like 'sophos %'",
  );
  expect(row?.key).toMatch(/^sophos [0-9a-f]{32}$/);
}, 30_000);

const control = (order: object) =>
  fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });
