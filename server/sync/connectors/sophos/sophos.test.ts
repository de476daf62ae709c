// What is particular to Sophos: billing months, gaps, tokens, and how its words become ours.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  startSophosEmulator,
  type SophosEmulator,
  type SophosEmulatorOptions,
} from "#emulators/sophos/server.ts";
import { orderAccounts } from "#emulators/sophos/billing.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";
import { tenantsOf } from "#emulators/sophos/tenants.ts";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import { sophos } from "./connector.ts";
import { fromScaled, sum, toScaled } from "#server/sync/connectors/decimal.ts";
import { licencesOf } from "./licences.ts";
import { deviceOf, domainOf, identityOf, unprotectedOf } from "./map.ts";
import { readPages } from "./paging.ts";
import { describeProduct } from "./products.ts";
import { Endpoint, Firewall, HealthCheck, Tenant, UsageLine } from "./shapes.ts";

const now = new Date("2026-11-21T09:30:00Z");
let running: SophosEmulator | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

async function start(options: Partial<SophosEmulatorOptions> = {}): Promise<SophosEmulator> {
  running = await startSophosEmulator({ port: 0, today: "2026-11-21", ...options });
  return running;
}

async function control(order: object): Promise<void> {
  expect(
    (await fetch(`${running?.url}/__control`, { method: "POST", body: JSON.stringify(order) })).status,
  ).toBe(200);
}

async function read(
  partner: "alpina" | "lagune",
  options: { at?: Date; only?: string[]; meanwhile?: () => Promise<void> } = {},
) {
  const url = running?.url ?? "";
  const snapshots = new Map<string, SnapshotInput>();
  const { clientId, clientSecret } = sophosPartners[partner];
  for await (const event of sophos.read({
    credentials: { clientId, clientSecret },
    settings: {
      idUrl: url,
      apiUrl: url,
      maxPerSecond: "0",
      maxRetries: "1",
      backoffMs: "5",
      concurrency: "2",
    },
    now: options.at ?? now,
    signal: new AbortController().signal,
    allowLoopback: true,
    ...(options.only ? { only: options.only } : {}),
  })) {
    if (event.kind === "total") await options.meanwhile?.();
    if (event.kind === "snapshot") snapshots.set(event.snapshot.account.externalId, event.snapshot);
  }
  return snapshots;
}

const usageTenant = tenantsOf("lagune").find(({ billing, fault }) => billing === "usage" && !fault)?.id ?? "";

describe("billing", () => {
  it("takes the month before while the current one has none", async () => {
    await start({ today: "2026-11-01" });
    const snapshots = await read("lagune", { at: new Date("2026-11-01T08:00:00Z"), only: [usageTenant] });
    expect(snapshots.get(usageTenant)?.licences?.[0]).toMatchObject({
      orderNumber: "MSP-202610",
      kind: "monthly",
      endsOn: null,
    });
  });

  it("knows of no licence, rather than that there is none, when the bill cannot be read", async () => {
    await start();
    await control({ mode: "status", status: 503, path: "/partner/v1/billing" });
    const failed = await read("lagune");
    expect([...failed.values()].every(({ licences, devices }) => licences === null && devices !== null)).toBe(
      true,
    );
    expect(failed.get(usageTenant)?.gaps).toContainEqual({ part: "licences", reason: "not_reported" });
    await control({ mode: "status", status: 403, path: "/partner/v1/billing" });
    expect((await read("lagune", { only: [usageTenant] })).get(usageTenant)?.gaps).toContainEqual({
      part: "licences",
      reason: "not_entitled",
    });
    await control({ mode: "status", status: 404, path: "/partner/v1/billing" });
    expect((await read("lagune", { only: [usageTenant] })).get(usageTenant)?.gaps).not.toContainEqual(
      expect.objectContaining({ part: "licences" }),
    );
  });

  it("finds managed customer orders: accounts in the bill that are no tenants", async () => {
    await start();
    const ids = orderAccounts().map(({ id }) => id);
    const snapshots = await read("alpina", { only: ids });
    expect([...snapshots.keys()].toSorted()).toEqual(ids.toSorted());
    for (const { account, devices, licences } of snapshots.values()) {
      expect(account.billing).toBe("order");
      expect(devices).toBeNull();
      expect(
        licences?.every(
          ({ kind, endsOn, orderNumber }) =>
            kind === "term" && endsOn !== null && orderNumber?.startsWith("SO-"),
        ),
      ).toBe(true);
    }
  });
});

