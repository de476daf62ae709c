// Connections through their procedures and handlers: who may, what is refused, what is kept, and that no secret comes out.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { insertBatch, insertRuns } from "#server/sync/queries-runs.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  daysAgo,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeMember,
  makePartner,
  type Customer,
  type Member,
} from "#tests/factories.ts";
import { changeForPartner, changeOwn, createForPartner, createOwn } from "./handler.ts";

const origin = "http://127.0.0.1:3000";
const canary = "canary-7f3a-secret";
afterAll(closeDatabase);

type Fields = Record<string, string>;
type Handler<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;
/** A person's form (text/html), or a program's JSON. */
async function post<P>(
  handler: Handler<P>,
  member: Member | null,
  path: string,
  fields: Fields,
  params: P,
  accept = "application/json",
): Promise<Response> {
  const cookie: Record<string, string> = member ? { cookie: `${sessionCookieName()}=${member.token}` } : {};
  const request = new Request(`${origin}${path}?lang=it`, {
    method: "POST",
    ...(accept === "text/html" ? { body: new URLSearchParams(fields) } : { body: JSON.stringify(fields) }),
    headers: {
      origin,
      host: "127.0.0.1:3000",
      accept,
      ...cookie,
      "content-type": accept === "text/html" ? "application/x-www-form-urlencoded" : accept,
    },
  });
  return handler(request, { params: Promise.resolve(params) });
}
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; fields?: Record<string, string> } }).error;

const sophos: Fields = {
  vendor: "sophos",
  name: "Sophos Partner",
  customerId: "",
  clientId: "client-1",
  clientSecret: canary,
  "limit-1": "10",
  "limit-60": "100",
  "setting-idUrl": "",
  "setting-apiUrl": "http://127.0.0.1:4100",
};
const create = (member: Member | null, fields: Fields = {}, accept?: string) =>
  post(createForPartner, member, "/api/connections", { ...sophos, ...fields }, {}, accept);
const createdId = (response: Response) =>
  /\/it\/connections\/([0-9a-f-]{36})\?notice=created$/.exec(response.headers.get("location") ?? "")?.[1] ??
  "";
const change = (member: Member | null, id: string, fields: Fields, accept?: string) =>
  post(changeForPartner, member, `/api/connections/${id}`, fields, { id }, accept);

type Stored = {
  name: string;
  settings: object;
  limits: object;
  secret: Buffer | null;
  candidate_secret: Buffer | null;
  version: number;
  is_enabled: boolean;
  removed_at: Date | null;
  customer_id: string | null;
  test_is_rotation: boolean;
};
const stored = async (id: string) =>
  (await adminQuery<Stored>("select * from connection where id = $1", [id]))[0] as Stored;
const jobs = async (queue: string, id: string) =>
  (
    await adminQuery<{ n: number }>(
      "select count(*)::int as n from pgboss.job where name = $1 and data ->> 'connectionId' = $2",
      [queue, id],
    )
  )[0]?.n;
const auditOf = (id: string) =>
  adminQuery<{ action: string; detail: object }>(
    "select action, detail from audit_entry where entity = $1 order by seq",
    [`connection ${id}`],
  );

let partnerId: string;
let boss: Member;
let customer: Customer;
beforeAll(async () => {
  partnerId = await makePartner();
  boss = await makeMember({ partnerId });
  customer = await makeCustomer({ partnerId, name: "Bottega Rossi" });
});

