// Unlinking a customer through its form and simulator: the rule table over all its accounts, together or one by one.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import { endScheduledLinks } from "#server/links/service.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeCustomer,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { post, submit } from "#tests/posts.ts";
import { unlink } from "./handler.ts";
import { simulateUnlink } from "./service.ts";

afterAll(closeDatabase);
let partnerId: string;
let admin: Member;
beforeAll(async () => {
  // The first of the month is there some hours before it is in Rome or London.
  partnerId = await makePartner({ timeZone: "Pacific/Kiritimati" });
  admin = await makeMember({ partnerId, role: "admin" });
});

const simulate = (customer: { id: string }, now = new Date("2026-11-21T12:00:00Z"), who = admin) =>
  withScope(scopeOf(who), "read only", (db) => simulateUnlink(db, who, customer.id, now));
async function withLicences(...all: Record<string, unknown>[][]): Promise<Customer & { accounts: string[] }> {
  const customer = await makeCustomer({ partnerId });
  const accounts: string[] = [];
  for (const licences of all) {
    const account = await makeAccount(customer);
    accounts.push(account.id);
    for (const licence of licences) await makeLicence({ customer, account }, licence);
  }
  return { ...customer, accounts };
}
const linked = async (customer: { id: string }) =>
  (
    await adminQuery<{ n: number }>("select count(*)::int as n from vendor_account where customer_id = $1", [
      customer.id,
    ])
  )[0]?.n;
const monthly = { kind: "monthly", endsOn: null };
const trial = { kind: "trial", endsOn: "2999-01-01" };
const term = { kind: "term", endsOn: "2027-03-31" };

describe("the simulator", () => {
  test.each([
    ["nothing", [[]], { outcome: "now" }],
    ["a trial", [[trial]], { outcome: "now" }],
    [
      "an active term",
      [[trial, term]],
      { outcome: "refused", code: "account.termLicence", product: "Intercept X", possibleOn: "2027-05-30" },
    ],
    [
      "a suspended term: what is owed goes on",
      [[{ ...term, isSuspended: true }]],
      { outcome: "refused", code: "account.termLicence", product: "Intercept X", possibleOn: "2027-05-30" },
    ],
    [
      "a term that has not started: it was ordered",
      [[{ ...term, startsOn: "2026-12-01" }]],
      { outcome: "refused", code: "account.termLicence", product: "Intercept X", possibleOn: "2027-05-30" },
    ],
    [
      "a term that ended a month ago",
      [[{ kind: "term", endsOn: "2026-10-21" }]],
      { outcome: "refused", code: "account.recentLicence", product: "Intercept X", possibleOn: "2026-12-20" },
    ],
    ["monthly usage", [[monthly, trial]], { outcome: "scheduled", on: "2026-12-01", product: "Intercept X" }],
    [
      "one free and one monthly",
      [[trial], [monthly]],
      { outcome: "scheduled", on: "2026-12-01", product: "Intercept X" },
    ],
    [
      "one refused refuses all",
      [[trial], [term], [monthly]],
      { outcome: "refused", code: "account.termLicence", product: "Intercept X", possibleOn: "2027-05-30" },
    ],
  ])("%s", async (_, licences, expected) => {
    const customer = await withLicences(...licences);
    expect(await simulate(customer)).toEqual(expected);
    expect(await linked(customer)).toBe(licences.length);
  });

  test("counts the partner's days: the month has turned there, not yet in UTC", async () => {
    const customer = await withLicences([monthly]);
    expect(await simulate(customer, new Date("2026-11-30T09:59:59Z"))).toMatchObject({ on: "2026-12-01" });
    expect(await simulate(customer, new Date("2026-11-30T10:00:00Z"))).toMatchObject({ on: "2027-01-01" });
  });

  test("says why nothing can be done", async () => {
    const refused = { outcome: "refused", product: null, possibleOn: null };
    expect(await simulate(await makeCustomer({ partnerId, relationship: "order_only" }))).toEqual({
      ...refused,
      code: "account.orderOnly",
    });
    expect(await simulate(await makeCustomer({ partnerId }))).toEqual({
      ...refused,
      code: "account.notLinked",
    });
    expect(await simulate(await makeCustomer())).toEqual({ ...refused, code: "customer.notFound" });
  });

  test("does not name what the customer owns and does not show", async () => {
    const customer = await makeCustomer({ partnerId, relationship: "delegated" });
    const account = await makeAccount(customer);
    await makeLicence({ customer, account }, { ...term, owner: "customer" });
    expect(await simulate(customer)).toMatchObject({ code: "account.termLicence", product: null });
  });
});

