// What snapshots leave in the database, and what a wish for a synchronisation queues.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, type ScopedDb, withScope } from "#db/client.ts";
import { requestForCustomers } from "#server/jobs/sync.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  daysAgo,
  makeAccount,
  makeConnection,
  makeContact,
  makeCustomer,
  makeGrant,
  makeMember,
  makePartner,
} from "#tests/factories.ts";
import { ingest, type Refused, requestSync, type Source } from "./service.ts";
import { Snapshot, type SnapshotInput } from "./snapshot.ts";

afterAll(closeDatabase);
let partnerId = "";
beforeAll(async () => {
  partnerId = await makePartner();
});

type Report = NonNullable<SnapshotInput["devices"]>[number];
const sourceOf = async (given: Partial<Source> = {}): Promise<Source> => ({
  partnerId,
  connectionId: given.connectionId ?? (await makeConnection({ partnerId })).id,
  vendor: "sophos",
  customerId: null,
  ...given,
});
const worker = <T>(work: (db: ScopedDb) => Promise<T>) =>
  withScope({ partnerId }, "read write", work, "worker");
const identity = (given: Partial<SnapshotInput["account"]> = {}): SnapshotInput["account"] => ({
  externalId: randomUUID(),
  name: "Rossi",
  billing: "usage",
  domain: "rossi.example",
  country: "IT",
  ...given,
});
const device = (externalId: string, given: Partial<Report> = {}): Report => ({
  externalId,
  hostname: `PC-${externalId}`,
  type: "computer",
  os: "Windows 11",
  state: "active",
  health: "good",
  isProtected: true,
  lastSeenAt: new Date().toISOString(),
  ...given,
});
const licence = (key: string, given = {}) =>
  ({
    key,
    productCode: "CIXA",
    productName: "Intercept X",
    category: "endpoint",
    kind: "monthly",
    owner: "partner",
    quantity: "10",
    used: "4",
    startsOn: null,
    endsOn: null,
    ...given,
  }) as NonNullable<SnapshotInput["licences"]>[number];
const alert = (externalId: string, given = {}) =>
  ({
    externalId,
    severity: "high",
    product: "endpoint",
    category: "malware",
    description: "Found",
    raisedAt: "2026-11-01T08:00:00Z",
    ...given,
  }) as NonNullable<SnapshotInput["alerts"]>[number];
const snapshot = (account: SnapshotInput["account"], given: Partial<SnapshotInput> = {}): Snapshot =>
  Snapshot.parse({
    version: 1,
    takenAt: new Date().toISOString(),
    account,
    devices: [device("a")],
    licences: [licence("l")],
    alerts: [alert("x")],
    unprotectedCount: 0,
    ...given,
  });
const take = (source: Source, snapshots: Snapshot[], refused: Refused[] = []) =>
  worker((db) => ingest(db, source, snapshots, refused, new Date()));
const refuse = (account: SnapshotInput["account"], code: Refused["code"] = "vendor.forbidden"): Refused => ({
  account: Snapshot.shape.account.parse(account),
  code,
  detail: "GET x: 403",
});

type Stored = {
  customer: string | null;
  relationship: string;
  name: string;
  origin: string;
  status: string;
  error_code: string | null;
  billing: string;
  account_name: string;
  last_data_at: Date | null;
};
async function stored(externalId: string): Promise<Stored> {
  const [row] = await adminQuery<Stored>(
    `select a.customer_id as customer, c.relationship, c.name, c.origin, o.status, a.error_code, a.billing, a.name as account_name, a.last_data_at
     from vendor_account a left join customer c on c.id = a.customer_id left join customer_overview o on o.customer_id = c.id where a.partner_id = $1 and a.external_id = $2`,
    [partnerId, externalId],
  );
  if (!row) throw new Error(`no account ${externalId}`);
  return row;
}
const rowsOf = (table: "device" | "licence" | "alert", externalId: string, columns: string) =>
  adminQuery<{ key: string; value: string; version: string }>(
    `select ${columns}, t.xmin::text as version from ${table} t join vendor_account a on a.id = t.vendor_account_id where a.external_id = $1 order by 1`,
    [externalId],
  );
