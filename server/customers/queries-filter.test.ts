// Every filter of the list through the router: what it finds, that its count says so, and that it follows what changes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  daysAgo,
  makeAccount,
  makeApplication,
  makeCustomer,
  makeDevices,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { countPostings } from "./queries-counts.ts";
import { filtered, filterOf } from "./queries-filter.ts";
import { CustomerListInput, readListAddress } from "./schema.ts";

afterAll(closeDatabase);

type Input = Partial<CustomerListInput>;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const list = async (member: Member, input: Input) => (await callerFor(member)).customers.list(input);
const names = async (member: Member, input: Input) =>
  (await list(member, input)).rows.map(({ name }) => name).sort();

let partnerId: string;
let member: Member;
let limited: Member;
let group: string;
const made = new Map<string, Customer>();
const idOf = (name: string) => made.get(name)?.id ?? "";

/** Customers that differ in one thing each, so that each filter has one to find. */
beforeAll(async () => {
  partnerId = await makePartner();
  const make = async (name: string, given: Parameters<typeof makeCustomer>[0] = {}) => {
    const customer = await makeCustomer({ partnerId, name, createdAt: daysAgo(400), ...given });
    made.set(name, customer);
    return customer;
  };
  const withAccount = async (name: string, given: Parameters<typeof makeAccount>[1] = {}) => {
    const customer = await make(name);
    const account = await makeAccount(customer, given);
    await makeDevices({ customer, account }, 2);
    return { customer, account };
  };
  await make("Plain");
  await make("Order", { relationship: "order_only" });
  const granted = await make("Granted", { relationship: "delegated" });
  await makeGrant(granted);
  await makeLicence(
    { customer: granted, account: await makeAccount(granted) },
    { owner: "customer", endsOn: inDays(400) },
  );
  const silent = await withAccount("Silent");
  await makeDevices(silent, 1, { lastSeenAt: daysAgo(30) });
  const unprotected = await withAccount("Unprotected");
  await makeDevices(unprotected, 1, { isProtected: false });
  await withAccount("Failed", { errorCode: "vendor.failed", errorSince: daysAgo(1) });
  await withAccount("Old", { lastSuccessAt: daysAgo(4), lastDataAt: daysAgo(4) });
  await withAccount("Snow", { vendor: "snow" });
  const soon = await withAccount("Soon");
  await makeLicence(soon, { kind: "term", endsOn: inDays(20), quantity: "5", used: "2" });
  const later = await withAccount("Later");
  await makeLicence(later, { kind: "trial", endsOn: inDays(75), quantity: "5", used: "9" });
  await refresh(
    partnerId,
    [...made.values()].map(({ id }) => id),
  );
  member = await makeMember({ partnerId });
  group = (await makeGroup({ partnerId, customers: [idOf("Silent"), idOf("Soon"), idOf("Old")] })).id;
  limited = await makeMember({ partnerId, role: "helpDesk", groups: [group] });
});

describe("one filter", () => {
  test.each<[Input, string[]]>([
    [{ relationship: "order_only" }, ["Order"]],
    [{ relationship: "delegated" }, ["Granted"]],
    [{ licenceKind: "own" }, ["Granted"]],
    [{ licenceKind: "trial" }, ["Later"]],
    [{ licenceState: "trial" }, ["Later"]],
    [{ licenceState: "expiring" }, ["Soon"]],
    [{ licenceState: "active" }, ["Granted"]],
    [{ licenceState: "suspended" }, []],
    [{ expiring: "30" }, ["Soon"]],
    [{ expiring: "90" }, ["Later", "Soon"]],
    [{ expiring: "19" }, []],
    [{ expiring: "21" }, ["Soon"]],
    [{ expiring: "366" }, ["Later", "Soon"]],
    [{ overUsed: "1" }, ["Later"]],
    [{ reason: "devices_silent" }, ["Silent"]],
    [{ reason: "devices_unprotected" }, ["Unprotected"]],
    [{ reason: "run_failed" }, ["Failed"]],
    [{ reason: "no_source" }, ["Plain"]],
    [{ vendor: "snow" }, ["Snow"]],
    [{ vendor: "nobody" }, []],
    [{ stale: "1" }, ["Old"]],
    [{ pinned: "1" }, []],
  ])("%j finds %j and counts it", async (input, expected) => {
    const found = await list(member, input);
    expect(found.rows.map(({ name }) => name).sort()).toEqual(expected);
    expect(found.total).toBe(expected.length);
    // The postings and the rows say the same.
    for (const sort of ["-devicesTotal", "licenceEndsOn", "used"] as const)
      expect(await names(member, { ...input, sort })).toEqual(expected);
  });

  test("several narrow further, in any order of how many each finds", async () => {
    expect(await names(member, { expiring: "90", licenceKind: "term" })).toEqual(["Soon"]);
    expect(await names(member, { expiring: "90", overUsed: "1", vendor: "sophos" })).toEqual(["Later"]);
    expect(await names(member, { status: "warning", vendor: "sophos", reason: "run_failed" })).toEqual([
      "Failed",
    ]);
    expect(await names(member, { q: "soon", expiring: "30" })).toEqual(["Soon"]);
    expect(await names(member, { q: "soon", expiring: "30", reason: "run_failed" })).toEqual([]);
    expect(await names(member, { group, stale: "1" })).toEqual(["Old"]);
  });

  test("my protection only is seen where its column was put away or folded", async () => {
    const shown = async (input: Input) => (await list(member, input)).layout;
    expect((await shown({})).columns).not.toContain("protection");
    const { columns } = await shown({ protection: "active" });
    expect(columns.indexOf("protection")).toBe(columns.indexOf("licenceState") + 1);
    expect((await shown({ protection: "active", columns: ["name", "protection"] })).columns).toEqual([
      "name",
      "protection",
    ]);
  });

  test("a member of a group sees what of it matches, and the strip counts that", async () => {
    expect(await names(limited, { expiring: "90" })).toEqual(["Soon"]);
    expect(await names(limited, { reason: "run_failed" })).toEqual([]);
    const { concerns, counts } = await list(limited, {});
    expect(counts.total).toBe(3);
    expect(concerns).toEqual({ stale: 1, expiring: 1, overUsed: 0 });
    expect((await list(member, {})).concerns).toEqual({ stale: 1, expiring: 1, overUsed: 1 });
  });
});

