// The guarded procedure: roll-back, audit, refusals, and errors that tell nothing of the inside.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { contextFor, makeCustomer, makeGrant, makeMember, type Member } from "#tests/factories.ts";
import type { Context } from "./context.ts";
import { sessionCookieName } from "./auth/sessions.ts";
import { env } from "./env.ts";
import { AppError } from "./errors.ts";
import { trpcHandler } from "./http/handler.ts";
import { createCallerFactory, customerProcedure, type Guarded, procedure, router } from "./trpc.ts";

/** What each procedure of the test does after it has written a group of this name. */
const write = async ({ db, actor }: Guarded, name: string) => {
  await db.insertInto("customerGroup").values({ partnerId: actor.partnerId, name }).execute();
};
const entry = { action: "group:create", entity: "group", customerId: null };
const Name = z.strictObject({ name: z.string() });
const secret = "password=hunter2 at /srv/app.ts: select * from session";
const testRouter = router({
  saves: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      await ctx.audit(entry);
    }),
  forgets: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(({ ctx, input }) => write(ctx, input.name)),
  breaks: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      await ctx.audit(entry);
      throw new Error(secret);
    }),
  conflicts: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      await ctx.audit(entry);
      throw new AppError("request.conflict");
    }),
  denies: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      throw new AppError("permission.denied");
    }),
  answersWrong: procedure("group:manage")
    .input(Name)
    .output(z.number())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      await ctx.audit(entry);
      return "no number" as never;
    }),
  twice: procedure("group:manage")
    .input(Name)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await write(ctx, input.name);
      await write(ctx, input.name);
      await ctx.audit(entry);
    }),
  readsAndWrites: procedure("customer:list")
    .input(Name)
    .output(z.void())
    .query(({ ctx, input }) => write(ctx, input.name)),
  who: procedure("customer:list")
    .input(z.strictObject({}))
    .output(z.string())
    .query(({ ctx }) => ctx.actor.membershipId),
  launch: customerProcedure("customer:launch")
    .output(z.string())
    .query(({ ctx }) => ctx.customer.id),
});

let member: Member;
beforeAll(async () => {
  member = await makeMember();
});
afterAll(closeDatabase);

const callerOf = async (who: Member | null, given: Partial<Context> = {}) =>
  createCallerFactory(testRouter)(await contextFor(who, given));
const groups = async (partnerId: string) =>
  (
    await adminQuery<{ name: string }>(
      "select name from customer_group where partner_id = $1 order by name",
      [partnerId],
    )
  ).map((row) => row.name);
const entries = (partnerId: string, outcome: string) =>
  adminQuery<{ action: string; detail: { code?: string } }>(
    "select action, detail from audit_entry where partner_id = $1 and outcome = $2 order by at",
    [partnerId, outcome],
  );

