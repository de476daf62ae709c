// Runs against the vendor's emulator: what each fault costs, that it costs nobody else, and that everything heals.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { endpointCount, serverCount } from "#emulators/sophos/devices.ts";
import { sophosPartners, type PartnerKey } from "#emulators/sophos/partners.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import { type Tenant, tenantsOf } from "#emulators/sophos/tenants.ts";
import { errorText } from "#locales/resources.ts";
import { seal } from "#server/secrets/seal.ts";
import { requestSync } from "#server/sync/service.ts";
import type { VendorErrorCode } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import { makeAccount, makeConnection, makeCustomer, makePartner } from "#tests/factories.ts";
import { runSync } from "./sync.ts";

let emulator: SophosEmulator;
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0 });
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});
const today = new Date().toISOString().slice(0, 10);
const never = new AbortController().signal;

async function control(order: object): Promise<void> {
  const answer = await fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });
  expect(answer.status).toBe(200);
}
const heal = () => control({ mode: "ok" });

async function connect(key: PartnerKey, given: { secret?: string; settings?: Record<string, string> } = {}) {
  const partnerId = await makePartner();
  const id = randomUUID();
  const { clientId, clientSecret } = sophosPartners[key];
  const credentials = JSON.stringify({ clientId, clientSecret: given.secret ?? clientSecret });
  const settings = {
    idUrl: emulator.url,
    apiUrl: emulator.url,
    maxPerSecond: "0",
    headersTimeoutSeconds: "20",
    maxRetries: "1",
    backoffMs: "5",
    ...given.settings,
  };
  const secret = seal(credentials, process.env["KEY_PUBLIC"] ?? "", {
    table: "connection",
    column: "secret",
    row: id,
  });
  await makeConnection({ partnerId, id, settings, secret });
  return { partnerId, id };
}
type Connection = Awaited<ReturnType<typeof connect>>;

/** How long this connection waits for an answer: short where there will be none, else long, because the machine may be busy. */
const wait = ({ id }: Connection, seconds: number) =>
  adminQuery(
    "update connection set settings = settings || jsonb_build_object('headersTimeoutSeconds', $2::text) where id = $1",
    [id, String(seconds)],
  );

type Run = {
  id: string;
  state: string;
  error_code: string | null;
  accounts_total: number | null;
  accounts_done: number;
  accounts_refused: number;
};
async function runOf(connection: Connection): Promise<Run> {
  const [run] = await adminQuery<Run>(
    "select * from sync_run where connection_id = $1 order by created_at desc, id limit 1",
    [connection.id],
  );
  if (!run) throw new Error("no run");
  return run;
}
async function ask({ partnerId, id }: Connection, customerId: string | null = null): Promise<Run> {
  await withScope(
    { partnerId },
    "read write",
    (db) =>
      requestSync(
        db,
        partnerId,
        { cause: "person", requestedBy: null, customerIds: customerId === null ? null : [customerId] },
        new Date(),
      ),
    "web",
  );
  return runOf({ partnerId, id });
}
const work = ({ partnerId }: Connection, run: Run, signal = never) =>
  runSync({ partnerId, runId: run.id }, signal);
/** Lets the time pass for which nothing is asked of an ill vendor. */
const wake = ({ id }: Connection) =>
  adminQuery(
    "update connection set circuit_open_until = now() - interval '1 second' where id = $1 and circuit_open_until > now()",
    [id],
  );
async function synchronise(connection: Connection, customerId: string | null = null): Promise<Run> {
  await wake(connection);
  await work(connection, await ask(connection, customerId));
  return runOf(connection);
}

type Row = {
  account: string;
  customer: string;
  name: string;
  status: string;
  code: string | null;
  reasons: { code: string; evidence: Record<string, unknown> }[];
  attempt: Date;
  success: Date | null;
  devices: number;
  stored: string;
};
const rowsOf = async ({ id }: Connection) =>
  new Map(
    (
      await adminQuery<Row>(
        `select a.external_id as account, c.id as customer, c.name, o.status, a.error_code as code, o.reasons, a.last_attempt_at as attempt, a.last_success_at as success, o.devices_total as devices,
     (select md5(coalesce(string_agg(d::text, ',' order by d.external_id), '')) from device d where d.customer_id = c.id) || (select md5(coalesce(string_agg(l::text, ',' order by l.source_key), '')) from licence l where l.customer_id = c.id) as stored
   from vendor_account a join customer c on c.id = a.customer_id join customer_overview o on o.customer_id = c.id where a.connection_id = $1 order by a.external_id`,
        [id],
      )
    ).map((row) => [row.account, row]),
  );
