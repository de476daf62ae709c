// Overview rows against the database: figures, blanks, histories, kept counts and what the clock changes.
import { dayIn, addDays } from "#server/licences/rules.ts";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { lockCustomers } from "#server/access/queries.ts";
import { revokeAccess } from "#server/access/service.ts";
import { adminQuery } from "#tests/database.ts";
import {
  type Customer,
  daysAgo,
  makeAccount,
  makeAlert,
  makeConnection,
  makeContact,
  makeCustomer,
  makeDevices,
  makeFullCustomer,
  makeGrant,
  makeLicence,
  makePartner,
  refresh,
} from "#tests/factories.ts";
import { lockOverview } from "./queries.ts";
import { refreshDue } from "./service.ts";

afterAll(closeDatabase);
const DAY = 86_400_000;
const HOUR = 3_600_000;

type Overview = Record<string, unknown> & {
  status: string;
  reasons: { code: string; since: string; evidence: Record<string, unknown> }[];
  next_change_at: Date | null;
};
async function overviewOf({ id }: { id: string }): Promise<Overview> {
  const [row] = await adminQuery<Overview>("select * from customer_overview where customer_id = $1", [id]);
  if (!row) throw new Error("no overview");
  return row;
}
const codesOf = async (customer: Customer) =>
  (({ status, reasons }) => [status, ...reasons.map(({ code }) => code)])(await overviewOf(customer));
const historyOf = ({ id }: Customer) =>
  adminQuery<{ status: string; codes: string[] }>(
    "select status, array(select r ->> 'code' from jsonb_array_elements(reasons) r) as codes from status_history where customer_id = $1 order by at",
    [id],
  );
const update = ({ id }: Customer, table: string, change: string) =>
  adminQuery(`update ${table} set ${change} where customer_id = $1`, [id]);
/** The minute job at an instant. */
const minute = (partnerId: string, at: Date) =>
  withScope({ partnerId }, "read write", (db) => refreshDue(db, partnerId, at, 500), "worker");
const later = (ms: number) => new Date(Date.now() + ms);
/** Which version of each row is stored: another one means that it was written. */
const versionsOf = ({ id }: Customer) =>
  adminQuery(
    `select 'overview' as place, xmin::text from customer_overview where customer_id = $1 union all select 'search', xmin::text from customer_search where customer_id = $1
   union all select 'day', xmin::text from customer_history where customer_id = $1 union all select 'news', xmin::text from status_history where customer_id = $1 order by 1, 2`,
    [id],
  );

describe("a second time nothing is written", () => {
  test.each([
    ["a customer with everything", () => makeFullCustomer()],
    ["an order", () => makeCustomer({ relationship: "order_only" })],
    ["no source", () => makeCustomer({})],
    ["no grant", () => makeCustomer({ relationship: "delegated" })],
    [
      "a grant to come",
      async () => {
        const customer = await makeCustomer({ relationship: "delegated" });
        await makeGrant(customer, { fromAt: later(DAY), untilAt: later(9 * DAY) });
        return customer;
      },
    ],
    [
      "unprotected and failing",
      async () => {
        const customer = await makeFullCustomer();
        await update(
          customer,
          "vendor_account",
          "unprotected_count = 2, error_code = 'vendor.failed', error_since = now()",
        );
        await refresh(customer.partnerId, [customer.id]);
        return customer;
      },
    ],
  ])("%s", async (_, make) => {
    const customer = await make();
    await refresh(customer.partnerId, [customer.id]);
    const before = await versionsOf(customer);
    await refresh(customer.partnerId, [customer.id], later(50));
    expect(await versionsOf(customer)).toEqual(before);
  });
});