describe("making one", () => {
  test("seals the credentials, asks for a test and leads to its page", async () => {
    const response = await create(boss, {}, "text/html");
    expect(response.status).toBe(303);
    const id = createdId(response);
    const row = await stored(id);
    expect(row).toMatchObject({
      name: "Sophos Partner",
      settings: { apiUrl: "http://127.0.0.1:4100" },
      limits: [
        { calls: 10, seconds: 1 },
        { calls: 100, seconds: 60 },
      ],
      candidate_secret: null,
    });
    expect(row.secret?.includes(Buffer.from(canary))).toBe(false);
    expect(await jobs("connectionTest", id)).toBe(1);
    expect((await auditOf(id)).map((entry) => entry.action)).toEqual(["connection:create"]);
    const details = await (await callerFor(boss)).connections.byId({ connectionId: id });
    expect(details).toMatchObject({
      health: { state: "testing" },
      test: { state: "waiting" },
      run: null,
      version: 1,
    });
  });

  test.each<[string, Fields, Record<string, string>]>([
    ["no name", { name: "  " }, { name: "required" }],
    ["a long name", { name: "x".repeat(101) }, { name: "tooLong" }],
    [
      "no credentials",
      { clientId: "", clientSecret: "" },
      { clientId: "required", clientSecret: "required" },
    ],
    ["a private host", { "setting-apiUrl": "https://10.1.2.3" }, { "setting-apiUrl": "address" }],
    ["another vendor's host", { "setting-idUrl": "https://evil.example" }, { "setting-idUrl": "address" }],
    ["an unknown setting", { "setting-allowLoopback": "1" }, { "setting-allowLoopback": "invalid" }],
    ["no calls", { "limit-1": "0" }, { "limit-1": "number" }],
    ["a fraction of a call", { "limit-60": "1.5" }, { "limit-60": "number" }],
    ["calls that are no number", { "limit-60": "NaN" }, { "limit-60": "number" }],
    ["too many calls", { "limit-1": "1000001" }, { "limit-1": "number" }],
    ["an endless period", { "limit-86401": "5" }, { "limit-86401": "number" }],
    ["a vendor nobody knows", { vendor: "acme" }, { vendor: "invalid" }],
    [
      "Snow for nobody",
      { vendor: "snow", "setting-apiUrl": "", "setting-region": "westeurope" },
      { customerId: "customerNeeded" },
    ],
  ])("refuses %s and says at which field", async (_, fields, faults) => {
    // A vendor that is not Sophos has no sign-in address.
    const given = fields["vendor"] === "snow" ? { ...fields } : fields;
    const { "setting-idUrl": _id, ...base } = sophos;
    const response = await post(createForPartner, boss, "/api/connections", { ...base, ...given }, {});
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: "request.invalid", fields: faults });
  });

  test("Sophos is the partner's alone; another partner's customer is not found", async () => {
    const theirs = await create(boss, { customerId: customer.id });
    expect((await errorOf(theirs)).fields).toEqual({ customerId: "partnerOnly" });
    const foreign = await makeCustomer();
    for (const id of [foreign.id, crypto.randomUUID()]) {
      const response = await create(boss, { vendor: "push", customerId: id, "setting-apiUrl": "" });
      expect([response.status, (await errorOf(response)).code]).toEqual([404, "customer.notFound"]);
    }
  });

  test("a refused form comes back with what was typed, never with a secret", async () => {
    const response = await create(boss, { name: "", "limit-1": "x" }, "text/html");
    const location = response.headers.get("location") ?? "";
    expect(location).toMatch(/^\/it\/connections\/new\?/);
    const query = new URL(location, origin).searchParams;
    expect(query.get("limit-1")).toBe("x");
    expect(query.get("vendor")).toBe("sophos");
    expect(query.get("error")).toBe("request.invalid");
    expect(query.get("wrong")?.split(",").sort()).toEqual(["limit-1:number", "name:required"]);
    expect(location).not.toContain(canary);
    expect(location).not.toContain("client-1");
  });

  test("without a fresh proof nothing is stored, and a person is led to it", async () => {
    const stale = await makeMember({ partnerId });
    await adminQuery("update session set proved_at = now() - interval '6 minutes' where id = $1", [
      stale.sessionId,
    ]);
    const before = await adminQuery("select id from connection where partner_id = $1", [partnerId]);
    const response = await create(stale, {}, "text/html");
    expect(response.headers.get("location")).toMatch(
      /^\/it\/profile\/prove\?return=%2Fit%2Fconnections%2Fnew/,
    );
    expect(response.headers.get("location")).not.toContain(canary);
    expect([(await create(stale)).status, (await errorOf(await create(stale))).code]).toEqual([
      401,
      "auth.proofNeeded",
    ]);
    expect(await adminQuery("select id from connection where partner_id = $1", [partnerId])).toEqual(before);
  });

  test("a source that sends by itself has no credentials, no test and no planned run", async () => {
    const { "setting-apiUrl": _a, "setting-idUrl": _i, "limit-1": _l, "limit-60": _m, ...bare } = sophos;
    const response = await post(
      createForPartner,
      boss,
      "/api/connections",
      { ...bare, vendor: "push", name: "RMM" },
      {},
    );
    const { id } = (await response.json()) as { id: string };
    expect(response.status).toBe(201);
    expect((await stored(id)).secret).toBeNull();
    expect(await jobs("connectionTest", id)).toBe(0);
    const details = await (await callerFor(boss)).connections.byId({ connectionId: id });
    expect(details).toMatchObject({
      health: { state: "neverRead" },
      nextRunAt: null,
      secretSetAt: null,
      may: { start: false },
    });
  });
});

