// What decides an overview row, read from the database: several sources, entitlement, denied applications, thresholds of
// groups, what people decided about a reason, maintenance.
import { afterAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  type Customer,
  daysAgo,
  makeAccount,
  makeApplication,
  makeCustomer,
  makeDevices,
  makeGroup,
  makePartner,
  makeSaas,
  refresh,
} from "#tests/factories.ts";
import { listThresholds } from "./queries.ts";
import { listDenied } from "./queries-facts.ts";
import { refreshDue } from "./service.ts";

afterAll(closeDatabase);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const later = (ms: number) => new Date(Date.now() + ms);

type Overview = Record<string, unknown> & {
  status: string;
  reasons: { code: string; since: string; evidence: Record<string, unknown>; muted?: { kind: string } }[];
  next_change_at: Date | null;
};
async function overviewOf({ id }: Customer): Promise<Overview> {
  const [row] = await adminQuery<Overview>("select * from customer_overview where customer_id = $1", [id]);
  if (!row) throw new Error("no overview");
  return row;
}
/** Status, then each reason as its code and by what it is muted. */
async function stateOf(customer: Customer): Promise<string[]> {
  const { status, reasons } = await overviewOf(customer);
  return [status, ...reasons.map(({ code, muted }) => (muted ? `${code}:${muted.kind}` : code))];
}
const again = ({ id, partnerId }: Customer, at = new Date()) => refresh(partnerId, [id], at);
const minute = ({ partnerId }: Customer, at: Date) =>
  withScope({ partnerId }, "read write", (db) => refreshDue(db, partnerId, at, 500), "worker");

/** A customer that Sophos and Snow know. */
async function makeBoth() {
  const customer = await makeCustomer();
  const sophos = await makeAccount(customer);
  const snow = await makeAccount(customer, { vendor: "snow" });
  return { customer, sophos: { customer, account: sophos }, snow: { customer, account: snow } };
}
const gap = (accountId: string, ...gaps: { part: string; reason: string }[]) =>
  adminQuery("update vendor_account set gaps = $2 where id = $1", [accountId, JSON.stringify(gaps)]);

describe("two sources", () => {
  test("computers are Snow's where it reports them, else Sophos'; the row says whose", async () => {
    const { customer, sophos, snow } = await makeBoth();
    await makeDevices(sophos, 5);
    await makeDevices(sophos, 1, { lastSeenAt: daysAgo(30), isProtected: false });
    await makeDevices(snow, 2, { isProtected: null, manufacturer: "Dell", model: "X1" });
    expect(await overviewOf(customer)).toMatchObject({
      devices_source: "snow",
      devices_total: 2,
      devices_silent: 0,
      devices_unprotected: 1,
      gaps: {},
      reasons: [{ code: "devices_unprotected", evidence: { count: 1, vendor: "sophos" } }],
    });
    await makeDevices(snow, 1, { lastSeenAt: daysAgo(9), isProtected: null });
    expect((await overviewOf(customer)).reasons[0]).toMatchObject({
      code: "devices_silent",
      evidence: { count: 1, days: 7, vendor: "snow" },
    });
    await gap(
      snow.account.id,
      ...["devices", "applications"].map((part) => ({ part, reason: "not_entitled" })),
    );
    await again(customer);
    expect(await overviewOf(customer)).toMatchObject({
      devices_source: "sophos",
      devices_total: 6,
      devices_silent: 1,
      applications_installed: null,
      saas_applications: 0,
      gaps: { applications: "not_entitled" },
      reasons: [{ evidence: { vendor: "sophos" } }, { code: "devices_unprotected" }],
    });
  });

  test("without entitlement its columns are blank with their cause, and nothing stored of them warns", async () => {
    const customer = await makeCustomer();
    const account = await makeAccount(customer, { vendor: "snow" });
    await makeDevices({ customer, account }, 1, { lastSeenAt: daysAgo(30), isProtected: null });
    await makeApplication({ customer, account }, { name: "BitTorrent" });
    await deny(customer.partnerId, "bittorrent");
    const parts = ["devices", "applications", "saas"];
    await gap(account.id, ...parts.map((part) => ({ part, reason: "not_entitled" })));
    await again(customer);
    const entitled = "not_entitled";
    expect(await overviewOf(customer)).toMatchObject({
      status: "synced",
      reasons: [],
      devices_source: null,
      devices_total: null,
      devices_unprotected: null,
      applications_installed: null,
      applications_denied: null,
      saas_applications: null,
      gaps: { computers: entitled, applications: entitled, saas: entitled },
    });
  });

  test("accounts that are not linked and removed connections count for nothing", async () => {
    const { customer, sophos, snow } = await makeBoth();
    await makeDevices(sophos, 3);
    await makeDevices(snow, 1, { isProtected: null });
    await adminQuery("update connection set removed_at = now() where id = $1", [snow.account.connectionId]);
    await again(customer);
    expect(await overviewOf(customer)).toMatchObject({ devices_source: "sophos", devices_total: 3 });
    await adminQuery("update vendor_account set link_state = 'not_linked' where id = $1", [
      sophos.account.id,
    ]);
    await again(customer);
    expect(await stateOf(customer)).toEqual(["sync_pending", "no_source"]);
  });
});