describe("figures", () => {
  test("are disjoint and add up for any devices", async () => {
    const customer = await makeCustomer();
    const account = await makeAccount(customer);
    const device = fc.record({
      state: fc.constantFrom("active", "active", "quarantined", "inactive"),
      days: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
      isProtected: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(device, { minLength: 1, maxLength: 40 }), async (devices) => {
        await adminQuery("delete from device where customer_id = $1", [customer.id]);
        await adminQuery(
          `insert into device (partner_id, customer_id, vendor_account_id, external_id, hostname, type, os, state, health, is_protected, last_seen_at)
           select $1, $2, $3, gen_random_uuid(), 'pc', 'computer', '', r.state, 'good', r."isProtected", now() - r.days * interval '1 day' - interval '1 hour'
           from jsonb_to_recordset($4::jsonb) as r (state text, days int, "isProtected" boolean)`,
          [customer.partnerId, customer.id, account.id, JSON.stringify(devices)],
        );
        await refresh(customer.partnerId, [customer.id]);
        const active = devices.filter(({ state }) => state === "active");
        const recent = active.filter(({ days }) => days !== null && days < 7).length;
        expect(await overviewOf(customer)).toMatchObject({
          devices_total: devices.length,
          devices_recent: recent,
          devices_silent: active.length - recent,
          devices_quarantined: devices.filter(({ state }) => state === "quarantined").length,
          devices_inactive: devices.filter(({ state }) => state === "inactive").length,
          devices_unprotected: active.filter(({ isProtected }) => !isProtected).length,
        });
      }),
      { numRuns: 12 },
    );
  });

  test("licences: exact sums of what runs, also where a bill gives credit", async () => {
    const customer = await makeCustomer();
    const account = await makeAccount(customer);
    const licence = (given: Record<string, unknown>) => makeLicence({ customer, account }, given);
    await licence({ quantity: "0.1000", used: "-0.5000" });
    expect(await overviewOf(customer)).toMatchObject({ licensed: "0.1000", used: "-0.5000" });
    await licence({ quantity: "0.2000", used: "0.7500" });
    await licence({ startsOn: "2998-01-01", quantity: "1000", used: "2000" });
    await licence({ endsOn: "2020-02-01", quantity: "1000", used: "1" });
    expect(await overviewOf(customer)).toMatchObject({
      licensed: "0.3000",
      used: "0.2500",
      over_used: true,
      licence_state_rank: 1,
      licence_kinds: ["term"],
      categories: ["endpoint"],
    });
    // Use of what has no limit is not measured against the limits of something else.
    await licence({ isUnlimited: true, quantity: null, used: "500" });
    expect(await overviewOf(customer)).toMatchObject({ licensed: null, used: "500.2500" });
  });

  test("are blank while there is no access, while pending, and where the vendor does not tell", async () => {
    const blank = {
      devices_total: null,
      devices_recent: null,
      devices_silent: null,
      devices_quarantined: null,
      devices_inactive: null,
      devices_unprotected: null,
      alerts_high: null,
      alerts_low: null,
      last_sync_at: null,
    };
    const customer = await makeFullCustomer();
    expect(await overviewOf(customer)).toMatchObject({
      status: "warning",
      devices_total: 3,
      devices_silent: 1,
      devices_unprotected: 1,
      alerts_high: 1,
      alerts_medium: 0,
    });
    await update(customer, "vendor_account", 'gaps = \'[{"part": "devices", "reason": "not_entitled"}]\'');
    await refresh(customer.partnerId, [customer.id]);
    expect(await overviewOf(customer)).toMatchObject({
      ...blank,
      last_sync_at: expect.any(Date),
      alerts_high: 1,
      alerts_low: 0,
    });
    await update(customer, "vendor_account", 'gaps = \'[{"part": "alerts", "reason": "not_reported"}]\'');
    await refresh(customer.partnerId, [customer.id]);
    expect(await overviewOf(customer)).toMatchObject({
      devices_total: 3,
      alerts_high: null,
      alerts_medium: null,
      alerts_low: null,
    });
    await update(customer, "access_grant", "from_at = now() - interval '1 minute'");
    await update(
      customer,
      "vendor_account",
      "gaps = '[]', last_data_at = now() - interval '1 hour', last_success_at = now() - interval '1 hour'",
    );
    await refresh(customer.partnerId, [customer.id]);
    expect(await overviewOf(customer)).toMatchObject({
      ...blank,
      status: "sync_pending",
      metrics_until: Infinity,
    });
    await update(customer, "access_grant", "capabilities = '{console}'");
    await refresh(customer.partnerId, [customer.id]);
    expect(await overviewOf(customer)).toMatchObject({
      ...blank,
      status: "access_disabled",
      metrics_from: null,
    });
  });

  test("an account that was never read reports no zeros", async () => {
    const customer = await makeCustomer();
    await makeAccount(customer, {
      gaps: JSON.stringify([
        { part: "devices", reason: "not_entitled" },
        { part: "alerts", reason: "not_entitled" },
      ]),
    });
    await makeAccount(customer, { lastSuccessAt: null, lastDataAt: null });
    expect(await overviewOf(customer)).toMatchObject({
      status: "synced",
      devices_total: null,
      alerts_high: null,
    });
  });

  test("the customer's own licences count only under the capability", async () => {
    const customer = await makeFullCustomer();
    expect(await overviewOf(customer)).toMatchObject({
      licensed: "15.0000",
      used: "9.0000",
      has_customer_licences: true,
    });
    await update(customer, "access_grant", "capabilities = '{metrics}'");
    await refresh(customer.partnerId, [customer.id]);
    expect(await overviewOf(customer)).toMatchObject({
      status: "warning",
      licensed: "10.0000",
      used: "4.0000",
      has_customer_licences: false,
      licences_from: null,
    });
  });

  test("a window that opens licences alone opens and closes them by the clock", async () => {
    const customer = await makeCustomer({ relationship: "delegated" });
    await makeLicence({ customer, account: await makeAccount(customer) }, { owner: "customer" });
    const [from, until] = [later(DAY), later(2 * DAY)];
    await makeGrant(customer, { capabilities: ["licences"], fromAt: from, untilAt: until });
    expect(await overviewOf(customer)).toMatchObject({
      status: "access_disabled",
      licensed: null,
      next_change_at: from,
    });
    await minute(customer.partnerId, from);
    expect(await overviewOf(customer)).toMatchObject({
      licensed: "10.0000",
      has_customer_licences: true,
      next_change_at: until,
    });
    await minute(customer.partnerId, until);
    expect(await overviewOf(customer)).toMatchObject({ licensed: null, licences_from: null });
    expect(await codesOf(customer)).toEqual(["access_disabled", "grant_ended"]);
  });
});

