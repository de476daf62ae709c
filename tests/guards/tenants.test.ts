import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, type ScopedDb, withScope } from "#db/client.ts";
import { lockCustomers } from "#server/access/queries.ts";
import { grantAccess, revokeAccess } from "#server/access/service.ts";
import { searchCustomers } from "#server/search/queries.ts";
import { scopeOf } from "#server/audit/append.ts";
import { ingest } from "#server/sync/service.ts";
import { appRouter } from "#server/router.ts";
import { refreshDue } from "#server/overview/service.ts";
import type { Snapshot } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  daysAgo,
  makeAccount,
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
import { type Attempts, readAttempts } from "#tests/guards/attempts.ts";

afterAll(closeDatabase);

const listed = async (member: Member, input: object = {}) =>
  (await (await callerFor(member)).customers.list(input)).rows.map((row) => row.id).sort();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "OK",
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );
type Callable = (input: unknown) => Promise<unknown>;
async function call(member: Member, path: string, input: unknown): Promise<string> {
  const [noun = "", name = ""] = path.split(".");
  const api = (await callerFor(member)) as unknown as Record<string, Record<string, Callable>>;
  const procedure = api[noun]?.[name];
  if (!procedure) throw new Error(`there is no ${path}`);
  return codeOf(procedure(input));
}

describe("partner B with A's identifiers", () => {
  let a: Customer;
  let groupId: string;
  let stranger: Member;
  beforeAll(async () => {
    a = await makeFullCustomer({ name: "Segreto Alpino" });
    groupId = (await makeGroup({ partnerId: a.partnerId, customers: [a.id] })).id;
    stranger = await makeMember();
    await makeFullCustomer({ partnerId: stranger.partnerId, name: "Proprio" });
  });

  let attempts: Attempts;
  beforeAll(async () => {
    attempts = await readAttempts(a);
  });

  test("every procedure is tried", () => {
    expect(Object.keys(appRouter._def.procedures).sort()).toEqual(Object.keys(attempts).sort());
  });

  test.each(Object.keys(appRouter._def.procedures))("%s finds nothing", async (path) => {
    const { own, unknown, answer } = attempts[path] ?? { own: {}, unknown: {}, answer: "not tried" };
    expect(await call(stranger, path, own)).toBe(answer);
    // An identifier that nobody has gives the very same answer.
    expect(await call(stranger, path, unknown)).toBe(answer);
  });

  test("lists, counts, groups, search and imports hold nothing of A", async () => {
    const api = await callerFor(stranger);
    for (const input of [
      {},
      { q: "segreto" },
      { q: "Segreto Alpino", sort: "name" as const },
      { sort: "-devicesTotal" as const },
    ]) {
      const page = await api.customers.list(input);
      expect(JSON.stringify(page)).not.toContain("Segreto");
      expect(JSON.stringify(page)).not.toContain(a.id);
      expect(page.counts.total).toBe(1);
    }
    expect((await api.customers.list({ group: groupId })).total).toBe(0);
    expect((await api.customers.list({})).groups).toEqual([]);
    expect(await api.imports.list({})).toEqual([]);
  });

  test("starting everything starts nothing of A", async () => {
    await (await callerFor(stranger)).sync.startAll({});
    expect(
      await adminQuery("select from sync_run where partner_id = $1 and state in ('queued', 'running')", [
        a.partnerId,
      ]),
    ).toEqual([]);
  });
});