test("what a customer is found by follows its overview, also when access ends", async () => {
  const customer = await makeCustomer({ partnerId, name: "Leaves", relationship: "delegated" });
  await makeGrant(customer);
  const account = await makeAccount(customer);
  await makeDevices({ customer, account }, 1, { lastSeenAt: daysAgo(30) });
  await makeLicence({ customer, account }, { owner: "customer", kind: "monthly" });
  await refresh(partnerId, [customer.id]);
  const facets = async () =>
    (
      await adminQuery<{ facet: string }>(
        "select facet from customer_facet where partner_id = $1 and customer_id = $2 order by 1",
        [partnerId, customer.id],
      )
    ).map(({ facet }) => facet);
  expect(await facets()).toEqual(
    expect.arrayContaining(["kind:monthly", "kind:own", "reason:devices_silent", "vendor:sophos"]),
  );
  expect(await names(member, { licenceKind: "monthly" })).toContain("Leaves");
  await withScope({ partnerId, customerId: customer.id }, "read write", (db) =>
    db
      .updateTable("accessGrant")
      .set({ state: "ended", endReason: "revoked", endedAt: new Date() })
      .where("partnerId", "=", partnerId)
      .where("customerId", "=", customer.id)
      .execute(),
  );
  expect(await facets()).toEqual(["relationship:delegated", "vendor:sophos"]);
  expect(await names(member, { licenceKind: "monthly" })).not.toContain("Leaves");
  await withScope(
    { partnerId },
    "read write",
    (db) =>
      db.deleteFrom("customer").where("partnerId", "=", partnerId).where("id", "=", customer.id).execute(),
    "worker",
  );
  expect(await facets()).toEqual([]);
});

test("a denied application can be found, and no more once it is accepted", async () => {
  const customer = await makeCustomer({ partnerId, name: "Torrent" });
  const account = await makeAccount(customer, { vendor: "snow" });
  await makeDevices({ customer, account }, 1);
  await makeApplication({ customer, account }, { name: "uTorrent" });
  await adminQuery(
    "insert into denied_application (partner_id, pattern, created_by) values ($1, '*torrent*', 'x')",
    [partnerId],
  );
  await refresh(partnerId, [customer.id]);
  expect(await names(member, { reason: "denied_application" })).toEqual(["Torrent"]);
  await adminQuery(
    "insert into warning_handling (partner_id, customer_id, code, is_accepted, updated_by) values ($1, $2, 'denied_application', true, 'x')",
    [partnerId, customer.id],
  );
  await refresh(partnerId, [customer.id]);
  expect(await names(member, { reason: "denied_application" })).toEqual([]);
  expect(await names(member, { reason: "muted" })).toEqual(["Torrent"]);
});

test("bulk and exports select by the same filter what the list shows", async () => {
  const input = CustomerListInput.parse({ expiring: "90", vendor: "sophos" });
  const scope = { partnerId, memberId: member.membershipId, memberAll: true };
  const selected = await withScope(scope, "read only", async (db) => {
    const filter = await filterOf(db, member, input, new Date());
    return filtered(db, partnerId, filter).select("o.nameShown").orderBy("o.nameShown").execute();
  });
  expect(selected.map(({ nameShown }) => nameShown)).toEqual(await names(member, input));
});

