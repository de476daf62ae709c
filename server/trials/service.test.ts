// Converting trials through the form: all of an account's, once, and what the vendor says afterwards does not undo it.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import { mergeLicences } from "#server/sync/queries-parts.ts";
import { LicenceReport } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeCustomer,
  makeGrant,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { formOf, ledTo } from "#tests/forms.ts";
import { post, submit } from "#tests/posts.ts";
import { change } from "./handler.ts";
import { convertAllTrials, simulateConversion } from "./service.ts";

afterAll(closeDatabase);
let partnerId: string;
let business: Member;
beforeAll(async () => {
  partnerId = await makePartner({ mspFlex: true });
  business = await makeMember({ partnerId, role: "business" });
  await adminQuery(
    "insert into product values ('sophos', 'CEMA', 'Email Advanced', 'email') on conflict do nothing",
  );
});

type Tried = { customer: Customer; accountId: string };
const trial = { kind: "trial", endsOn: "2999-01-01", quantity: null, used: "7", sourceKey: "product:CIXA" };
const email = { ...trial, productCode: "CEMA", quantity: "25", sourceKey: "product:CEMA" };
async function onTrial(given: Record<string, unknown> = {}): Promise<Tried> {
  const customer = await makeCustomer({ partnerId, relationship: "delegated" });
  const account = await makeAccount(customer, { billing: "trial" });
  await makeLicence({ customer, account }, { ...trial, ...given });
  await makeLicence({ customer, account }, email);
  await makeLicence({ customer, account }, { ...trial, sourceKey: "old", endsOn: "2020-01-01" });
  return { customer, accountId: account.id };
}
const convert = ({ accountId }: Tried, more: Record<string, string> = {}) => ({
  action: "convert",
  conversionId: randomUUID(),
  accountId,
  "trial-0": "product:CEMA",
  "quantity-0": "30",
  "trial-1": "product:CIXA",
  "quantity-1": "7",
  ...more,
});
const licences = ({ customer }: Tried) =>
  adminQuery<{ source_key: string; kind: string; quantity: number | null; is_over: boolean }>(
    `select source_key, kind, quantity::int, coalesce(ends_on < (now() at time zone 'Europe/Rome')::date, false) as is_over
     from licence where customer_id = $1 order by kind, source_key`,
    [customer.id],
  );
const converted = [
  { source_key: "recorded:CEMA", kind: "monthly", quantity: 30, is_over: false },
  { source_key: "recorded:CIXA", kind: "monthly", quantity: 7, is_over: false },
  { source_key: "old", kind: "trial", quantity: null, is_over: true },
  { source_key: "product:CEMA", kind: "trial", quantity: 25, is_over: true },
  { source_key: "product:CIXA", kind: "trial", quantity: null, is_over: true },
];
/** What the vendor tells of the account from now on. */
const told = ({ customer, accountId }: Tried, reports: Record<string, unknown>[]) =>
  withScope(
    { partnerId },
    "read write",
    (db) =>
      mergeLicences(db, partnerId, "sophos", [
        {
          accountId,
          customerId: customer.id,
          items: reports.map((report) =>
            LicenceReport.parse({
              productName: "X",
              category: "endpoint",
              owner: "partner",
              quantity: "5",
              used: null,
              startsOn: null,
              endsOn: null,
              ...report,
            }),
          ),
        },
      ]),
    "worker",
  );