describe("members with some customers", () => {
  let partnerId: string;
  let inGroup: Customer, single: Customer, denied: Customer, other: Customer;
  let limited: Member, allButOne: Member, nobody: Member;
  beforeAll(async () => {
    partnerId = await makePartner();
    const make = (name: string) => makeFullCustomer({ partnerId, name: `${name} Rossi` });
    [inGroup, single, denied, other] = await Promise.all([
      make("Gruppe"),
      make("Single"),
      make("Denied"),
      make("Other"),
    ]);
    const group = await makeGroup({ partnerId, customers: [inGroup.id, denied.id] });
    limited = await makeMember({
      partnerId,
      groups: [group.id],
      customers: [single.id],
      denied: [denied.id],
    });
    allButOne = await makeMember({ partnerId, scopeAll: true, denied: [denied.id] });
    nobody = await makeMember({ partnerId, scopeAll: false });
  });

  test("see groups and single customers minus the denied, in list, search, status filter and count", async () => {
    const mine = [inGroup.id, single.id].sort();
    for (const input of [
      {},
      { q: "rossi" },
      { status: "warning" },
      { sort: "-used" },
      { licenceKind: "term" },
    ])
      expect(await listed(limited, input), JSON.stringify(input)).toEqual(mine);
    const page = await (await callerFor(limited)).customers.list({ status: "warning" });
    expect([page.total, page.counts.total, page.counts.byStatus.warning]).toEqual([2, 2, 2]);
    expect(await listed(allButOne)).toEqual([inGroup.id, single.id, other.id].sort());
    expect(await listed(nobody)).toEqual([]);
    expect(await listed(nobody, { q: "rossi" })).toEqual([]);
    expect(await listed(limited, { q: "denied" })).not.toContain(denied.id);
  });

  test("a denied or foreign customer is not found, never forbidden", async () => {
    for (const [member, customer] of [
      [limited, denied],
      [limited, other],
      [allButOne, denied],
      [nobody, single],
    ] as const) {
      expect(await call(member, "customers.byId", { customerId: customer.id })).toBe(
        "NOT_FOUND customer.notFound",
      );
      expect(await call(member, "sync.start", { customerId: customer.id })).toBe(
        "NOT_FOUND customer.notFound",
      );
    }
    expect(await call(limited, "customers.byId", { customerId: single.id })).toBe("OK");
  });

  test("a future customer is seen by who sees all, and by the group it joins", async () => {
    const fresh = await makeCustomer({ partnerId });
    expect(await listed(allButOne)).toContain(fresh.id);
    expect(await listed(limited)).not.toContain(fresh.id);
    const group = await makeGroup({ partnerId, customers: [fresh.id] });
    expect(await listed(await makeMember({ partnerId, groups: [group.id] }))).toEqual([fresh.id]);
  });

  test("a disabled membership or user is out at the next request", async () => {
    const member = await makeMember({ partnerId });
    expect(await call(member, "customers.list", {})).toBe("OK");
    await adminQuery("update membership set disabled_at = now() where id = $1", [member.membershipId]);
    expect(await call(member, "customers.list", {})).toBe("UNAUTHORIZED auth.required");
    const gone = await makeMember({ partnerId });
    await adminQuery(`update "user" set disabled_at = now() where id = $1`, [gone.userId]);
    expect(await call(gone, "customers.list", {})).toBe("UNAUTHORIZED auth.required");
  });
});

describe("a customer's user", () => {
  test("sees their own customer at that partner, and no other", async () => {
    const own = await makeFullCustomer({ name: "Bottega Rossi" });
    const neighbour = await makeFullCustomer({ partnerId: own.partnerId });
    const elsewhere = await makeFullCustomer({ name: "Bottega Rossi" });
    for (const role of ["customerAdmin", "customerViewer"] as const) {
      const user = await makeMember({ role, partnerId: own.partnerId, customerId: own.id });
      const details = await (await callerFor(user)).customers.byId({ customerId: own.id });
      expect(details).toMatchObject({ row: { name: "Bottega Rossi", devicesTotal: 3 }, hiddenLicences: 0 });
      for (const { id } of [neighbour, elsewhere])
        expect(await call(user, "customers.byId", { customerId: id })).toBe("NOT_FOUND customer.notFound");
    }
  });

  test("synchronises their own customer; the viewer may not", async () => {
    const own = await makeFullCustomer();
    const jobs = async () =>
      (
        await adminQuery<{ n: number }>(
          "select count(*)::int as n from pgboss.job where data ->> 'customerId' = $1",
          [own.id],
        )
      )[0]?.n;
    const viewer = await makeMember({ role: "customerViewer", partnerId: own.partnerId, customerId: own.id });
    expect(await call(viewer, "sync.start", { customerId: own.id })).toBe("FORBIDDEN permission.denied");
    const admin = await makeMember({ role: "customerAdmin", partnerId: own.partnerId, customerId: own.id });
    expect([await call(admin, "sync.start", { customerId: own.id }), await jobs()]).toEqual(["OK", 1]);
  });
});

