// The form of *Sync now*: where it leads, and what it refuses.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { adminQuery } from "#tests/database.ts";
import {
  makeAccount,
  makeConnection,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Customer,
  type Member,
} from "#tests/factories.ts";
import { makeDeadJob, makeRun } from "#tests/runs.ts";
import {
  cancelSyncHandler,
  redriveHandler,
  retrySyncHandler,
  startSyncHandler,
  syncStreamHandler,
} from "./handler.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
let partnerId = "";
let customer: Customer;
let member: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  customer = await makeCustomer({ partnerId });
  await makeAccount(customer);
  member = await makeMember({ partnerId, role: "helpDesk" });
});

function send(
  who: { token: string } | null,
  body: Record<string, unknown>,
  given: { type?: "form" | "json"; headers?: Record<string, string>; raw?: string } = {},
): Promise<Response> {
  const isForm = given.type !== "json";
  const request = new Request(`${origin}/api/sync`, {
    method: "POST",
    body:
      given.raw ??
      (isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      ...(isForm && { accept: "text/html", referer: `${origin}/it/customers` }),
      ...(who && { cookie: `${sessionCookieName()}=${who.token}` }),
      ...given.headers,
    },
  });
  return startSyncHandler(request, { params: Promise.resolve({}) });
}
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { error: { code: string } }).error.code,
];
const lastAudit = async () =>
  (
    await adminQuery<{ action: string; outcome: string }>(
      "select action, outcome from audit_entry where partner_id = $1 order by at desc limit 1",
      [partnerId],
    )
  )[0];

test("the form starts, then joins, and leads back to its page with a notice", async () => {
  const page = "/it/customers?status=warning";
  const first = await send(member, { customerId: customer.id, return: page });
  expect([first.status, first.headers.get("location")]).toEqual([303, `${page}&notice=sync.started`]);
  expect(await lastAudit()).toEqual({ action: "sync:start", outcome: "done" });
  const again = await send(member, { customerId: customer.id, return: page });
  expect(again.headers.get("location")).toBe(`${page}&notice=sync.joined`);
  const all = await send(member, { all: "1" }, { type: "json" });
  expect([all.status, await all.json()]).toEqual([200, { answer: "sync.joined" }]);
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", ""])(
  "never leads to %j",
  async (back) => {
    const { headers } = await send(member, { all: "1", return: back });
    expect(headers.get("location")).toMatch(/^\/(en|it|fr)\?notice=sync\.joined$/);
  },
);

test.each<[string, Record<string, unknown>, number, string]>([
  ["nothing", {}, 400, "request.invalid"],
  ["no UUID", { customerId: "1; drop table customer" }, 400, "request.invalid"],
  ["all, but not 1", { all: "yes" }, 400, "request.invalid"],
  ["a customer that does not exist", { customerId: randomUUID() }, 404, "customer.notFound"],
])("%s is refused with what is wrong", async (_, body, status, code) => {
  expect(await codeOf(await send(member, body, { type: "json" }))).toEqual([status, code]);
  const form = await send(member, body);
  expect([form.status, form.headers.get("location")]).toEqual([303, `/it/customers?error=${code}`]);
});

test("bodies that are none, of another kind or too long are refused", async () => {
  expect(await codeOf(await send(member, {}, { type: "json", raw: "{" }))).toEqual([
    400,
    "request.malformed",
  ]);
  expect(await codeOf(await send(member, {}, { type: "json", raw: "[]" }))).toEqual([400, "request.invalid"]);
  expect(await codeOf(await send(member, {}, { type: "json", raw: `{"return":"\\u0000"}` }))).toEqual([
    400,
    "request.malformed",
  ]);
  expect(
    await codeOf(await send(member, {}, { type: "json", headers: { "content-type": "text/plain" } })),
  ).toEqual([415, "request.unsupportedType"]);
  expect(await codeOf(await send(member, { return: "x".repeat(1_000_001) }, { type: "json" }))).toEqual([
    413,
    "request.tooLarge",
  ]);
});

test("nobody, another site, the wrong role and the other partner are refused", async () => {
  expect((await codeOf(await send(null, { all: "1" }, { type: "json" })))[0]).toBe(401);
  expect(
    (
      await codeOf(
        await send(member, { all: "1" }, { type: "json", headers: { origin: "https://evil.example" } }),
      )
    )[0],
  ).toBe(403);
  const reader = await makeMember({ partnerId, role: "readOnly" });
  expect(await codeOf(await send(reader, { all: "1" }, { type: "json" }))).toEqual([
    403,
    "permission.denied",
  ]);
  expect(await lastAudit()).toEqual({ action: "sync:start", outcome: "refused" });
  const stranger = await makeMember();
  expect(await codeOf(await send(stranger, { customerId: customer.id }, { type: "json" }))).toEqual([
    404,
    "customer.notFound",
  ]);
  expect(await codeOf(await send(stranger, { all: "1" }, { type: "json" }))).toEqual([409, "sync.noSource"]);
});

test("a customer's administrator reaches their own customer and not all", async () => {
  const admin = await makeMember({ role: "customerAdmin", partnerId, customerId: customer.id });
  expect((await send(admin, { customerId: customer.id }, { type: "json" })).status).toBe(200);
  expect(await codeOf(await send(admin, { all: "1" }, { type: "json" }))).toEqual([403, "permission.denied"]);
  const other = await makeCustomer({ partnerId });
  expect(await codeOf(await send(admin, { customerId: other.id }, { type: "json" }))).toEqual([
    404,
    "customer.notFound",
  ]);
});

const post = (handler: typeof startSyncHandler, fields: Record<string, string>) =>
  handler(
    new Request(`${origin}/api/sync/x`, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        origin,
        host: "127.0.0.1:3000",
        "content-type": "application/x-www-form-urlencoded",
        accept: "text/html",
        referer: `${origin}/fr/sync?notice=sync.started`,
        cookie: `${sessionCookieName()}=${member.token}`,
      },
    }),
    { params: Promise.resolve({}) },
  ).then(({ status, headers }) => [status, headers.get("location")]);

