// What the parts of a snapshot leave: devices, applications, SaaS, what was not told, whose the account is and may be.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeConnection, makeCustomer, makePartner } from "#tests/factories.ts";
import { ingest, type Refused, type Source } from "./service.ts";
import { Snapshot, type SnapshotInput } from "./snapshot.ts";

afterAll(closeDatabase);
let partnerId = "";
beforeAll(async () => {
  partnerId = await makePartner();
});

const snow = async (customerId: string | null = null): Promise<Source> => ({
  partnerId,
  connectionId: (await makeConnection({ partnerId, vendor: "snow", customerId })).id,
  vendor: "snow",
  customerId,
});
const identity = (given: Partial<SnapshotInput["account"]> = {}): SnapshotInput["account"] => ({
  externalId: randomUUID(),
  name: "Rossi",
  billing: "usage",
  ...given,
});
/** Nothing is told but what is given. */
const snapshot = (account: SnapshotInput["account"], given: Partial<SnapshotInput> = {}): Snapshot =>
  Snapshot.parse({
    version: 1,
    takenAt: new Date().toISOString(),
    account,
    devices: null,
    licences: null,
    alerts: null,
    unprotectedCount: null,
    ...given,
  });
const take = (source: Source, snapshots: Snapshot[], refused: Refused[] = []) =>
  withScope(
    { partnerId },
    "read write",
    (db) => ingest(db, source, snapshots, refused, new Date()),
    "worker",
  );
type App = NonNullable<SnapshotInput["applications"]>[number];
const app = (externalId: string, given: Partial<App> = {}): App => ({
  externalId,
  name: `App ${externalId}`,
  installs: 2,
  ...given,
});
type Saas = NonNullable<SnapshotInput["saas"]>["applications"][number];
const saas = (externalId: string, given: Partial<Saas> = {}): Saas => ({
  externalId,
  name: "Trello",
  ...given,
});
const computer = {
  externalId: "pc",
  hostname: "PC",
  type: "computer",
  state: "active",
  health: "unknown",
  isProtected: null,
  lastSeenAt: new Date().toISOString(),
} as const;

async function accountOf(externalId: string) {
  const [row] = await adminQuery<Record<string, unknown>>(
    "select * from vendor_account where partner_id = $1 and external_id = $2",
    [partnerId, externalId],
  );
  if (!row) throw new Error(`no account ${externalId}`);
  return row;
}
const rowsOf = (table: "application" | "saas_application", externalId: string, value: string) =>
  adminQuery<{ said: string; version: string }>(
    `select concat_ws(' ', t.external_id, ${value}) as said, t.xmin::text as version from ${table} t
     join vendor_account a on a.id = t.vendor_account_id where a.external_id = $1 order by t.external_id`,
    [externalId],
  );
const said = async (...given: Parameters<typeof rowsOf>) => (await rowsOf(...given)).map((row) => row.said);
const overviewOf = async (externalId: string) =>
  (
    await adminQuery<Record<string, unknown>>("select * from customer_overview where customer_id = $1", [
      (await accountOf(externalId))["customer_id"],
    ])
  )[0];

test("devices carry manufacturer and model, and a protection that nobody knows", async () => {
  const [source, account] = [await snow(), identity()];
  await take(source, [
    snapshot(account, { devices: [{ ...computer, manufacturer: "Dell", model: "Latitude 5" }] }),
  ]);
  const { id } = await accountOf(account.externalId);
  const stored = () =>
    adminQuery("select manufacturer, model, is_protected from device where vendor_account_id = $1", [id]);
  expect(await stored()).toEqual([{ manufacturer: "Dell", model: "Latitude 5", is_protected: null }]);
  expect(await overviewOf(account.externalId)).toMatchObject({
    status: "synced",
    devices_source: "snow",
    devices_total: 1,
    devices_unprotected: null,
  });
  await take(source, [snapshot(account, { devices: [{ ...computer, model: "Latitude 7" }] })]);
  expect(await stored()).toEqual([{ manufacturer: "", model: "Latitude 7", is_protected: null }]);
});