describe("one tenant's parts", () => {
  it.each([
    ["/common/v1/alerts", 403, "alerts", "not_entitled"],
    ["/common/v1/alerts", 404, "alerts", "not_reported"],
    ["/account-health-check", 403, "protection", "not_entitled"],
    ["/account-health-check", 404, "protection", "not_reported"],
  ])("%s answering %i leaves a gap, not a refusal", async (path, status, part, reason) => {
    await start();
    await control({ mode: "status", status, path });
    const snapshot = (await read("lagune", { only: [usageTenant] })).get(usageTenant);
    expect(snapshot?.gaps).toContainEqual({ part, reason });
    expect(part === "alerts" ? snapshot?.alerts : snapshot?.unprotectedCount).toBeNull();
    expect(snapshot?.devices?.length).toBeGreaterThan(0);
  });

  it("keeps reading with a new token when the old one expires", async () => {
    await start();
    const whole = await read("lagune");
    expect(await read("lagune", { meanwhile: () => control({ expireTokens: true }) })).toEqual(whole);
  });

  it("reads every page of a large tenant", async () => {
    await start();
    const large = tenantsOf("alpina").find(({ size, fault }) => size === 3_000 && !fault)?.id ?? "";
    expect((await read("alpina", { only: [large] })).get(large)?.devices).toHaveLength(3_000);
  });
});

describe("words", () => {
  const tenant = Tenant.parse({
    id: "t1",
    name: "Esempio",
    billingType: "flex_plus",
    apiHost: "https://api-eu01.central.sophos.com",
    dataGeography: "DE",
    contact: { email: "ufficio@gmail.com" },
  });
  const endpoint = (more: object) =>
    Endpoint.parse({
      id: "e1",
      hostname: "PC",
      type: "computer",
      lastSeenAt: "2026-11-20T10:00:00.000Z",
      ...more,
    });

  it("reads a tenant with almost nothing in it", () => {
    expect(identityOf(tenant)).toMatchObject({
      externalId: "t1",
      billing: "unknown",
      country: "DE",
      domain: null,
    });
  });

  it("takes a domain from an address that is not free mail", () => {
    expect(domainOf("Anna@Esempio.Example")).toBe("esempio.example");
    for (const email of ["", "anna", "anna@", "a@localhost", "a@gmail.com", "a@PEC.it"])
      expect(domainOf(email)).toBeNull();
  });

  it.each([
    [{}, "active"],
    [{ lastSeenAt: null }, "active"],
    [{ lastSeenAt: "2026-08-23T10:00:00Z" }, "active"],
    [{ lastSeenAt: "2026-08-23T09:00:00Z" }, "inactive"],
    [{ isolation: { status: "isolated" } }, "quarantined"],
    [{ isolation: { status: "isolated" }, lastSeenAt: "2020-01-01T00:00:00Z" }, "quarantined"],
  ])("a device with %j is %s", (more, state) => {
    expect(deviceOf(endpoint(more), now, 90).state).toBe(state);
  });

  it("is protected only where a protecting product is installed", () => {
    const products = (status: string) => ({
      assignedProducts: [
        { code: "coreAgent", status: "installed" },
        { code: "interceptX", status },
      ],
    });
    expect(deviceOf(endpoint(products("installed")), now, 90).isProtected).toBe(true);
    expect(deviceOf(endpoint(products("notInstalled")), now, 90).isProtected).toBe(false);
  });

  it("counts unprotected devices: snoozed checks do not, missing ones say nothing", () => {
    const health = (protection: object) => unprotectedOf(HealthCheck.parse({ endpoint: { protection } }));
    expect(
      health({ computer: { notFullyProtected: 3, snoozed: false }, server: { notFullyProtected: "2" } }),
    ).toBe(5);
    expect(
      health({ computer: { notFullyProtected: 3, snoozed: true }, server: { notFullyProtected: 2 } }),
    ).toBe(2);
    expect(health({})).toBeNull();
    expect(unprotectedOf(HealthCheck.parse({}))).toBeNull();
  });

  it("names products and their categories", () => {
    expect(describeProduct("serverAdvancedXdr").category).toBe("server");
    expect(describeProduct("X1", "Central Intercept X Advanced for Server with XDR", "Server").category).toBe(
      "server",
    );
    expect(describeProduct("CEMA", "Central Email Advanced")).toEqual({
      name: "Central Email Advanced",
      category: "email",
    });
    expect(describeProduct("Q7")).toEqual({ name: "Q7", category: "other" });
  });
});

