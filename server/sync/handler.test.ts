// The form of *Sync now*: where it leads, and what it refuses.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { adminQuery } from "#tests/database.ts";
import {
  makeAccount,
  makeCustomer,
  makeMember,
  makePartner,
  type Customer,
  type Member,
} from "#tests/factories.ts";
import { startSyncHandler } from "./handler.ts";

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