test("accounts that are new and accounts that are known, in one batch", async () => {
  const [source, known, fresh, empty] = [await snow(), identity(), identity(), identity()];
  const pcs = (...ids: string[]) => ids.map((externalId) => ({ ...computer, externalId }));
  const stored = (account: { externalId: string }) =>
    adminQuery<{ pc: string; version: string }>(
      `select d.external_id as pc, d.xmin::text as version from device d join vendor_account a on a.id = d.vendor_account_id
       where a.partner_id = $1 and a.external_id = $2 order by 1`,
      [partnerId, account.externalId],
    );
  const namesOf = async (account: { externalId: string }) => (await stored(account)).map(({ pc }) => pc);
  await take(source, [snapshot(known, { devices: pcs("gone", "kept") })]);
  const [, kept] = await stored(known);
  const batch = [
    snapshot(fresh, { devices: pcs("a", "a", "b") }),
    snapshot(known, { devices: pcs("kept", "more") }),
    snapshot(empty, { devices: [] }),
  ];
  await take(source, batch);
  expect(await namesOf(fresh)).toEqual(["a", "b"]);
  expect(await namesOf(known)).toEqual(["kept", "more"]);
  expect(await namesOf(empty)).toEqual([]);
  const before = [...(await stored(known)), ...(await stored(fresh))];
  expect(before[0]).toEqual(kept);
  await take(source, batch);
  expect([...(await stored(known)), ...(await stored(fresh))]).toEqual(before);
  await take(source, [snapshot(fresh, { devices: pcs("b") }), snapshot(empty, { devices: pcs("c") })]);
  expect(await namesOf(fresh)).toEqual(["b"]);
  expect(await namesOf(empty)).toEqual(["c"]);
});

describe("applications and SaaS", () => {
  const told: Partial<SnapshotInput> = {
    applications: [app("kept"), app("changed", { unused: 1 }), app("gone")],
    saas: {
      applications: [saas("kept", { currency: "EUR", yearlyCost: "12.5" }), saas("changed"), saas("gone")],
      users: 7,
      activeUsers: 5,
    },
  };
  const both = async (externalId: string) => [
    await said("application", externalId, "t.installs, t.unused"),
    await said("saas_application", externalId, "t.users, t.yearly_cost, t.currency"),
  ];

  test("become exactly what was told; what is the same is not written", async () => {
    const [source, account] = [await snow(), identity()];
    await take(source, [snapshot(account, told)]);
    const id = account.externalId;
    const version = async () =>
      Promise.all(
        (["application", "saas_application"] as const).map(
          async (table) =>
            (await rowsOf(table, id, "''")).find((row) => row.said.startsWith("kept"))?.version,
        ),
      );
    expect(await both(id)).toEqual([
      ["changed 2 1", "gone 2", "kept 2"],
      ["changed", "gone", "kept 12.5000 EUR"],
    ]);
    const before = await version();
    await take(source, [
      snapshot(account, {
        applications: [app("new"), app("new"), app("kept"), app("changed", { installs: 9 })],
        saas: {
          applications: [
            saas("new"),
            saas("kept", { currency: "EUR", yearlyCost: "12.5" }),
            saas("changed", { users: 3 }),
          ],
        },
      }),
    ]);
    expect(await both(id)).toEqual([
      ["changed 9", "kept 2", "new 2"],
      ["changed 3", "kept 12.5000 EUR", "new"],
    ]);
    expect(await version()).toEqual(before);
    expect(await accountOf(id)).toMatchObject({ saas_users: null, saas_active_users: null });
  });

  test("that were not read keep what is stored, empty ones clear it", async () => {
    const [source, account] = [await snow(), identity()];
    const id = account.externalId;
    await take(source, [snapshot(account, told)]);
    const stored = await both(id);
    await take(source, [snapshot(account)]);
    expect(await both(id)).toEqual(stored);
    expect(await accountOf(id)).toMatchObject({ saas_users: 7, saas_active_users: 5 });
    expect(await overviewOf(id)).toMatchObject({ applications_installed: 3, saas_users: 7 });
    await take(source, [snapshot(account, { applications: [], saas: { applications: [] } })]);
    expect(await both(id)).toEqual([[], []]);
    expect(await overviewOf(id)).toMatchObject({
      applications_installed: 0,
      saas_applications: 0,
      saas_users: null,
    });
  });

  test("are metrics: without access they are not taken in, and do not count as data", async () => {
    const [source, account] = [await snow(), identity({ billing: "term" })];
    await take(source, [snapshot(account, told)]);
    expect(await both(account.externalId)).toEqual([[], []]);
    expect(await accountOf(account.externalId)).toMatchObject({ saas_users: null, last_data_at: null });
    // The customer opens; a reading that brings no applications does not make those untold into none.
    await adminQuery("update customer set relationship = 'managed' where id = $1", [
      (await accountOf(account.externalId))["customer_id"],
    ]);
    await take(source, [snapshot(account, { devices: [computer] })]);
    expect(await overviewOf(account.externalId)).toMatchObject({
      status: "synced",
      devices_total: 1,
      applications_installed: null,
      gaps: { applications: "not_reported", saas: "not_reported", alerts: "not_reported" },
    });
    await take(source, [snapshot(account, told)]);
    expect(await overviewOf(account.externalId)).toMatchObject({ applications_installed: 3, saas_users: 7 });
  });

  test("alone are data enough", async () => {
    const [source, account] = [await snow(), identity()];
    await take(source, [snapshot(account, { applications: [app("a")] })]);
    expect(await overviewOf(account.externalId)).toMatchObject({
      status: "synced",
      applications_installed: 1,
    });
  });
});

