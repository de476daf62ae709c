// The push API over its handlers and the job: what is taken in, what is refused and leaves nothing, what happens twice.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { hashToken, newToken } from "#server/auth/tokens.ts";
import { runSnapshot, tidySnapshots } from "#server/jobs/snapshot.ts";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import {
  type Customer,
  makeConnection,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { pushSnapshot, snapshotStatus } from "./handler.ts";
import { MOST_BYTES } from "./rules.ts";

afterAll(closeDatabase);

type Wish = { permissions?: string[]; connectionId?: string | null; expiresAt?: Date };
/** A token of this member, stored as the page stores it. */
async function makeToken(member: Member, given: Wish = {}): Promise<string> {
  const token = newToken();
  await adminQuery(
    "insert into api_token (partner_id, membership_id, name, token_hash, permissions, connection_id, expires_at) values ($1, $2, 'RMM', $3, $4, $5, $6)",
    [
      member.partnerId,
      member.membershipId,
      hashToken(token),
      given.permissions ?? ["snapshot:push"],
      given.connectionId ?? null,
      given.expiresAt ?? new Date(Date.now() + 86_400_000),
    ],
  );
  return token;
}
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const device = (externalId: string, hostname = "pc-1") =>
  ({
    externalId,
    hostname,
    type: "computer",
    state: "active",
    health: "good",
    isProtected: true,
    lastSeenAt: minutesAgo(5),
  }) as const;
const snapshotOf = (externalId: string, given: Partial<SnapshotInput> = {}): SnapshotInput => ({
  version: 1,
  takenAt: minutesAgo(1),
  account: { externalId, name: "Forneria Bianchi — è già qui", billing: "usage" },
  devices: [device("d-1")],
  licences: null,
  alerts: [],
  unprotectedCount: 0,
  ...given,
});

type Sent = { headers?: Record<string, string>; key?: string; language?: string };
const push = (token: string | null, body: unknown, { headers = {}, key, language = "en" }: Sent = {}) =>
  pushSnapshot(
    new Request("http://127.0.0.1:3000/api/v1/snapshots", {
      method: "POST",
      body: body instanceof ReadableStream || typeof body === "string" ? body : JSON.stringify(body),
      duplex: "half",
      headers: {
        "content-type": "application/json",
        "accept-language": language,
        "idempotency-key": key ?? randomUUID(),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    } as RequestInit),
    { params: Promise.resolve({}) },
  );
const read = async (token: string, id: string, language = "en") =>
  snapshotStatus(
    new Request(`http://127.0.0.1:3000/api/v1/snapshots/${id}`, {
      headers: { authorization: `Bearer ${token}`, "accept-language": language },
    }),
    { params: Promise.resolve({ id }) },
  );
type ErrorBody = {
  error: { code: string; message: string; supportId: string; fields?: Record<string, string> };
};
const refusal = async (answer: Promise<Response>) => {
  const response = await answer;
  const { error } = (await response.json()) as ErrorBody;
  return [response.status, error.code] as const;
};
const accepted = async (answer: Promise<Response>, status = 202) => {
  const response = await answer;
  const body = (await response.json()) as { id: string; state: string; replayed: boolean; statusUrl: string };
  expect(response.status, JSON.stringify(body)).toBe(status);
  return body;
};
const rows = (partnerId: string) =>
  adminQuery<{ state: string; error_code: string | null; has: boolean }>(
    "select state, error_code, snapshot is not null as has from pushed_snapshot where partner_id = $1 order by taken_at, created_at",
    [partnerId],
  );
const jobs = (partnerId: string) =>
  adminQuery<{ id: string }>(
    "select data ->> 'snapshotId' as id from pgboss.job where name = 'snapshot' and data ->> 'partnerId' = $1",
    [partnerId],
  );
const run = (partnerId: string, snapshotId: string, isLastTry = false) =>
  runSnapshot({ partnerId, snapshotId }, isLastTry, new AbortController().signal);

let partnerId: string;
let member: Member;
let connectionId: string;
let token: string;
beforeEach(async () => {
  partnerId = await makePartner();
  member = await makeMember({ partnerId });
  connectionId = (await makeConnection({ partnerId, vendor: "push", name: "RMM" })).id;
  token = await makeToken(member, { connectionId });
});

describe("a push", () => {
  test("is stored and queued before the answer, then taken in under its source", async () => {
    const { id, state, statusUrl, replayed } = await accepted(push(token, snapshotOf("ACC-1")));
    expect([state, statusUrl, replayed]).toEqual(["waiting", `/api/v1/snapshots/${id}`, false]);
    expect(await rows(partnerId)).toEqual([{ state: "waiting", error_code: null, has: true }]);
    expect(await jobs(partnerId)).toEqual([{ id }]);
    await run(partnerId, id);
    expect(await rows(partnerId)).toEqual([{ state: "applied", error_code: null, has: false }]);
    expect(await (await read(token, id)).json()).toMatchObject({
      state: "applied",
      accountExternalId: "ACC-1",
      error: null,
    });
    const [stored] = await adminQuery(
      `select c.name_shown, o.devices_total, k.last_success_at is not null as healthy, k.error_code
       from customer c join customer_overview o on o.customer_id = c.id
       join vendor_account a on a.customer_id = c.id join connection k on k.id = a.connection_id
       where c.partner_id = $1 and a.external_id = 'ACC-1' and a.vendor = 'push'`,
      [partnerId],
    );
    expect(stored).toEqual({
      name_shown: "Forneria Bianchi — è già qui",
      devices_total: 1,
      healthy: true,
      error_code: null,
    });
    const audits = await adminQuery(
      "select actor_kind, actor_name, action from audit_entry where partner_id = $1 and action like 'snapshot:%' order by seq",
      [partnerId],
    );
    expect(audits).toEqual([
      { actor_kind: "token", actor_name: `RMM: Mara Conti <${member.email}>`, action: "snapshot:push" },
      { actor_kind: "job", actor_name: "snapshot", action: "snapshot:apply" },
    ]);
  });

  test("with the same key: the same answer, another body is refused, and nothing is stored twice", async () => {
    const body = JSON.stringify(snapshotOf("ACC-1"));
    const first = await accepted(push(token, body, { key: "k-1" }));
    expect(await accepted(push(token, body, { key: "k-1" }), 200)).toEqual({ ...first, replayed: true });
    await run(partnerId, first.id);
    expect(await accepted(push(token, body, { key: "k-1" }), 200)).toEqual({
      ...first,
      state: "applied",
      replayed: true,
    });
    expect(await refusal(push(token, snapshotOf("ACC-2"), { key: "k-1" }))).toEqual([
      409,
      "snapshot.keyReused",
    ]);
    expect(await rows(partnerId)).toHaveLength(1);
    expect(await jobs(partnerId)).toHaveLength(1);
    // The key is the token's own: another token may use it for itself.
    const other = await makeToken(member, { connectionId });
    expect((await accepted(push(other, body, { key: "k-1" }))).replayed).toBe(false);
  });

  test("fifty times at once with one key is one push", async () => {
    const body = JSON.stringify(snapshotOf("ACC-1"));
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await push(token, body, { key: "same" })).json()),
    );
    const ids = new Set((answers as { id: string }[]).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(await jobs(partnerId)).toHaveLength(1);
  });

  test("older than what is stored is superseded and changes nothing", async () => {
    const now = await accepted(push(token, snapshotOf("ACC-1", { devices: [device("d-1", "new")] })));
    await run(partnerId, now.id);
    const old = await accepted(
      push(token, snapshotOf("ACC-1", { takenAt: minutesAgo(60), devices: [device("d-1", "old")] })),
    );
    expect(old.state).toBe("superseded");
    expect(await jobs(partnerId)).toHaveLength(1);
    expect(await adminQuery("select hostname from device where partner_id = $1", [partnerId])).toEqual([
      { hostname: "new" },
    ]);
    expect(await (await read(token, old.id)).json()).toMatchObject({ state: "superseded" });
  });

  test("several of one account are taken in by the time they were taken, whichever job comes first", async () => {
    const later = await accepted(
      push(token, snapshotOf("ACC-1", { takenAt: minutesAgo(1), devices: null, unprotectedCount: null })),
    );
    const earlier = await accepted(
      push(token, snapshotOf("ACC-1", { takenAt: minutesAgo(10), devices: [device("d-9")] })),
    );
    await run(partnerId, later.id);
    expect((await rows(partnerId)).map(({ state }) => state)).toEqual(["applied", "applied"]);
    expect(await adminQuery("select external_id from device where partner_id = $1", [partnerId])).toEqual([
      { external_id: "d-9" },
    ]);
    await run(partnerId, earlier.id);
    await run(partnerId, later.id);
    expect(
      await adminQuery("select from audit_entry where action = 'snapshot:apply' and partner_id = $1", [
        partnerId,
      ]),
    ).toHaveLength(2);
  });

  test("two workers at the same account end each push once", async () => {
    const ids: string[] = [];
    for (let n = 10; n > 0; n -= 1)
      ids.push((await accepted(push(token, snapshotOf("ACC-1", { takenAt: minutesAgo(n) })))).id);
    await Promise.all(ids.map((id) => run(partnerId, id)));
    expect((await rows(partnerId)).map(({ state }) => state)).toEqual(Array(10).fill("applied"));
    expect(
      await adminQuery("select from audit_entry where action = 'snapshot:apply' and partner_id = $1", [
        partnerId,
      ]),
    ).toHaveLength(10);
    expect(await adminQuery("select from customer where partner_id = $1", [partnerId])).toHaveLength(1);
  });

  test("into a customer's source goes to that customer", async () => {
    const customer = await makeCustomer({ partnerId });
    const own = (await makeConnection({ partnerId, vendor: "push", name: "Own", customerId: customer.id }))
      .id;
    const { id } = await accepted(push(await makeToken(member, { connectionId: own }), snapshotOf("X-1")));
    await run(partnerId, id);
    expect(
      await adminQuery("select customer_id from vendor_account where partner_id = $1", [partnerId]),
    ).toEqual([{ customer_id: customer.id }]);
    expect(await adminQuery("select from customer where partner_id = $1", [partnerId])).toHaveLength(1);
  });

  test("that cannot be taken in fails at its last try, and not before", async () => {
    const { id } = await accepted(push(token, snapshotOf("ACC-1")));
    await adminQuery(
      "update pushed_snapshot set snapshot = jsonb_set(snapshot, '{devices,0,lastSeenAt}', '\"no date\"') where id = $1",
      [id],
    );
    await expect(run(partnerId, id)).rejects.toThrow("no date");
    expect((await rows(partnerId))[0]).toMatchObject({ state: "waiting", has: true });
    await run(partnerId, id, true);
    expect(await rows(partnerId)).toEqual([{ state: "failed", error_code: "unexpected", has: false }]);
    expect(await (await read(token, id, "it")).json()).toMatchObject({
      error: { code: "unexpected", message: expect.stringContaining("errore") },
    });
  });

  test("whose source was removed in between has failed and says so", async () => {
    const { id } = await accepted(push(token, snapshotOf("ACC-1")));
    await adminQuery("update connection set removed_at = now() where id = $1", [connectionId]);
    await run(partnerId, id);
    expect(await rows(partnerId)).toEqual([
      { state: "failed", error_code: "connection.notFound", has: false },
    ]);
    expect(await refusal(push(token, snapshotOf("ACC-1")))).toEqual([404, "connection.notFound"]);
  });

  test("leaves its answer for a day, and finds a lost job again", async () => {
    const done = await accepted(push(token, snapshotOf("ACC-1")));
    await run(partnerId, done.id);
    const lost = await accepted(push(token, snapshotOf("ACC-2")));
    await adminQuery("delete from pgboss.job where name = 'snapshot' and data ->> 'partnerId' = $1", [
      partnerId,
    ]);
    await tidySnapshots(partnerId, new Date());
    expect(await jobs(partnerId)).toEqual([]);
    await tidySnapshots(partnerId, new Date(Date.now() + 16 * 60_000));
    expect(await jobs(partnerId)).toEqual([{ id: lost.id }]);
    expect(await rows(partnerId)).toHaveLength(2);
    await tidySnapshots(partnerId, new Date(Date.now() + 25 * 3_600_000));
    expect(await rows(partnerId)).toMatchObject([{ state: "waiting" }]);
  });
});