test("applications and SaaS: figures of the row and of the day's history, blank without access", async () => {
  const { customer, snow } = await makeBoth();
  const application = (name: string, installs: number, unused: number | null, required = 0, available = 0) =>
    makeApplication(snow, {
      name,
      installs,
      unused,
      licencesRequired: required,
      licencesAvailable: available,
    });
  await application("Acrobat", 10, 2, 10, 4);
  await application("Visio", 3, 3, 3, 20);
  await application("7-Zip", 4, null);
  await application("Gone", 0, 0, 5, 0);
  await makeSaas(snow, { subscriptions: 10, assigned: 7, yearlyCost: "100", currency: "EUR" });
  await makeSaas(snow, { subscriptions: 3, assigned: 5, yearlyCost: "0.5", currency: "EUR" });
  await makeSaas(snow, { name: "Free" });
  await adminQuery("update vendor_account set saas_users = 12, saas_active_users = 9 where id = $1", [
    snow.account.id,
  ]);
  await again(customer);
  const figures = {
    applications_installed: 3,
    applications_denied: 0,
    applications_unused: 1,
    licence_shortfall: 6,
    saas_applications: 3,
    saas_users: 12,
    saas_active_users: 9,
    saas_subscriptions: 13,
    saas_unassigned: 3,
    saas_monthly_spend: "8.3750",
  };
  expect(await overviewOf(customer)).toMatchObject({ ...figures, saas_currency: "EUR", gaps: {} });
  const history = () =>
    adminQuery(
      `select ${Object.keys(figures).join(", ")} from customer_history where customer_id = $1 order by day`,
      [customer.id],
    );
  expect(await history()).toEqual([figures]);
  // A source that states no requirement at all has told of no shortfall.
  await adminQuery("update application set licences_required = null where customer_id = $1", [customer.id]);
  await again(customer);
  expect(await overviewOf(customer)).toMatchObject({ licence_shortfall: null, applications_installed: 3 });
  await adminQuery("update customer set relationship = 'delegated' where id = $1", [customer.id]);
  await again(customer);
  const blank = Object.fromEntries(Object.keys(figures).map((name) => [name, null]));
  expect(await overviewOf(customer)).toMatchObject({
    status: "access_disabled",
    ...blank,
    saas_currency: null,
    gaps: {},
  });
  expect(await history()).toEqual([blank]);
});

async function deny(partnerId: string, pattern: string): Promise<string> {
  const [row] = await adminQuery<{ id: string }>(
    "insert into denied_application (partner_id, pattern, created_by) values ($1, $2, 'Mara') returning id",
    [partnerId, pattern],
  );
  return row?.id ?? "";
}