test("the forms of the page lead back to it with what became of them", async () => {
  const connection = { partnerId, connectionId: (await makeConnection({ partnerId })).id };
  const { runId, batchId } = await makeRun(connection);
  const back = { return: "/fr/sync" };
  expect(await post(cancelSyncHandler, { runId, ...back })).toEqual([303, "/fr/sync?notice=sync.cancelled"]);
  expect(await post(cancelSyncHandler, { batchId, ...back })).toEqual([303, "/fr/sync?notice=sync.over"]);
  const failed = await makeRun(connection, { state: "failed" });
  const retry = { batchId: failed.batchId, ...back };
  expect(await post(retrySyncHandler, retry)).toEqual([303, "/fr/sync?notice=sync.started"]);
  const one = { connectionId: connection.connectionId, ...back };
  expect(await post(retrySyncHandler, one)).toEqual([303, "/fr/sync?notice=sync.joined"]);
  const jobId = await makeDeadJob(partnerId);
  expect(await post(redriveHandler, { jobId, ...back })).toEqual([303, "/fr/sync?notice=sync.redriven"]);
  expect((await post(redriveHandler, { jobId, ...back }))[1]).toContain("error=sync.notFound");
  for (const fields of [{}, { runId: "1" }, { batchId: "x", runId: "y" }] as Record<string, string>[])
    expect((await post(cancelSyncHandler, fields))[1]).toContain("error=request.invalid");
});

test("the form of a group tells how many customers are read and left out, and refuses what is none", async () => {
  const owner = await makeMember({ role: "helpDesk" });
  const [readable, closed] = await Promise.all([
    makeCustomer({ partnerId: owner.partnerId }),
    makeCustomer({ partnerId: owner.partnerId, relationship: "delegated" }),
  ]);
  for (const one of [readable, closed]) await makeAccount(one);
  const { id: groupId } = await makeGroup({
    partnerId: owner.partnerId,
    customers: [readable.id, closed.id],
  });
  const back = `/it/customers?group=${groupId}`;
  const started = await send(owner, { groupId, return: `${back}&customers=9&left=9&error=x` });
  expect([started.status, started.headers.get("location")]).toEqual([
    303,
    `${back}&customers=1&left=1&notice=sync.started`,
  ]);
  expect(await (await send(owner, { groupId }, { type: "json" })).json()).toEqual({
    answer: "sync.joined",
    customers: 1,
    left: 1,
  });
  expect(await codeOf(await send(member, { groupId }, { type: "json" }))).toEqual([404, "request.notFound"]);
  expect(await codeOf(await send(owner, { groupId: "1" }, { type: "json" }))).toEqual([
    400,
    "request.invalid",
  ]);
  const admin = await makeMember({
    role: "customerAdmin",
    partnerId: owner.partnerId,
    customerId: readable.id,
  });
  expect(await codeOf(await send(admin, { groupId }, { type: "json" }))).toEqual([403, "permission.denied"]);
});