describe("a conversion", () => {
  test("names the running trials and what each would become", async () => {
    const one = await onTrial();
    const details = await (await callerFor(business)).trials.byCustomer({ customerId: one.customer.id });
    expect(details.accounts).toMatchObject([
      {
        id: one.accountId,
        refused: false,
        trials: [
          { key: "product:CEMA", product: "Email Advanced", suggested: 25 },
          { key: "product:CIXA", product: "Intercept X", suggested: 7 },
        ],
      },
    ]);
    expect(await licences(one)).toHaveLength(3);
  });

  test("ends every trial of the account and makes monthly licences of them", async () => {
    const one = await onTrial();
    expect(await submit(change, business, one.customer.id, convert(one))).toBe(
      `303 /it/customers/${one.customer.id}/convert?notice=converted`,
    );
    expect(await licences(one)).toEqual(converted);
    await refresh(partnerId, [one.customer.id]);
    const [row] = await adminQuery<{ licence_kinds: string[] }>(
      "select licence_kinds from customer_overview where customer_id = $1",
      [one.customer.id],
    );
    expect(row?.licence_kinds).toContain("monthly");
  });

  test("the vendor's old word changes nothing, its new one replaces what was ordered here", async () => {
    const one = await onTrial();
    await post(change, business, one.customer.id, convert(one));
    await told(one, [
      { key: "product:CIXA", productCode: "CIXA", kind: "trial" },
      { key: "product:CEMA", productCode: "CEMA", kind: "trial", endsOn: "2999-01-01" },
    ]);
    expect((await licences(one)).map(({ kind, is_over }) => [kind, is_over])).toEqual([
      ["monthly", false],
      ["monthly", false],
      ["trial", true],
      ["trial", true],
    ]);
    await told(one, [{ key: "usage:CIXA", productCode: "CIXA", kind: "monthly" }]);
    expect(await licences(one)).toMatchObject([{ source_key: "usage:CIXA", kind: "monthly", quantity: 5 }]);
  });

  test("a double click, a retry and two people at once convert once", async () => {
    const one = await onTrial();
    const same = convert(one);
    const other = await makeMember({ partnerId });
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => post(change, business, one.customer.id, same)),
      ...Array.from({ length: 6 }, () => post(change, other, one.customer.id, convert(one))),
    ]);
    expect(new Set(answers)).toEqual(new Set(["200", "409 trial.none"]));
    const rows = await adminQuery("select from trial_conversion where customer_id = $1", [one.customer.id]);
    expect(rows).toHaveLength(1);
    expect(await licences(one)).toEqual(converted);
  });

  test("of other trials than were seen is refused", async () => {
    const one = await onTrial();
    const { "trial-1": _, "quantity-1": __, ...some } = convert(one);
    expect(await post(change, business, one.customer.id, some)).toBe("409 trial.changed");
    const wrong = convert(one, { "quantity-0": "0" });
    expect(await post(change, business, one.customer.id, wrong)).toBe("400 trial.quantity");
    expect(await submit(change, business, one.customer.id, wrong)).toContain("quantity-0=0");
    expect(await licences(one)).toHaveLength(3);
  });

  test("of the customer's own trials needs its leave", async () => {
    const one = await onTrial({ owner: "customer" });
    expect(await post(change, business, one.customer.id, convert(one))).toBe("403 customer.accessDisabled");
    await makeGrant(one.customer, { capabilities: ["licences"] });
    expect(await post(change, business, one.customer.id, convert(one))).toBe("200");
  });

  test("is refused for orders, without MSP Flex, and where nothing is on trial", async () => {
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    const ask = (who: Member, one: Tried) => post(change, who, one.customer.id, convert(one));
    expect(await ask(business, { customer: order, accountId: randomUUID() })).toBe("409 account.orderOnly");
    const customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer);
    expect(await ask(business, { customer, accountId: account.id })).toBe("409 trial.none");
    const elsewhere = await makeCustomer();
    const plain = await makeMember({ partnerId: elsewhere.partnerId });
    const there = { customer: elsewhere, accountId: (await makeAccount(elsewhere)).id };
    expect(await ask(plain, there)).toBe("409 monthly.notFlex");
    expect(await ask(business, there)).toBe("404 customer.notFound");
    const helpDesk = await makeMember({ partnerId, role: "helpDesk" });
    expect(await ask(helpDesk, await onTrial())).toBe("403 permission.denied");
  });
});

describe("for many customers", () => {
  const as = <T>(work: Parameters<typeof withScope<T>>[2]) =>
    withScope(scopeOf(business), "read write", work, "worker");

  test("is said before, and done with what is suggested", async () => {
    const one = await onTrial();
    await post(change, business, one.customer.id, { action: "addProgramme", programme: "ZTNA EAP" });
    await post(change, business, one.customer.id, {
      action: "addProgramme",
      programme: "Other EAP",
      takesMonthly: "on",
    });
    const plan = await as((db) => simulateConversion(db, business, one.customer.id, new Date()));
    expect(plan).toEqual({
      outcome: "possible",
      trials: ["Email Advanced", "Intercept X"],
      programmes: ["ZTNA EAP"],
    });
    const ctx = (db: Parameters<Parameters<typeof as>[0]>[0]) => ({
      db,
      actor: business,
      audit: async () => undefined,
    });
    expect(await as((db) => convertAllTrials(ctx(db), one.customer.id, new Date()))).toEqual({
      converted: 2,
    });
    await expect(as((db) => convertAllTrials(ctx(db), one.customer.id, new Date()))).rejects.toMatchObject({
      code: "trial.none",
    });
    const { byCustomer } = (await callerFor(business)).records;
    expect((await byCustomer({ customerId: one.customer.id })).refusing).toEqual(["ZTNA EAP"]);
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await as((db) => simulateConversion(db, business, order.id, new Date()))).toEqual({
      outcome: "refused",
      code: "account.orderOnly",
    });
  });
});

test("programmes are noted once and removed", async () => {
  const one = await onTrial();
  const note = (body: object) => post(change, business, one.customer.id, { ...body });
  expect(await note({ action: "addProgramme", programme: "  " })).toBe("400 trial.programme");
  expect(await note({ action: "addProgramme", programme: "EAP" })).toBe("200");
  expect(await note({ action: "addProgramme", programme: "eap" })).toBe("200");
  const read = async () =>
    (await (await callerFor(business)).trials.byCustomer({ customerId: one.customer.id })).programmes;
  expect(await read()).toMatchObject([{ programme: "EAP", takesMonthly: false }]);
  const [noted] = await read();
  const remove = { action: "removeProgramme", programmeId: noted?.id ?? "" };
  // The page offers to note it again.
  const { send } = formOf(change as Parameters<typeof formOf>[0], "trials");
  const removed = await send(business, one.customer, remove, true);
  const { query, undo } = await ledTo(removed, business, "programme", one.customer.id);
  expect([query, undo]).toEqual([{ notice: "programmeRemoved" }, { programme: "EAP" }]);
  expect(await read()).toEqual([]);
  expect(await submit(change, business, one.customer.id, remove)).toMatch(/notice=programmeRemoved$/);
});