const failedOf = (row: Row | undefined) =>
  row?.reasons.find(({ code }) => code === "run_failed" || code === "first_failed")?.evidence["errorCode"];
async function connectionOf({ id }: Connection) {
  const [row] = await adminQuery<{
    error_code: string | null;
    error_since: Date | null;
    failures: number;
    next: number;
    retry: number | null;
    last_success_at: Date | null;
  }>(
    "select *, extract(epoch from next_run_at - now())::float as next, extract(epoch from retry_at - now())::float as retry from connection where id = $1",
    [id],
  );
  if (!row) throw new Error("no connection");
  return row;
}
const lagune = tenantsOf("lagune");
const open = lagune.filter(
  ({ billing, fault }) => fault === null && (billing === "usage" || billing === "trial"),
);

function expectedStatus(tenant: Tenant): string {
  if (tenant.billing === "term") return "access_disabled";
  if (tenant.fault) return "sync_pending";
  const count = endpointCount(tenant, today);
  const silent = Math.min(tenant.silent, Math.max(0, count - tenant.gone));
  const unprotected = Math.min(
    tenant.unprotected,
    Math.max(0, count - tenant.gone - tenant.silent - tenant.isolated),
  );
  const counted = tenant.health === "full" ? Math.min(tenant.unprotected, count - serverCount(count)) : 0;
  return silent > 0 || unprotected > 0 || counted > 0 ? "warning" : "synced";
}

