// The guarded handler: refusals, roll-back, audit, and errors that tell nothing of the inside.
import { afterAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeAccount, makeCustomer, makeMember, type Member } from "#tests/factories.ts";
import { sessionCookieName } from "./auth/sessions.ts";
import { env } from "./env.ts";
import { AppError } from "./errors.ts";
import { readFields } from "./http/incoming.ts";
import { errorResponse, handlerPermissions, route, type RouteInput } from "./route.ts";
import { startSyncHandler } from "./sync/handler.ts";

afterAll(closeDatabase);

const writeGroup = async ({ db, actor }: RouteInput<object>, name: string) => {
  await db.insertInto("customerGroup").values({ partnerId: actor.partnerId, name }).execute();
};
const entry = { action: "group:create", entity: "group", customerId: null };
const saves = route("group:manage", "read write", async (input) => {
  await writeGroup(input, "kept");
  await input.audit(entry);
  return new Response("done");
});
const forgets = route("group:manage", "read write", async (input) => {
  await writeGroup(input, "lost");
  return new Response("done");
});
const breaks = route("group:manage", "read write", async (input) => {
  await writeGroup(input, "lost");
  await input.audit(entry);
  throw new Error("password=hunter2 in /srv/app.ts");
});
const denies = route("group:manage", "read write", async (input) => {
  await writeGroup(input, "lost");
  throw new AppError("customer.accessDisabled");
});
const readsAndWrites = route("customer:list", "read only", async (input) => {
  await writeGroup(input, "lost");
  return new Response("done");
});
const echoes = route("group:manage", "read write", async ({ request, audit }) => {
  await audit(entry);
  return Response.json((await readFields(request)).fields);
});

type Handler = typeof saves;
const call = (
  handler: Handler,
  member: Member | null,
  headers: Record<string, string> = {},
  body: BodyInit | null = null,
  path = "/api/x",
) =>
  handler(
    new Request(`${env().origin}${path}`, {
      method: "POST",
      body,
      headers: {
        origin: env().origin,
        "accept-language": "fr",
        ...(member && { cookie: `${sessionCookieName()}=${member.token}` }),
        ...headers,
      },
    }),
    { params: Promise.resolve({}) },
  );
const answer = async (response: Response) => {
  const { error } = (await response.json()) as {
    error: { code: string; message: string; supportId: string };
  };
  return [response.status, error.code] as const;
};
const groups = (member: Member) =>
  adminQuery("select name from customer_group where partner_id = $1", [member.partnerId]);
const refusals = (member: Member) =>
  adminQuery(
    "select action, detail ->> 'code' as code from audit_entry where partner_id = $1 and outcome = 'refused'",
    [member.partnerId],
  );