type Stream = { next(): Promise<string | null>; close(): void; status: number };
/** A stream of events; `next` gives the data of the next event, null at its end. */
async function listen(who: { token: string }, accept = "text/event-stream"): Promise<Stream> {
  const stop = new AbortController();
  const response = await syncStreamHandler(
    new Request(`${origin}/api/sync/stream`, {
      signal: stop.signal,
      headers: { accept, cookie: `${sessionCookieName()}=${who.token}`, "last-event-id": "x" },
    }),
    { params: Promise.resolve({}) },
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    status: response.status,
    close: () => stop.abort(),
    async next() {
      for (;;) {
        const [, data] = /^data: (.*)\n\n/m.exec(text) ?? [];
        if (data !== undefined) {
          text = text.slice(text.indexOf(data) + data.length);
          return data;
        }
        const { done = true, value = "" } = (await reader?.read()) ?? {};
        if (done) return null;
        text += value;
      }
    },
  };
}

test("the stream begins with the whole state, tells what moves, and nothing of another partner", async () => {
  const owner = await makeMember();
  const { id: connectionId } = await makeConnection({ partnerId: owner.partnerId });
  const { runId } = await makeRun({ partnerId: owner.partnerId, connectionId }, { state: "running" });
  const [stream, foreign] = await Promise.all([listen(owner), listen(await makeMember())]);
  expect(JSON.parse((await stream.next()) ?? "")).toMatchObject({
    runs: [{ id: runId, state: "running", accountsDone: 0 }],
    lastEndedAt: null,
  });
  expect(JSON.parse((await foreign.next()) ?? "")).toEqual({ runs: [], lastEndedAt: null });
  const silent = foreign.next();
  // A sign of life is no news; progress is.
  await adminQuery("update sync_run set heartbeat_at = now() where id = $1", [runId]);
  await adminQuery("update sync_run set accounts_total = 9, accounts_done = 3 where id = $1", [runId]);
  expect(JSON.parse((await stream.next()) ?? "")).toMatchObject({
    runs: [{ accountsTotal: 9, accountsDone: 3 }],
  });
  await adminQuery("update sync_run set state = 'succeeded', finished_at = now() where id = $1", [runId]);
  expect(JSON.parse((await stream.next()) ?? "")).toEqual({ runs: [], lastEndedAt: expect.any(String) });
  const again = await listen(owner);
  expect(JSON.parse((await again.next()) ?? "")).toEqual({ runs: [], lastEndedAt: expect.any(String) });
  for (const one of [stream, foreign, again]) one.close();
  expect(await silent).toBeNull();
});

test("the stream ends within two seconds of its session, and does not keep anybody signed in", async () => {
  const owner = await makeMember();
  await adminQuery("update session set last_seen_at = now() - interval '5 minutes' where id = $1", [
    owner.sessionId,
  ]);
  const stream = await listen(owner);
  await stream.next();
  await adminQuery("update session set last_seen_at = now() - interval '4 minutes' where id = $1", [
    owner.sessionId,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 1_700));
  const [session] = await adminQuery<{ age: number }>(
    "select extract(epoch from now() - last_seen_at)::float as age from session where id = $1",
    [owner.sessionId],
  );
  expect(session?.age).toBeGreaterThan(230);
  const at = performance.now();
  await adminQuery("update session set revoked_at = now() where id = $1", [owner.sessionId]);
  expect(await stream.next()).toBeNull();
  expect(performance.now() - at).toBeLessThan(2_000);
  expect((await listen(owner)).status).toBe(401);
});

test("a session holds four streams; who does not ask for events gets the state once", async () => {
  const owner = await makeMember();
  const streams = await Promise.all([1, 2, 3, 4].map(() => listen(owner)));
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await listen(owner)).status).toBe(429);
  streams[0]?.close();
  await streams[0]?.next().catch(() => null);
  const fifth = await listen(owner);
  expect(fifth.status).toBe(200);
  for (const one of [...streams, fifth]) one.close();
  expect((await listen(owner, "*/*")).status).toBe(200);
});

test("a page of another membership is told that there is no more to come", async () => {
  const owner = await makeMember();
  const { status } = await syncStreamHandler(
    new Request(`${origin}/api/sync/stream?membership=${crypto.randomUUID()}`, {
      headers: { accept: "text/event-stream", cookie: `${sessionCookieName()}=${owner.token}` },
    }),
    { params: Promise.resolve({}) },
  );
  expect(status).toBe(204);
});