const devicesOf = (externalId: string) =>
  rowsOf("device", externalId, "t.external_id as key, t.hostname as value");
const values = (rows: { key: string; value: string }[]) => rows.map(({ key, value }) => `${key}:${value}`);

describe("an account that arrives", () => {
  test.each([
    ["usage", "delegated", "synced", "monthly"],
    ["trial", "delegated", "synced", "trial"],
    ["term", "delegated", "access_disabled", null],
    ["unknown", "delegated", "access_disabled", null],
    ["order", "order_only", "not_applicable", "order"],
  ] as const)("billed by %s becomes %s, at once %s", async (billing, relationship, status, origin) => {
    const account = identity({ billing });
    // The connector looks at the clock before it reads, so the data is older than the grant that comes with it.
    await take(await sourceOf(), [
      snapshot(account, { takenAt: new Date(Date.now() - 60_000).toISOString() }),
    ]);
    const row = await stored(account.externalId);
    expect(row).toMatchObject({ relationship, status, origin: "vendor" });
    const grants = await adminQuery(
      "select origin, capabilities, state from access_grant where customer_id = $1",
      [row.customer],
    );
    const all = ["metrics", "licences", "console", "reports"];
    expect(grants).toEqual(
      origin ? [{ origin, state: "active", capabilities: origin === "order" ? ["console"] : all }] : [],
    );
    // Without access to metrics no device and no alert is taken in; licences always are.
    expect(await devicesOf(account.externalId)).toHaveLength(status === "synced" ? 1 : 0);
    expect(await rowsOf("alert", account.externalId, "t.external_id as key")).toHaveLength(
      status === "synced" ? 1 : 0,
    );
    expect(await rowsOf("licence", account.externalId, "t.source_key as key")).toHaveLength(1);
  });

  test("belongs to the customer that a list named by the same identifier", async () => {
    const customer = await makeCustomer({
      partnerId,
      name: "Aus der Liste",
      externalId: "ERP-1",
      origin: "import",
    });
    const account = identity({ externalIds: ["other", "ERP-1"], name: "From the vendor", billing: "term" });
    await take(await sourceOf(), [snapshot(account)]);
    expect(await stored(account.externalId)).toMatchObject({
      customer: customer.id,
      name: "Aus der Liste",
      relationship: "managed",
      status: "synced",
      account_name: "From the vendor",
    });
    const stranger = await makeCustomer({ externalId: "ERP-2" });
    const other = identity({ externalIds: ["ERP-2"] });
    await take(await sourceOf(), [snapshot(other)]);
    expect((await stored(other.externalId)).customer).not.toBe(stranger.id);
  });

  test("of a customer's own connection is that customer's", async () => {
    const customer = await makeCustomer({ partnerId });
    const account = identity();
    await take(await sourceOf({ customerId: customer.id }), [snapshot(account)]);
    expect(await stored(account.externalId)).toMatchObject({ customer: customer.id });
  });

  test("with a name that was sent before is a customer of its own", async () => {
    const accounts = [identity({ name: "Due Volte" }), identity({ name: "Due Volte" })];
    await take(
      await sourceOf(),
      accounts.map((account) => snapshot(account)),
    );
    const [first, second] = await Promise.all(accounts.map(({ externalId }) => stored(externalId)));
    expect([first?.name, second?.name]).toEqual(["Due Volte", "Due Volte"]);
    expect(first?.customer).not.toBe(second?.customer);
  });

  test("refused at once still exists, without data", async () => {
    const account = identity();
    await take(await sourceOf(), [], [refuse(account)]);
    expect(await stored(account.externalId)).toMatchObject({
      status: "sync_pending",
      error_code: "vendor.forbidden",
      last_data_at: null,
    });
  });
});