test("what was read in the future was read now", async () => {
  const [source, account] = [await snow(), identity()];
  const takenAt = new Date(Date.now() + 86_400_000).toISOString();
  await take(source, [snapshot(account, { takenAt, devices: [computer] })]);
  const { last_success_at, last_data_at } = await accountOf(account.externalId);
  expect(last_data_at).toEqual(last_success_at);
  expect((last_success_at as Date).getTime()).toBeLessThanOrEqual(Date.now());
});

test("what was not told stands with the account: with the vendor's reason, or as unknown to it", async () => {
  const [source, account] = [await snow(), identity()];
  const gaps = async () =>
    Object.fromEntries(
      ((await accountOf(account.externalId))["gaps"] as { part: string; reason: string; isUntold?: true }[])
        .map(({ part, reason, isUntold }) => [part, isUntold ? "untold" : reason] as const)
        .sort(),
    );
  await take(source, [snapshot(account, { devices: [computer] })]);
  const untold = { alerts: "untold", applications: "untold", licences: "untold", saas: "untold" };
  expect(await gaps()).toEqual(untold);
  await take(source, [
    snapshot(account, {
      alerts: [],
      gaps: [
        { part: "saas", reason: "not_entitled" },
        { part: "protection", reason: "not_reported" },
      ],
    }),
  ]);
  expect(await gaps()).toEqual({
    applications: "untold",
    licences: "untold",
    protection: "not_reported",
    saas: "not_entitled",
  });
  expect(await overviewOf(account.externalId)).toMatchObject({
    devices_total: 1,
    alerts_high: 0,
    gaps: { applications: "not_reported", saas: "not_entitled" },
  });
  await take(source, [snapshot(account, { saas: { applications: [saas("a")] } })]);
  expect(await gaps()).toEqual({ applications: "untold", licences: "untold" });
});