describe("who may", () => {
  test.each(["admin", "helpDesk", "business", "readOnly"] as const)(
    "%s reads and changes nothing",
    async (role) => {
      const member = await makeMember({ partnerId, role });
      const { id } = await makeConnection({ partnerId, secret: Buffer.from("sealed") });
      expect([(await create(member)).status, (await change(member, id, { action: "test" })).status]).toEqual([
        403, 403,
      ]);
      const api = await callerFor(member);
      expect((await api.connections.byId({ connectionId: id })).may.manage).toBe(false);
      expect((await api.connections.list({})).may.manage).toBe(false);
    },
  );

  test("nobody without a session; another partner finds nothing", async () => {
    const { id } = await makeConnection({ partnerId });
    const stranger = await makeMember();
    expect((await create(null)).status).toBe(401);
    for (const action of ["test", "enable", "disable", "remove", "edit", "secret"]) {
      const fields = { action, version: "1", word: "Sì", name: "x", clientId: "x", clientSecret: "y" };
      const { word, name, clientId, clientSecret, version, ...bare } = fields;
      const given: Record<string, Fields> = {
        edit: { ...bare, version, name },
        secret: { ...bare, version, clientId, clientSecret },
        remove: { ...bare, version, word },
        test: bare,
      };
      const answer = await change(stranger, id, given[action] ?? { ...bare, version });
      expect([answer.status, (await errorOf(answer)).code], action).toEqual([404, "connection.notFound"]);
    }
    expect((await (await callerFor(stranger)).connections.list({})).rows).toEqual([]);
    await expect((await callerFor(stranger)).connections.byId({ connectionId: id })).rejects.toThrow(
      "connection.notFound",
    );
  });

  test("a customer's admin follows and ends the runs of the customer's own, and sees no other", async () => {
    const of = await makeCustomer({ partnerId });
    const admin = await makeMember({ partnerId, role: "customerAdmin", customerId: of.id });
    const [own, partners] = await Promise.all([
      makeConnection({ partnerId, customerId: of.id, vendor: "snow" }),
      makeConnection({ partnerId }),
    ]);
    const scope = { partnerId, memberAll: true };
    await withScope(scope, "read write", async (db) => {
      const batch = await insertBatch(db, partnerId, {
        cause: "person",
        requestedBy: null,
        requestedName: "Pia",
      });
      const wanted = [own, partners].map(({ id }) => ({ connectionId: id, onlyAccounts: null }));
      await insertRuns(db, partnerId, batch, wanted);
    });
    const api = await callerFor(admin);
    const read = () => api.connections.ownById({ customerId: of.id, connectionId: own.id });
    const before = await read();
    expect(before.run).toMatchObject({ state: "queued" });
    expect(before.runs).toMatchObject([{ state: "queued", cause: "person", requestedBy: "Pia" }]);
    const seen = await withScope({ partnerId, customerId: of.id }, "read only", (db) =>
      db.selectFrom("syncRun").where("partnerId", "=", partnerId).select("connectionId").execute(),
    );
    expect(seen).toEqual([{ connectionId: own.id }]);
    const cancel = (id: string) =>
      post(changeOwn, admin, `/api/connections/own/${id}`, { action: "cancel" }, { id });
    expect((await cancel(partners.id)).status).toBe(404);
    expect((await cancel(own.id)).status).toBe(200);
    expect((await read()).runs).toMatchObject([{ state: "cancelled", cancelledBy: admin.name }]);
    const states = await adminQuery<{ state: string }>(
      "select state from sync_run where partner_id = $1 and connection_id = $2",
      [partnerId, partners.id],
    );
    expect(states).toEqual([{ state: "queued" }]);
  });

  test("a customer's admin makes and reads the customer's own, and reaches no other", async () => {
    const admin = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    const neighbour = await makeCustomer({ partnerId });
    const theirs = await makeConnection({ partnerId, customerId: neighbour.id, vendor: "snow" });
    const partners = await makeConnection({ partnerId });
    const snow = {
      vendor: "snow",
      name: "Il nostro Snow",
      clientId: "c",
      clientSecret: canary,
      "setting-region": "westeurope",
    };
    const made = await post(createOwn, admin, "/api/connections/own", snow, {});
    const { id } = (await made.json()) as { id: string };
    expect([made.status, (await stored(id)).customer_id]).toEqual([201, customer.id]);
    const api = await callerFor(admin);
    const list = await api.connections.listOwn({ customerId: customer.id });
    expect([list.rows.map((row) => row.id), list.may.manage]).toEqual([[id], true]);
    expect((await api.connections.ownById({ customerId: customer.id, connectionId: id })).may).toEqual({
      manage: true,
      start: false,
      cancel: true,
      redrive: false,
      link: false,
    });
    for (const other of [theirs.id, partners.id]) {
      await expect(api.connections.ownById({ customerId: customer.id, connectionId: other })).rejects.toThrow(
        "connection.notFound",
      );
      const answer = await post(
        changeOwn,
        admin,
        `/api/connections/own/${other}`,
        { action: "test" },
        { id: other },
      );
      expect([answer.status, (await errorOf(answer)).code]).toEqual([404, "connection.notFound"]);
    }
    await expect(api.connections.listOwn({ customerId: neighbour.id })).rejects.toThrow("customer.notFound");
    const own = (fields: Fields) => post(changeOwn, admin, `/api/connections/own/${id}`, fields, { id });
    expect((await own({ action: "disable", version: "1" })).status).toBe(200);
    expect((await own({ action: "remove", version: "1", word: "Sì" })).status).toBe(409);
    expect(
      (await own({ action: "edit", version: "2", name: "Snow", "setting-region": "uksouth" })).status,
    ).toBe(200);
    // Neither the partner's way in, nor another customer's id, nor a vendor of the partner's.
    expect((await create(admin)).status).toBe(403);
    expect(
      (await post(createOwn, admin, "/api/connections/own", { ...snow, customerId: neighbour.id }, {}))
        .status,
    ).toBe(404);
    const push = await post(createOwn, admin, "/api/connections/own", { vendor: "push", name: "x" }, {});
    expect((await errorOf(push)).fields).toMatchObject({ vendor: "partnerOnly" });
    // The partner's Super Admin reaches it too; a customer's viewer nothing.
    expect((await (await callerFor(boss)).connections.byId({ connectionId: id })).customer?.name).toBe(
      "Bottega Rossi",
    );
    expect((await own({ action: "remove", version: "3", word: "Sì" })).status).toBe(200);
    expect([await stored(id), await jobs("connectionRemoval", id)]).toMatchObject([{ secret: null }, 1]);
    const viewer = await makeMember({ partnerId, role: "customerViewer", customerId: customer.id });
    await expect((await callerFor(viewer)).connections.listOwn({ customerId: customer.id })).rejects.toThrow(
      "permission.denied",
    );
  });

  test("a member with some customers sees neither others' connections nor their accounts", async () => {
    const seen = await makeCustomer({ partnerId, name: "Vista" });
    const hidden = await makeCustomer({ partnerId, name: "Nascosta" });
    const limited = await makeMember({ partnerId, role: "admin", customers: [seen.id] });
    const { id } = await makeConnection({ partnerId });
    await makeAccount(seen, { connectionId: id });
    await makeAccount(hidden, { connectionId: id, errorCode: "vendor.failed" });
    const own = await makeConnection({ partnerId, vendor: "snow", customerId: hidden.id });
    const api = await callerFor(limited);
    expect((await api.connections.list({})).rows.map((row) => row.id)).not.toContain(own.id);
    const details = await api.connections.byId({ connectionId: id });
    expect(details.accounts).toEqual({ total: 1, failing: 0, unmatched: 0 });
    expect(details.accountPage.rows.map((row) => row.customer?.name)).toEqual(["Vista"]);
    await expect(api.connections.byId({ connectionId: own.id })).rejects.toThrow("connection.notFound");
  });
});