describe("a handler", () => {
  test("keeps what it did and recorded", async () => {
    const member = await makeMember();
    expect((await call(saves, member)).status).toBe(200);
    expect(await groups(member)).toEqual([{ name: "kept" }]);
    expect(handlerPermissions.get(saves)).toBe("group:manage");
  });

  test.each([
    ["forgets", forgets],
    ["breaks", breaks],
    ["reads and writes", readsAndWrites],
  ])("that %s leaves nothing behind and tells nothing", async (_, handler) => {
    const member = await makeMember();
    const response = await call(handler, member);
    const text = await response.clone().text();
    expect(await answer(response)).toEqual([500, "unexpected"]);
    expect(text).not.toMatch(/hunter2|\.ts|audit|read-only|stack/i);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await groups(member)).toEqual([]);
  });

  test("refuses in JSON: nobody 401, a role without the right 403 and on record", async () => {
    expect(await answer(await call(saves, null))).toEqual([401, "auth.required"]);
    const reader = await makeMember({ role: "readOnly" });
    expect(await answer(await call(saves, reader))).toEqual([403, "permission.denied"]);
    expect(await refusals(reader)).toEqual([{ action: "group:manage", code: "permission.denied" }]);
    expect(await groups(reader)).toEqual([]);
  });

  test("records a refusal from within, and undoes the rest", async () => {
    const member = await makeMember();
    expect(await answer(await call(denies, member))).toEqual([403, "customer.accessDisabled"]);
    expect(await refusals(member)).toEqual([{ action: "group:manage", code: "customer.accessDisabled" }]);
    expect(await groups(member)).toEqual([]);
  });

  test.each([{ origin: "https://evil.example" }, { origin: "null" }, { origin: "http://127.0.0.1:1" }])(
    "that changes takes nothing from another site: %j",
    async (headers) => {
      const member = await makeMember();
      expect(await answer(await call(saves, member, headers))).toEqual([403, "auth.originMismatch"]);
      expect(await groups(member)).toEqual([]);
    },
  );

  test("of a page shown for another membership is a conflict", async () => {
    const member = await makeMember();
    expect(await answer(await call(saves, member, { "x-membership": crypto.randomUUID() }))).toEqual([
      409,
      "membership.changed",
    ]);
    expect(
      await answer(await call(saves, member, {}, null, `/api/x?membership=${crypto.randomUUID()}`)),
    ).toEqual([409, "membership.changed"]);
    expect((await call(saves, member, { "x-membership": member.membershipId })).status).toBe(200);
  });

  test.each([
    ["{", "application/json", 400, "request.malformed"],
    ['{"a":"\\u0000"}', "application/json", 400, "request.malformed"],
    ["a=%00", "application/x-www-form-urlencoded", 400, "request.malformed"],
    ["x".repeat(1_000_001), "application/json", 413, "request.tooLarge"],
    ["a", "text/plain", 415, "request.unsupportedType"],
  ])("answers a bad body (%#) with what is wrong", async (body, type, status, code) => {
    const member = await makeMember();
    expect(await answer(await call(echoes, member, { "content-type": type }, body))).toEqual([status, code]);
    expect(
      await adminQuery("select from audit_entry where partner_id = $1 and outcome = 'done'", [
        member.partnerId,
      ]),
    ).toEqual([]);
  });

  test("keeps __proto__ a key like any other", async () => {
    const response = await call(
      echoes,
      await makeMember(),
      { "content-type": "application/json" },
      '{"__proto__":{"admin":true}}',
    );
    expect(await response.text()).toBe('{"__proto__":{"admin":true}}');
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });
});

test("an error speaks three languages and names when to come back", async () => {
  const messages = await Promise.all(
    (["en", "it", "fr"] as const).map(async (language) => {
      const response = errorResponse(
        new AppError("request.tooMany", { retryAfterSeconds: 7, fields: { a: "b" } }),
        language,
      );
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
      return ((await response.json()) as { error: { message: string } }).error.message;
    }),
  );
  expect(new Set(messages).size).toBe(3);
});

describe("the form of Sync now", () => {
  const send = (member: Member, fields: Record<string, string>) =>
    call(
      startSyncHandler as Handler,
      member,
      {
        "content-type": "application/x-www-form-urlencoded",
        accept: "text/html",
        host: new URL(env().origin).host,
        referer: `${env().origin}/fr/customers`,
      },
      new URLSearchParams(fields),
    );

  test("starts one customer's connection and leads back with a notice", async () => {
    const customer = await makeCustomer();
    await makeAccount(customer);
    const member = await makeMember({ partnerId: customer.partnerId });
    const response = await send(member, { customerId: customer.id, return: `/fr/customers/${customer.id}` });
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      `/fr/customers/${customer.id}?notice=sync.started`,
    ]);
    expect(
      (await send(member, { all: "1", return: "//evil.example" })).headers.get("location"),
    ).not.toContain("evil");
    expect(
      await adminQuery("select state from sync_run where partner_id = $1", [customer.partnerId]),
    ).toEqual([{ state: "queued" }]);
  });

  test("leads back with the error for a customer out of sight, and starts nothing", async () => {
    const customer = await makeCustomer();
    await makeAccount(customer);
    const stranger = await makeMember();
    const response = await send(stranger, { customerId: customer.id, return: "/fr/customers" });
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      expect.stringContaining("error=customer.notFound"),
    ]);
    expect(await adminQuery("select from sync_run where partner_id = $1", [customer.partnerId])).toEqual([]);
  });
});