describe("the form", () => {
  test("ends all links, or none", async () => {
    const free = await withLicences([], [trial]);
    expect(await submit(unlink, admin, free.id, { action: "unlink" })).toBe(
      `303 /it/customers/${free.id}/unlink?notice=unlinked`,
    );
    expect(await linked(free)).toBe(0);
    const mixed = await withLicences([trial], [{ ...term, endsOn: "2999-01-01" }]);
    expect(await post(unlink, admin, mixed.id, { action: "unlink" })).toBe("409 account.termLicence");
    expect(await linked(mixed)).toBe(2);
    expect(await post(unlink, admin, mixed.id, { action: "unlink", accountId: mixed.accounts[0] })).toBe(
      "200",
    );
    expect(await linked(mixed)).toBe(1);
  });

  test("ends them once, however many ask at the same time", async () => {
    const customer = await withLicences([], [trial]);
    const before = await adminQuery("select from account_link");
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(unlink, admin, customer.id, { action: "unlink" })),
    );
    expect(answers).toContain("200");
    for (const answer of answers) expect(["200", "409 account.notLinked"]).toContain(answer);
    expect(await linked(customer)).toBe(0);
    expect((await adminQuery("select from account_link")).length).toBe(before.length + 2);
  });

  test("schedules monthly usage, twice is once, and it can be taken back", async () => {
    const customer = await withLicences([monthly]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(unlink, admin, customer.id, { action: "unlink" })),
    );
    expect(new Set(answers)).toEqual(new Set(["200"]));
    const { accounts } = await (await callerFor(admin)).unlinks.byCustomer({ customerId: customer.id });
    const on = accounts[0]?.unlinkOn ?? "";
    expect(on).toMatch(/-01$/);
    expect(
      await adminQuery("select kind from account_link where vendor_account_id = $1", [customer.accounts[0]]),
    ).toEqual([{ kind: "unlink_scheduled" }]);
    expect(await simulate(customer, new Date())).toEqual({ outcome: "already", on });
    expect(await submit(unlink, admin, customer.id, { action: "cancel" })).toContain("notice=cancelled");
    expect(await post(unlink, admin, customer.id, { action: "cancel" })).toBe("200");
    expect(await linked(customer)).toBe(1);
    await post(unlink, admin, customer.id, { action: "unlink" });
    const due = (today: string) =>
      withScope({ partnerId }, "read write", (db) => endScheduledLinks(db, partnerId, today), "worker");
    await due("2000-01-01");
    expect(await linked(customer)).toBe(1);
    await due(on);
    expect(await linked(customer)).toBe(0);
  });

  test("what is scheduled is judged again on its day: a term licence that came since keeps the link, and says so", async () => {
    const customer = await withLicences([monthly]);
    const [accountId = ""] = customer.accounts;
    const api = await callerFor(admin);
    const account = async () =>
      (await api.unlinks.byCustomer({ customerId: customer.id })).accounts.find(({ id }) => id === accountId);
    await post(unlink, admin, customer.id, { action: "unlink" });
    const on = (await account())?.unlinkOn ?? "";
    await makeLicence({ customer, account: { id: accountId } }, { kind: "term", startsOn: on });
    const due = () =>
      withScope({ partnerId }, "read write", (db) => endScheduledLinks(db, partnerId, on), "worker");
    await due();
    await due();
    expect(await linked(customer)).toBe(1);
    expect(await account()).toMatchObject({
      unlinkOn: null,
      droppedAt: expect.any(String),
      plan: { kind: "refused", why: "termLicence", product: "Intercept X" },
    });
    const { linkState, history } = await api.vendorAccounts.byId({ accountId });
    expect(linkState).toBe("linked");
    expect(history.map(({ kind, actorName }) => [kind, actorName])).toEqual([
      ["unlink_refused", "Belvedere"],
      ["unlink_scheduled", admin.name],
    ]);
    expect(
      await adminQuery(
        "select actor_kind, detail from audit_entry where customer_id = $1 and action = 'account:unlink_refused'",
        [customer.id],
      ),
    ).toMatchObject([{ actor_kind: "job", detail: { on, why: "termLicence", possibleOn: "2999-03-02" } }]);
    // Scheduled anew once nothing stands in the way, the page speaks of that.
    await adminQuery("delete from licence where customer_id = $1 and kind = 'term'", [customer.id]);
    await post(unlink, admin, customer.id, { action: "unlink" });
    expect(await account()).toMatchObject({ unlinkOn: on, droppedAt: null });
  });

  test("is refused for orders, other partners' customers and other roles", async () => {
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await post(unlink, admin, order.id, { action: "unlink" })).toBe("409 account.orderOnly");
    const other = await makeCustomer();
    expect(await post(unlink, admin, other.id, { action: "unlink" })).toBe("404 customer.notFound");
    const customer = await withLicences([trial]);
    const business = await makeMember({ partnerId, role: "business" });
    expect(await post(unlink, business, customer.id, { action: "unlink" })).toBe("403 permission.denied");
    expect(await post(unlink, admin, customer.id, { action: "destroy" })).toBe("400 request.invalid");
    expect(await post(unlink, admin, "x", { action: "unlink" })).toBe("404 customer.notFound");
  });
});
