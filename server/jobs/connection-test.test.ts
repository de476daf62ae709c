// Tests of connections against the vendor's emulator: what the vendor says, what of it is kept, and what never gets out.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import { log } from "#server/log.ts";
import { seal } from "#server/secrets/seal.ts";
import { adminQuery } from "#tests/database.ts";
import { makeAccount, makeConnection, makeCustomer, makeDevices, makePartner } from "#tests/factories.ts";
import { letGo, testConnection } from "./connection-test.ts";

let emulator: SophosEmulator;
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0 });
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});
const never = new AbortController().signal;
const control = (order: object) =>
  fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });
afterEach(() => control({ mode: "ok" }));

const { clientId, clientSecret } = sophosPartners.lagune;
const sealed = (id: string, secret: string) =>
  seal(JSON.stringify({ clientId, clientSecret: secret }), process.env["KEY_PUBLIC"] ?? "", {
    table: "connection",
    column: "secret",
    row: id,
  });

/** A connection whose test was asked for a moment ago. */
async function asked(given: Record<string, unknown> & { secret?: string; candidate?: string } = {}) {
  const { secret = clientSecret, candidate, ...more } = given;
  const id = randomUUID();
  const partnerId = await makePartner();
  await makeConnection({
    partnerId,
    id,
    settings: {
      idUrl: emulator.url,
      apiUrl: emulator.url,
      maxPerSecond: "0",
      maxRetries: "0",
      backoffMs: "5",
    },
    secret: sealed(id, secret),
    testAskedAt: new Date(Date.now() - 1000),
    ...(candidate !== undefined && { candidateSecret: sealed(id, candidate), testIsRotation: true }),
    ...more,
  });
  return { partnerId, connectionId: id };
}
type Job = Awaited<ReturnType<typeof asked>>;
type Stored = {
  secret: Buffer;
  candidate_secret: Buffer | null;
  tested_at: Date | null;
  test_code: string | null;
  test_detail: string | null;
  secret_changed_at: Date | null;
};
const stored = async ({ connectionId }: Job) =>
  (await adminQuery<Stored>("select * from connection where id = $1", [connectionId]))[0] as Stored;
const runs = ({ connectionId }: Job) =>
  adminQuery<{ cause: string; state: string }>(
    "select b.cause, r.state from sync_run r join sync_batch b on b.partner_id = r.partner_id and b.id = r.batch_id where r.connection_id = $1",
    [connectionId],
  );
const audits = ({ connectionId }: Job) =>
  adminQuery<{ outcome: string; detail: object }>(
    "select outcome, detail from audit_entry where entity = $1 and action = 'connection:test'",
    [`connection ${connectionId}`],
  );

describe("a test", () => {
  test("that goes well says how the vendor names us, and has the connection read for the first time", async () => {
    const job = await asked();
    await testConnection(job, never);
    expect(await stored(job)).toMatchObject({
      test_code: null,
      test_detail: `partner ${sophosPartners.lagune.id}`,
      candidate_secret: null,
    });
    expect(await runs(job)).toEqual([{ cause: "first", state: "queued" }]);
    expect((await audits(job)).map(({ outcome }) => outcome)).toEqual(["done"]);
    // The queue may bring the job twice.
    const { tested_at: at } = await stored(job);
    await testConnection(job, never);
    expect([(await stored(job)).tested_at, (await audits(job)).length]).toEqual([at, 1]);
  });

  test("of a connection that works, or is switched off, has nothing read", async () => {
    for (const given of [{ lastSuccessAt: new Date() }, { isEnabled: false }]) {
      const job = await asked(given);
      await testConnection(job, never);
      expect([(await stored(job)).test_code, await runs(job)]).toEqual([null, []]);
    }
  });

  test.each([
    ["wrong credentials", { secret: "canary-wrong" }, null, "vendor.credentials"],
    [
      "an address of nobody",
      { settings: { idUrl: "http://127.0.0.1:1", maxRetries: "0" } },
      null,
      "vendor.unreachable",
    ],
    ["a private address", { settings: { idUrl: "https://10.0.0.1" } }, null, "vendor.blocked"],
    ["settings without sense", { settings: { concurrency: "none" } }, null, "unexpected"],
    ["a vendor that is ill", {}, { mode: "status", status: 500 }, "vendor.failed"],
    ["a vendor that throttles", {}, { mode: "status", status: 429, retryAfter: "900" }, "vendor.throttled"],
    ["an answer that is none", {}, { mode: "html" }, "vendor.malformed"],
    ["a vendor without a connector", { vendor: "acme" }, null, "vendor.wrongKind"],
  ])("says %s, and nothing is read", async (_, given, fault, code) => {
    const job = await asked(given);
    const before = await stored(job);
    if (fault) await control(fault);
    await testConnection(job, never);
    const after = await stored(job);
    expect([after.test_code, after.secret.equals(before.secret), await runs(job)]).toEqual([code, true, []]);
    expect(await audits(job)).toMatchObject([{ outcome: "failed", detail: { code } }]);
  });

  test("has an end where the vendor has none", { timeout: 60_000 }, async () => {
    const job = await asked();
    await control({ mode: "hang" });
    const started = Date.now();
    await testConnection(job, never);
    expect(Date.now() - started).toBeLessThan(28_000);
    expect(await stored(job)).toMatchObject({
      test_code: "vendor.unreachable",
      test_detail: "no answer within 20 s",
    });
  });

  test("is done again after the worker was stopped", async () => {
    const job = await asked();
    await control({ mode: "hang" });
    const stop = new AbortController();
    const stopped = testConnection(job, stop.signal);
    await sleep(200);
    stop.abort();
    await expect(stopped).rejects.toThrow("aborted");
    expect((await stored(job)).tested_at).toBeNull();
  });

  test("of what was removed, or asked for anew meanwhile, writes nothing", async () => {
    const removed = await asked({ removedAt: new Date() });
    await testConnection(removed, never);
    expect((await stored(removed)).tested_at).toBeNull();
    const job = await asked();
    await control({ mode: "slow", delayMs: 800 });
    const slow = testConnection(job, never);
    await sleep(100);
    await adminQuery("update connection set test_asked_at = now() where id = $1", [job.connectionId]);
    await slow;
    expect([(await stored(job)).tested_at, await runs(job), await audits(job)]).toEqual([null, [], []]);
  });
});