describe("a bad body", () => {
  const good = snapshotOf("ACC-1");
  const text = JSON.stringify(good);
  test.each<[what: string, body: unknown, status: number, code: string, path?: string]>([
    ["an unknown field", { ...good, colour: "red" }, 400, "snapshot.invalid", "$.colour"],
    [
      "an unknown field within",
      { ...good, devices: [{ ...device("1"), ip: "10.0.0.1" }] },
      400,
      "snapshot.invalid",
      "$.devices[0].ip",
    ],
    ["a wrong type", { ...good, unprotectedCount: "3" }, 400, "snapshot.invalid", "$.unprotectedCount"],
    ["a list that is none", { ...good, devices: {} }, 400, "snapshot.invalid", "$.devices"],
    ["no account", { ...good, account: undefined }, 400, "snapshot.invalid", "$.account"],
    ["another version", { ...good, version: 2 }, 400, "snapshot.invalid", "$.version"],
    ["an empty id", { ...good, devices: [device(" ")] }, 400, "snapshot.invalid", "$.devices[0].externalId"],
    [
      "the same device twice",
      { ...good, devices: [device("1"), device("1 ")] },
      400,
      "snapshot.invalid",
      "$.devices[1].externalId",
    ],
    [
      "a number too large",
      { ...good, unprotectedCount: 2 ** 40 },
      400,
      "snapshot.invalid",
      "$.unprotectedCount",
    ],
    ["the year 0", { ...good, takenAt: "0000-01-01T00:00:00Z" }, 400, "snapshot.invalid", "$.takenAt"],
    ["a date that is none", { ...good, takenAt: "yesterday" }, 400, "snapshot.invalid", "$.takenAt"],
    ["__proto__", text.replace("{", '{"__proto__":{"admin":true},'), 400, "snapshot.invalid", "$.__proto__"],
    ["NaN", text.replace('"unprotectedCount":0', '"unprotectedCount":NaN'), 400, "request.malformed"],
    [
      "Infinity",
      text.replace('"unprotectedCount":0', '"unprotectedCount":Infinity'),
      400,
      "request.malformed",
    ],
    [
      "1e999",
      text.replace('"unprotectedCount":0', '"unprotectedCount":1e999'),
      400,
      "snapshot.invalid",
      "$.unprotectedCount",
    ],
    ["half a body", text.slice(0, -5), 400, "request.malformed"],
    ["nothing", "", 400, "request.malformed"],
    ["a list", "[]", 400, "snapshot.invalid", "$"],
    ["null", "null", 400, "snapshot.invalid", "$"],
    ["depth", `${"[".repeat(100_000)}`, 400, "request.malformed"],
    ["six minutes ahead", { ...good, takenAt: minutesAgo(-6) }, 400, "snapshot.future", "$.takenAt"],
  ])("%s", async (_what, body, status, code, path) => {
    const response = await push(token, body);
    const { error } = (await response.json()) as ErrorBody;
    expect([response.status, error.code]).toEqual([status, code]);
    if (path !== undefined) expect(Object.keys(error.fields ?? {})).toContain(path);
    expect(error.supportId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await rows(partnerId)).toEqual([]);
  });

  test("names twenty problems at most, in the reader's language", async () => {
    const body = {
      ...good,
      devices: Array.from({ length: 500 }, (_, n) => ({ ...device(`${n}`), state: "on" })),
    };
    const { error } = (await (await push(token, body, { language: "fr" })).json()) as ErrorBody;
    expect(Object.keys(error.fields ?? {})).toHaveLength(20);
    expect(error.fields?.["$.devices[0].state"]).toMatch(/invalide/);
    expect(error.message).toMatch(/instantané/);
  });

  test("a million devices, or a flood of brackets, is refused at once and without eating memory", async () => {
    const million = JSON.stringify({ ...good, devices: null }).replace(
      '"devices":null',
      () => `"devices":[${"{},".repeat(999_999)}{}]`,
    );
    const before = process.memoryUsage().rss;
    const at = performance.now();
    expect(await refusal(push(token, million))).toEqual([413, "snapshot.tooManyItems"]);
    expect(await refusal(push(token, `{"devices":[${"[],".repeat(5_000_000)}[]]}`))).toEqual([
      413,
      "snapshot.tooManyItems",
    ]);
    expect(
      await refusal(push(token, { ...good, devices: Array.from({ length: 200_001 }, () => ({})) })),
    ).toEqual([400, "snapshot.invalid"]);
    expect(performance.now() - at).toBeLessThan(5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    expect(await rows(partnerId)).toEqual([]);
  });

  test("more than 20 MB is refused while it streams, whatever it says of its length", async () => {
    let sent = 0;
    const piece = new TextEncoder().encode(" ".repeat(1024 * 1024));
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.length;
        controller.enqueue(piece);
      },
    });
    expect(await refusal(push(token, endless))).toEqual([413, "request.tooLarge"]);
    expect(sent).toBeLessThan(MOST_BYTES + 3 * piece.length);
    const said = { "content-length": String(200 * 1024 * 1024) };
    expect(await refusal(push(token, good, { headers: said }))).toEqual([413, "request.tooLarge"]);
  });

  test.each([
    [{ "content-type": "text/plain" }, 415, "request.unsupportedType"],
    [{ "content-type": "application/x-www-form-urlencoded" }, 415, "request.unsupportedType"],
    [{ "idempotency-key": "" }, 400, "snapshot.noKey"],
    [{ "idempotency-key": "x".repeat(201) }, 400, "snapshot.noKey"],
    [{ "idempotency-key": "a b" }, 400, "snapshot.noKey"],
  ])("headers %j", async (headers, status, code) => {
    expect(await refusal(push(token, good, { headers }))).toEqual([status, code]);
    expect(await rows(partnerId)).toEqual([]);
  });

  test("invalid UTF-8", async () => {
    const bytes = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]));
        controller.close();
      },
    });
    expect(await refusal(push(token, bytes))).toEqual([400, "request.malformed"]);
  });

  test("text that PostgreSQL does not take is cleaned, not stored as it is", async () => {
    const name = "Caf\u00e9 \ud83c\udf3f مرحبا a\u0000b \ud800 c";
    const { id } = await accepted(push(token, { ...good, account: { ...good.account, name } }));
    await run(partnerId, id);
    const [customer] = await adminQuery<{ name: string }>("select name from customer where partner_id = $1", [
      partnerId,
    ]);
    expect(customer?.name).toBe("Café 🌿 مرحبا ab � c");
  });
});