describe("changing one", () => {
  const made = async () => createdId(await create(boss, {}, "text/html"));
  const answered = (id: string) =>
    adminQuery("update connection set tested_at = now(), test_code = null where id = $1", [id]);

  test("keeps settings that no form shows; the second of two at once gets 409", async () => {
    const id = await made();
    await adminQuery(`update connection set settings = settings || '{"maxRetries":"7"}' where id = $1`, [id]);
    const fields = {
      action: "edit",
      version: "1",
      name: "Nuovo nome",
      "limit-3600": "500",
      "setting-apiUrl": "",
    };
    const [first, second] = await Promise.all([
      change(boss, id, fields),
      change(boss, id, { ...fields, name: "Altro" }),
    ]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    expect(await stored(id)).toMatchObject({
      settings: { maxRetries: "7" },
      limits: [{ calls: 500, seconds: 3600 }],
      version: 2,
    });
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: "connection:edit" });
  });

  test("new credentials wait beside the old ones for their test; a second person gets 409", async () => {
    const id = await made();
    await answered(id);
    const { secret } = await stored(id);
    const fields = { action: "secret", version: "1", clientId: "c2", clientSecret: `${canary}-2` };
    const [first, second] = await Promise.all([change(boss, id, fields), change(boss, id, fields)]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    const row = await stored(id);
    expect(row.secret?.equals(secret ?? Buffer.alloc(0))).toBe(true);
    expect(row.candidate_secret).not.toBeNull();
    expect(row).toMatchObject({ test_is_rotation: true, version: 2 });
    // Also with the version of now, while the test goes on.
    expect((await change(boss, id, { ...fields, version: "2" })).status).toBe(409);
    expect((await change(boss, id, { action: "test" })).status).toBe(409);
  });

  test("is switched off and on; a test can be asked for again", async () => {
    const id = await made();
    await answered(id);
    expect((await change(boss, id, { action: "disable", version: "1" })).status).toBe(200);
    const api = await callerFor(boss);
    expect(await api.connections.byId({ connectionId: id })).toMatchObject({
      health: { state: "disabled" },
      nextRunAt: null,
    });
    expect((await change(boss, id, { action: "enable", version: "1" })).status).toBe(409);
    expect((await change(boss, id, { action: "enable", version: "2" })).status).toBe(200);
    expect((await change(boss, id, { action: "test" })).status).toBe(200);
    expect((await api.connections.byId({ connectionId: id })).test.state).toBe("waiting");
  });

  test("removing needs the word, destroys the secrets, ends runs and tokens, and is final", async () => {
    const id = await made();
    const [{ id: batchId } = { id: "" }] = await adminQuery<{ id: string }>(
      "insert into sync_batch (partner_id, cause) values ($1, 'person') returning id",
      [partnerId],
    );
    await adminQuery("insert into sync_run (partner_id, batch_id, connection_id) values ($1, $2, $3)", [
      partnerId,
      batchId,
      id,
    ]);
    const wrong = await change(boss, id, { action: "remove", version: "1", word: "No" });
    expect((await errorOf(wrong)).fields).toEqual({ word: "word" });
    expect((await stored(id)).removed_at).toBeNull();
    const response = await change(boss, id, { action: "remove", version: "1", word: "sì" }, "text/html");
    expect(response.headers.get("location")).toBe("/it/connections?notice=removed");
    expect(await stored(id)).toMatchObject({ secret: null, candidate_secret: null, is_enabled: false });
    expect(
      await adminQuery("select state, cancelled_by from sync_run where connection_id = $1", [id]),
    ).toEqual([{ state: "cancelled", cancelled_by: boss.name }]);
    expect(await jobs("connectionRemoval", id)).toBe(1);
    expect((await change(boss, id, { action: "enable", version: "2" })).status).toBe(404);
    await expect((await callerFor(boss)).connections.byId({ connectionId: id })).rejects.toThrow(
      "connection.notFound",
    );
  });

  test("an unknown action or field is refused", async () => {
    const id = await made();
    for (const fields of [{ action: "explode" }, { action: "test", surplus: "1" }, { action: "enable" }, {}])
      expect((await change(boss, id, fields as Fields)).status).toBe(400);
    expect((await change(boss, "not-an-id", { action: "test" })).status).toBe(404);
  });
});