describe("history", () => {
  test("one row a day, in the partner's zone; news of the status only when there is some", async () => {
    const partnerId = await makePartner({ timeZone: "Pacific/Kiritimati" });
    const customer = await makeFullCustomer({ partnerId });
    const days = () =>
      adminQuery<{ day: string; devices_total: number }>(
        "select day::text, devices_total from customer_history where customer_id = $1 order by day",
        [customer.id],
      );
    expect(await days()).toEqual([{ day: dayIn("Pacific/Kiritimati", new Date()), devices_total: 3 }]);
    const [before] = await days();
    await refresh(partnerId, [customer.id], later(DAY));
    expect((await days()).map(({ day }) => day)).toEqual([before?.day, addDays(before?.day ?? "", 1)]);

    const news = (await historyOf(customer)).length;
    await makeDevices({ customer, account: await makeAccount(customer) }, 1, { lastSeenAt: daysAgo(40) });
    expect(await historyOf(customer)).toHaveLength(news);
    await update(customer, "vendor_account", "error_code = 'vendor.failed', error_since = now()");
    await refresh(partnerId, [customer.id]);
    expect((await historyOf(customer)).at(-1)).toEqual({
      status: "warning",
      codes: ["devices_silent", "devices_unprotected", "run_failed", "run_failed"],
    });
    expect(await historyOf(customer)).toHaveLength(news + 1);
  });

  test("a reason keeps since when it stands, each vendor's its own", async () => {
    const customer = await makeFullCustomer();
    const other = await makeAccount(customer, {
      vendor: "snow",
      errorCode: "vendor.forbidden",
      errorSince: new Date("2026-01-05T08:00:00Z"),
    });
    await update(
      customer,
      "vendor_account",
      `error_code = coalesce(error_code, 'vendor.failed'), error_since = coalesce(error_since, '2026-02-03T10:00:00Z')`,
    );
    await refresh(customer.partnerId, [customer.id]);
    const sinces = async () =>
      Object.fromEntries(
        (await overviewOf(customer)).reasons.map((one) => [
          `${one.code} ${String(one.evidence["vendor"] ?? "")}`.trim(),
          one.since,
        ]),
      );
    const first = await sinces();
    expect(first).toMatchObject({
      "run_failed snow": "2026-01-05T08:00:00.000Z",
      "run_failed sophos": "2026-02-03T10:00:00.000Z",
    });
    await adminQuery("update vendor_account set error_code = null, error_since = null where id = $1", [
      other.id,
    ]);
    await refresh(customer.partnerId, [customer.id], later(HOUR));
    const { "run_failed snow": _, ...rest } = first;
    expect(await sinces()).toEqual(rest);
  });

  test("status_since moves with the status, not with its reasons", async () => {
    const customer = await makeFullCustomer();
    const { status_since: since } = await overviewOf(customer);
    await update(customer, "device", "is_protected = true");
    await refresh(customer.partnerId, [customer.id], later(HOUR));
    expect(await overviewOf(customer)).toMatchObject({ status: "warning", status_since: since });
    await update(customer, "device", "last_seen_at = now()");
    const at = later(2 * HOUR);
    await refresh(customer.partnerId, [customer.id], at);
    expect(await overviewOf(customer)).toMatchObject({ status: "synced", status_since: at });
  });
});

