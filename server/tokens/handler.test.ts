// Making, seeing and ending API tokens: who may, what a token can never do, and that it is shown once and stored nowhere.
import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { listCustomersHandler, listSyncRunsHandler, startSyncAllHandler } from "#server/api-docs/handler.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { readToken } from "#server/auth/tokens.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { makeTokenHandler, revokeTokenHandler, shownToken } from "./handler.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";

const requestOf = (member: Member, path: string, init: RequestInit) =>
  new Request(`${origin}${path}`, {
    method: "POST",
    ...init,
    headers: {
      origin,
      host: "127.0.0.1:3000",
      "accept-language": "en",
      cookie: `${sessionCookieName()}=${member.token}`,
      ...init.headers,
    },
  });
const noParams = { params: Promise.resolve({}) };
type Made = { id: string; token: string; connectionId: string | null; expiresAt: string };
const make = (member: Member, wish: object) =>
  makeTokenHandler(
    requestOf(member, "/api/tokens", {
      body: JSON.stringify(wish),
      headers: { "content-type": "application/json" },
    }),
    noParams,
  );
const made = async (member: Member, wish: object) => {
  const response = await make(member, wish);
  const body = (await response.json()) as Made;
  expect(response.status, JSON.stringify(body)).toBe(201);
  return body;
};
const refusal = async (answer: Promise<Response>) => {
  const response = await answer;
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
};
const revoke = (member: Member, id: string) =>
  revokeTokenHandler(requestOf(member, `/api/tokens/${id}/revoke`, {}), { params: Promise.resolve({ id }) });
const call = (handler: typeof listCustomersHandler, token: string, path = "/api/v1/x", method = "GET") =>
  handler(
    new Request(`${origin}${path}`, { method, headers: { authorization: `Bearer ${token}` } }),
    noParams,
  );
const listed = async (member: Member) =>
  (await (await callerFor(member)).tokens.list()).map(({ name }) => name);

let partnerId: string;
let boss: Member;
beforeEach(async () => {
  partnerId = await makePartner();
  boss = await makeMember({ partnerId });
});
const list = { name: "ERP", permissions: ["customer:list"] };

