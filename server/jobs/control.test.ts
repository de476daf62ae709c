// What people do with synchronisations: cancel, some at once, try again, send dead jobs on their way; and faults of ours.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import { grantAccess } from "#server/access/service.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeFullCustomer,
  makeGrant,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { connectSophos, makeDeadJob, makeRun, newestRun } from "#tests/runs.ts";
import { buryJob } from "./dead.ts";
import { requestForCustomers, runSync } from "./sync.ts";
import { queueDue } from "./tick.ts";

let emulator: SophosEmulator;
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0, partners: ["lagune"] });
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});
const never = new AbortController().signal;
const control = (order: object) =>
  fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "OK",
    ({ message }: Error) => message,
  );
async function connected(given: Parameters<typeof connectSophos>[2] = {}) {
  const connection = await connectSophos(emulator.url, "lagune", given);
  const member = await makeMember({ partnerId: connection.partnerId });
  return { ...connection, member, api: await callerFor(member) };
}
type Schedule = {
  next_run_at: Date;
  failures: number;
  error_code: string | null;
  circuit_open_until: Date | null;
};
const scheduleOf = async (connectionId: string) =>
  (await adminQuery<Schedule>("select * from connection where id = $1", [connectionId]))[0] as Schedule;
const jobsOf = (runId: string) =>
  adminQuery<{ start_after: Date; group_id: string }>(
    "select start_after, group_id from pgboss.job where name = 'sync' and data ->> 'runId' = $1",
    [runId],
  );
const lastAudit = async ({ partnerId }: { partnerId: string }) =>
  (
    await adminQuery<{ action: string; actor_id: string; detail: Record<string, unknown> }>(
      "select action, actor_id, detail from audit_entry where partner_id = $1 order by seq desc limit 1",
      [partnerId],
    )
  )[0];

