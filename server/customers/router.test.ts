// The list and the page of customers through the router: order, paging, filters, search, who sees what.
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  daysAgo,
  makeAccount,
  makeContact,
  makeCustomer,
  makeDevices,
  makeFullCustomer,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { sortColumns } from "#server/columns/schema.ts";
import { type CustomerListInput, statuses } from "./schema.ts";

afterAll(closeDatabase);

type Input = Partial<CustomerListInput>;
/** Every page of a list, one after the other, by following the cursors. */
async function allPages(member: Member, input: Input) {
  const api = await callerFor(member);
  const pages = [];
  let after: string | undefined;
  do {
    const page = await api.customers.list({ ...input, ...(after !== undefined && { after }) });
    pages.push(page);
    after = page.next ?? undefined;
    if (pages.length > 100) throw new Error("the cursors do not end");
  } while (after !== undefined);
  return pages;
}
const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
const names = async (member: Member, input: Input) =>
  (await (await callerFor(member)).customers.list(input)).rows.map((row) => row.name);
const refusal = (code: string, httpCode: string) => ({ code: httpCode, message: code });

describe("a list of 131 customers with ties and customers without figures", () => {
  let member: Member;
  let limited: Member;
  let group: string;
  beforeAll(async () => {
    const partnerId = await makePartner();
    // Every column has ties; each nullable one has rows without a value; five customers are closed.
    const made = sql`with made as (insert into customer (partner_id, name, name_shown, relationship)
         select ${partnerId}::uuid, 'Ditta ' || n / 2, case n % 3 when 0 then 'Écran ' else 'ditta ' end || n / 2, case when n % 26 = 5 then 'delegated' else 'managed' end
         from generate_series(0, 130) n returning id, name_shown, relationship),
       numbered as (select *, row_number() over (order by id)::int as n from made)
       insert into customer_overview (partner_id, customer_id, name_shown, name_sort, relationship, status, status_since, metrics_from, metrics_until,
         last_sync_at, devices_total, devices_silent, devices_unprotected, alerts_high, licence_state_rank, licence_kinds, categories, used, licence_ends_on)
       select ${partnerId}::uuid, id, name_shown, app.plain(name_shown), relationship,
         case when relationship = 'delegated' then 'access_disabled' else (array['synced', 'warning', 'sync_pending'])[1 + n % 3] end, now(),
         case when relationship = 'managed' then now() - interval '1 day' end, case when relationship = 'managed' then 'infinity'::timestamptz end,
         case when relationship = 'managed' and n % 7 > 0 then date_trunc('day', now()) - make_interval(hours => n % 9) + interval '0.000123 s' end,
         case when relationship = 'managed' and n % 5 > 0 then n % 11 end, case when relationship = 'managed' and n % 5 > 0 then n % 4 end,
         case when relationship = 'managed' and n % 5 > 0 then n % 3 end, case when relationship = 'managed' and n % 4 > 0 then n % 3 end,
         1 + n % 6, case when n % 2 = 0 then array['term'] else array['monthly', 'trial'] end, case when n % 4 = 0 then array['endpoint'] else '{}'::text[] end,
         case when n % 6 > 0 then (n % 13) + 0.25 end, case when n % 8 > 0 then date '2027-01-01' + n % 10 end
       from numbered`;
    await withScope({ partnerId }, "read write", (db) => made.execute(db), "worker");
    const some = await adminQuery<{ id: string }>(
      "select id from customer where partner_id = $1 order by id limit 40",
      [partnerId],
    );
    group = (await makeGroup({ partnerId, customers: ids(some) })).id;
    member = await makeMember({ partnerId });
    limited = await makeMember({
      partnerId,
      role: "helpDesk",
      groups: [group],
      denied: ids(some).slice(0, 3),
    });
  });

  const directions = sortColumns.flatMap((column) => [column, `-${column}`] as const);
  test.each(directions)("sorted by %s the pages join to the whole, each customer once", async (sort) => {
    const pages = await allPages(member, { sort, pageSize: 25 });
    const whole = await allPages(member, { sort, pageSize: 200 });
    const rows = pages.flatMap((page) => page.rows);
    expect(pages.length).toBe(6);
    expect(whole).toHaveLength(1);
    expect(ids(rows)).toEqual(ids(whole[0]?.rows ?? []));
    expect(new Set(ids(rows)).size).toBe(131);
    // Against the database's own order, rows without a value last in both directions.
    const column = {
      name: "name_sort",
      status: "status_rank",
      devicesTotal: "devices_total",
      devicesSilent: "devices_silent",
      devicesUnprotected: "devices_unprotected",
      licenceState: "licence_state_rank",
      used: "used",
      licenceEndsOn: "licence_ends_on",
      alerts: "alerts_high",
      lastSync: "last_sync_at",
    }[sort.replace("-", "")];
    const direction = sort.startsWith("-") ? "desc" : "asc";
    const expected = await adminQuery<{ id: string }>(
      `select customer_id as id from customer_overview where partner_id = $1 order by ${column} ${direction} nulls last, customer_id ${direction}`,
      [member.partnerId],
    );
    expect(ids(rows)).toEqual(ids(expected));
  });

  test("every filter finds what it names, and counts it", async () => {
    const everything = (await allPages(member, { pageSize: 200 }))[0]?.rows ?? [];
    const check = async (input: Input, matches: (row: (typeof everything)[number]) => boolean) => {
      const pages = await allPages(member, { ...input, pageSize: 25 });
      const expected = everything.filter(matches);
      expect(new Set(ids(pages.flatMap((page) => page.rows)))).toEqual(new Set(ids(expected)));
      expect(pages.map((page) => page.total)).toEqual(pages.map(() => expected.length));
      return expected.length;
    };
    for (const status of statuses) await check({ status }, (row) => row.status === status);
    expect(await check({ group }, (row) => row.groups.length === 1)).toBe(40);
    expect(
      await check({ licenceKind: "trial" }, (row) => row.licenceKinds.includes("trial")),
    ).toBeGreaterThan(0);
    const withCategory = await adminQuery<{ id: string }>(
      "select customer_id as id from customer_overview where partner_id = $1 and categories @> '{endpoint}'",
      [member.partnerId],
    );
    expect(
      await check({ category: "endpoint" }, (row) => ids(withCategory).includes(row.id)),
    ).toBeGreaterThan(0);
    expect(await check({ category: "nothing" }, () => false)).toBe(0);
    expect(
      await check(
        { status: "warning", licenceKind: "term", group },
        (row) => row.status === "warning" && row.licenceKinds.includes("term") && row.groups.length === 1,
      ),
    ).toBeGreaterThan(0);
  });

  test("a member with a group sees it minus the denied, in rows, counts and search alike", async () => {
    const [page] = await allPages(limited, { pageSize: 200 });
    expect(page?.rows).toHaveLength(37);
    expect(page?.counts.total).toBe(37);
    expect(Object.values(page?.counts.byStatus ?? {}).reduce((sum, n) => sum + n, 0)).toBe(37);
    expect(page?.groups).toEqual([{ id: group, name: expect.any(String) }]);
  });

  test("a cursor of one sort is never used for a wrong type, and a broken one is a bad request", async () => {
    const api = await callerFor(member);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const id = "00000000-0000-4000-8000-000000000000";
    const broken = [
      "x",
      "%%%",
      encode({}),
      encode([]),
      encode(["a"]),
      encode(["a", "b"]),
      encode([1, id]),
      encode(["\0", id]),
      encode(["a", "-".repeat(36)]),
      encode(null),
      "a".repeat(600),
    ];
    for (const after of broken)
      await expect(api.customers.list({ after }), after).rejects.toMatchObject({ code: "BAD_REQUEST" });
    for (const column of sortColumns) {
      if (column === "name") continue;
      for (const value of ["abc", "99999999999999999999999999", "2026-13-45", ""]) {
        await expect(
          api.customers.list({ sort: column, after: encode([value, id]) }),
          `${column} ${value}`,
        ).rejects.toMatchObject(refusal("request.invalid", "BAD_REQUEST"));
      }
    }
    for (const after of [encode(0), encode(-1), encode(1.5), encode(1e9), encode("1")]) {
      await expect(api.customers.list({ q: "ditta", after })).rejects.toMatchObject(
        refusal("request.invalid", "BAD_REQUEST"),
      );
    }
    await expect(api.customers.list({ after: "a".repeat(601) })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test("whatever comes as a cursor or a search, the answer is a page or a bad request", async () => {
    const api = await callerFor(member);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.constantFrom(...directions),
        async (text, sort) => {
          const cursor = Buffer.from(
            JSON.stringify([text.toWellFormed(), "00000000-0000-4000-8000-000000000000"]),
          ).toString("base64url");
          for (const input of [
            { sort, after: cursor },
            { sort, after: text },
          ]) {
            const code = await api.customers.list(input as Input).then(
              () => "OK",
              (error: { code: string }) => error.code,
            );
            expect(["OK", "BAD_REQUEST"]).toContain(code);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("an unknown field, value or type is a bad request", async () => {
    const api = await callerFor(member);
    for (const input of [
      { stauts: "warning" },
      { status: "fine" },
      { pageSize: 51 },
      { pageSize: "50" },
      { sort: "groups" },
      { group: "x" },
      { category: "A'" },
      { q: "a".repeat(201) },
      [],
    ]) {
      await expect(api.customers.list(input as Input), JSON.stringify(input)).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    }
  });
});

describe("search", () => {
  let member: Member;
  beforeAll(async () => {
    const partnerId = await makePartner();
    for (const name of [
      "Società Agricola Çelik",
      "Atelier Marchand",
      "Bottega Rossi",
      "100% Bio_Farm \\ Söhne",
      "Zu",
      "🦊 Volpe",
      "شركة النور",
      "İstanbul Straße",
    ]) {
      const customer = await makeCustomer({
        partnerId,
        name,
        domain: name === "Bottega Rossi" ? "rossi.example" : null,
        externalId: name === "Zu" ? "ZZ-4711" : null,
      });
      if (name === "Atelier Marchand")
        await makeContact(customer, { firstName: "Zoë", lastName: "Dupont", email: "zoe@marchand.example" });
    }
    const all = await adminQuery<{ id: string }>("select id from customer where partner_id = $1", [
      partnerId,
    ]);
    await refresh(partnerId, ids(all));
    member = await makeMember({ partnerId });
  });

  test.each([
    ["Bottega Rossi", "Bottega Rossi"],
    ["botega rosi", "Bottega Rossi"],
    ["societa agricola celik", "Società Agricola Çelik"],
    ["ÇELIK", "Società Agricola Çelik"],
    ["zu", "Zu"],
    ["z", "Zu"],
    ["rossi.example", "Bottega Rossi"],
    ["zz-4711", "Zu"],
    ["zoe dupont", "Atelier Marchand"],
    ["Zoë", "Atelier Marchand"],
    ["bio_farm", "100% Bio_Farm \\ Söhne"],
    ["100%", "100% Bio_Farm \\ Söhne"],
    ["\\ söhne", "100% Bio_Farm \\ Söhne"],
    ["🦊", "🦊 Volpe"],
    ["النور", "شركة النور"],
    ["istanbul strasse", "İstanbul Straße"],
    ["  bottega  ", "Bottega Rossi"],
  ])("%s finds %s first", async (q, expected) => {
    expect((await names(member, { q }))[0]).toBe(expected);
  });

  test.each([
    "%",
    "_",
    "\\",
    "%%%",
    "___",
    "o_t",
    "b%a",
    "'; drop table customer; --",
    "$1",
    "a".repeat(200),
    "()",
    "\\%",
  ])("%s means itself, not a pattern", async (q) => {
    const found = await names(member, { q });
    expect(found.filter((name) => !name.includes(q))).toEqual([]);
  });

  test("nothing but blanks is no search; an explicit sort wins over relevance", async () => {
    expect(await names(member, { q: "   " })).toHaveLength(8);
    expect(await names(member, { q: "" })).toHaveLength(8);
    const found = await names(member, { q: "zu", sort: "-name" });
    expect(found).toEqual(found.toSorted().toReversed());
  });

  test("matches are paged by relevance without a repeat", async () => {
    const partnerId = await makePartner();
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        makeCustomer({ partnerId, name: `Molino ${String(n).padStart(2, "0")}` }),
      ),
    );
    const pages = await allPages(await makeMember({ partnerId }), { q: "molino", pageSize: 25 });
    expect(pages.map((page) => page.rows.length)).toEqual([25, 25, 10]);
    expect(new Set(pages.flatMap((page) => ids(page.rows))).size).toBe(60);
    expect(pages[0]?.total).toBe(60);
  });
});

describe("who sees what", () => {
  test("anonymous must sign in; a customer's user has no list", async () => {
    const nobody = await callerFor(null);
    await expect(nobody.customers.list({})).rejects.toMatchObject(refusal("auth.required", "UNAUTHORIZED"));
    await expect(nobody.customers.byId({ customerId: crypto.randomUUID() })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
    for (const role of ["customerAdmin", "customerViewer"] as const) {
      const own = await callerFor(await makeMember({ role }));
      await expect(own.customers.list({})).rejects.toMatchObject(refusal("permission.denied", "FORBIDDEN"));
    }
  });

  test("Business sees customers, licences and status, no technical figure, and cannot order by one", async () => {
    const partnerId = await makePartner();
    const few = await makeFullCustomer({ partnerId, name: "Zeta" });
    const many = await makeFullCustomer({ partnerId, name: "Alfa" });
    await makeDevices({ customer: many }, 3);
    const business = await makeMember({ partnerId, role: "business" });
    const technical = await makeMember({ partnerId, role: "readOnly" });
    const none = {
      devicesTotal: null,
      devicesRecent: null,
      devicesSilent: null,
      devicesQuarantined: null,
      devicesInactive: null,
      devicesUnprotected: null,
      alertsHigh: null,
      alertsMedium: null,
      alertsLow: null,
    };
    for (const input of [{}, { q: "zeta" }, { sort: "-devicesTotal" as const }]) {
      for (const row of (await (await callerFor(business)).customers.list(input)).rows)
        expect(row).toMatchObject({ ...none, used: "9.0000", blank: "role" });
    }
    for (const sort of ["devicesTotal", "devicesSilent", "devicesUnprotected", "alerts"] as const) {
      expect(await names(business, { sort })).toEqual(["Alfa", "Zeta"]);
      expect(await names(business, { sort: `-${sort}` })).toEqual(["Alfa", "Zeta"]);
    }
    expect(await names(technical, { sort: "devicesTotal" })).toEqual(["Zeta", "Alfa"]);
    expect((await (await callerFor(technical)).customers.list({ q: "zeta" })).rows[0]).toMatchObject({
      devicesTotal: 3,
      devicesSilent: 1,
      devicesUnprotected: 1,
      alertsHigh: 1,
      blank: null,
    });
    const details = await (await callerFor(business)).customers.byId({ customerId: few.id });
    expect(details).toMatchObject({
      row: none,
      devices: null,
      devicesBlank: "role",
      alerts: null,
      alertsBlank: "role",
    });
    expect(details.licences).toHaveLength(2);
  });

  test("without a grant the page shows the baseline: contacts and the partner's licences", async () => {
    const customer = await makeFullCustomer({
      grant: { state: "ended", endReason: "revoked", endedAt: daysAgo(1) },
    });
    const details = await (
      await callerFor(await makeMember({ partnerId: customer.partnerId }))
    ).customers.byId({ customerId: customer.id });
    expect(details).toMatchObject({
      devices: null,
      devicesBlank: "no_access",
      alerts: null,
      hiddenLicences: 1,
      may: { sync: false },
    });
    expect(details.row).toMatchObject({
      status: "access_disabled",
      devicesTotal: null,
      lastSync: null,
      blank: "no_access",
    });
    expect(details.contacts).toEqual([
      expect.objectContaining({ name: "Ada Rossi", email: "ada@example.it" }),
    ]);
    expect(details.licences.map((licence) => licence.owner)).toEqual(["partner"]);
  });

  test("capabilities open what they name and nothing else", async () => {
    const customer = await makeFullCustomer({ grant: { capabilities: ["licences"] } });
    const api = await callerFor(await makeMember({ partnerId: customer.partnerId }));
    const details = await api.customers.byId({ customerId: customer.id });
    expect(details).toMatchObject({
      hiddenLicences: 0,
      devices: null,
      alerts: null,
      access: { state: "active", capabilities: ["licences"] },
    });
    expect(details.licences).toHaveLength(2);
    await expect(api.sync.start({ customerId: customer.id })).rejects.toMatchObject(
      refusal("customer.accessDisabled", "FORBIDDEN"),
    );
  });

  test("no figure of a time before the grant is shown before data came under it", async () => {
    const customer = await makeCustomer({ relationship: "delegated" });
    await makeAccount(customer, { lastSuccessAt: daysAgo(20), lastDataAt: daysAgo(20) });
    await makeGrant(customer, { fromAt: daysAgo(1) });
    const details = await (
      await callerFor(await makeMember({ partnerId: customer.partnerId }))
    ).customers.byId({ customerId: customer.id });
    expect(details).toMatchObject({
      row: { status: "sync_pending", devicesTotal: null, blank: "pending" },
      devices: null,
      devicesBlank: "pending",
    });
  });

  test("devices are paged and filtered; a broken cursor is a bad request", async () => {
    const customer = await makeCustomer();
    const account = await makeAccount(customer);
    await makeDevices({ customer, account }, 105, { hostname: "same" });
    await makeDevices({ customer, account }, 2, { lastSeenAt: daysAgo(60), hostname: "Älter\u{1F98A}" });
    await makeLicence({ customer, account });
    const api = await callerFor(await makeMember({ partnerId: customer.partnerId }));
    const first = await api.customers.byId({ customerId: customer.id });
    const second = await api.customers.byId({
      customerId: customer.id,
      devicesAfter: first.devices?.next ?? "",
    });
    expect([first.devices?.rows.length, second.devices?.rows.length, second.devices?.next]).toEqual([
      100,
      7,
      null,
    ]);
    expect(new Set([...ids(first.devices?.rows ?? []), ...ids(second.devices?.rows ?? [])]).size).toBe(107);
    expect((await api.customers.byId({ customerId: customer.id, devices: "silent" })).devices?.total).toBe(2);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const devicesAfter of ["x", encode(["\0", "b"]), encode(["a", "\0"]), encode([1, 2]), encode("a")]) {
      await expect(api.customers.byId({ customerId: customer.id, devicesAfter })).rejects.toMatchObject(
        refusal("request.invalid", "BAD_REQUEST"),
      );
    }
  });
});