describe("making", () => {
  test("with a new source: the source is the partner's own, and no clock or person starts it", async () => {
    const push = { name: "RMM", permissions: ["snapshot:push"], newSource: "Datto RMM", days: 30 };
    const { token, id, connectionId, expiresAt } = await made(boss, push);
    expect(token).toMatch(/^bvd_[\w-]{43}$/);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    expect(
      await adminQuery(
        "select vendor, name, customer_id, next_run_at = 'infinity' as never from connection where id = $1",
        [connectionId],
      ),
    ).toEqual([{ vendor: "push", name: "Datto RMM", customer_id: null, never: true }]);
    expect(await readToken(token, "")).toMatchObject({
      membershipId: boss.membershipId,
      memberAll: true,
      apiToken: { id, permissions: ["snapshot:push"], connectionId },
    });
    expect((await (await callerFor(boss)).tokens.options()).sources).toEqual([
      { id: connectionId, name: "Datto RMM", customerName: null },
    ]);
    // A second token may push into the same source.
    expect((await made(boss, { ...push, newSource: "", connectionId })).connectionId).toBe(connectionId);
  });

  test("stores the hash alone; neither the database nor the audit holds the token", async () => {
    const { token } = await made(boss, list);
    const everything = JSON.stringify([
      await adminQuery("select t::text from api_token t where partner_id = $1", [partnerId]),
      await adminQuery("select e::text from audit_entry e where partner_id = $1", [partnerId]),
      await adminQuery("select s::text from session s"),
    ]);
    expect(everything).toContain("token:make");
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(token.slice(4));
  });

  test("as a form: the next page gets the token in a cookie that opens for this member alone, not in its address", async () => {
    const form = new URLSearchParams([
      ["name", "ERP"],
      ["permissions", "customer:list"],
      ["permissions", "sync:read"],
      ["connectionId", ""],
      ["newSource", ""],
      ["days", "7"],
    ]);
    const response = await makeTokenHandler(
      requestOf(boss, `/api/tokens?lang=it&membership=${boss.membershipId}`, {
        body: form,
        headers: { accept: "text/html" },
      }),
      noParams,
    );
    expect([response.status, response.headers.get("location")]).toEqual([303, "/it/tokens?notice=made#made"]);
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/; Path=\/it\/tokens; Max-Age=120; HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain("bvd_");
    const sent = new Headers({ cookie: `lang=it; ${cookie.split(";")[0]}` });
    const token = shownToken(sent, boss.membershipId) ?? "";
    expect((await readToken(token, "")).apiToken?.permissions).toEqual(["customer:list", "sync:read"]);
    expect(shownToken(sent, randomUUID())).toBeUndefined();
    expect(
      shownToken(new Headers({ cookie: `${cookie.split(";")[0]}x` }), boss.membershipId),
    ).toBeUndefined();
    expect(shownToken(new Headers(), boss.membershipId)).toBeUndefined();
  });

  test.each<[string, object, number, string]>([
    ["nothing it may do", { name: "x", permissions: [] }, 400, "token.noPermission"],
    ["no name", { permissions: ["customer:list"] }, 400, "request.invalid"],
    ["a long name", { ...list, name: "x".repeat(101) }, 400, "request.invalid"],
    ["more than a year", { ...list, days: 366 }, 400, "request.invalid"],
    ["no days", { ...list, days: 0 }, 400, "request.invalid"],
    ["a permission that no program has", { ...list, permissions: ["token:manage"] }, 400, "request.invalid"],
    ["an unknown field", { ...list, membershipId: randomUUID() }, 400, "request.invalid"],
    ["a push without a source", { name: "x", permissions: ["snapshot:push"] }, 400, "token.noSource"],
    [
      "a source that is not there",
      { name: "x", permissions: ["snapshot:push"], connectionId: randomUUID() },
      404,
      "connection.notFound",
    ],
  ])("refuses %s", async (_what, wish, status, code) => {
    expect(await refusal(make(boss, wish))).toEqual([status, code]);
    expect(await adminQuery("select from api_token where partner_id = $1", [partnerId])).toEqual([]);
    expect(await adminQuery("select from connection where partner_id = $1", [partnerId])).toEqual([]);
  });

  test("a form that was refused comes back with what was typed", async () => {
    const form = new URLSearchParams({ name: "Ponte è", permissions: "snapshot:push", days: "30" });
    const response = await makeTokenHandler(
      requestOf(boss, "/api/tokens?lang=fr", { body: form, headers: { accept: "text/html" } }),
      noParams,
    );
    const back = new URL(response.headers.get("location") ?? "", origin);
    expect([response.status, back.pathname]).toEqual([303, "/fr/tokens"]);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      name: "Ponte è",
      permissions: "snapshot:push",
      days: "30",
      error: "token.noSource",
    });
  });

  test("asks for a fresh sign-in, ending never does", async () => {
    const { id } = await made(boss, list);
    await adminQuery("update session set proved_at = now() - interval '6 minutes' where id = $1", [
      boss.sessionId,
    ]);
    expect(await refusal(make(boss, list))).toEqual([401, "auth.proofNeeded"]);
    const form = await makeTokenHandler(
      requestOf(boss, "/api/tokens?lang=en", {
        body: new URLSearchParams({ name: "ERP" }),
        headers: { accept: "text/html" },
      }),
      noParams,
    );
    expect(form.headers.get("location")).toBe(
      `/en/profile/prove?return=${encodeURIComponent("/en/tokens?name=ERP")}`,
    );
    expect((await revoke(boss, id)).status).toBe(204);
  });

  test("another site's page makes none", async () => {
    const request = requestOf(boss, "/api/tokens", {
      body: JSON.stringify(list),
      headers: { "content-type": "application/json", origin: "https://evil.example" },
    });
    expect(await refusal(makeTokenHandler(request, noParams))).toEqual([403, "auth.originMismatch"]);
  });
});

