// The form of the layout: each member's own, kept, refused when it is wrong, and the way back to the list.
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { columnIds } from "#server/columns/schema.ts";
import {
  callerFor,
  makeCustomer,
  makeGrant,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { changeListLayout } from "./handler.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
const back = "/it/customers?status=warning";

let partnerId: string;
let member: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  member = await makeMember({ partnerId, role: "readOnly" });
});

function send(who: Member, body: Record<string, string>, isForm = true): Promise<Response> {
  const request = new Request(`${origin}/api/preferences/customers?lang=it`, {
    method: "POST",
    body: isForm ? new URLSearchParams(body).toString() : JSON.stringify(body),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      accept: isForm ? "text/html" : "application/json",
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      cookie: `${sessionCookieName()}=${who.token}`,
    },
  });
  return changeListLayout(request, { params: Promise.resolve({}) });
}
const layoutFor = async (who: Member) => (await callerFor(who)).preferences.layout({});
const listed = async (who: Member) => (await (await callerFor(who)).customers.list({})).layout;

test("is the member's own, kept, and what the list is shown with", async () => {
  const colleague = await makeMember({ partnerId });
  const usual = await layoutFor(member);
  const order = ["name", "used", ...columnIds.filter((id) => id !== "name" && id !== "used")].join(",");
  const answer = await send(member, { order, "show.used": "1", "width.used": "wide", return: back });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, back]);
  await send(member, { density: "compact", return: back });
  await send(member, { fold: "licences", return: back });
  const chosen = {
    columns: ["name", "used"],
    widths: { used: "wide" },
    folded: ["licences"],
    density: "compact",
  };
  expect(await layoutFor(member)).toEqual(chosen);
  expect(await listed(member)).toEqual(chosen);
  expect(await layoutFor(colleague)).toEqual(usual);
  await send(member, { reset: "1", return: back });
  expect(await layoutFor(member)).toEqual(usual);
});

test("density alone does not freeze the columns", async () => {
  const other = await makeMember({ partnerId });
  await send(other, { density: "compact" });
  const { columns } = await layoutFor(other);
  expect(columns).toEqual((await layoutFor(member)).columns);
});

test("a wrong form changes nothing and leads back with the reason; a program is told as JSON", async () => {
  const before = await layoutFor(member);
  for (const body of [{ density: "huge" }, { fold: "nothing" }, { order: "name,<b>" }, { move: "up" }]) {
    const answer = await send(member, { ...body, return: back } as unknown as Record<string, string>);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${back}&error=request.invalid`]);
    expect((await send(member, body as unknown as Record<string, string>, false)).status).toBe(400);
  }
  expect(await layoutFor(member)).toEqual(before);
  const elsewhere = await send(member, { density: "compact", return: "//evil.example" });
  expect(elsewhere.headers.get("location")).toBe("/it/customers");
});

test("a customer's user has no list to lay out", async () => {
  const customer = await makeCustomer({ partnerId, relationship: "delegated" });
  await makeGrant(customer);
  const own = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
  expect((await send(own, { density: "compact" }, false)).status).toBe(403);
});
