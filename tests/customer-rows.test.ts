// What a row says and offers, of customers as the list gives them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { tableMarkup } from "#components/customers/table-rows.ts";
import { resources } from "#locales/resources.ts";
import { CustomerListInput } from "#server/customers/schema.ts";
import {
  callerFor,
  daysAgo,
  makeAccount,
  makeCustomer,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "./factories.ts";

afterAll(closeDatabase);

const { customers, common } = resources.en;
let partnerId: string;
let member: Member;
const ids = new Map<string, string>();
type Given = Record<string, unknown>;

beforeAll(async () => {
  partnerId = await makePartner();
  const make = async (name: string, given: { account?: Given; licence?: Given; customer?: Given }) => {
    const customer = await makeCustomer({ partnerId, name, ...given.customer });
    ids.set(name, customer.id);
    if (!given.account) return;
    const account = await makeAccount(customer, given.account);
    if (given.licence) await makeLicence({ customer, account }, given.licence);
  };
  await make("Nobody's", {});
  await make("Order", { customer: { relationship: "order_only" } });
  await make("Old", { account: { lastSuccessAt: daysAgo(4), lastDataAt: daysAgo(4) } });
  await make("Fresh", { account: {}, licence: { quantity: "5", used: "2", endsOn: null } });
  await make("Unlimited", { account: {}, licence: { isUnlimited: true, quantity: null, used: "500" } });
  await make("Ended", { account: {}, licence: { endsOn: "2020-02-01", quantity: "5", used: "2" } });
  await refresh(partnerId, [...ids.values()]);
  member = await makeMember({ partnerId });
});

const columns = ["name", "status", "licensed", "used", "overUnder", "licenceEndsOn", "lastSync"] as const;
async function rowOf(name: string, reader: Member = member): Promise<string> {
  const input = CustomerListInput.parse({ columns: [...columns] });
  const list = await (await callerFor(reader)).customers.list(input);
  const html = await tableMarkup(list, input, {
    lang: "en",
    timeZone: "Europe/Rome",
    membershipId: reader.membershipId,
    may: { pin: true, select: true, sync: true },
  });
  const [row] = new RegExp(`<tr data-row-id="${ids.get(name)}".*?</tr>`, "s").exec(html) ?? [];
  if (!row) throw new Error(`${name} is not in the list`);
  return row;
}
const cellOf = (row: string, column: string) =>
  new RegExp(`<td data-column="${column}".*?</td>`, "s").exec(row)?.[0] ?? "";

test("a customer without an account says so and is not offered for synchronisation, an order neither", async () => {
  expect(await rowOf("Nobody's")).toContain(customers.notLinked);
  for (const name of ["Nobody's", "Order"]) {
    const row = await rowOf(name);
    expect(row).not.toContain('class="sync"');
    expect(row).toContain(`<a class="open" href="/en/customers/${ids.get(name)}"`);
  }
  expect(await rowOf("Order")).toContain(customers.order);
  expect(await rowOf("Order")).not.toContain(customers.notLinked);
  expect(await rowOf("Fresh")).toContain('class="sync"');
});

test("data older than a day wears its age", async () => {
  expect(cellOf(await rowOf("Old"), "lastSync")).toContain('class="old"');
  expect(cellOf(await rowOf("Fresh"), "lastSync")).not.toContain('class="old"');
});

test("a blank of licences has a reason of its own", async () => {
  const why = async (name: string, column: string, reader?: Member) =>
    /class="why">([^<]*)</.exec(cellOf(await rowOf(name, reader), column))?.[1];
  expect(await why("Fresh", "licenceEndsOn")).toBe(common.blank.no_end);
  expect(await why("Unlimited", "licensed")).toBe(common.blank.unlimited);
  expect(await why("Unlimited", "overUnder")).toBe(common.blank.unlimited);
  expect(await why("Unlimited", "used")).toBeUndefined();
  expect(await rowOf("Unlimited")).not.toMatch(/class="[^"]*\bover\b/);
  expect(await why("Ended", "used")).toBe(common.blank.no_licence);
  const business = await makeMember({ partnerId, role: "business" });
  expect(await why("Fresh", "licenceEndsOn", business)).toBe(common.blank.no_end);
  expect(await why("Ended", "used", business)).toBe(common.blank.no_licence);
});