describe("the search function", () => {
  test("holds partner, customer and member by itself", async () => {
    const partnerId = await makePartner();
    const first = await makeCustomer({ partnerId, name: "Molino Bianchi" });
    const second = await makeCustomer({ partnerId, name: "Molino Verdi" });
    const foreign = await makeCustomer({ name: "Molino Neri" });
    const limited = await makeMember({ partnerId, customers: [first.id] });
    const find = (scope: Parameters<typeof withScope>[0]) =>
      withScope(scope, "read only", (db) => searchCustomers(db, "molino", 500, null)).then((ids) =>
        ids.sort(),
      );
    expect(await find({ partnerId, memberAll: true })).toEqual([first.id, second.id].sort());
    expect(await find({ partnerId: foreign.partnerId, memberAll: true })).toEqual([foreign.id]);
    expect(await find({ partnerId, customerId: second.id, memberAll: true })).toEqual([second.id]);
    expect(await find(scopeOf(limited))).toEqual([first.id]);
    expect(await find({ partnerId })).toEqual([]);
    expect(await find({ partnerId, memberId: crypto.randomUUID() })).toEqual([]);
  });
});

const figures = {
  devicesTotal: null,
  devicesRecent: null,
  devicesSilent: null,
  devicesQuarantined: null,
  devicesInactive: null,
  devicesUnprotected: null,
  alertsHigh: null,
  lastSync: null,
};
/** Access ended by the clock, as it is until the minute job has run. */
const letWindowEnd = (customer: Customer) =>
  adminQuery(
    "with ended as (update access_grant set until_at = now() - interval '1 second' where customer_id = $1) select 1",
    [customer.id],
  );
const setWindow = async (customer: Customer) => {
  // Written around the trigger, which would blank at once: this is what a window that ran out looks like.
  await adminQuery(
    "update customer_overview set metrics_until = now() - interval '1 second', licences_until = now() - interval '1 second' where customer_id = $1",
    [customer.id],
  );
  await adminQuery("alter table access_grant disable trigger follow_grant");
  await letWindowEnd(customer);
  await adminQuery("alter table access_grant enable trigger follow_grant");
};

describe("between the end of a window and the minute job", () => {
  test("figures are blank, the status is access_disabled, and the old status does not find it", async () => {
    const customer = await makeFullCustomer({ grant: { untilAt: new Date(Date.now() + 3_600_000) } });
    const member = await makeMember({ partnerId: customer.partnerId });
    const api = await callerFor(member);
    expect((await api.customers.list({})).rows[0]).toMatchObject({
      status: "warning",
      devicesTotal: 3,
      used: "9.0000",
    });
    await setWindow(customer);
    const [stored] = await adminQuery<{ status: string; devices_total: number }>(
      "select status, devices_total from customer_overview where customer_id = $1",
      [customer.id],
    );
    expect(stored).toEqual({ status: "warning", devices_total: 3 });

    expect((await api.customers.list({})).rows[0]).toMatchObject({
      ...figures,
      status: "access_disabled",
      blank: "no_access",
      used: null,
      licenceEndsOn: null,
      reasons: [],
    });
    expect(await listed(member, { status: "warning" })).toEqual([]);
    expect(await listed(member, { licenceKind: "term" })).toEqual([]);
    const details = await api.customers.byId({ customerId: customer.id });
    expect(details).toMatchObject({
      row: { ...figures, status: "access_disabled" },
      devices: null,
      alerts: null,
      hiddenLicences: 1,
      access: { state: "ended", endReason: "expired", capabilities: [] },
      may: { sync: false },
    });
    expect(await call(member, "sync.start", { customerId: customer.id })).toBe(
      "FORBIDDEN customer.accessDisabled",
    );
    // Neither its place in an order by a figure nor a cursor may tell what it was.
    await makeCustomer({ partnerId: customer.partnerId, name: "Zulu" });
    for (const sort of [
      "devicesTotal",
      "-devicesTotal",
      "used",
      "-used",
      "licenceEndsOn",
      "licenceState",
      "-licenceState",
      "alerts",
      "lastSync",
    ] as const) {
      const ids = await listed(member, { sort });
      expect(ids, sort).not.toContain(customer.id);
    }
    await withScope(
      { partnerId: customer.partnerId },
      "read write",
      (db) => refreshDue(db, customer.partnerId, new Date(Date.now() + 1000), 500),
      "worker",
    );
    expect(await listed(member, { status: "access_disabled" })).toEqual([customer.id]);
    for (const sort of ["devicesTotal", "-used", "licenceState"] as const)
      expect(await listed(member, { sort }), sort).toContain(customer.id);
    // What the partner owns is its own again, without the customer's.
    expect((await api.customers.list({ sort: "used" })).rows[0]).toMatchObject({
      id: customer.id,
      used: "4.0000",
    });
  });
});

