// Pins through their procedures and their form: who may, whose they are, how many, and what the way back says.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeCustomer,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { changePin } from "./handler.ts";
import { MOST_PINS } from "./schema.ts";
import { pinCustomers } from "./service.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";

let partnerId: string;
let member: Member;
let first: Customer;
let second: Customer;
beforeAll(async () => {
  partnerId = await makePartner();
  member = await makeMember({ partnerId, role: "readOnly" });
  first = await makeCustomer({ partnerId });
  second = await makeCustomer({ partnerId, relationship: "order_only" });
});

const pinsOf = async (who: Member) => (await callerFor(who)).pins.list({});
function send(who: Member, id: string, body: Record<string, string>, isForm = true): Promise<Response> {
  const request = new Request(`${origin}/api/pins/${id}?lang=fr`, {
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
  return changePin(request, { params: Promise.resolve({ id }) });
}

describe("a pin", () => {
  test("is the member's own, of orders too, and kept once", async () => {
    const api = await callerFor(member);
    const colleague = await makeMember({ partnerId });
    expect(await api.pins.pin({ customerId: first.id })).toEqual({ isPinned: true });
    await api.pins.pin({ customerId: first.id });
    await api.pins.pin({ customerId: second.id });
    expect(await pinsOf(member)).toEqual([first.id, second.id]);
    expect(await pinsOf(colleague)).toEqual([]);
    await (await callerFor(colleague)).pins.unpin({ customerId: first.id });
    expect(await api.pins.unpin({ customerId: second.id })).toEqual({ isPinned: false });
    expect(await pinsOf(member)).toEqual([first.id]);
    const entries = await adminQuery<{ action: string }>(
      "select action from audit_entry where membership_id = $1 and customer_id is null order by seq",
      [member.membershipId],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      ...Array<string>(3).fill("customer:pin"),
      "customer:unpin",
    ]);
  });

  test("of a customer that leaves the member's scope is gone, and takes no room", async () => {
    const limited = await makeMember({ partnerId, role: "helpDesk", customers: [first.id] });
    const api = await callerFor(limited);
    await api.pins.pin({ customerId: first.id });
    await expect(api.pins.pin({ customerId: second.id })).rejects.toMatchObject({
      message: "customer.notFound",
    });
    await adminQuery("delete from membership_scope where membership_id = $1", [limited.membershipId]);
    expect(await pinsOf(limited)).toEqual([]);
  });

  test("beyond the fiftieth is refused, and said of each of many", async () => {
    const full = await makeMember({ partnerId });
    const ids: string[] = [];
    for (let n = 0; n <= MOST_PINS; n += 1) ids.push((await makeCustomer({ partnerId })).id);
    const nobody = crypto.randomUUID();
    const outcomes = await withScope(scopeOf(full), "read write", (db) =>
      pinCustomers({ db, actor: full, audit: (entry) => appendAudit(db, full, entry) }, [nobody, ...ids]),
    );
    expect(outcomes.get(nobody)).toBe("notFound");
    expect(outcomes.get(ids.at(-1) ?? "")).toBe("tooMany");
    const pinned = await pinsOf(full);
    const left = ids.filter((id) => !pinned.includes(id));
    const api = await callerFor(full);
    // Of those who ask at once for the last place one gets it.
    const answers = await Promise.allSettled(left.map((customerId) => api.pins.pin({ customerId })));
    expect((await pinsOf(full)).length).toBe(MOST_PINS);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(MOST_PINS - pinned.length);
    await expect(api.pins.pin({ customerId: first.id })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "pin.tooMany",
    });
    const back = await send(full, first.id, { act: "pin", return: "/fr/customers?q=a&notice=x" });
    expect(back.headers.get("location")).toBe("/fr/customers?q=a&error=pin.tooMany");
  });
});

describe("the form", () => {
  test("leads back to its page with what was done", async () => {
    const person = await makeMember({ partnerId, role: "business" });
    const back = await send(person, first.id, { act: "pin", return: "/fr/customers?status=warning&error=x" });
    expect([back.status, back.headers.get("location")]).toEqual([
      303,
      `/fr/customers?status=warning&notice=pin.done&about=${first.id}`,
    ]);
    const away = await send(person, first.id, { act: "unpin", return: "https://evil.example/" });
    expect(away.headers.get("location")).toBe(`/fr?notice=unpin.done&about=${first.id}`);
    expect(await pinsOf(person)).toEqual([]);
    const program = await send(person, first.id, { act: "pin" }, false);
    expect([program.status, await program.json()]).toEqual([200, { isPinned: true }]);
  });

  test("refuses what it does not know", async () => {
    const person = await makeMember({ partnerId });
    for (const [id, body] of [
      [first.id, { act: "burn" }],
      ["x", { act: "pin" }],
    ] as const) {
      const answer = await send(person, id, body, false);
      expect(answer.status).toBe(400);
    }
    expect((await send(person, crypto.randomUUID(), { act: "pin" }, false)).status).toBe(404);
  });
});