describe("denied applications", () => {
  test("warn by name, accents and case aside; an exception allows one at one customer", async () => {
    const { customer, snow } = await makeBoth();
    await makeApplication(snow, { name: "µTorrent Pro 3", manufacturer: "A" });
    await makeApplication(snow, { name: "µTorrent Pro 3", manufacturer: "B" });
    await makeApplication(snow, { name: "Café 100%" });
    await makeApplication(snow, { name: "Café 1000" });
    await makeApplication(snow, { name: "Steam", installs: 0 });
    const torrent = await deny(customer.partnerId, "*TORRENT*");
    await deny(customer.partnerId, "cafe 100%");
    await deny(customer.partnerId, "steam");
    await deny(await makePartner(), "Café 1000");
    await again(customer);
    expect(await overviewOf(customer)).toMatchObject({
      status: "warning",
      applications_denied: 2,
      reasons: [
        { code: "denied_application", evidence: { count: 2, names: ["Café 100%", "µTorrent Pro 3"] } },
      ],
    });
    const { since } = (await overviewOf(customer)).reasons[0] ?? {};
    await adminQuery("insert into denied_exception values ($1, $2, $3, 'their business', 'Mara')", [
      customer.partnerId,
      torrent,
      customer.id,
    ]);
    await again(customer, later(HOUR));
    expect(await overviewOf(customer)).toMatchObject({
      applications_denied: 1,
      reasons: [{ since, evidence: { count: 1, names: ["Café 100%"] } }],
    });
    const other = await makeCustomer({ partnerId: customer.partnerId });
    const account = await makeAccount(other, { vendor: "snow" });
    await makeApplication({ customer: other, account }, { name: "µTorrent" });
    expect(await stateOf(other)).toEqual(["warning", "denied_application"]);
    await adminQuery("delete from denied_application where partner_id = $1", [customer.partnerId]);
    await again(customer);
    expect(await stateOf(customer)).toEqual(["synced"]);
  });
});

test("what a pattern names is what app.names says, for any pattern and name", async () => {
  const customer = await makeCustomer();
  const account = await makeAccount(customer, { vendor: "snow" });
  const signs = ["*", "%", "_", "\\", "é", "E", "a", " ", "ß", "'"];
  const any = (length: number, seed: number) =>
    Array.from({ length }, (_, at) => signs[(seed * 7 + at * at * 3 + seed * at) % signs.length]).join("");
  const patterns = Array.from({ length: 60 }, (_, seed) => any(2 + (seed % 4), seed));
  const names = [...patterns, ...Array.from({ length: 60 }, (_, seed) => any(1 + (seed % 5), seed + 3))];
  await adminQuery(
    `insert into denied_application (partner_id, pattern, created_by)
     select distinct on (app.plain(p)) $1::uuid, p, '' from unnest($2::text[]) p`,
    [customer.partnerId, patterns],
  );
  await adminQuery(
    `insert into application (partner_id, customer_id, vendor_account_id, external_id, name, installs)
     select $1, $2, $3, gen_random_uuid()::text, n, 1 from unnest($4::text[]) n`,
    [customer.partnerId, customer.id, account.id, names],
  );
  const said = await adminQuery<{ name: string }>(
    `select distinct p.name collate "C" as name from application p where p.customer_id = $1
       and exists (select from denied_application d where d.partner_id = $2 and app.names(d.pattern, p.name)) order by 1`,
    [customer.id, customer.partnerId],
  );
  const found = await withScope(
    { partnerId: customer.partnerId },
    "read only",
    (db) => listDenied(db, customer.partnerId, [customer.id]),
    "worker",
  );
  expect(said.length).toBeGreaterThan(10);
  expect(said.length).toBeLessThan(new Set(names).size);
  expect([...(found.get(account.id) ?? [])].sort()).toEqual(said.map(({ name }) => name).sort());
});