test("search text: both names, domain, identifiers and contacts, without accents and case", async () => {
  const customer = await makeCustomer({
    name: "Società Élite S.p.A.",
    nameShown: "Élite",
    domain: "elite.example",
    externalId: "ERP-77",
  });
  await makeAccount(customer, { externalId: "tenant-4711" });
  await makeContact(customer, { firstName: "Zoë", lastName: "Müller", email: "zoe@elite.example" });
  await refresh(customer.partnerId, [customer.id]);
  const [row] = await adminQuery<{ name_plain: string; text_plain: string }>(
    "select name_plain, text_plain from customer_search where customer_id = $1",
    [customer.id],
  );
  expect(row).toEqual({
    name_plain: "elite",
    text_plain: "elite societa elite s.p.a. elite.example erp-77 tenant-4711 zoe muller zoe@elite.example",
  });
});

describe("the minute job", () => {
  test("ends windows: the grant is over and nothing of the metrics is stored", async () => {
    const until = later(DAY);
    const customer = await makeFullCustomer({ grant: { untilAt: until } });
    await minute(customer.partnerId, new Date(until.getTime() - 1));
    expect((await overviewOf(customer)).status).toBe("warning");
    await minute(customer.partnerId, until);
    expect(await overviewOf(customer)).toMatchObject({
      status: "access_disabled",
      devices_total: null,
      alerts_high: null,
      last_sync_at: null,
    });
    expect(await codesOf(customer)).toEqual(["access_disabled", "grant_ended"]);
    const [grant] = await adminQuery(
      "select state, end_reason, ended_at, version from access_grant where customer_id = $1",
      [customer.id],
    );
    expect(grant).toEqual({ state: "ended", end_reason: "expired", ended_at: until, version: 2 });
    expect(await minute(customer.partnerId, later(2 * DAY))).toBe(0);
  });

  test("opens windows, and calls what does not come stuck after 24 hours", async () => {
    const customer = await makeCustomer({ relationship: "delegated" });
    await makeAccount(customer);
    const from = later(DAY);
    await makeGrant(customer, { fromAt: from, untilAt: later(90 * DAY) });
    expect(await codesOf(customer)).toEqual(["access_disabled", "grant_starts"]);
    await minute(customer.partnerId, new Date(from.getTime() - 1));
    expect(await codesOf(customer)).toEqual(["access_disabled", "grant_starts"]);
    await minute(customer.partnerId, from);
    expect(await codesOf(customer)).toEqual(["sync_pending", "not_run"]);
    const stuck = new Date(from.getTime() + DAY);
    await minute(customer.partnerId, new Date(stuck.getTime() - 1));
    expect(await codesOf(customer)).toEqual(["sync_pending", "not_run"]);
    await minute(customer.partnerId, stuck);
    expect(await codesOf(customer)).toEqual(["sync_pending", "stuck"]);
    expect((await historyOf(customer)).map(({ codes }) => codes.join())).toEqual([
      "no_grant",
      "grant_starts",
      "not_run",
      "stuck",
    ]);
  });

  test("computers fall silent by the clock alone", async () => {
    const customer = await makeCustomer();
    const seen = new Date(Date.now() - 6 * DAY);
    await makeDevices({ customer }, 2, { lastSeenAt: seen });
    const silent = new Date(seen.getTime() + 7 * DAY + 1);
    expect(await overviewOf(customer)).toMatchObject({
      status: "synced",
      devices_recent: 2,
      next_change_at: silent,
    });
    expect(await minute(customer.partnerId, new Date(silent.getTime() - 1))).toBe(0);
    expect(await minute(customer.partnerId, silent)).toBe(1);
    expect(await overviewOf(customer)).toMatchObject({
      status: "warning",
      devices_recent: 0,
      devices_silent: 2,
      next_change_at: null,
    });
  });

  test.each(["Pacific/Auckland", "America/Los_Angeles"])(
    "a licence expires at the end of its day in %s",
    async (timeZone) => {
      const partnerId = await makePartner({ timeZone });
      const customer = await makeCustomer({ partnerId });
      const today = dayIn(timeZone, new Date());
      await makeLicence({ customer }, { endsOn: today });
      const [midnight] = await adminQuery<{ at: Date }>(
        "select ($1::date + 1)::timestamp at time zone $2 as at",
        [today, timeZone],
      );
      expect(await overviewOf(customer)).toMatchObject({
        licence_state_rank: 3,
        licence_ends_on: expect.anything(),
        next_change_at: midnight?.at,
      });
      await minute(partnerId, new Date((midnight?.at.getTime() ?? 0) - 1));
      expect(await overviewOf(customer)).toMatchObject({ licence_state_rank: 3 });
      await minute(partnerId, midnight?.at ?? new Date());
      expect(await overviewOf(customer)).toMatchObject({ licence_state_rank: 1, licence_ends_on: null });
    },
  );
});