test("a run that hangs at its vendor is left within two seconds of its cancelling, and nothing is written", async () => {
  const { partnerId, connectionId, api, member } = await connected();
  await adminQuery("update connection set next_run_at = now() - interval '1 hour' where id = $1", [
    connectionId,
  ]);
  await api.sync.startAll({});
  const { id: runId } = await newestRun(connectionId);
  await control({ mode: "hang" });
  const working = runSync({ partnerId, runId }, never);
  while ((await newestRun(connectionId)).state !== "running") await sleep(20);
  await sleep(300);
  const at = performance.now();
  expect(await api.sync.cancelRun({ runId })).toEqual({ cancelled: 1 });
  await working;
  expect(performance.now() - at).toBeLessThan(2_000);
  await control({ mode: "ok" });
  expect(await newestRun(connectionId)).toMatchObject({
    state: "cancelled",
    cancelled_by: member.name,
    accounts_done: 0,
  });
  const { next_run_at: next, failures, error_code: code } = await scheduleOf(connectionId);
  expect([failures, code]).toEqual([0, null]);
  // What was due does not begin again at once, and is not forgotten either.
  expect(next.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  expect(await lastAudit({ partnerId })).toMatchObject({
    action: "sync:cancel",
    actor_id: member.userId,
  });
  // The job that was given back finds nothing to do, and cancelling again cancels nothing.
  await runSync({ partnerId, runId }, never);
  expect((await newestRun(connectionId)).state).toBe("cancelled");
  expect(await api.sync.cancelRun({ runId })).toEqual({ cancelled: 0 });
});

test("cancelling a batch ends what waits at once and keeps what a run has written", async () => {
  const { partnerId, connectionId, api } = await connected({ settings: { concurrency: "1" } });
  const waiting = await connectSophos(emulator.url, "lagune", { partnerId });
  await control({ mode: "slow", delayMs: 150, path: "/endpoint" });
  await api.sync.startAll({});
  const { id: runId } = await newestRun(connectionId);
  const working = runSync({ partnerId, runId }, never);
  while ((await newestRun(connectionId)).accounts_done === 0) await sleep(50);
  const [batch] = (await api.sync.overview({})).batches;
  expect(batch).toMatchObject({ cause: "person", by: "Mara Conti" });
  expect(await api.sync.cancelBatch({ batchId: batch?.id ?? "" })).toEqual({ cancelled: 2 });
  await working;
  await control({ mode: "ok" });
  expect((await newestRun(waiting.connectionId)).state).toBe("cancelled");
  const { state, accounts_done: done, accounts_total: total } = await newestRun(connectionId);
  expect([state, total, done > 0 && done < 40]).toEqual(["cancelled", 40, true]);
  const customers = await adminQuery("select from vendor_account where connection_id = $1", [connectionId]);
  expect(customers).toHaveLength(done);
});

test("a worker that lost its run to another writes nothing any more, neither data nor an end", async () => {
  const { partnerId, connectionId, api } = await connected();
  await api.sync.startAll({});
  const { id: runId } = await newestRun(connectionId);
  await control({ mode: "slow", delayMs: 1_500, path: "/endpoint" });
  const first = runSync({ partnerId, runId }, never);
  while ((await newestRun(connectionId)).attempt < 1) await sleep(20);
  await control({ mode: "ok" });
  await runSync({ partnerId, runId }, never);
  const [{ at } = { at: null }] = await adminQuery<{ at: Date }>(
    "select max(last_attempt_at) as at from vendor_account where connection_id = $1",
    [connectionId],
  );
  await first;
  expect(await newestRun(connectionId)).toMatchObject({ state: "succeeded", attempt: 2, accounts_done: 40 });
  expect(
    await adminQuery("select max(last_attempt_at) as at from vendor_account where connection_id = $1", [
      connectionId,
    ]),
  ).toEqual([{ at }]);
});

test("what a connector should never throw fails the run with a reason at once, is tried again, and is buried in the end", async () => {
  const { partnerId, connectionId, api } = await connected();
  await api.sync.startAll({});
  await runSync({ partnerId, runId: (await newestRun(connectionId)).id }, never);
  await adminQuery(`update connection set settings = settings || '{"concurrency": "many"}' where id = $1`, [
    connectionId,
  ]);
  await api.sync.startAll({});
  const { id: runId } = await newestRun(connectionId);
  await expect(runSync({ partnerId, runId }, never)).rejects.toThrow(/concurrency/);
  expect(await newestRun(connectionId)).toMatchObject({ state: "failed", error_code: "unexpected" });
  expect(await scheduleOf(connectionId)).toMatchObject({ failures: 1, error_code: "unexpected" });
  const reasons = await adminQuery<{ code: string }>(
    "select distinct error_code as code from vendor_account where connection_id = $1",
    [connectionId],
  );
  expect(reasons).toEqual([{ code: "unexpected" }]);
  // The queue's second try finds the run again, and heals it where the cause is gone.
  await expect(runSync({ partnerId, runId }, never)).rejects.toThrow(/concurrency/);
  expect((await newestRun(connectionId)).attempt).toBe(2);

  const id = randomUUID();
  const dead = {
    id,
    data: { partnerId, runId },
    sourceName: "sync",
    sourceOutput: { name: "ZodError", message: "secret canary" },
  };
  await buryJob(dead);
  await buryJob(dead);
  const { deadJobs } = await api.sync.overview({});
  expect(deadJobs).toMatchObject([{ id, queue: "sync", error: "ZodError", redrivenAt: null }]);
  await adminQuery(`update connection set settings = settings || '{"concurrency": "4"}' where id = $1`, [
    connectionId,
  ]);
  await adminQuery("delete from pgboss.job where data ->> 'runId' = $1", [runId]);
  await api.sync.redrive({ jobId: id });
  expect(await jobsOf(runId)).toHaveLength(1);
  expect(await codeOf(api.sync.redrive({ jobId: id }))).toBe("sync.notFound");
  await runSync({ partnerId, runId }, never);
  expect(await newestRun(connectionId)).toMatchObject({ state: "succeeded", attempt: 3, accounts_done: 40 });
});

test("a run whose job is dead does not stay as if it went on", async () => {
  const partnerId = await makePartner();
  const connection = await makeConnection({ partnerId });
  const { runId } = await makeRun({ partnerId, connectionId: connection.id }, { state: "running" });
  const data = { partnerId, runId };
  await buryJob({ id: randomUUID(), data, sourceName: "sync", sourceOutput: null });
  expect(await newestRun(connection.id)).toMatchObject({ state: "failed", error_code: "unexpected" });
  expect((await scheduleOf(connection.id)).next_run_at.getTime()).toBeLessThan(Date.now() + 61_000);
});

test("a vendor that is ill is left alone, what was asked for waits and says so, and one call finds out that it is well", async () => {
  const { partnerId, connectionId, api } = await connected({ settings: { maxRetries: "0" } });
  await control({ mode: "status", status: 503 });
  const states = [];
  for (let n = 0; n < 3; n += 1) {
    await api.sync.startAll({});
    await runSync({ partnerId, runId: (await newestRun(connectionId)).id }, never);
    states.push((await scheduleOf(connectionId)).circuit_open_until !== null);
  }
  expect(states).toEqual([false, false, true]);
  const open = await scheduleOf(connectionId);
  expect(open.circuit_open_until).toEqual(open.next_run_at);

  expect(await api.sync.startAll({})).toEqual({ answer: "sync.waiting" });
  expect(await api.sync.startAll({})).toEqual({ answer: "sync.waiting" });
  const { id: runId } = await newestRun(connectionId);
  const [job] = await jobsOf(runId);
  expect(job).toEqual({ start_after: open.circuit_open_until, group_id: partnerId });
  expect((await api.sync.live({}))[0]?.waitsUntil).toBe(open.circuit_open_until?.toISOString());
  // A job that comes too early puts the run back, and asks the vendor nothing.
  await control({ mode: "ok" });
  await runSync({ partnerId, runId }, never);
  expect(await newestRun(connectionId)).toMatchObject({ state: "queued", accounts_total: null });
  expect(await jobsOf(runId)).toHaveLength(2);

  await adminQuery("update connection set circuit_open_until = now() - interval '1 s' where id = $1", [
    connectionId,
  ]);
  await runSync({ partnerId, runId }, never);
  expect(await newestRun(connectionId)).toMatchObject({ state: "succeeded" });
  expect(await scheduleOf(connectionId)).toMatchObject({ circuit_open_until: null, failures: 0 });
});

test("account after account without an answer opens the circuit at once; wrong credentials never do", async () => {
  const { partnerId, connectionId, api } = await connected({ settings: { maxRetries: "0" } });
  await control({ mode: "status", status: 500, path: "/endpoint" });
  await api.sync.startAll({});
  await runSync({ partnerId, runId: (await newestRun(connectionId)).id }, never);
  await control({ mode: "ok" });
  expect(await newestRun(connectionId)).toMatchObject({ state: "failed", error_code: "vendor.failed" });
  expect((await scheduleOf(connectionId)).circuit_open_until).not.toBeNull();
  const wrong = await connected();
  await adminQuery("update connection set secret = null where id = $1", [wrong.connectionId]);
  for (let n = 0; n < 4; n += 1) {
    await wrong.api.sync.startAll({});
    await runSync({ partnerId: wrong.partnerId, runId: (await newestRun(wrong.connectionId)).id }, never);
  }
  expect(await scheduleOf(wrong.connectionId)).toMatchObject({ failures: 4, circuit_open_until: null });
});

test("some customers: each is judged by itself, and what may be read is one run per connection", async () => {
  const partnerId = await makePartner();
  const { id: connectionId } = await makeConnection({ partnerId });
  const make = async (given: object, grant: boolean) => {
    const customer = await makeCustomer({ partnerId, relationship: "delegated", ...given });
    if (grant) await makeGrant(customer);
    await makeAccount(customer, { connectionId });
    return customer.id;
  };
  const [first, second, closed, order] = await Promise.all([
    make({}, true),
    make({}, true),
    make({}, false),
    make({ relationship: "order_only" }, true),
  ]);
  const bare = (await makeCustomer({ partnerId })).id;
  const foreign = (await makeFullCustomer()).id;
  const hidden = await make({}, true);
  const member = await makeMember({ partnerId, role: "helpDesk", scopeAll: true, denied: [hidden ?? ""] });
  const api = await callerFor(member);
  const ids = [first, second, closed, order, bare, foreign, hidden, first].map((id) => id ?? "");
  const { results } = await api.sync.startSome({ customerIds: ids });
  expect(results.map(({ outcome, code }) => code ?? outcome)).toEqual([
    "started",
    "started",
    "customer.accessDisabled",
    "customer.accessDisabled",
    "sync.noSource",
    "customer.notFound",
    "customer.notFound",
  ]);
  const runs = await adminQuery<{ only_accounts: string[] }>(
    "select * from sync_run where connection_id = $1",
    [connectionId],
  );
  expect(runs.map((run) => run.only_accounts.length)).toEqual([2]);
  const again = await api.sync.startSome({ customerIds: [first ?? ""] });
  expect(again.results).toEqual([{ customerId: first, outcome: "joined", code: null }]);
  expect(await lastAudit({ partnerId })).toMatchObject({
    action: "sync:start",
    detail: { asked: 1, refused: 0 },
  });
  const many = Array.from({ length: 1_001 }, () => randomUUID());
  expect(await codeOf(api.sync.startSome({ customerIds: many }))).toMatch(/too_big/);
  const reader = await callerFor(await makeMember({ partnerId, role: "readOnly" }));
  expect(await codeOf(reader.sync.startSome({ customerIds: [first ?? ""] }))).toBe("permission.denied");
});

test("a thousand wishes are queued within two seconds", async () => {
  const partnerId = await makePartner();
  const member = await makeMember({ partnerId });
  const ids = (
    await adminQuery<{ id: string }>(
      `with c as (insert into customer (partner_id, name, name_shown, relationship) select $1, 'C ' || n, 'C ' || n, 'managed' from generate_series(1, 1000) n returning id),
         k as (insert into connection (partner_id, customer_id, vendor, name, next_run_at) select $1, id, 'snow', 'Snow', now() + interval '1 day' from c returning id, customer_id),
         a as (insert into vendor_account (partner_id, connection_id, customer_id, vendor, external_id, name, billing) select $1, id, customer_id, 'snow', id::text, 'T', 'term' from k)
       select id from c`,
      [partnerId],
    )
  ).map(({ id }) => id);
  const api = await callerFor(member);
  const at = performance.now();
  const { results } = await api.sync.startSome({ customerIds: ids });
  expect(performance.now() - at).toBeLessThan(2_000);
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["started"]));
  const { batches } = await api.sync.overview({});
  expect(batches[0]).toMatchObject({ counts: { queued: 1_000, running: 0 }, runs: { length: 20 } });
});