describe("licences", () => {
  const line = (more: object) =>
    UsageLine.parse({
      accountId: "a",
      productCode: "P",
      orderedQuantity: 1,
      actualQuantity: "2.5",
      billingStartDate: "2026-11-01",
      billingEndDate: "2026-11-30",
      ...more,
    });
  const base = { month: "2026-11", firewalls: [], products: [] };

  it("adds up the lines of a product exactly", () => {
    const [licence] = licencesOf({
      ...base,
      billing: "usage",
      lines: [line({ orderedQuantity: 0.1 }), line({ orderedQuantity: "0.2" })],
    });
    expect(licence).toMatchObject({
      key: "usage:P",
      quantity: "0.3",
      used: "5",
      kind: "monthly",
      owner: "partner",
      startsOn: null,
      endsOn: null,
    });
  });

  it("says that a listed product's quantity is unknown, and an unlimited one's is not", () => {
    const [listed] = licencesOf({ ...base, billing: "trial", lines: [], products: [{ code: "mobile" }] });
    expect(listed).toMatchObject({ quantity: null, isQuantityKnown: false, kind: "trial", owner: "partner" });
    const firewall = Firewall.parse({
      serialNumber: "S",
      licenses: [
        {
          id: "1",
          product: { code: "F" },
          unlimited: true,
          type: "perpetual",
          perpetual: true,
          endDate: "2030-01-01",
        },
      ],
    });
    const [unlimited] = licencesOf({ ...base, billing: "term", lines: [], firewalls: [firewall] });
    expect(unlimited).toMatchObject({
      quantity: null,
      isQuantityKnown: true,
      kind: "term",
      owner: "customer",
      endsOn: null,
    });
  });

  it("keeps decimals exact", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (scaled) => {
        expect(toScaled(fromScaled(scaled))).toBe(scaled);
      }),
    );
    expect(sum(["1.00005", 2])).toBe("3.0001");
    expect(sum([null, undefined])).toBeNull();
    expect(() => sum(["many"])).toThrow("vendor.malformed");
  });
});

describe("paging", () => {
  const options = { style: "key", pageSize: 2, what: "list" } as const;
  const drain = async (pages: AsyncGenerator<unknown[]>) => {
    const all: unknown[] = [];
    for await (const items of pages) all.push(...items);
    return all;
  };

  it("stops a cursor that repeats, and one that always changes", async () => {
    await expect(
      drain(readPages(async () => ({ items: [1], pages: { nextKey: "same" } }), options)),
    ).rejects.toThrow("vendor.endless");
    let n = 0;
    const moving = async () => ({ items: [1], pages: { nextKey: `key-${(n += 1)}` } });
    await expect(drain(readPages(moving, { ...options, maxPages: 50 }))).rejects.toThrow("vendor.endless");
    expect(n).toBe(50);
  });

  it("reads by number, also where the vendor states no total", async () => {
    const numbers = [1, 2, 3, 4, 5];
    const asked: string[] = [];
    const fetchPage = (hasTotal: boolean) => async (query: Record<string, string>) => {
      asked.push(query["page"] ?? "first");
      const page = Number(query["page"] ?? 1);
      return { items: numbers.slice((page - 1) * 2, page * 2), pages: hasTotal ? { total: "3" } : {} };
    };
    expect(await drain(readPages(fetchPage(true), { ...options, style: "number" }))).toEqual(numbers);
    expect(await drain(readPages(fetchPage(false), { ...options, style: "number" }))).toEqual(numbers);
    expect(asked).toEqual(["first", "2", "3", "first", "2", "3"]);
  });
});