describe("applying a snapshot", () => {
  test("adds, changes, leaves and removes exactly what the vendor says", async () => {
    const [source, account] = [await sourceOf(), identity()];
    const seen = "2026-11-20T10:00:00.123Z";
    const one = (externalId: string, given = {}) => device(externalId, { lastSeenAt: seen, ...given });
    await take(source, [
      snapshot(account, {
        devices: [one("kept"), one("changed"), one("gone")],
        licences: [licence("kept"), licence("changed"), licence("gone")],
        alerts: [alert("kept"), alert("changed"), alert("gone")],
      }),
    ]);
    const before = {
      device: await devicesOf(account.externalId),
      licence: await rowsOf("licence", account.externalId, "t.source_key as key, t.used::text as value"),
      alert: await rowsOf("alert", account.externalId, "t.external_id as key, t.severity as value"),
    };
    await take(source, [
      snapshot(account, {
        devices: [one("new"), one("kept"), one("changed", { hostname: "OTHER" })],
        licences: [licence("new"), licence("kept"), licence("changed", { used: "7.5" })],
        alerts: [alert("new"), alert("kept"), alert("changed", { severity: "low" })],
      }),
    ]);
    const after = {
      device: await devicesOf(account.externalId),
      licence: await rowsOf("licence", account.externalId, "t.source_key as key, t.used::text as value"),
      alert: await rowsOf("alert", account.externalId, "t.external_id as key, t.severity as value"),
    };
    expect(values(after.device)).toEqual(["changed:OTHER", "kept:PC-kept", "new:PC-new"]);
    expect(values(after.licence)).toEqual(["changed:7.5000", "kept:4.0000", "new:4.0000"]);
    expect(values(after.alert)).toEqual(["changed:low", "kept:high", "new:high"]);
    for (const table of ["device", "licence", "alert"] as const) {
      const version = (rows: { key: string; version: string }[]) =>
        rows.find(({ key }) => key === "kept")?.version;
      expect(version(after[table])).toBe(version(before[table]));
    }
  });

  test("again, nothing but the time of the reading changes", async () => {
    const [source, account] = [
      await sourceOf(),
      identity({
        contacts: [{ role: "administrator", email: "a@rossi.example" }],
        address: { street: "Via Roma 1", city: "Bergamo", postalCode: "24121" },
      }),
    ];
    const same = {
      devices: [device("a", { lastSeenAt: "2026-11-20T10:00:00Z" })],
      takenAt: new Date().toISOString(),
    };
    await take(source, [snapshot(account, same)]);
    const { customer } = await stored(account.externalId);
    const versions = () =>
      adminQuery(
        `select 'customer' as place, xmin::text from customer where id = $1 union all select 'contact', xmin::text from contact where customer_id = $1 union all select 'device', xmin::text from device where customer_id = $1
       union all select 'licence', xmin::text from licence where customer_id = $1 union all select 'alert', xmin::text from alert where customer_id = $1 union all select 'overview', xmin::text from customer_overview where customer_id = $1
       union all select 'history', xmin::text from customer_history where customer_id = $1 union all select 'search', xmin::text from customer_search where customer_id = $1 order by 1`,
        [customer],
      );
    const before = await versions();
    expect(before).toHaveLength(8);
    await take(source, [snapshot(account, same)]);
    expect(await versions()).toEqual(before);
  });

  test("a part that was not read keeps what is stored; an empty one clears it", async () => {
    const [source, account] = [await sourceOf(), identity()];
    await take(source, [snapshot(account)]);
    const counts = async () =>
      Promise.all([
        devicesOf(account.externalId),
        rowsOf("licence", account.externalId, "1 as key"),
        rowsOf("alert", account.externalId, "1 as key"),
      ]).then((all) => all.map((rows) => rows.length));
    const lastData = (await stored(account.externalId)).last_data_at;
    await take(source, [
      snapshot(account, {
        devices: null,
        licences: null,
        alerts: null,
        gaps: [{ part: "devices", reason: "not_entitled" }],
      }),
    ]);
    expect(await counts()).toEqual([1, 1, 1]);
    expect((await stored(account.externalId)).last_data_at).toEqual(lastData);
    await take(source, [snapshot(account, { devices: [], licences: [], alerts: [] })]);
    expect(await counts()).toEqual([0, 0, 0]);
    expect((await stored(account.externalId)).last_data_at).toEqual(lastData);
  });

  test("duplicates within a snapshot count once", async () => {
    const account = identity({
      contacts: [
        { role: "billing", email: "b@rossi.example" },
        { role: "billing", email: "b@rossi.example" },
      ],
    });
    await take(await sourceOf(), [
      snapshot(account, {
        devices: [device("a"), device("a"), device("b")],
        licences: [licence("l"), licence("l")],
        alerts: [alert("x"), alert("x")],
      }),
    ]);
    expect((await devicesOf(account.externalId)).map(({ key }) => key)).toEqual(["a", "b"]);
    expect(await rowsOf("licence", account.externalId, "1 as key")).toHaveLength(1);
    expect(
      await adminQuery("select 1 from contact where customer_id = $1", [
        (await stored(account.externalId)).customer,
      ]),
    ).toHaveLength(1);
  });

  test("one that cannot be stored leaves everything as it was", async () => {
    const [source, good, bad] = [await sourceOf(), identity(), identity()];
    await take(source, [snapshot(good), snapshot(bad)]);
    const unfit = snapshot(bad, {
      devices: [],
      licences: [licence("l1", { used: "999999999999" }), licence("l2", { used: "999999999999" })],
    });
    await expect(take(source, [snapshot(good, { devices: [] }), unfit])).rejects.toThrow("overflow");
    expect(
      [await devicesOf(good.externalId), await devicesOf(bad.externalId)].map((rows) => rows.length),
    ).toEqual([1, 1]);
  });

  test("metrics that come after access has ended are not taken in", async () => {
    const [source, account] = [await sourceOf(), identity()];
    await take(source, [snapshot(account)]);
    const before = await stored(account.externalId);
    await adminQuery(
      "update access_grant set state = 'ended', end_reason = 'revoked', ended_at = now() where customer_id = $1",
      [before.customer],
    );
    await take(source, [snapshot(account, { devices: [device("a"), device("b")], unprotectedCount: 3 })]);
    expect(await devicesOf(account.externalId)).toHaveLength(1);
    expect(await stored(account.externalId)).toMatchObject({
      status: "access_disabled",
      last_data_at: before.last_data_at,
    });
  });
});