test("failed ones are tried again, alone or as a batch, and only what lies in scope", async () => {
  const partnerId = await makePartner();
  const customer = await makeCustomer({ partnerId });
  const own = await makeConnection({ partnerId });
  const theirs = await makeConnection({ partnerId, customerId: customer.id });
  const { batchId } = await makeRun(
    { partnerId, connectionId: own.id },
    { state: "failed", onlyAccounts: ["T"] },
  );
  const hidden = await makeRun({ partnerId, connectionId: theirs.id }, { state: "failed" });
  const member: Member = await makeMember({ partnerId, role: "admin", denied: [customer.id] });
  const api = await callerFor(member);
  expect((await api.sync.overview({})).batches.map(({ id }) => id)).toEqual([batchId]);
  expect(await api.sync.retryBatch({ batchId })).toEqual({ answer: "sync.started" });
  expect(await api.sync.retryBatch({ batchId })).toEqual({ answer: "sync.joined" });
  expect(await codeOf(api.sync.retryBatch({ batchId: hidden.batchId }))).toBe("sync.notFound");
  expect(await codeOf(api.sync.startConnection({ connectionId: theirs.id }))).toBe("connection.notFound");
  expect(await codeOf(api.sync.cancelRun({ runId: hidden.runId }))).toBe("sync.notFound");
  expect(await codeOf(api.sync.cancelBatch({ batchId: hidden.batchId }))).toBe("sync.notFound");
  expect(await api.sync.startConnection({ connectionId: own.id })).toEqual({ answer: "sync.joined" });
  await adminQuery("update connection set removed_at = now() where id = $1", [own.id]);
  expect(await codeOf(api.sync.startConnection({ connectionId: own.id }))).toBe("connection.notFound");
  // The run that waits ends when its turn comes, because its connection is gone.
  const { id: runId } = await newestRun(own.id);
  await runSync({ partnerId, runId }, never);
  expect((await newestRun(own.id)).state).toBe("cancelled");
});