describe("who may push", () => {
  const body = snapshotOf("ACC-1");
  const as = async (wish: Wish, who: Member = member) => makeToken(who, { connectionId, ...wish });

  test.each<[what: string, make: () => Promise<string | null>, status: number, code: string]>([
    ["nobody", async () => null, 401, "auth.required"],
    ["garbage", async () => "hello", 401, "token.invalid"],
    ["a token nobody has", async () => newToken(), 401, "token.invalid"],
    ["an expired token", () => as({ expiresAt: new Date(Date.now() - 1) }), 401, "token.expired"],
    [
      "a token without the permission",
      () => as({ permissions: ["customer:list"] }),
      403,
      "permission.denied",
    ],
    ["a token without a source", () => as({ connectionId: null }), 404, "connection.notFound"],
  ])("%s", async (_what, make, status, code) => {
    expect(await refusal(push(await make(), body))).toEqual([status, code]);
    expect(await rows(partnerId)).toEqual([]);
  });

  test("a revoked token", async () => {
    await adminQuery("update api_token set revoked_at = now() where partner_id = $1", [partnerId]);
    expect(await refusal(push(token, body))).toEqual([401, "token.revoked"]);
  });

  test("the maker disabled, their membership disabled, their role gone: at the next request", async () => {
    await accepted(push(token, body));
    const change = (sql: string, id: string) => adminQuery(sql, [id]);
    await change("update membership set role = 'readOnly' where id = $1", member.membershipId);
    expect(await refusal(push(token, body))).toEqual([403, "permission.denied"]);
    await change(
      "update membership set role = 'superAdmin', disabled_at = now() where id = $1",
      member.membershipId,
    );
    expect(await refusal(push(token, body))).toEqual([401, "token.invalid"]);
    await change("update membership set disabled_at = null where id = $1", member.membershipId);
    await change('update "user" set disabled_at = now() where id = $1', member.userId);
    expect(await refusal(push(token, body))).toEqual([401, "token.invalid"]);
    expect(await rows(partnerId)).toHaveLength(1);
  });

  test("a session is no token, and the two together are refused", async () => {
    const cookie = `belvedere-session=${member.token}`;
    expect(await refusal(push(null, body, { headers: { cookie, origin: "http://127.0.0.1:3000" } }))).toEqual(
      [401, "token.required"],
    );
    expect(await refusal(push(token, body, { headers: { cookie } }))).toEqual([400, "token.mixed"]);
    // A token needs no Origin of ours: it is nothing that a browser sends by itself.
    await accepted(push(token, body, { headers: { origin: "https://rmm.example" } }));
  });

  test("who sees some customers pushes into no source of all", async () => {
    const group = await makeGroup({ partnerId });
    const limited = await makeMember({ partnerId, role: "admin", groups: [group.id] });
    expect(await refusal(push(await as({}, limited), body))).toEqual([403, "token.scope"]);
    const seen = await makeCustomer({ partnerId });
    const unseen = await makeCustomer({ partnerId });
    const only = await makeMember({ partnerId, role: "admin", customers: [seen.id] });
    const sourceOf = async (customer: Customer) =>
      (await makeConnection({ partnerId, vendor: "push", name: "Own", customerId: customer.id })).id;
    await accepted(push(await as({ connectionId: await sourceOf(seen) }, only), body));
    expect(await refusal(push(await as({ connectionId: await sourceOf(unseen) }, only), body))).toEqual([
      404,
      "connection.notFound",
    ]);
  });

  test("over its limit of calls a token waits", async () => {
    await adminQuery(
      "insert into sign_in_limit (key, points, expire) select 'token:' || id, 600, (extract(epoch from now()) * 1000 + 30000)::bigint from api_token where partner_id = $1",
      [partnerId],
    );
    const response = await push(token, body);
    expect([response.status, Number(response.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(20);
  });

  test("when and from where a token was used is kept", async () => {
    await push(token, body, { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(
      await adminQuery(
        "select last_used_from, last_used_at > now() - interval '1 minute' as recent from api_token where partner_id = $1",
        [partnerId],
      ),
    ).toEqual([{ last_used_from: "203.0.113.9", recent: true }]);
  });
});

describe("another partner", () => {
  let theirs: { partnerId: string; customerId: string; snapshotId: string };
  beforeAll(async () => {
    const other = await makePartner();
    const customer = await makeCustomer({ partnerId: other, name: "Segreto", externalId: "SHARED-ID" });
    const source = (await makeConnection({ partnerId: other, vendor: "push", name: "Their RMM" })).id;
    const their = await makeToken(await makeMember({ partnerId: other }), { connectionId: source });
    const { id } = await accepted(push(their, snapshotOf("ACC-1", { devices: [device("theirs")] })));
    await run(other, id);
    theirs = { partnerId: other, customerId: customer.id, snapshotId: id };
  });

  test("is not touched by its identifiers, and its pushes are not to be seen", async () => {
    const before = await adminQuery(
      "select c.id, c.name, c.updated_at, a.external_id from customer c left join vendor_account a on a.customer_id = c.id where c.partner_id = $1 order by 1",
      [theirs.partnerId],
    );
    const account = {
      externalId: "ACC-1",
      name: "Mine",
      billing: "usage" as const,
      externalIds: ["SHARED-ID", theirs.customerId, theirs.snapshotId],
    };
    const { id } = await accepted(
      push(token, snapshotOf("ACC-1", { account, devices: [device("theirs", "mine")] })),
    );
    await run(partnerId, id);
    expect(await adminQuery("select name from customer where partner_id = $1", [partnerId])).toEqual([
      { name: "Mine" },
    ]);
    expect(
      await adminQuery(
        "select c.id, c.name, c.updated_at, a.external_id from customer c left join vendor_account a on a.customer_id = c.id where c.partner_id = $1 order by 1",
        [theirs.partnerId],
      ),
    ).toEqual(before);
    expect(await adminQuery("select hostname from device where partner_id = $1", [theirs.partnerId])).toEqual(
      [{ hostname: "pc-1" }],
    );
    for (const stranger of [theirs.snapshotId, randomUUID(), "1", "x' or 1=1"])
      expect(await refusal(read(token, stranger))).toEqual([404, "snapshot.notFound"]);
    await run(partnerId, theirs.snapshotId, true);
    expect((await rows(theirs.partnerId)).map(({ state }) => state)).toEqual(["applied"]);
  });
});