describe("thresholds", () => {
  test("are the smallest of the customer's groups, else the partner's; the page learns whose", async () => {
    const partnerId = await makePartner({ silentDays: 10, stuckHours: 48 });
    const [one, two] = [await makeCustomer({ partnerId }), await makeCustomer({ partnerId })];
    for (const customer of [one, two]) await makeDevices({ customer }, 1, { lastSeenAt: daysAgo(5) });
    await makeGroup({ partnerId, name: "Nord", customers: [one.id, two.id] });
    await makeGroup({ partnerId, name: "Ost", customers: [one.id], silentDays: 6, stuckHours: 12 });
    await makeGroup({ partnerId, name: "West", customers: [one.id], silentDays: 4 });
    await makeGroup({ partnerId, name: "Leer", silentDays: 1 });
    const found = await withScope(
      { partnerId },
      "read only",
      (db) => listThresholds(db, partnerId, [one.id, two.id]),
      "worker",
    );
    expect(Object.fromEntries(found)).toEqual({
      [one.id]: { silentDays: 4, stuckHours: 12, silentGroup: "West", stuckGroup: "Ost" },
      [two.id]: { silentDays: 10, stuckHours: 48, silentGroup: null, stuckGroup: null },
    });
    // A customer's user is measured by the same, reads no other customer's, and learns no group.
    const own = await withScope({ partnerId, customerId: one.id }, "read only", async (db) => [
      await listThresholds(db, partnerId, [one.id, two.id]),
      await db.selectFrom("customerGroup").where("partnerId", "=", partnerId).select("id").execute(),
    ]);
    expect(own).toEqual([
      new Map([
        [one.id, { silentDays: 4, stuckHours: 12, silentGroup: null, stuckGroup: null }],
        [two.id, { silentDays: 10, stuckHours: 48, silentGroup: null, stuckGroup: null }],
      ]),
      [],
    ]);
    await refresh(partnerId, [one.id, two.id]);
    expect(await stateOf(one)).toEqual(["warning", "devices_silent"]);
    expect((await overviewOf(one)).reasons[0]?.evidence).toMatchObject({ days: 4 });
    expect(await overviewOf(two)).toMatchObject({ status: "synced", devices_silent: 0, devices_recent: 1 });
    await adminQuery("update customer_group set silent_days = null where partner_id = $1 and name = 'West'", [
      partnerId,
    ]);
    await refresh(partnerId, [one.id, two.id]);
    expect(await stateOf(one)).toEqual(["synced"]);
    const at = (await overviewOf(one)).next_change_at ?? new Date(0);
    expect([await minute(one, at), await stateOf(one)]).toEqual([1, ["warning", "devices_silent"]]);
  });

  test("of what is stuck too", async () => {
    const customer = await makeCustomer({ createdAt: later(-13 * HOUR) });
    await makeAccount(customer, { lastSuccessAt: null, lastDataAt: null });
    expect(await stateOf(customer)).toEqual(["sync_pending", "not_run"]);
    await makeGroup({ partnerId: customer.partnerId, customers: [customer.id], stuckHours: 12 });
    await again(customer);
    expect(await stateOf(customer)).toEqual(["sync_pending", "stuck"]);
  });
});

/** A customer with an unprotected device. */
async function makeBare(given: { partnerId?: string } = {}): Promise<Customer> {
  const customer = await makeCustomer(given);
  await makeDevices({ customer }, 1, { isProtected: false });
  expect(await stateOf(customer)).toEqual(["warning", "devices_unprotected"]);
  return customer;
}
const BARE = "devices_unprotected";
const handle = ({ id, partnerId }: Customer, code: string, change: string) =>
  adminQuery(
    `insert into warning_handling as h (partner_id, customer_id, code, updated_by) values ($1, $2, $3, 'Mara')
     on conflict (partner_id, customer_id, code, subject) do nothing`,
    [partnerId, id, code],
  ).then(() =>
    adminQuery(
      `update warning_handling set updated_at = clock_timestamp(), ${change} where customer_id = $1 and code = $2`,
      [id, code],
    ),
  );