describe("who", () => {
  test("roles without tokens make and see none", async () => {
    for (const role of ["helpDesk", "business", "readOnly", "customerAdmin"] as const) {
      const member = await makeMember({ partnerId, role });
      expect(await refusal(make(member, list)), role).toEqual([403, "permission.denied"]);
      await expect((await callerFor(member)).tokens.list(), role).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    }
  });

  test("an admin makes and ends their own, a Super Admin sees and ends all, another partner none", async () => {
    const admin = await makeMember({ partnerId, role: "admin" });
    const own = await made(admin, { ...list, name: "Admin's" });
    const other = await made(boss, { ...list, name: "Boss'" });
    const stranger = await makeMember();
    expect(await listed(admin)).toEqual(["Admin's"]);
    expect((await listed(boss)).sort()).toEqual(["Admin's", "Boss'"]);
    expect(await listed(stranger)).toEqual([]);
    expect(await refusal(revoke(admin, other.id))).toEqual([404, "token.notFound"]);
    expect(await refusal(revoke(stranger, own.id))).toEqual([404, "token.notFound"]);
    expect(await refusal(revoke(boss, "x"))).toEqual([404, "token.notFound"]);
    expect((await revoke(boss, own.id)).status).toBe(204);
    expect((await revoke(boss, own.id)).status).toBe(204);
    await expect(readToken(own.token, "")).rejects.toMatchObject({ code: "token.revoked" });
    const [row] = await (await callerFor(admin)).tokens.list();
    expect(row).toMatchObject({ state: "revoked", maker: "Mara Conti" });
  });

  test("an admin with some customers is offered their customers' sources alone, and cannot name one", async () => {
    const [seen, unseen] = [await makeCustomer({ partnerId }), await makeCustomer({ partnerId })];
    const source = (customerId?: string) =>
      makeConnection({ partnerId, vendor: "push", name: "RMM", ...(customerId && { customerId }) });
    const [all, theirs, hidden] = [await source(), await source(seen.id), await source(unseen.id)];
    const admin = await makeMember({ partnerId, role: "admin", customers: [seen.id] });
    const options = await (await callerFor(admin)).tokens.options();
    expect([options.sources.map(({ id }) => id), options.makesSources, options.seesAll]).toEqual([
      [theirs.id],
      false,
      false,
    ]);
    const push = { name: "x", permissions: ["snapshot:push"] };
    expect(await refusal(make(admin, { ...push, connectionId: all.id }))).toEqual([403, "token.scope"]);
    expect(await refusal(make(admin, { ...push, connectionId: hidden.id }))).toEqual([
      404,
      "connection.notFound",
    ]);
    expect(await refusal(make(admin, { ...push, newSource: "Mine" }))).toEqual([403, "permission.denied"]);
    expect((await made(admin, { ...push, connectionId: theirs.id })).connectionId).toBe(theirs.id);
  });

  test("a token is dormant while its maker may do none of it, and comes back with them", async () => {
    const admin = await makeMember({ partnerId, role: "admin" });
    const { token } = await made(admin, { name: "RMM", permissions: ["sync:startAll"] });
    const state = async () => (await (await callerFor(boss)).tokens.list())[0]?.state;
    expect(await state()).toBe("active");
    await adminQuery("update membership set role = 'business' where id = $1", [admin.membershipId]);
    expect(await state()).toBe("dormant");
    expect(await refusal(call(startSyncAllHandler, token, "/api/v1/sync", "POST"))).toEqual([
      403,
      "permission.denied",
    ]);
    await adminQuery("update membership set role = 'admin', disabled_at = now() where id = $1", [
      admin.membershipId,
    ]);
    expect(await state()).toBe("dormant");
    await adminQuery("update membership set disabled_at = null where id = $1", [admin.membershipId]);
    expect(await state()).toBe("active");
    await adminQuery("update api_token set expires_at = now() where partner_id = $1", [partnerId]);
    expect(await state()).toBe("expired");
  });
});

describe("a token", () => {
  test("makes and ends no tokens, whoever made it", async () => {
    const { token, id } = await made(boss, { ...list, permissions: ["customer:list", "sync:read"] });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const path = `${origin}/api/tokens`;
    const making = new Request(path, { method: "POST", headers, body: JSON.stringify(list) });
    expect(await refusal(makeTokenHandler(making, noParams))).toEqual([403, "permission.denied"]);
    const ending = new Request(`${path}/${id}/revoke`, { method: "POST", headers });
    expect(await refusal(revokeTokenHandler(ending, { params: Promise.resolve({ id }) }))).toEqual([
      403,
      "permission.denied",
    ]);
    const [entry] = await adminQuery(
      "select actor_kind, actor_id, membership_id, outcome from audit_entry where partner_id = $1 order by seq desc limit 1",
      [partnerId],
    );
    expect(entry).toEqual({
      actor_kind: "token",
      actor_id: id,
      membership_id: boss.membershipId,
      outcome: "refused",
    });
  });

  test("lists the customers in its maker's scope, strictly and page by page", async () => {
    const inside = await makeCustomer({ partnerId, name: "Dentro" });
    await makeCustomer({ partnerId, name: "Fuori" });
    const group = await makeGroup({ partnerId, customers: [inside.id] });
    const admin = await makeMember({ partnerId, role: "admin", groups: [group.id] });
    const { token } = await made(admin, list);
    const page = await (await call(listCustomersHandler, token, "/api/v1/customers?pageSize=25")).json();
    expect(page).toMatchObject({ rows: [{ id: inside.id, name: "Dentro" }], next: null });
    expect(JSON.stringify(page)).not.toContain("devices");
    for (const query of ["pagesize=25", "status=green", "pageSize=7", "q=%00"])
      expect((await refusal(call(listCustomersHandler, token, `/api/v1/customers?${query}`)))[0], query).toBe(
        400,
      );
  });

  test("starts and watches synchronisation where it may", async () => {
    await makeAccount(await makeCustomer({ partnerId }));
    const { token } = await made(boss, { name: "Cron", permissions: ["sync:startAll", "sync:read"] });
    const started = await call(startSyncAllHandler, token, "/api/v1/sync", "POST");
    expect([started.status, await started.json()]).toEqual([202, { answer: "sync.started" }]);
    expect(await (await call(listSyncRunsHandler, token)).json()).toMatchObject({
      rows: [{ connection: "Sophos", state: "queued" }],
    });
    expect(await refusal(call(listCustomersHandler, token))).toEqual([403, "permission.denied"]);
  });
});