describe("new credentials", () => {
  test("take the place of the old ones when the vendor takes them, and end a refusal", async () => {
    const refused = { lastSuccessAt: new Date(), errorCode: "vendor.credentials", errorSince: new Date() };
    const job = await asked({ secret: "canary-old", candidate: clientSecret, ...refused });
    const { candidate_secret: candidate } = await stored(job);
    await testConnection(job, never);
    const after = await stored(job);
    expect(after).toMatchObject({ test_code: null, candidate_secret: null });
    expect(after.secret.equals(candidate ?? Buffer.alloc(0))).toBe(true);
    expect(after.secret_changed_at).not.toBeNull();
    expect(await runs(job)).toEqual([{ cause: "person", state: "queued" }]);
  });

  test("are destroyed when the vendor does not, and the old ones stay in use", async () => {
    const job = await asked({ candidate: "canary-new", lastSuccessAt: new Date() });
    const { secret } = await stored(job);
    await testConnection(job, never);
    const after = await stored(job);
    expect(after).toMatchObject({
      test_code: "vendor.credentials",
      candidate_secret: null,
      secret_changed_at: null,
    });
    expect(after.secret.equals(secret)).toBe(true);
    expect(await audits(job)).toMatchObject([{ detail: { isRotation: true } }]);
  });
});

test("a removed connection lets go of its accounts: customers stay, what was read goes", async () => {
  const customer = await makeCustomer();
  const { partnerId } = customer;
  const account = await makeAccount(customer);
  await makeDevices({ customer, account }, 2);
  const other = await makeAccount(customer);
  const job = { partnerId, connectionId: account.connectionId, by: "Mara Conti" };
  await adminQuery("update connection set removed_at = now() where id = $1", [account.connectionId]);
  await letGo(job, never);
  await letGo(job, never);
  expect(
    await adminQuery("select link_state, customer_id from vendor_account where id = $1", [account.id]),
  ).toEqual([{ link_state: "not_linked", customer_id: null }]);
  expect(await adminQuery("select link_state from vendor_account where id = $1", [other.id])).toEqual([
    { link_state: "linked" },
  ]);
  expect(
    await adminQuery("select external_id from device where vendor_account_id = $1", [account.id]),
  ).toEqual([]);
  expect(await adminQuery("select id from customer where id = $1", [customer.id])).toHaveLength(1);
  expect(
    await adminQuery(
      "select kind, from_customer, actor_name from account_link where vendor_account_id = $1",
      [account.id],
    ),
  ).toEqual([{ kind: "unlinked", from_customer: customer.id, actor_name: "Mara Conti" }]);
});

test("no line of the log, audit entry or stored text holds a secret", async () => {
  const lines: unknown[] = [];
  for (const level of ["info", "warn", "error"] as const)
    vi.spyOn(log, level).mockImplementation((...given: unknown[]) => void lines.push(given));
  await testConnection(await asked({ secret: "canary-logged" }), never);
  await testConnection(await asked({ candidate: "canary-candidate" }), never);
  await testConnection(await asked({ settings: { concurrency: "none" }, secret: "canary-broken" }), never);
  vi.restoreAllMocks();
  expect(lines.length).toBeGreaterThan(2);
  const stacks = lines.flat().flatMap((one) => {
    const error = (one as { err?: Error }).err;
    return error ? [error.stack, error.message, String(error.cause)] : [];
  });
  const audit = await adminQuery("select * from audit_entry");
  const texts = await adminQuery("select test_detail, error_detail, settings from connection");
  expect(JSON.stringify([lines, stacks, audit, texts])).not.toContain("canary");
});