describe("living with a warning", () => {
  test("a snooze ends by the clock, and all of it is in the history", async () => {
    const customer = await makeBare();
    const until = later(DAY);
    await handle(customer, BARE, `snoozed_until = '${until.toISOString()}', why = 'ordered'`);
    await again(customer);
    expect(await overviewOf(customer)).toMatchObject({
      status: "synced",
      devices_unprotected: 1,
      next_change_at: until,
      reasons: [{ code: BARE, muted: { kind: "snoozed", until: until.toISOString(), why: "ordered" } }],
    });
    expect(await minute(customer, new Date(until.getTime() - 1))).toBe(0);
    expect(await minute(customer, until)).toBe(1);
    expect(await stateOf(customer)).toEqual(["warning", BARE]);
    const history = await adminQuery<{ said: string }>(
      `select concat_ws(' ', status, reasons #>> '{0,code}', reasons #>> '{0,muted,kind}') as said
       from status_history where customer_id = $1 order by at desc limit 3`,
      [customer.id],
    );
    expect(history.map(({ said }) => said)).toEqual([
      `warning ${BARE}`,
      `synced ${BARE} snoozed`,
      `warning ${BARE}`,
    ]);
  });

  test("a reason that goes away ends its snooze, and keeps being accepted", async () => {
    const customer = await makeBare();
    const isProtected = async (value: boolean) => {
      await adminQuery("update device set is_protected = $2 where customer_id = $1", [customer.id, value]);
      await again(customer);
    };
    await handle(customer, BARE, "snoozed_until = now() + interval '9 days'");
    await isProtected(false);
    expect(await stateOf(customer)).toEqual(["synced", `${BARE}:snoozed`]);
    await isProtected(true);
    expect(await stateOf(customer)).toEqual(["synced"]);
    await isProtected(false);
    expect(await stateOf(customer)).toEqual(["warning", BARE]);
    await handle(customer, BARE, "snoozed_until = null, is_accepted = true");
    for (const value of [false, true, false]) await isProtected(value);
    expect(await stateOf(customer)).toEqual(["synced", `${BARE}:accepted`]);
  });

  test("the counts of the list follow", async () => {
    const customer = await makeBare();
    await handle(customer, BARE, "is_accepted = true");
    await again(customer);
    expect(
      await adminQuery("select synced, warning from customer_count where partner_id = $1", [
        customer.partnerId,
      ]),
    ).toEqual([{ synced: "1", warning: "0" }]);
  });
});

describe("maintenance", () => {
  const window = (
    partnerId: string,
    covers: "all" | "group" | "customer",
    of: string | null,
    from: Date,
    to: Date,
  ) =>
    adminQuery(
      `insert into maintenance_window (partner_id, name, covers, group_id, for_customer_id, starts_at, ends_at, created_by)
       values ($1, $2, $2, case when $2 = 'group' then $3::uuid end, case when $2 = 'customer' then $3::uuid end, $4, $5, 'Mara')`,
      [partnerId, covers, of, from, to],
    );

  test("mutes those it covers from its start to its end", async () => {
    const partnerId = await makePartner();
    const [one, two, three] = [
      await makeBare({ partnerId }),
      await makeBare({ partnerId }),
      await makeBare({ partnerId }),
    ];
    const group = await makeGroup({ partnerId, customers: [two.id] });
    const [from, to] = [later(HOUR), later(2 * HOUR)];
    await window(partnerId, "customer", one.id, from, to);
    await window(partnerId, "group", group.id, from, to);
    await window(await makePartner(), "all", null, daysAgo(1), to);
    for (const customer of [one, two, three]) await again(customer);
    const due = async () =>
      Promise.all([one, two, three].map(async (it) => (await overviewOf(it)).next_change_at));
    const states = async () =>
      Promise.all([one, two, three].map(async (it) => (await stateOf(it)).join(" ")));
    const [plain, muted] = [`warning ${BARE}`, `synced ${BARE}:maintenance`];
    // The device falls silent in a week; before that only the windows change something.
    const falls = (await due())[2];
    expect([await states(), await due()]).toEqual([
      [plain, plain, plain],
      [from, from, falls],
    ]);
    expect(await minute(one, from)).toBe(2);
    expect([await states(), await due()]).toEqual([
      [muted, muted, plain],
      [to, to, falls],
    ]);
    expect(await minute(one, to)).toBe(2);
    expect(await states()).toEqual([plain, plain, plain]);
  });

  test("of all customers covers each", async () => {
    const customer = await makeBare();
    await window(customer.partnerId, "all", null, daysAgo(1), later(DAY));
    await again(customer);
    expect(await stateOf(customer)).toEqual(["synced", `${BARE}:maintenance`]);
  });
});