describe("health", () => {
  test("accounts come with the oldest data first, filtered, page by page", async () => {
    const { id } = await makeConnection({ partnerId });
    for (let n = 0; n < 51; n += 1)
      await adminQuery(
        `insert into vendor_account (partner_id, connection_id, customer_id, vendor, external_id, name, billing, last_success_at, error_code, link_state)
         values ($1, $2, $3, 'sophos', $4, $4, 'term', $5, $6, 'linked')`,
        [
          partnerId,
          id,
          n < 2 ? null : customer.id,
          `acc-${n}`,
          n === 50 ? null : daysAgo(n / 10),
          n % 10 === 3 ? "vendor.failed" : null,
        ],
      );
    const api = await callerFor(boss);
    const first = await api.connections.byId({ connectionId: id });
    expect(first.accounts).toEqual({ total: 51, failing: 5, unmatched: 2 });
    expect(first.accountPage.rows.map((row) => row.name).slice(0, 3)).toEqual(["acc-50", "acc-49", "acc-48"]);
    expect(first.accountPage.rows.filter((row) => row.isStale)).toHaveLength(31);
    const second = await api.connections.byId({
      connectionId: id,
      accountsAfter: first.accountPage.next ?? "",
    });
    expect([second.accountPage.rows.map((row) => row.name), second.accountPage.next]).toEqual([
      ["acc-0"],
      null,
    ]);
    const names = async (accounts: "failing" | "stale" | "unmatched") =>
      (await api.connections.byId({ connectionId: id, accounts })).accountPage.rows.length;
    expect([await names("failing"), await names("stale"), await names("unmatched")]).toEqual([5, 31, 2]);
    for (const bad of [
      "x",
      Buffer.from('["0000-01-01T00:00:00Z","1"]').toString("base64url"),
      Buffer.from(`["2026-02-31","${id}"]`).toString("base64url"),
    ])
      await expect(api.connections.byId({ connectionId: id, accountsAfter: bad })).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
  });

  test("runs, stuck jobs and the list's count of trouble", async () => {
    const member = await makeMember();
    const { id } = await makeConnection({
      partnerId: member.partnerId,
      errorCode: "vendor.credentials",
      errorDetail: "POST x: 401",
      errorSince: daysAgo(1),
    });
    await makeConnection({ partnerId: member.partnerId, name: "Fine", lastSuccessAt: new Date() });
    const [{ id: batchId } = { id: "" }] = await adminQuery<{ id: string }>(
      "insert into sync_batch (partner_id, cause) values ($1, 'schedule') returning id",
      [member.partnerId],
    );
    await adminQuery(
      `insert into sync_run (partner_id, batch_id, connection_id, state, created_at, started_at, heartbeat_at, accounts_total, accounts_done)
       values ($1, $2, $3, 'running', now() - interval '1 hour', now() - interval '1 hour', now() - interval '10 minutes', 9, 4)`,
      [member.partnerId, batchId, id],
    );
    const [{ id: dead } = { id: "" }] = await adminQuery<{ id: string }>(
      "insert into dead_job (partner_id, queue, payload, error) values ($1, 'connectionTest', $2, 'x') returning id",
      [member.partnerId, JSON.stringify({ connectionId: id })],
    );
    const api = await callerFor(member);
    const details = await api.connections.byId({ connectionId: id });
    expect(details).toMatchObject({
      health: { state: "credentialsRefused", errorCode: "vendor.credentials", errorDetail: "POST x: 401" },
      run: { state: "running", total: 9, done: 4 },
      runs: [{ cause: "schedule", seconds: expect.closeTo(3600, -1) as number }],
      may: { cancel: true, redrive: true },
    });
    expect(details.stuck.map(({ kind, id: of }) => [kind, of])).toEqual([
      ["silent", details.run?.id],
      ["dead", dead],
    ]);
    const all = await api.connections.list({});
    expect([all.counts, all.rows.map((row) => row.name)]).toEqual([
      { all: 2, trouble: 1 },
      ["Fine", "Sophos"],
    ]);
    expect((await api.connections.list({ show: "trouble" })).rows.map((row) => row.id)).toEqual([id]);
    await expect(api.connections.list({ after: "x" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

test("no answer, audit entry or queued job holds a secret", async () => {
  const answers = await Promise.all(
    (await (await callerFor(boss)).connections.list({})).rows.map(async ({ id }) =>
      JSON.stringify(await (await callerFor(boss)).connections.byId({ connectionId: id })),
    ),
  );
  const tables = await Promise.all(
    ["audit_entry", "pgboss.job", "dead_job", "sync_run"].map(async (table) =>
      JSON.stringify(await adminQuery(`select * from ${table}`)),
    ),
  );
  expect(answers.length).toBeGreaterThan(3);
  for (const text of [...answers, ...tables]) expect(text).not.toContain("canary");
});
