// The minute job over all partners: connections that are due, runs that died, one partner's trouble.
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { claimRun } from "#server/sync/queries-runs.ts";
import { adminQuery } from "#tests/database.ts";
import { makeAccount, makeConnection, makeCustomer, makeDevices, makePartner } from "#tests/factories.ts";
import { runSync } from "./sync.ts";
import { queueDue, renewStatuses } from "./tick.ts";

afterAll(closeDatabase);
const never = new AbortController().signal;
/** What the worker does every minute, both parts. */
const tick = async (now: Date, signal: AbortSignal) => {
  await queueDue(now, signal);
  await renewStatuses(now, signal);
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = (ms: number) => new Date(Date.now() + ms);

type Run = { id: string; state: string; only_accounts: string[] | null; error_code: string | null };
const runsOf = ({ id }: { id: string }) =>
  adminQuery<Run>("select * from sync_run where connection_id = $1 order by created_at, id", [id]);
const jobsOf = async (partnerId: string) =>
  (
    await adminQuery("select 1 from pgboss.job where name = 'sync' and data ->> 'partnerId' = $1", [
      partnerId,
    ])
  ).length;
const claim = (partnerId: string, runId: string, at: Date) =>
  withScope({ partnerId }, "read write", (db) => claimRun(db, partnerId, runId, at), "worker");

describe("connections that are due", () => {
  test("are queued once, even when two workers tick at the same instant", async () => {
    const partnerId = await makePartner();
    const due = await makeConnection({ partnerId, nextRunAt: later(-MINUTE) });
    const [notYet, off] = [
      await makeConnection({ partnerId }),
      await makeConnection({ partnerId, nextRunAt: later(-MINUTE), isEnabled: false }),
    ];
    const now = new Date();
    await Promise.all([tick(now, never), tick(now, never), tick(now, never)]);
    await tick(now, never);
    expect((await runsOf(due)).map(({ state, only_accounts: only }) => [state, only])).toEqual([
      ["queued", null],
    ]);
    expect([await jobsOf(partnerId), (await runsOf(notYet)).length, (await runsOf(off)).length]).toEqual([
      1, 0, 0,
    ]);
    await tick(later(25 * HOUR), never);
    expect(await runsOf(notYet)).toHaveLength(1);
  });

  test("for the accounts that failed for a passing reason, when their next try has come", async () => {
    const partnerId = await makePartner();
    const connection = await makeConnection({ partnerId, retryAt: later(MINUTE), failures: 1 });
    for (const [externalId, errorCode] of [
      ["well", null],
      ["passing", "vendor.failed"],
      ["forbidden", "vendor.forbidden"],
      ["slow", "vendor.unreachable"],
    ]) {
      await makeAccount(await makeCustomer({ partnerId }), {
        connectionId: connection.id,
        externalId,
        errorCode,
      });
    }
    await tick(new Date(), never);
    expect(await runsOf(connection)).toHaveLength(0);
    await tick(later(MINUTE + 1), never);
    expect((await runsOf(connection)).map(({ only_accounts: only }) => only?.toSorted())).toEqual([
      ["passing", "slow"],
    ]);
  });

  test("no run, when nothing is left to be tried again", async () => {
    const partnerId = await makePartner();
    const connection = await makeConnection({ partnerId, retryAt: later(-MINUTE) });
    await tick(new Date(), never);
    expect(await runsOf(connection)).toHaveLength(0);
  });
});

describe("a run without a sign of life", () => {
  async function queued() {
    const partnerId = await makePartner();
    const connection = await makeConnection({ partnerId, nextRunAt: later(-MINUTE) });
    const now = new Date();
    await tick(now, never);
    const [run] = await runsOf(connection);
    if (!run) throw new Error("no run");
    await adminQuery("update connection set next_run_at = now() + interval '1 day' where id = $1", [
      connection.id,
    ]);
    return { partnerId, connection, run, now };
  }

  test("that waits in a long queue is left there, and taken when its turn comes", async () => {
    const { partnerId, connection, run } = await queued();
    await tick(later(3 * HOUR), never);
    expect(await runsOf(connection)).toHaveLength(1);
    await runSync({ partnerId, runId: run.id }, never);
    expect((await runsOf(connection)).map(({ state, error_code: code }) => [state, code])).toEqual([
      ["failed", "vendor.credentials"],
    ]);
  });

  test("whose worker died for good is failed after a quarter of an hour, and the connection read again", async () => {
    const { partnerId, connection, run, now } = await queued();
    await claim(partnerId, run.id, now);
    await tick(new Date(now.getTime() + 15 * MINUTE), never);
    expect((await runsOf(connection)).map(({ state }) => state)).toEqual(["running"]);
    await tick(new Date(now.getTime() + 15 * MINUTE + 1), never);
    expect((await runsOf(connection)).map(({ state, error_code: code }) => [state, code])).toEqual([
      ["failed", "unexpected"],
      ["queued", null],
    ]);
    expect(await claim(partnerId, run.id, new Date())).toBeUndefined();
  });

  test("whose job was lost is failed after a day", async () => {
    const { connection } = await queued();
    await adminQuery("update connection set next_run_at = now() + interval '9 days' where id = $1", [
      connection.id,
    ]);
    await tick(later(25 * HOUR), never);
    expect((await runsOf(connection)).map(({ state }) => state)).toEqual(["failed", "queued"]);
  });
});

test("the trouble of one partner stops neither the others nor their statuses", async () => {
  const partners = [await makePartner(), await makePartner(), await makePartner()].toSorted();
  const customers = await Promise.all(
    partners.map(async (partnerId) => {
      const customer = await makeCustomer({ partnerId });
      await makeDevices({ customer }, 1, { lastSeenAt: later(-6 * 24 * HOUR) });
      return customer;
    }),
  );
  await adminQuery(
    `create function app.refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$`,
  );
  await adminQuery(
    `create trigger refuse before update on customer_overview for each row when (new.partner_id = '${partners[0]}') execute function app.refuse()`,
  );
  await tick(later(2 * 24 * HOUR), never);
  const statuses = await adminQuery<{ partner_id: string; status: string }>(
    "select partner_id, status from customer_overview where customer_id = any ($1) order by partner_id",
    [customers.map(({ id }) => id)],
  );
  expect(statuses.map(({ status }) => status)).toEqual(["synced", "warning", "warning"]);
  await adminQuery("drop trigger refuse on customer_overview");
  await tick(later(2 * 24 * HOUR), never);
  expect(
    (
      await adminQuery(
        "select 1 from customer_overview where customer_id = any ($1) and status = 'warning'",
        [customers.map(({ id }) => id)],
      )
    ).length,
  ).toBe(3);
});

describe("statuses go by the database's clock", () => {
  afterEach(() => void vi.useRealTimers());

  test.each([
    ["behind", -HOUR, 0, "renewed"],
    ["ahead", HOUR, 30 * MINUTE, "left"],
  ])("with a worker's clock an hour %s", async (_, skewMs, dueInMs, outcome) => {
    const customer = await makeCustomer({ partnerId: await makePartner() });
    const { id } = customer;
    const due = "now() + make_interval(secs => $2)";
    await adminQuery(`update customer_overview set next_change_at = ${due} where customer_id = $1`, [
      id,
      dueInMs / 1000,
    ]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + skewMs });
    await renewStatuses(new Date(), never);
    const [row] = await adminQuery<{ left: boolean }>(
      `select coalesce(next_change_at between now() - interval '1 minute' and ${due}, false) as left
       from customer_overview where customer_id = $1`,
      [id, dueInMs / 1000],
    );
    expect(row?.left ? "left" : "renewed").toBe(outcome);
  });
});

test("history has room for this month and the next", async () => {
  await tick(new Date("2031-12-15T12:00:00Z"), never);
  const [row] = await adminQuery(
    "select to_regclass('customer_history_203112') is not null as this, to_regclass('status_history_203201') is not null as next",
  );
  expect(row).toEqual({ this: true, next: true });
});