test("without anything that is kept there are no postings to count", async () => {
  const scope = { partnerId, memberId: member.membershipId, memberAll: true };
  const count = (filter: Parameters<typeof countPostings>[2]) =>
    withScope(scope, "read only", (db) => countPostings(db, partnerId, filter));
  expect(await count({ status: "warning" })).toBeUndefined();
  expect(await count({ overUsed: "1" })).toEqual({ n: 1, ids: [idOf("Later")] });
  expect(await count({ overUsed: "1", reason: "run_failed" })).toEqual({ n: 0, ids: [] });
});

test("pinned customers that match stand first, once, on the first page only", async () => {
  const api = await callerFor(member);
  for (const name of ["Snow", "Plain"]) await api.pins.pin({ customerId: idOf(name) });
  const first = await api.customers.list({ pageSize: 25, sort: "-name" });
  expect(first.rows.slice(0, 2).map(({ name, isPinned }) => [name, isPinned])).toEqual([
    ["Snow", true],
    ["Plain", true],
  ]);
  expect(first.rows.filter(({ isPinned }) => isPinned)).toHaveLength(2);
  expect(new Set(first.rows.map(({ id }) => id)).size).toBe(first.rows.length);
  expect(first.rows).toHaveLength(first.total);
  expect(await names(member, { pinned: "1" })).toEqual(["Plain", "Snow"]);
  expect((await list(member, { vendor: "snow" })).rows.map(({ name }) => name)).toEqual(["Snow", "Torrent"]);
  expect((await list(member, { vendor: "snow", sort: "-name" })).rows[0]?.name).toBe("Snow");
  expect((await list(member, { q: "plain" })).rows[0]?.name).toBe("Plain");
  expect((await list(limited, {})).rows.some(({ isPinned }) => isPinned)).toBe(false);
  for (const name of ["Snow", "Plain"]) await api.pins.unpin({ customerId: idOf(name) });
});

test("changes and sources are read where their columns are shown", async () => {
  const customer = made.get("Silent");
  await adminQuery(
    `insert into customer_history (partner_id, customer_id, day, status, devices_total, applications_installed)
     values ($1, $2, current_date - 33, 'synced', 1, 0), ($1, $2, current_date - 28, 'synced', 9, 9)`,
    [partnerId, customer?.id],
  );
  await adminQuery(
    "update customer_overview set metrics_from = now() - interval '1 year' where partner_id = $1 and customer_id = $2",
    [partnerId, customer?.id],
  );
  const rowOf = async (columns: CustomerListInput["columns"]) =>
    (await list(member, { columns, q: "silent" })).rows.find(({ name }) => name === "Silent");
  expect(await rowOf(["name", "devicesChange", "sources"])).toMatchObject({
    devicesTotal: 3,
    devicesChange: 2,
    sources: [{ vendor: "sophos", lastSuccessAt: expect.any(String) }],
  });
  expect(await rowOf(["name"])).toMatchObject({ devicesChange: null, sources: [] });
  const business = await makeMember({ partnerId, role: "business" });
  const seen = (await list(business, { columns: ["name", "devicesChange", "sources"], q: "silent" })).rows;
  expect(seen.find(({ name }) => name === "Silent")).toMatchObject({ devicesChange: null, sources: [] });
});

test("history of an access that ended is not compared with", async () => {
  const customer = made.get("Snow");
  await adminQuery(
    "insert into customer_history (partner_id, customer_id, day, status, devices_total) values ($1, $2, current_date - 31, 'synced', 1)",
    [partnerId, customer?.id],
  );
  const change = async () => {
    const { rows } = await list(member, { columns: ["name", "devicesChange"], q: "Snow" });
    return rows.find(({ name }) => name === "Snow")?.devicesChange;
  };
  expect(await change()).toBe(1);
  await adminQuery(
    "update customer_overview set metrics_from = now() - interval '20 days' where partner_id = $1 and customer_id = $2",
    [partnerId, customer?.id],
  );
  expect(await change()).toBeNull();
});

test("an address is read leniently, a procedure strictly", async () => {
  expect(
    readListAddress({
      columns: "used,nonsense,used,name",
      expiring: "367",
      overUsed: "yes",
      vendor: "A B",
      reason: "x",
      stale: "1",
      protection: "active",
    }),
  ).toEqual({ columns: ["name", "used"], stale: "1", protection: "active", pageSize: 50 });
  const api = await callerFor(member);
  for (const input of [
    { expiring: "0" },
    { expiring: "367" },
    { expiring: "1.5" },
    { expiring: "-3" },
    { overUsed: "0" },
    { vendor: "A B" },
    { reason: "x" },
    { columns: ["nonsense"] },
    { relationship: "" },
  ])
    await expect(api.customers.list(input as Input), JSON.stringify(input)).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
});