describe("a connection that is read", () => {
  let connection: Connection;
  let first: Map<string, Row>;
  beforeAll(async () => {
    connection = await connect("lagune");
  });

  test("brings every customer, each in the right status, in one run", async () => {
    expect(await synchronise(connection)).toMatchObject({
      state: "succeeded",
      accounts_total: 40,
      accounts_done: 40,
      accounts_refused: lagune.filter(({ fault }) => fault).length,
    });
    first = await rowsOf(connection);
    expect(new Map([...first].map(([id, { status }]) => [id, status]))).toEqual(
      new Map(lagune.map((tenant) => [tenant.id, expectedStatus(tenant)])),
    );
    expect(new Map([...first].map(([id, { name }]) => [id, name]))).toEqual(
      new Map(lagune.map(({ id, name }) => [id, name])),
    );
    for (const tenant of open) expect(first.get(tenant.id)?.devices).toBe(endpointCount(tenant, today));
    expect(await connectionOf(connection)).toMatchObject({
      error_code: null,
      failures: 0,
      retry: null,
      last_success_at: expect.any(Date),
    });
    expect((await connectionOf(connection)).next).toBeGreaterThan(23.9 * 3600);
  });

  test("a second time changes nothing but the times", async () => {
    await synchronise(connection);
    const second = await rowsOf(connection);
    const timeless = (rows: Map<string, Row>) =>
      [...rows.values()].map(({ attempt: _, success: __, ...rest }) => rest);
    expect(timeless(second)).toEqual(timeless(first));
    for (const [id, row] of second)
      expect(row.attempt.getTime()).toBeGreaterThan(first.get(id)?.attempt.getTime() ?? Infinity);
  });

  const faults: [object, VendorErrorCode][] = [
    [{ mode: "down" }, "vendor.unreachable"],
    [{ mode: "slow", delayMs: 5_000 }, "vendor.unreachable"],
    [{ mode: "hang" }, "vendor.unreachable"],
    [{ mode: "html" }, "vendor.malformed"],
    [{ mode: "half" }, "vendor.malformed"],
    [{ mode: "status", status: 403 }, "vendor.forbidden"],
    [{ mode: "status", status: 404 }, "vendor.notFound"],
    [{ mode: "status", status: 429, retryAfter: "900" }, "vendor.throttled"],
    [{ mode: "status", status: 429, retryAfter: "1" }, "vendor.throttled"],
    [{ mode: "status", status: 500 }, "vendor.failed"],
    [{ mode: "status", status: 503 }, "vendor.failed"],
    [{ mode: "wrongTenant" }, "vendor.wrongAccount"],
    [{ mode: "endless" }, "vendor.endless"],
  ];

  test("a fault of one account costs that customer its freshness and no other; the next good run heals it", async () => {
    const before = await rowsOf(connection);
    const ill = new Map(faults.map(([order, code], index) => [open[index]?.id ?? "", { order, code }]));
    for (const [tenant, { order }] of ill) await control({ ...order, tenant });
    await wait(connection, 2.5);
    expect(await synchronise(connection)).toMatchObject({
      state: "succeeded",
      accounts_done: 40,
      error_code: null,
    });
    await wait(connection, 20);
    const during = await rowsOf(connection);
    for (const [id, row] of during) {
      const old = before.get(id);
      const code = ill.get(id)?.code;
      const isFresh = row.success?.getTime() !== old?.success?.getTime();
      expect([row.stored, row.devices, isFresh]).toEqual([
        old?.stored,
        old?.devices,
        old?.success !== null && !code,
      ]);
      expect([row.status, row.code, failedOf(row)]).toEqual(
        code ? ["warning", code, code] : [old?.status, old?.code, failedOf(old)],
      );
    }
    for (const { code } of ill.values()) expect(errorText("en", code).advice).toBeTruthy();
    expect(await connectionOf(connection)).toMatchObject({ error_code: null, failures: 1 });
    expect((await connectionOf(connection)).retry).toBeGreaterThan(50);

    await heal();
    const one = during.get([...ill.keys()][0] ?? "");
    await synchronise(connection, one?.customer ?? "");
    expect(failedOf((await rowsOf(connection)).get(one?.account ?? ""))).toBeUndefined();
    // The others' next try stands, although the one that was read is well.
    expect([(await connectionOf(connection)).failures, (await connectionOf(connection)).retry]).toEqual([
      1,
      expect.any(Number),
    ]);
    await synchronise(connection);
    expect([...(await rowsOf(connection)).values()].map(({ status }) => status)).toEqual(
      [...before.values()].map(({ status }) => status),
    );
    expect(await connectionOf(connection)).toMatchObject({ failures: 0, retry: null });
  });

  test.each(faults.slice(0, 11))(
    "%o of the whole vendor shows at every customer, with data as before",
    async (order, code) => {
      const before = await rowsOf(connection);
      const { failures } = await connectionOf(connection);
      await control(order);
      if (code === "vendor.unreachable") await wait(connection, 0.3);
      expect(await synchronise(connection)).toMatchObject({ state: "failed", error_code: code });
      await heal();
      await wait(connection, 20);
      const after = await rowsOf(connection);
      for (const [id, row] of after) {
        expect([row.code, row.stored, row.devices, row.success]).toEqual([
          code,
          before.get(id)?.stored,
          before.get(id)?.devices,
          before.get(id)?.success,
        ]);
        const status = before.get(id)?.status;
        expect([row.status, failedOf(row)]).toEqual(
          status === "access_disabled"
            ? [status, undefined]
            : [status === "synced" ? "warning" : status, code],
        );
      }
      const pause = Math.min(60 * 2 ** failures, 6 * 3600);
      const { next, ...rest } = await connectionOf(connection);
      expect(rest).toMatchObject({ error_code: code, failures: failures + 1, error_since: expect.any(Date) });
      expect(next).toBeGreaterThan(pause - 30);
      expect(next).toBeLessThanOrEqual(pause + 1);
    },
  );

  test("and heals without a hand", async () => {
    expect(await synchronise(connection)).toMatchObject({ state: "succeeded" });
    const { error_code: code, error_since: since, failures } = await connectionOf(connection);
    expect([code, since, failures]).toEqual([null, null, 0]);
    expect([...(await rowsOf(connection)).values()].map(({ status }) => status)).toEqual(
      [...first.values()].map(({ status }) => status),
    );
  });

  test("an account that is gone keeps its data and says so, also when it alone is read", async () => {
    const customer = await makeCustomer({ partnerId: connection.partnerId });
    await makeAccount(customer, {
      connectionId: connection.id,
      externalId: "long gone",
      errorCode: "vendor.failed",
    });
    await synchronise(connection, customer.id);
    expect(failedOf((await rowsOf(connection)).get("long gone"))).toBe("vendor.notFound");
    await synchronise(connection);
    const rows = await rowsOf(connection);
    expect(failedOf(rows.get("long gone"))).toBe("vendor.notFound");
    expect([...rows.values()].filter(({ code }) => code === "vendor.notFound")).toHaveLength(1);
  });

  test("what the database refuses of one account harms no other, alone or among many", async () => {
    const [bad] = open.slice(-1);
    await adminQuery(
      `create function app.refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$`,
    );
    await adminQuery(
      `create trigger refuse before update on vendor_account for each row when (new.external_id = '${bad?.id}' and new.error_code is null and new.last_success_at is distinct from old.last_success_at) execute function app.refuse()`,
    );
    try {
      const before = await rowsOf(connection);
      for (const customerId of [null, before.get(bad?.id ?? "")?.customer ?? ""]) {
        expect(await synchronise(connection, customerId)).toMatchObject({
          state: "succeeded",
          accounts_refused: (customerId ? 0 : lagune.filter(({ fault }) => fault).length) + 1,
        });
        const after = await rowsOf(connection);
        expect([after.get(bad?.id ?? "")?.code, after.get(bad?.id ?? "")?.stored]).toEqual([
          "vendor.malformed",
          before.get(bad?.id ?? "")?.stored,
        ]);
        const others = (rows: Map<string, Row>) =>
          [...rows].flatMap(([id, { status }]) => (id === bad?.id ? [] : [[id, status]])).toSorted();
        expect(others(after)).toEqual(others(before));
      }
    } finally {
      await adminQuery("drop trigger refuse on vendor_account");
    }
  });
});