test("dead jobs are the partner's own, and business people do not send them again", async () => {
  const partnerId = await makePartner();
  const jobId = await makeDeadJob(partnerId);
  const stranger = await callerFor(await makeMember());
  expect((await stranger.sync.overview({})).deadJobs).toEqual([]);
  expect(await codeOf(stranger.sync.redrive({ jobId }))).toBe("sync.notFound");
  const business = await callerFor(await makeMember({ partnerId, role: "business" }));
  expect((await business.sync.overview({})).may).toEqual({ start: false, cancel: false });
  expect(await codeOf(business.sync.redrive({ jobId }))).toBe("permission.denied");
  const admin = await callerFor(await makeMember({ partnerId, role: "admin" }));
  expect(await admin.sync.redrive({ jobId })).toEqual({});
  const other = await makeDeadJob(partnerId, "no queue");
  expect(await codeOf(admin.sync.redrive({ jobId: other }))).toBe("sync.notFound");
  expect((await admin.sync.overview({})).deadJobs.map(({ id }) => id)).toEqual([other, jobId]);
});

test("a customer that grants access is read when the access begins, not with the next cycle", async () => {
  const customer = await makeCustomer({ relationship: "delegated" });
  await makeAccount(customer);
  const scope = { partnerId: customer.partnerId, customerId: customer.id };
  const now = new Date();
  const later = new Date(now.getTime() + 3 * 86_400_000);
  for (const fromAt of [later, now])
    await withScope(scope, "read write", (db) =>
      grantAccess(
        { db, partnerId: customer.partnerId, audit: async () => undefined },
        {
          customerId: customer.id,
          capabilities: ["metrics"],
          fromAt,
          untilAt: null,
          zone: "Europe/Rome",
          grantedBy: randomUUID(),
        },
        now,
      ),
    );
  const waiting = await adminQuery<{ start_after: Date }>(
    "select start_after from pgboss.job where name = 'syncRequest' and data ->> 'customerId' = $1 order by start_after",
    [customer.id],
  );
  expect(waiting).toHaveLength(2);
  expect(waiting[0]?.start_after.getTime()).toBeLessThan(now.getTime() + 60_000);
  expect(waiting[1]?.start_after).toEqual(later);
  await requestForCustomers([
    { partnerId: customer.partnerId, customerId: customer.id, userId: randomUUID() },
  ]);
  expect(await adminQuery("select from sync_run where partner_id = $1", [customer.partnerId])).toHaveLength(
    1,
  );
  // A customer without any source is no reason to try again and again.
  const bare = await makeCustomer();
  await requestForCustomers([{ partnerId: bare.partnerId, customerId: bare.id, userId: randomUUID() }]);
});