/** A request's transaction of the customer's admin. */
const asCustomer = (customer: Customer, work: (db: ScopedDb) => Promise<unknown>) =>
  withScope({ partnerId: customer.partnerId, customerId: customer.id, memberAll: true }, "read write", work);
const ledger: string[] = [];
const ctxOf = (db: ScopedDb, customer: Customer) => ({
  db,
  partnerId: customer.partnerId,
  audit: async (entry: { action: string }) => void ledger.push(entry.action),
});
const snapshot = (externalId: string, hostname: string): Snapshot => ({
  version: 1,
  takenAt: new Date().toISOString(),
  unprotectedCount: 0,
  licences: null,
  alerts: [],
  applications: null,
  saas: null,
  gaps: [],
  account: {
    externalId,
    name: "Tenant",
    domain: null,
    country: null,
    region: null,
    externalIds: [],
    contacts: [],
    address: null,
    billing: "term",
  },
  devices: [
    {
      externalId: "new",
      hostname,
      type: "computer",
      os: "",
      state: "active",
      health: "good",
      isProtected: true,
      person: "",
      manufacturer: "",
      model: "",
      lastSeenAt: new Date().toISOString(),
    },
  ],
});

describe("revoking", () => {
  test("blanks the next read, in the revoke's own transaction", async () => {
    const customer = await makeFullCustomer();
    const member = await makeMember({ partnerId: customer.partnerId });
    const api = await callerFor(member);
    expect((await api.customers.byId({ customerId: customer.id })).devices?.total).toBe(3);
    await asCustomer(customer, (db) => revokeAccess(ctxOf(db, customer), customer.id, new Date()));
    const [stored] = await adminQuery(
      "select status, devices_total, devices_silent, alerts_high, last_sync_at, used, licence_state_rank from customer_overview where customer_id = $1",
      [customer.id],
    );
    expect(stored).toEqual({
      status: "access_disabled",
      devices_total: null,
      devices_silent: null,
      alerts_high: null,
      last_sync_at: null,
      used: null,
      licence_state_rank: 6,
    });
    expect((await api.customers.list({})).rows[0]).toMatchObject({
      ...figures,
      status: "access_disabled",
      used: null,
    });
    expect(await api.customers.byId({ customerId: customer.id })).toMatchObject({
      devices: null,
      devicesBlank: "no_access",
      alerts: null,
      hiddenLicences: 1,
      access: { state: "ended", endReason: "revoked" },
    });
    // The customer's own admin keeps sight of what is theirs: licences; figures need a sync under a grant.
    expect(await listed(member, { sort: "used" })).toEqual([customer.id]);
  });

  test("a grant without metrics, or one that starts tomorrow, shows none", async () => {
    const customer = await makeFullCustomer();
    const member = await makeMember({ partnerId: customer.partnerId });
    const grant = {
      customerId: customer.id,
      capabilities: ["licences"] as const,
      fromAt: new Date(Date.now() - 1000),
      untilAt: null,
      zone: "UTC",
      grantedBy: member.userId,
    };
    await asCustomer(customer, (db) => grantAccess(ctxOf(db, customer), grant, new Date()));
    await refresh(customer.partnerId, [customer.id]);
    expect((await (await callerFor(member)).customers.list({})).rows[0]).toMatchObject({
      ...figures,
      status: "access_disabled",
      used: "9.0000",
    });
    const later = { ...grant, capabilities: ["metrics"] as const, fromAt: new Date(Date.now() + 86_400_000) };
    await asCustomer(customer, (db) => grantAccess(ctxOf(db, customer), later, new Date()));
    await refresh(customer.partnerId, [customer.id]);
    expect((await (await callerFor(member)).customers.list({})).rows[0]).toMatchObject({
      ...figures,
      status: "access_disabled",
    });
    expect(
      await adminQuery("select state from access_grant where customer_id = $1 and state = 'active'", [
        customer.id,
      ]),
    ).toHaveLength(1);
  });

  test("waits for who is writing, and after it nothing more is taken in", async () => {
    const customer = await makeCustomer({ relationship: "delegated" });
    await makeGrant(customer);
    const account = await makeAccount(customer, { externalId: "T-9" });
    await makeDevices({ customer, account }, 1);
    await makeLicence({ customer, account });
    const source = {
      partnerId: customer.partnerId,
      connectionId: account.connectionId,
      vendor: "sophos",
      customerId: null,
    };
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let started = () => {};
    const isWriting = new Promise<void>((resolve) => (started = resolve));
    const writing = withScope(
      { partnerId: customer.partnerId },
      "read write",
      async (db) => {
        await ingest(db, source, [snapshot("T-9", "before")], [], new Date());
        started();
        await held;
        order.push("written");
      },
      "worker",
    );
    await isWriting;
    const revoking = asCustomer(customer, async (db) => {
      await revokeAccess(ctxOf(db, customer), customer.id, new Date());
      order.push("revoked");
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(order).toEqual([]);
    release();
    await Promise.all([writing, revoking]);
    expect(order).toEqual(["written", "revoked"]);
    await withScope(
      { partnerId: customer.partnerId },
      "read write",
      (db) => ingest(db, source, [snapshot("T-9", "after")], [], new Date()),
      "worker",
    );
    expect(await adminQuery("select hostname from device where customer_id = $1", [customer.id])).toEqual([
      { hostname: "before" },
    ]);
    const [row] = await adminQuery(
      "select status, devices_total, last_sync_at from customer_overview where customer_id = $1",
      [customer.id],
    );
    expect(row).toEqual({ status: "access_disabled", devices_total: null, last_sync_at: null });
  });

  test("twenty times against writers, no write lands after a revoke that was answered", async () => {
    const customer = await makeCustomer({ relationship: "delegated" });
    const { connectionId } = await makeAccount(customer, { externalId: "T-8" });
    const source = { partnerId: customer.partnerId, connectionId, vendor: "sophos", customerId: null };
    for (let round = 0; round < 20; round += 1) {
      await makeGrant(customer, { fromAt: daysAgo(1) });
      const writes = [0, 1, 2].map((n) =>
        withScope(
          { partnerId: customer.partnerId },
          "read write",
          (db) => ingest(db, source, [snapshot("T-8", `r${round}-${n}`)], [], new Date()),
          "worker",
        ),
      );
      await asCustomer(customer, (db) => revokeAccess(ctxOf(db, customer), customer.id, new Date()));
      const atRevoke = await adminQuery("select hostname from device where customer_id = $1", [customer.id]);
      await Promise.all(writes);
      expect(await adminQuery("select hostname from device where customer_id = $1", [customer.id])).toEqual(
        atRevoke,
      );
      const [row] = await adminQuery(
        "select status, devices_total from customer_overview where customer_id = $1",
        [customer.id],
      );
      expect(row).toEqual({ status: "access_disabled", devices_total: null });
    }
  });

  test("locks let readers of a customer share, whatever the order they name them in", async () => {
    const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
    const partnerId = await makePartner();
    const take = (mode: "shared" | "exclusive", given: string[]) =>
      withScope({ partnerId }, "read write", (db) => lockCustomers(db, given, mode));
    await Promise.all([
      take("shared", ids),
      take("shared", ids.toReversed()),
      take("exclusive", ids),
      take("exclusive", ids.toReversed()),
      take("exclusive", [...ids, ...ids]),
    ]);
    expect(ids).toHaveLength(20);
  });
});