describe("whose an account is", () => {
  const linkOf = async (externalId: string) => {
    const { customer_id, linked_by, link_state } = await accountOf(externalId);
    return { customer_id, linked_by, link_state };
  };
  test("says how it was linked, and keeps what identifies it", async () => {
    const known = await makeCustomer({ partnerId, externalId: "ERP-9" });
    const own = await makeCustomer({ partnerId });
    const matched = identity({
      externalIds: ["ERP-9", "other"],
      domain: "rossi.example",
      country: "IT",
      contacts: [
        { role: "billing", email: "B@rossi.example" },
        { role: "other", email: "" },
        { role: "administrator", email: "a@rossi.example" },
        { role: "technical", email: "b@Rossi.example" },
      ],
    });
    const [arriving, customers] = [identity(), identity()];
    await take(await snow(), [snapshot(matched), snapshot(arriving)]);
    await take(await snow(own.id), [snapshot(customers)]);
    expect(await linkOf(matched.externalId)).toMatchObject({
      customer_id: known.id,
      linked_by: "identifier",
    });
    expect(await linkOf(arriving.externalId)).toMatchObject({ linked_by: "arrival", link_state: "linked" });
    expect(await linkOf(customers.externalId)).toMatchObject({ customer_id: own.id, linked_by: "arrival" });
    const identified = {
      domain: "rossi.example",
      identity: {
        externalIds: ["ERP-9", "other"],
        emails: ["a@rossi.example", "b@rossi.example"],
        country: "IT",
      },
    };
    expect(await accountOf(matched.externalId)).toMatchObject(identified);
    const unread = Snapshot.shape.account.parse({
      ...identity({ billing: "unknown" }),
      externalId: matched.externalId,
    });
    const source = {
      ...(await snow()),
      connectionId: String((await accountOf(matched.externalId))["connection_id"]),
    };
    await take(source, [], [{ account: unread, code: "vendor.forbidden", detail: "" }]);
    expect(await accountOf(matched.externalId)).toMatchObject({
      ...identified,
      error_code: "vendor.forbidden",
    });
  });

  test.each([
    ["unlinked", "link_state = 'not_linked', linked_by = null, customer_id = null"],
    ["set aside", "is_set_aside = true, linked_by = null, customer_id = null"],
  ])("a person %s it: it gets no customer again, and nothing of it is taken in", async (_, change) => {
    const known = await makeCustomer({ partnerId, externalId: randomUUID() });
    const [source, account] = [await snow(), identity()];
    await take(source, [snapshot(account)]);
    await adminQuery(`update vendor_account set ${change} where external_id = $1`, [account.externalId]);
    const before = await linkOf(account.externalId);
    const [row] = await adminQuery<{ external_id: string }>(
      "select external_id from customer where id = $1",
      [known.id],
    );
    const count = async () =>
      (await adminQuery("select 1 from customer where partner_id = $1", [partnerId])).length;
    const customers = await count();
    const again = { ...account, externalIds: [row?.external_id ?? ""] };
    await take(source, [snapshot(again, { devices: [computer] })], []);
    expect(await linkOf(account.externalId)).toEqual(before);
    expect(before.customer_id).toBeNull();
    expect(await count()).toBe(customers);
    const { id } = await accountOf(account.externalId);
    expect(await adminQuery("select 1 from device where vendor_account_id = $1", [id])).toEqual([]);
  });

  test("an account that is marked as not linked is read for nobody, even where its customer still stands", async () => {
    const [source, account] = [await snow(), identity()];
    await take(source, [snapshot(account, { devices: [computer] })]);
    await adminQuery("update vendor_account set link_state = 'not_linked' where external_id = $1", [
      account.externalId,
    ]);
    await take(source, [snapshot(account, { devices: [] })]);
    const { id } = await accountOf(account.externalId);
    expect(await adminQuery("select 1 from device where vendor_account_id = $1", [id])).toHaveLength(1);
  });

  test("of a connection that was removed nothing is taken in", async () => {
    const [source, account, late] = [await snow(), identity(), identity()];
    await take(source, [snapshot(account)]);
    await adminQuery("update connection set removed_at = now() where id = $1", [source.connectionId]);
    await take(source, [snapshot(account, { devices: [computer] }), snapshot(late)]);
    const { id } = await accountOf(account.externalId);
    expect(await adminQuery("select 1 from device where vendor_account_id = $1", [id])).toEqual([]);
    await expect(accountOf(late.externalId)).rejects.toThrow("no account");
  });
});