test("dead jobs are dropped after thirty days", async () => {
  const partnerId = await makePartner();
  const [old, young] = [await makeDeadJob(partnerId), await makeDeadJob(partnerId)];
  await adminQuery("update dead_job set failed_at = now() - interval '31 days' where id = $1", [old]);
  await queueDue(new Date(), never);
  expect(await adminQuery("select id from dead_job where partner_id = $1", [partnerId])).toEqual([
    { id: young },
  ]);
});

test("a group: all its customers in scope that live access opens, in one batch, joined the second time", async () => {
  const partnerId = await makePartner();
  const { id: connectionId } = await makeConnection({ partnerId });
  const make = async (given: object, grant: boolean) => {
    const customer = await makeCustomer({ partnerId, relationship: "delegated", ...given });
    if (grant) await makeGrant(customer);
    await makeAccount(customer, { connectionId });
    return customer.id;
  };
  const [first, closed, order, hidden, outside] = await Promise.all([
    make({}, true),
    make({}, false),
    make({ relationship: "order_only" }, true),
    make({}, true),
    make({ relationship: "managed" }, false),
  ]);
  const bare = (await makeCustomer({ partnerId })).id;
  const customers = [first, closed, order, hidden, bare].map((id) => id ?? "");
  const { id: groupId } = await makeGroup({ partnerId, customers });
  const api = await callerFor(
    await makeMember({ partnerId, role: "helpDesk", scopeAll: true, denied: [hidden ?? ""] }),
  );
  expect(await api.sync.startGroup({ groupId })).toEqual({ answer: "sync.started", customers: 1, left: 3 });
  const runs = await adminQuery<{ only_accounts: string[] }>(
    "select only_accounts from sync_run where connection_id = $1",
    [connectionId],
  );
  const accounts = await adminQuery<{ external_id: string }>(
    "select external_id from vendor_account where customer_id = $1",
    [first],
  );
  expect(runs).toEqual([{ only_accounts: accounts.map((account) => account.external_id) }]);
  expect(await api.sync.startGroup({ groupId })).toMatchObject({ answer: "sync.joined", customers: 1 });
  expect(await lastAudit({ partnerId })).toMatchObject({
    action: "sync:start",
    detail: { customers: 1, left: 3 },
  });
  const { id: closedGroup } = await makeGroup({ partnerId, customers: [closed ?? ""] });
  expect(await codeOf(api.sync.startGroup({ groupId: closedGroup }))).toBe("sync.noSource");
  // Someone who sees nobody of it does not learn that it exists.
  const elsewhere = await callerFor(
    await makeMember({ partnerId, role: "helpDesk", customers: [outside ?? ""] }),
  );
  expect(await codeOf(elsewhere.sync.startGroup({ groupId }))).toBe("request.notFound");
  const reader = await callerFor(await makeMember({ partnerId, role: "readOnly" }));
  expect(await codeOf(reader.sync.startGroup({ groupId }))).toBe("permission.denied");
});