/** The answer of a procedure over HTTP. */
async function overHttp(path: string, name: string, context: Partial<Context> = {}) {
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    router: testRouter,
    createContext: () => contextFor(member, context),
    req: new Request(`http://127.0.0.1/api/trpc/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    error: (
      JSON.parse(text) as {
        error?: { message: string; data: { code: string; message: string; supportId: string } };
      }
    ).error,
  };
}

describe("a mutation", () => {
  test("that records what it did is kept", async () => {
    await (await callerOf(member)).saves({ name: "kept" });
    expect(await groups(member.partnerId)).toEqual(["kept"]);
    expect(await entries(member.partnerId, "done")).toHaveLength(1);
  });

  test.each([
    ["forgets", "INTERNAL_SERVER_ERROR"],
    ["breaks", "INTERNAL_SERVER_ERROR"],
    ["conflicts", "CONFLICT"],
    ["denies", "FORBIDDEN"],
    ["answersWrong", "INTERNAL_SERVER_ERROR"],
    ["twice", "INTERNAL_SERVER_ERROR"],
  ] as const)("that %s leaves nothing behind", async (name, code) => {
    const own = await makeMember();
    await expect((await callerOf(own))[name]({ name: "lost" })).rejects.toMatchObject({ code });
    expect(await groups(own.partnerId)).toEqual([]);
    expect(await entries(own.partnerId, "done")).toEqual([]);
  });

  test("fails when its audit entry cannot be written", async () => {
    const own = await makeMember();
    await adminQuery("revoke insert on audit_entry from belvedere_owner");
    try {
      await expect((await callerOf(own)).saves({ name: "unrecorded" })).rejects.toMatchObject({
        code: "INTERNAL_SERVER_ERROR",
      });
    } finally {
      await adminQuery("grant insert on audit_entry to belvedere_owner");
    }
    expect(await groups(own.partnerId)).toEqual([]);
    await (await callerOf(own)).saves({ name: "recorded" });
    expect(await groups(own.partnerId)).toEqual(["recorded"]);
  });

  test("of a page shown for another membership is a conflict; a query is not", async () => {
    const own = await makeMember();
    const other = await callerOf(own, { expectedMembership: crypto.randomUUID() });
    await expect(other.saves({ name: "wrong tab" })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "membership.changed",
    });
    expect(await groups(own.partnerId)).toEqual([]);
    expect(await other.who({})).toBe(own.membershipId);
    await (await callerOf(own, { expectedMembership: own.membershipId })).saves({ name: "right tab" });
    expect(await groups(own.partnerId)).toEqual(["right tab"]);
  });
});

test("a query cannot write", async () => {
  await expect((await callerOf(member)).readsAndWrites({ name: "x" })).rejects.toMatchObject({
    code: "INTERNAL_SERVER_ERROR",
  });
  expect(await groups(member.partnerId)).not.toContain("x");
});

describe("a refusal", () => {
  test("by role is recorded, though nothing else happened", async () => {
    const own = await makeMember({ role: "readOnly" });
    await expect((await callerOf(own)).saves({ name: "x" })).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: "permission.denied",
    });
    expect(await entries(own.partnerId, "refused")).toEqual([
      { action: "group:manage", detail: { code: "permission.denied" } },
    ]);
  });

  test("from within is recorded in a transaction of its own: the write is gone, the entry stays", async () => {
    const own = await makeMember();
    await expect((await callerOf(own)).denies({ name: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await groups(own.partnerId)).toEqual([]);
    expect(await entries(own.partnerId, "refused")).toHaveLength(1);
  });

  test("of a capability is recorded; a customer out of sight is not found and says no more", async () => {
    const own = await makeMember({ role: "helpDesk" });
    const customer = await makeCustomer({ partnerId: own.partnerId, relationship: "delegated" });
    const api = await callerOf(own);
    await expect(api.launch({ customerId: customer.id })).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: "customer.accessDisabled",
    });
    expect(await entries(own.partnerId, "refused")).toEqual([
      { action: "customer:launch", detail: { code: "customer.accessDisabled" } },
    ]);
    await expect(api.launch({ customerId: (await makeCustomer()).id })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "customer.notFound",
    });
    await makeGrant(customer, { capabilities: ["console"] });
    expect(await api.launch({ customerId: customer.id })).toBe(customer.id);
  });

  test("of a customer's user stands in that customer's chain", async () => {
    const own = await makeMember({ role: "customerViewer" });
    await expect((await callerOf(own)).saves({ name: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(
      await adminQuery("select customer_id, outcome from audit_entry where partner_id = $1", [own.partnerId]),
    ).toEqual([{ customer_id: own.customerId, outcome: "refused" }]);
  });

  test("of nobody is not chained", async () => {
    await expect((await callerOf(null)).saves({ name: "x" })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: "auth.required",
    });
  });
});

describe("over HTTP", () => {
  test.each(["breaks", "forgets", "answersWrong", "twice"])(
    "%s says only that something failed, with a support id",
    async (path) => {
      const { status, text, error } = await overHttp(path, `http-${path}`, { language: "fr" });
      expect(status).toBe(500);
      expect(error?.data).toMatchObject({
        code: "unexpected",
        supportId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        message: expect.stringMatching(/côté/),
      });
      expect(error?.message).toBe(error?.data.message);
      expect(text).not.toMatch(/hunter2|\.ts|select|stack|duplicate|audit entry|customer_group/i);
    },
  );

  test("wrong input names the fields, not the library", async () => {
    const response = await fetchRequestHandler({
      endpoint: "/api/trpc",
      router: testRouter,
      createContext: () => contextFor(member, { language: "it" }),
      req: new Request("http://127.0.0.1/api/trpc/saves", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: 1, more: 2 }),
      }),
    });
    expect(response.status).toBe(400);
    const body = (await response.json()) as { error: { data: unknown } };
    expect(body.error.data).toMatchObject({ code: "request.invalid", fields: { name: "invalid_type" } });
    expect(JSON.stringify(body)).not.toMatch(/zod|expected|stack/i);
  });

  const cookie = () => `${sessionCookieName()}=${member.token}`;
  const post = (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
    trpcHandler(
      new Request(`${env().origin}/api/trpc/${path}`, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          origin: env().origin,
          cookie: cookie(),
          "accept-language": "fr",
          ...headers,
        },
      }),
    );
  const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
  test.each([
    ["not JSON", "sync.startAll", "{", {}, 400, "request.malformed"],
    ["a NUL", "sync.startAll", '{"a":"\\u0000"}', {}, 400, "request.malformed"],
    ["half a character", "sync.startAll", '{"a":"\\ud800"}', {}, 400, "request.malformed"],
    ["too deep", "sync.startAll", deep, {}, 400, "request.malformed"],
    ["no UTF-8", "sync.startAll", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, "request.malformed"],
    [
      "more than 1 MB",
      "sync.startAll",
      JSON.stringify({ a: "x".repeat(1_000_001) }),
      {},
      413,
      "request.tooLarge",
    ],
    [
      "a form",
      "sync.startAll",
      "a=1",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "request.unsupportedType",
    ],
    ["another site's", "sync.startAll", "{}", { origin: "https://evil.example" }, 403, "auth.originMismatch"],
    ["a sandboxed page's", "sync.startAll", "{}", { origin: "null" }, 403, "auth.originMismatch"],
    [
      "a batch of 21",
      Array.from({ length: 21 }, () => "sync.startAll").join(","),
      "{}",
      {},
      413,
      "request.tooLarge",
    ],
  ] as const)(
    "%s is refused in the caller's language, and nothing starts",
    async (_, path, body, headers, status, code) => {
      const response = await post(path, body, headers);
      const { error } = (await response.json()) as {
        error: { code: string; message: string; supportId: string };
      };
      expect([response.status, error.code]).toEqual([status, code]);
      expect(error.message).not.toBe(code);
      expect(error.supportId).toMatch(/^[0-9a-f-]{36}$/);
      expect(await adminQuery("select from sync_batch where partner_id = $1", [member.partnerId])).toEqual(
        [],
      );
    },
  );

  test("__proto__ and other surplus keys are refused by the schema", async () => {
    const response = await post("sync.startAll", '{"__proto__":{"admin":true},"constructor":1}');
    expect(response.status).toBe(400);
  });

  test.each(["nothing.here", "customers", "__proto__", "constructor", "customers.__proto__"])(
    "%s is no procedure",
    async (path) => {
      const response = await trpcHandler(
        new Request(`${env().origin}/api/trpc/${path}`, { headers: { cookie: cookie() } }),
      );
      expect(response.status).toBe(404);
      expect(JSON.stringify(await response.json())).not.toMatch(/stack|\.ts/);
    },
  );

  test("a mutation cannot be started by a link", async () => {
    const response = await trpcHandler(
      new Request(`${env().origin}/api/trpc/sync.startAll?input=%7B%7D`, { headers: { cookie: cookie() } }),
    );
    expect(response.status).toBe(405);
    const broken = await trpcHandler(
      new Request(`${env().origin}/api/trpc/sync.live?input=%7B`, { headers: { cookie: cookie() } }),
    );
    expect(broken.status).toBe(400);
  });
});