describe("credentials", () => {
  test("that are refused fail the connection, until they are given right", async () => {
    const connection = await connect("lagune", { secret: "wrong" });
    expect(await synchronise(connection)).toMatchObject({
      state: "failed",
      error_code: "vendor.credentials",
    });
    const [right] = await adminQuery<{ secret: Buffer }>("select secret from connection where id = $1", [
      (await connect("lagune")).id,
    ]);
    // Sealed for another row: it cannot be opened here.
    await adminQuery("update connection set secret = $2 where id = $1", [connection.id, right?.secret]);
    expect(await synchronise(connection)).toMatchObject({
      state: "failed",
      error_code: "vendor.credentials",
    });
    await adminQuery("update connection set secret = null where id = $1", [connection.id]);
    expect(await synchronise(connection)).toMatchObject({
      state: "failed",
      error_code: "vendor.credentials",
    });
    expect((await connectionOf(connection)).failures).toBe(3);
  });
});

describe("a run", () => {
  const wanted = tenantsOf("alpina")
    .filter(({ fault, billing }) => fault === null && billing === "usage")
    .slice(0, 80)
    .map(({ id }) => id);
  /** A reading of 80 accounts, of which the last answer late: there is time between the first batch and the second. */
  async function slowRun() {
    const connection = await connect("alpina", { settings: { concurrency: "12" } });
    const run = await ask(connection);
    await adminQuery("update sync_run set only_accounts = $2 where id = $1", [run.id, wanted]);
    for (const tenant of wanted.slice(-4)) await control({ mode: "slow", delayMs: 2_500, tenant });
    const firstBatch = async () => {
      while ((await runOf(connection)).accounts_done === 0) await sleep(10);
    };
    return { connection, run, firstBatch };
  }

  test("that was cut off in the middle is begun anew and completes", async () => {
    const { connection, run, firstBatch } = await slowRun();
    const stop = new AbortController();
    const working = work(connection, run, stop.signal).catch(({ name }: Error) => name);
    await firstBatch();
    stop.abort();
    expect(await working).toBe("AbortError");
    await heal();
    expect(await runOf(connection)).toMatchObject({ state: "running" });
    expect((await rowsOf(connection)).size).toBeGreaterThan(0);
    await work(connection, run);
    expect(await runOf(connection)).toMatchObject({
      state: "succeeded",
      accounts_total: 80,
      accounts_done: 80,
      accounts_refused: 0,
    });
    expect((await rowsOf(connection)).size).toBe(80);
    await work(connection, run);
    expect((await runOf(connection)).id).toBe(run.id);
  });

  test("that is cancelled stops after the batch in hand and leaves the connection as it was", async () => {
    const { connection, run, firstBatch } = await slowRun();
    const before = await connectionOf(connection);
    const working = work(connection, run);
    await firstBatch();
    await adminQuery("update sync_run set state = 'cancelled' where id = $1", [run.id]);
    await working;
    await heal();
    expect(await runOf(connection)).toMatchObject({ state: "cancelled" });
    const { accounts_done: done } = await runOf(connection);
    expect([done > 0 && done < 80, (await rowsOf(connection)).size]).toEqual([true, done]);
    expect(await connectionOf(connection)).toMatchObject({ last_success_at: null, failures: 0 });
    expect(Math.abs((await connectionOf(connection)).next - before.next)).toBeLessThan(60);
    await work(connection, run);
    expect(await runOf(connection)).toMatchObject({ state: "cancelled", accounts_done: done });
  });

  test("that two workers have at the same time gives what one would have given", async () => {
    const connection = await connect("lagune");
    const run = await ask(connection);
    await Promise.all([work(connection, run), work(connection, run)]);
    expect(await runOf(connection)).toMatchObject({ state: "succeeded", error_code: null });
    expect(new Map([...(await rowsOf(connection))].map(([id, { status }]) => [id, status]))).toEqual(
      new Map(lagune.map((tenant) => [tenant.id, expectedStatus(tenant)])),
    );
    expect(
      await adminQuery("select 1 from customer where partner_id = $1", [connection.partnerId]),
    ).toHaveLength(40);
  });
});