describe("records", () => {
  test("the vendor's are renewed, a list's and a person's are kept", async () => {
    const source = await sourceOf();
    const account = identity({ name: "Prima" });
    await take(source, [snapshot(account)]);
    await take(source, [snapshot({ ...account, name: "Dopo", domain: "dopo.example" })]);
    expect(await stored(account.externalId)).toMatchObject({ name: "Dopo", account_name: "Dopo" });
    for (const origin of ["import", "person"]) {
      await adminQuery("update customer set origin = $2 where id = $1", [
        (await stored(account.externalId)).customer,
        origin,
      ]);
      await take(source, [snapshot({ ...account, name: "Altro" })]);
      expect(await stored(account.externalId)).toMatchObject({ name: "Dopo", account_name: "Altro" });
    }
  });

  test("contacts that the vendor names are replaced, those of people are kept", async () => {
    const [source, account] = [
      await sourceOf(),
      identity({ contacts: [{ role: "administrator", email: "old@rossi.example" }] }),
    ];
    await take(source, [snapshot(account)]);
    const { customer } = await stored(account.externalId);
    await makeContact({ id: customer ?? "", partnerId }, { email: "person@rossi.example" });
    await take(source, [
      snapshot({
        ...account,
        contacts: [
          { role: "administrator", email: "new@rossi.example" },
          { role: "billing", email: "new@rossi.example" },
        ],
      }),
    ]);
    const contacts = await adminQuery(
      "select email, role, source from contact where customer_id = $1 order by email, role",
      [customer],
    );
    expect(contacts).toEqual([
      { email: "new@rossi.example", role: "administrator", source: "vendor" },
      { email: "new@rossi.example", role: "billing", source: "vendor" },
      { email: "person@rossi.example", role: "technical", source: "person" },
    ]);
  });

  test("a refused account keeps data and identity, and says since when", async () => {
    const [source, account] = [await sourceOf(), identity({ name: "Intera" })];
    await take(source, [snapshot(account)]);
    await take(
      source,
      [],
      [refuse({ externalId: account.externalId, name: account.externalId, billing: "unknown" })],
    );
    expect(await stored(account.externalId)).toMatchObject({
      name: "Intera",
      account_name: "Intera",
      billing: "usage",
      status: "warning",
      error_code: "vendor.forbidden",
    });
    expect(await devicesOf(account.externalId)).toHaveLength(1);
    const since = async () =>
      (
        await adminQuery<{ error_since: Date | null }>(
          "select error_since from vendor_account where external_id = $1",
          [account.externalId],
        )
      )[0]?.error_since;
    const first = await since();
    await take(source, [], [refuse(account)]);
    expect(await since()).toEqual(first);
    await take(source, [], [refuse(account, "vendor.throttled")]);
    expect((await since())?.getTime()).toBeGreaterThan(first?.getTime() ?? Infinity);
    await take(source, [snapshot(account)]);
    expect([await since(), (await stored(account.externalId)).status]).toEqual([null, "synced"]);
  });

  test("of a customer with two accounts the first decides, and both bring their data", async () => {
    const [one, two] = [
      await sourceOf(),
      await sourceOf({
        connectionId: (await makeConnection({ partnerId, vendor: "snow", name: "Snow" })).id,
        vendor: "snow",
      }),
    ];
    const first = identity({
      name: "Erste",
      contacts: [{ role: "administrator", email: "a@rossi.example" }],
    });
    await take(one, [snapshot(first)]);
    const { customer } = await stored(first.externalId);
    const second = {
      ...identity({ name: "Zweite", contacts: [{ role: "billing", email: "b@rossi.example" }] }),
      externalIds: [`id-${customer}`],
    };
    await adminQuery("update customer set external_id = $2 where id = $1", [customer, `id-${customer}`]);
    await take(two, [snapshot(second)]);
    await take(one, [snapshot(first)]);
    await take(two, [snapshot(second, { devices: [device("a"), device("b", { isProtected: false })] })]);
    expect(await stored(second.externalId)).toMatchObject({
      customer,
      name: "Erste",
      account_name: "Zweite",
      status: "warning",
    });
    expect(await adminQuery("select email from contact where customer_id = $1", [customer])).toEqual([
      { email: "a@rossi.example" },
    ]);
    expect(
      (
        await adminQuery(
          "select devices_total, devices_unprotected from customer_overview where customer_id = $1",
          [customer],
        )
      )[0],
    ).toEqual({ devices_total: 2, devices_unprotected: 1 });
    expect([...(await devicesOf(first.externalId)), ...(await devicesOf(second.externalId))]).toHaveLength(3);
  });
});