describe("the kept counts", () => {
  const difference = (partnerId: string) =>
    adminQuery(
      `select count(*) as total, count(*) filter (where status = 'synced') as synced, count(*) filter (where status = 'warning') as warning, count(*) filter (where status = 'sync_pending') as sync_pending,
       count(*) filter (where status = 'access_disabled') as access_disabled, count(*) filter (where status = 'not_applicable') as not_applicable from customer_overview where partner_id = $1
     union all select total, synced, warning, sync_pending, access_disabled, not_applicable from customer_count where partner_id = $1`,
      [partnerId],
    );

  test("equal what a count gives, after everything that may happen at the same time", async () => {
    const partnerId = await makePartner();
    const connection = await makeConnection({ partnerId });
    const customers: Customer[] = [];
    for (let n = 0; n < 16; n += 1) {
      const customer = await makeCustomer({
        partnerId,
        relationship: n % 8 === 7 ? "order_only" : n % 2 ? "managed" : "delegated",
      });
      await makeAccount(customer, { connectionId: connection.id, externalId: randomUUID() });
      if (n % 2 === 0) await makeGrant(customer, { untilAt: n % 4 === 0 ? later(DAY) : null });
      customers.push(customer);
    }
    const ids = customers.map(({ id }) => id);
    const random = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
    const kept = ids.slice(0, 12);
    const audit = () => Promise.resolve();
    // Whoever removes a customer takes its lock first, as whoever ends a grant does.
    const remove = (gone: string[]) =>
      withScope(
        { partnerId },
        "read write",
        async (db) => {
          await lockCustomers(db, gone, "exclusive");
          await lockOverview(db, partnerId, gone);
          await db
            .deleteFrom("customer")
            .where("partnerId", "=", partnerId)
            .where("id", "in", gone)
            .execute();
        },
        "worker",
      );
    const acts: (() => Promise<unknown>)[] = [
      () =>
        makeCustomer({ partnerId, relationship: random(["managed", "delegated", "order_only"] as const) }),
      async () => {
        await adminQuery(
          `update vendor_account set error_code = case when error_code is null then 'vendor.failed' end where customer_id = any ($1)`,
          [kept.filter(() => Math.random() < 0.5)],
        );
        await refresh(
          partnerId,
          kept.filter(() => Math.random() < 0.7),
        );
      },
      () =>
        withScope(
          { partnerId },
          "read write",
          (db) => revokeAccess({ db, partnerId, audit }, random(kept), new Date()),
          "worker",
        ),
      () => minute(partnerId, Math.random() < 0.3 ? later(2 * DAY) : new Date()),
      () => remove([random(ids.slice(12))]),
      () => makeAlert({ customer: random(customers.slice(0, 12)) }),
    ];
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(Array.from({ length: 6 }, () => random(acts)()));
      const [counted, stored] = await difference(partnerId);
      expect(stored).toEqual(counted);
    }
    await remove(
      (await adminQuery<{ id: string }>("select id from customer where partner_id = $1", [partnerId])).map(
        ({ id }) => id,
      ),
    );
    expect((await difference(partnerId)).at(1)).toMatchObject({
      total: "0",
      synced: "0",
      warning: "0",
      sync_pending: "0",
      access_disabled: "0",
      not_applicable: "0",
    });
  });
});