describe("asking for a synchronisation", () => {
  const wish = { cause: "person", requestedBy: null } as const;
  const setUp = async () => {
    const partner = await makePartner();
    const connection = await makeConnection({ partnerId: partner });
    const [one, two] = [
      await makeCustomer({ partnerId: partner }),
      await makeCustomer({ partnerId: partner }),
    ];
    for (const customer of [one, two])
      await makeAccount(customer, { connectionId: connection.id, externalId: `of ${customer.id}` });
    const ask = (customerId: string | null) =>
      withScope(
        { partnerId: partner },
        "read write",
        (db) =>
          requestSync(
            db,
            partner,
            { ...wish, customerIds: customerId === null ? null : [customerId] },
            new Date(),
          ),
        "web",
      );
    const runs = () =>
      adminQuery<{ id: string; only_accounts: string[] | null }>(
        "select id, only_accounts from sync_run where partner_id = $1 order by created_at",
        [partner],
      );
    const jobs = async () =>
      (
        await adminQuery("select 1 from pgboss.job where name = 'sync' and data ->> 'partnerId' = $1", [
          partner,
        ])
      ).length;
    const isFollowed = async () =>
      (
        await adminQuery<{ due: boolean }>(
          "select next_run_at <= now() as due from connection where id = $1",
          [connection.id],
        )
      )[0]?.due;
    return { partner, connection, one, two, ask, runs, jobs, isFollowed };
  };

  test("queues one run and one job; a second wish joins", async () => {
    const { ask, runs, jobs, isFollowed } = await setUp();
    expect(await ask(null)).toMatchObject({ answer: "sync.started" });
    expect(await ask(null)).toMatchObject({ answer: "sync.joined" });
    const answers = await Promise.all([ask(null), ask(null), ask(null)]);
    expect(answers.map(({ answer }) => answer)).toEqual(["sync.joined", "sync.joined", "sync.joined"]);
    expect([(await runs()).length, await jobs(), await isFollowed()]).toEqual([1, 1, false]);
  });

  test("one customer's reads that customer's accounts alone", async () => {
    const { one, ask, runs, isFollowed } = await setUp();
    expect(await ask(one.id)).toMatchObject({ answer: "sync.started" });
    expect((await runs()).map(({ only_accounts: only }) => only)).toEqual([[`of ${one.id}`]]);
    expect(await ask(one.id)).toMatchObject({ answer: "sync.joined" });
    expect(await isFollowed()).toBe(false);
  });

  test.each(["all", "another customer"])("%s, while one customer's is running, follows it", async (what) => {
    const { one, two, ask, runs, isFollowed } = await setUp();
    await ask(one.id);
    expect(await ask(what === "all" ? null : two.id)).toMatchObject({ answer: "sync.joined" });
    expect([(await runs()).length, await isFollowed()]).toEqual([1, true]);
  });

  test("without a source, or with none that is switched on, it says so", async () => {
    const { partner, one, connection, ask } = await setUp();
    const bare = await makeCustomer({ partnerId: partner });
    await expect(ask(bare.id)).rejects.toMatchObject({ code: "sync.noSource" });
    await adminQuery("update connection set is_enabled = false where id = $1", [connection.id]);
    await expect(ask(one.id)).rejects.toMatchObject({ code: "sync.noSource" });
    await expect(ask(null)).rejects.toMatchObject({ code: "sync.noSource" });
  });

  test("a wish that rolls back leaves neither run nor job", async () => {
    const { partner, runs, jobs } = await setUp();
    const failing = withScope(
      { partnerId: partner },
      "read write",
      async (db) => {
        await requestSync(db, partner, { ...wish, customerIds: null }, new Date());
        throw new Error("afterwards");
      },
      "web",
    );
    await expect(failing).rejects.toThrow("afterwards");
    expect([(await runs()).length, await jobs()]).toEqual([0, 0]);
  });

  test("a customer's administrator may ask for their own", async () => {
    const { one, runs, partner } = await setUp();
    const admin = await makeMember({ role: "customerAdmin", partnerId: partner, customerId: one.id });
    for (const _ of [1, 2])
      expect(await (await callerFor(admin)).sync.start({ customerId: one.id })).toEqual({
        answer: "sync.started",
      });
    expect(await runs()).toHaveLength(0);
    const [job, another] = await adminQuery<{
      data: { partnerId: string; customerId: string; userId: string };
    }>("select data from pgboss.job where name = 'syncRequest' and data ->> 'customerId' = $1", [one.id]);
    if (!job) throw new Error("no job");
    expect(another).toBeUndefined();
    await requestForCustomers([job.data]);
    expect((await runs()).map(({ only_accounts: only }) => only)).toEqual([[`of ${one.id}`]]);
  });

  test("a grant without metrics closes it", async () => {
    const partner = await makePartner();
    const customer = await makeCustomer({ partnerId: partner, relationship: "delegated" });
    await makeAccount(customer);
    await makeGrant(customer, { capabilities: ["licences"], fromAt: daysAgo(2) });
    const helpDesk = await makeMember({ role: "helpDesk", partnerId: partner });
    await expect((await callerFor(helpDesk)).sync.start({ customerId: customer.id })).rejects.toThrow(
      "customer.accessDisabled",
    );
  });
});
