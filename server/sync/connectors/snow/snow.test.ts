// What is particular to Snow Atlas: entitlements, tokens, lists that are put together, and how its words become ours.
import { afterEach, describe, expect, it } from "vitest";
import { startSnowEmulator, type SnowEmulator, type SnowEmulatorOptions } from "#emulators/snow/server.ts";
import { type Registration, snowRegistrations, testRegistrations } from "#emulators/snow/systems.ts";
import { VendorError } from "#server/http/errors.ts";
import { type ConnectorEvent, Snapshot, type VendorErrorCode } from "#server/sync/snapshot.ts";
import { snow } from "./connector.ts";
import { applicationOf, countOf, deviceOf, rootName, saasOf } from "./map.ts";
import { readList } from "./paging.ts";
import { originOf, readSettings } from "./settings.ts";
import { Computer, OrganisationTree, RegistryApplication, SaasApplication } from "./shapes.ts";
import { z } from "zod";

const now = new Date("2026-11-21T09:30:00Z");
const { small } = testRegistrations();
let running: SnowEmulator | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

async function start(options: Partial<SnowEmulatorOptions> = {}): Promise<void> {
  running = await startSnowEmulator({ port: 0, today: "2026-11-21", ...options });
}

async function control(order: object): Promise<void> {
  const answer = await fetch(`${running?.url}/__control`, { method: "POST", body: JSON.stringify(order) });
  expect(answer.status).toBe(200);
}

const inputFor = (
  { clientId, clientSecret }: Registration,
  settings: Record<string, string> = {},
  calls: string[] = [],
) => ({
  credentials: { clientId, clientSecret },
  settings: { apiUrl: running?.url ?? "", maxPerSecond: "0", maxRetries: "1", backoffMs: "5", ...settings },
  now,
  signal: new AbortController().signal,
  allowLoopback: true,
  budget: {
    take: async () => void calls.push("take"),
    pause: async (seconds: number) => void calls.push(`pause ${seconds}`),
  },
});

async function read(
  registration = small,
  options: { settings?: Record<string, string>; meanwhile?: () => Promise<void>; calls?: string[] } = {},
): Promise<ConnectorEvent> {
  const events: ConnectorEvent[] = [];
  for await (const event of snow.read(inputFor(registration, options.settings, options.calls))) {
    if (event.kind === "total") await options.meanwhile?.();
    else events.push(event);
  }
  const [event] = events;
  if (!event || events.length > 1) throw new Error(`${events.length} events`);
  return event;
}

async function readSnapshot(...args: Parameters<typeof read>): Promise<Snapshot> {
  const event = await read(...args);
  if (event.kind !== "snapshot") throw new Error(`${event.kind} ${"code" in event ? event.code : ""}`);
  return Snapshot.parse(event.snapshot);
}

const never = [
  { part: "licences", reason: "not_reported" },
  { part: "alerts", reason: "not_reported" },
  { part: "protection", reason: "not_reported" },
];
const found = (isMeant: (registration: Registration) => boolean): Registration => {
  const registration = snowRegistrations().find(isMeant);
  if (!registration) throw new Error("no such system");
  return registration;
};

describe("a system", () => {
  it("is read whole: computers, applications and SaaS, and nothing that the vendor does not know", async () => {
    await start();
    const { account, devices, applications, saas, ...rest } = await readSnapshot(small, {
      settings: { currency: "EUR" },
    });
    expect(account).toMatchObject({
      externalId: small.system.id,
      name: small.system.name,
      region: "westeurope",
    });
    expect(account.externalIds).toEqual([]);
    expect(rest).toMatchObject({ licences: null, alerts: null, unprotectedCount: null, gaps: never });
    const states = Map.groupBy(devices ?? [], ({ state }) => state);
    expect([...states].map(([state, all]) => [state, all.length]).toSorted()).toEqual([
      ["active", 36],
      ["inactive", 3],
      ["quarantined", 1],
    ]);
    expect(
      states
        .get("active")
        ?.map(({ lastSeenAt }) => lastSeenAt)
        .toSorted()[0],
    ).toMatch(/^2026-11-06T/);
    expect(devices?.every(({ isProtected, health }) => isProtected === null && health === "unknown")).toBe(
      true,
    );
    expect(applications?.find(({ name }) => name === "uTorrent 3")?.installs).toBeGreaterThan(0);
    expect(applications?.some(({ name }) => name.includes(".NET Runtime"))).toBe(false);
    const java = applications?.find(({ name }) => name === "Oracle Java SE 8");
    expect(java).toMatchObject({
      manufacturer: "Oracle",
      licencesAvailable: 0,
      licencesRequired: java?.installs,
    });
    expect(applications?.find(({ name }) => name === "Google Chrome")?.licencesRequired).toBeNull();
    expect(saas).toMatchObject({ users: 52, activeUsers: expect.any(Number) });
    expect(saas?.applications.find(({ name }) => name === "Dropbox Business")).toMatchObject({
      currency: "EUR",
      isSanctioned: false,
      yearlyCost: expect.stringMatching(/^\d+(\.\d{1,2})?$/),
    });
  });

  it("is the same whatever the size of the pages", async () => {
    await start();
    expect(await readSnapshot(small, { settings: { pageSize: "7" } })).toEqual(await readSnapshot());
  });

  it("asks the shared budget before every call, and tells it of a wish for silence", async () => {
    await start();
    const calls: string[] = [];
    await readSnapshot(small, { calls });
    expect(calls.length).toBeGreaterThan(8);
    await control({ mode: "status", status: 429, retryAfter: "3600", path: "/api/saas" });
    expect(await read(small, { calls })).toMatchObject({ kind: "refused", code: "vendor.throttled" });
    expect(calls).toContain("pause 3600");
  });
});

describe("entitlements", () => {
  it.each<[string, Registration, object[]]>([
    [
      "SAM alone",
      found(({ system }) => system.hasSam && !system.hasSaas),
      [{ part: "saas", reason: "not_entitled" }],
    ],
    [
      "SaaS alone",
      found(({ system }) => !system.hasSam),
      [
        { part: "devices", reason: "not_entitled" },
        { part: "applications", reason: "not_entitled" },
      ],
    ],
    ["both", small, []],
  ])("%s: the rest is a gap, not a refusal", async (_name, registration, gaps) => {
    await start();
    const snapshot = await readSnapshot(registration);
    expect(snapshot.gaps).toEqual([...gaps, ...never]);
    expect([snapshot.devices !== null, snapshot.applications !== null]).toEqual(
      registration.system.hasSam ? [true, true] : [false, false],
    );
    expect(snapshot.saas !== null).toBe(registration.system.hasSaas);
  });

  it("neither: the vendor refuses us", async () => {
    await start();
    await control({ mode: "status", status: 403, path: "/api/" });
    expect(await read()).toMatchObject({ kind: "refused", code: "vendor.forbidden" });
  });

  it.each([
    ["/api/sam/estate/v1/computers-applications", 403, { part: "applications", reason: "not_entitled" }],
    ["/api/sam/software-registry", 403, { part: "applications", reason: "not_entitled" }],
    ["/api/sam/software-registry", 404, { part: "applications", reason: "not_reported" }],
    ["/api/saas/consolidated-view/v1/applications", 404, { part: "saas", reason: "not_reported" }],
  ])("%s answering %i leaves one gap", async (path, status, gap) => {
    await start();
    await control({ mode: "status", status, path });
    const snapshot = await readSnapshot();
    expect(snapshot.gaps).toEqual([gap, ...never]);
    expect(snapshot.devices).toHaveLength(40);
  });

  it.each([403, 404])("figures beside the lists may be missing (%i)", async (status) => {
    await start();
    for (const path of [
      "/api/sam/estate/v1/computers-application-usage",
      "/api/sam/v1/compliance",
      "/api/saas/consolidated-view/v1/users/kpi",
      "/api/organizations",
    ])
      await control({ mode: "status", status, path });
    const { account, applications, saas, gaps } = await readSnapshot();
    expect(gaps).toEqual(never);
    expect(account.name).toBe(small.system.name);
    expect(
      applications?.every(({ unused, licencesRequired }) => unused === null && licencesRequired === null),
    ).toBe(true);
    expect(saas).toMatchObject({ users: null, activeUsers: null });
  });
});

describe("faults", () => {
  const paths = [
    "/api/organizations",
    "/api/sam/estate/v1/computers",
    "/api/sam/software-registry",
    "/api/sam/v1/compliance",
    "/api/saas",
  ];
  const modes: [object, VendorErrorCode][] = [
    [{ mode: "status", status: 500 }, "vendor.failed"],
    [{ mode: "status", status: 429, retryAfter: "3600" }, "vendor.throttled"],
    [{ mode: "html" }, "vendor.malformed"],
    [{ mode: "half" }, "vendor.malformed"],
    [{ mode: "down" }, "vendor.unreachable"],
  ];
  it.each(paths.flatMap((path) => modes.map(([order, code]) => [path, order, code] as const)))(
    "%s under %j refuses the account: what is stored stays whole",
    async (path, order, code) => {
      await start();
      await control({ ...order, path });
      expect(await read()).toMatchObject({
        kind: "refused",
        code,
        account: { externalId: small.system.id, name: small.system.name },
      });
    },
  );

  it.each([
    "/api/sam/estate/v1/computers",
    "/api/sam/software-registry",
    "/api/saas/consolidated-view/v1/applications",
  ])("stops a list that does not end: %s", async (path) => {
    await start();
    await control({ mode: "endless", path });
    const event = await read(small, { settings: { pageSize: "50" } });
    expect(event).toMatchObject({ kind: "refused", code: "vendor.endless" });
  });
});

describe("tokens and whose system it is", () => {
  it("keeps reading with a new token when the old one expires, asking for one only", async () => {
    await start({ tokensPerMinute: 3 });
    const whole = await readSnapshot();
    expect(await readSnapshot(small, { meanwhile: () => control({ expireTokens: true }) })).toEqual(whole);
    const { clientId: client_id, clientSecret: client_secret } = small;
    const form = { grant_type: "client_credentials", client_id, client_secret };
    const body = new URLSearchParams(form);
    // Three tokens are given a minute: the two readings took three, and no more.
    expect((await fetch(`${running?.url}/idp/api/connect/token`, { method: "POST", body })).status).toBe(429);
  });

  it("ends the whole reading when no token can be had any more", async () => {
    await start();
    const meanwhile = async () => {
      await control({ expireTokens: true });
      await control({ mode: "status", status: 400, path: "/idp" });
    };
    expect(await failure(read(small, { meanwhile }))).toMatchObject({ code: "vendor.credentials" });
  });

  it("knows the system by the token, and refuses another than the one that is set", async () => {
    await start();
    expect(await snow.test(inputFor(small))).toEqual({ id: small.system.id, kind: "system" });
    const other = { systemId: "2f86b198-04f3-4770-ad08-b32518206da0" };
    expect(await failure(snow.test(inputFor(small, other)))).toMatchObject({ code: "vendor.wrongAccount" });
    expect(await read(small, { settings: other })).toEqual({
      kind: "refused",
      code: "vendor.wrongAccount",
      detail: "token: of another system",
      account: { externalId: other.systemId, name: other.systemId, region: "westeurope", billing: "unknown" },
    });
    const upper = { systemId: small.system.id.toUpperCase(), name: "Il nostro sistema" };
    expect((await readSnapshot(small, { settings: upper })).account).toMatchObject({
      externalId: upper.systemId,
      name: upper.name,
    });
  });

  it("asks only hosts of the vendor", async () => {
    expect(originOf(readSettings({ region: "uksouth" }))).toBe("https://uksouth.snowsoftware.io");
    for (const settings of [
      { region: "evil.example/" },
      { region: "" },
      { apiUrl: "nowhere" },
      { pageSize: "0" },
    ])
      expect(() => readSettings(settings)).toThrow("vendor.blocked");
    const elsewhere = { ...inputFor(small), settings: { apiUrl: "https://snowsoftware.io.evil.example" } };
    expect(await failure(snow.test(elsewhere))).toMatchObject({ code: "vendor.blocked" });
  });
});

describe("words", () => {
  const computer = (more: object) => deviceOf(Computer.parse({ id: "c1", ...more }));

  it.each([
    ["Active", "active"],
    [" active ", "active"],
    [null, "active"],
    ["Quarantined", "quarantined"],
    ["Inactive", "inactive"],
    ["Disposed", "inactive"],
  ])("a computer that is %j is %s", (status, state) => {
    expect(computer({ status }).state).toBe(state);
  });

  it.each([
    ["2026-11-13T04:12:00Z", "2026-11-13T04:12:00.000Z"],
    ["2026-11-13T04:12:00", "2026-11-13T04:12:00.000Z"],
    ["2026-11-13T04:12:00.1234567+02:00", "2026-11-13T02:12:00.123Z"],
    ["0001-01-01T00:00:00", null],
    [null, null],
    ["", null],
  ])("scanned at %j is seen at %j", (lastScanDate, seen) => {
    expect(computer({ lastScanDate }).lastSeenAt).toBe(seen);
  });

  it("refuses a date that is none, and survives absent values", () => {
    expect(() => computer({ lastScanDate: "5/25/2023 12:00 in the morning" })).toThrow("vendor.malformed");
    expect(computer({ isServer: null, hostName: null })).toMatchObject({
      type: "computer",
      hostname: "",
      model: "",
    });
    expect(computer({ isServer: true }).type).toBe("server");
  });

  it("counts licences in whole ones: what is needed up, what is there down", () => {
    const report = applicationOf("a1", 5, 7, undefined, { licenseRequirement: 2.1, availableLicenses: 2.9 });
    expect(report).toMatchObject({ name: "a1", unused: 0, licencesRequired: 3, licencesAvailable: 2 });
    const known = RegistryApplication.parse({ id: "a1", name: " Città Contabilità " });
    expect(applicationOf("a1", 5, 2, known, { licensesPurchased: 4 })).toMatchObject({
      name: "Città Contabilità",
      unused: 3,
      licencesRequired: null,
      licencesAvailable: 4,
    });
    expect([countOf(-3), countOf(Number.NaN), countOf(1e12)]).toEqual([0, null, 2_000_000_000]);
  });

  it("keeps costs exact, and a currency only with a cost", () => {
    const cost = (yearlyCost: unknown) => saasOf(SaasApplication.parse({ id: "s1", yearlyCost }), "EUR");
    expect(cost(0.1 + 0.2)).toMatchObject({ yearlyCost: "0.3", currency: "EUR" });
    expect(cost("1234567890.12")).toMatchObject({ yearlyCost: "1234567890.12" });
    expect(cost(null)).toMatchObject({ name: "s1", yearlyCost: null, currency: null, isSanctioned: null });
    expect(() => cost("a lot")).toThrow("vendor.malformed");
  });

  it("names the system by the top of its tree", () => {
    const tree = (nodes: object[]) => rootName(OrganisationTree.parse({ nodes }));
    const site = { id: "2", parentId: "1", name: "Sede" };
    expect(tree([site, { id: "1", parentId: "00000000-0000", name: " Esempio " }])).toBe("Esempio");
    expect(tree([site, { id: "1", parentId: null, name: "Esempio" }])).toBe("Esempio");
    expect(tree([])).toBeNull();
  });
});

describe("paging", () => {
  const drain = async (answer: (page: number) => object, maxItems = 100) => {
    const taken = new Set<number>();
    const asked: number[] = [];
    const fetchPage = async (query: Record<string, string>) => {
      asked.push(Number(query["page_number"]));
      return answer(Number(query["page_number"]));
    };
    const take = (item: number) => taken.size < taken.add(item).size;
    await readList(fetchPage, z.number(), { what: "list", pageSize: 2, maxItems, take });
    return { taken: [...taken], asked };
  };
  const slice = (page: number, size: number) => [1, 2, 3, 4, 5].slice((page - 1) * size, page * size);

  it.each<[string, (page: number) => object, number[]]>([
    ["no pagination", (page) => ({ items: slice(page, 2) }), [1, 2, 3]],
    [
      "smaller pages than asked for",
      (page) => ({ items: slice(page, 1), pagination: { page_size: 1 } }),
      [1, 2, 3, 4, 5, 6],
    ],
    [
      "short pages that are not the last",
      (page) => ({ items: slice(page, 1), pagination: { page_size: 2, total_pages: "5" } }),
      [1, 2, 3, 4, 5],
    ],
  ])("reads all with %s", async (_name, answer, pages) => {
    expect(await drain(answer)).toEqual({ taken: [1, 2, 3, 4, 5], asked: pages });
  });

  it("stops pages that bring nothing new, and lists that are too long", async () => {
    await expect(drain(() => ({ items: [1, 2] }))).rejects.toThrow("vendor.endless");
    await expect(drain((page) => ({ items: [2 * page, 2 * page + 1] }), 9)).rejects.toThrow(
      "vendor.tooLarge",
    );
    await expect(drain(() => ({ rows: [] }))).rejects.toThrow("vendor.malformed");
    await expect(drain(() => ({ items: ["x"] }))).rejects.toThrow("vendor.malformed");
  });
});

async function failure(promise: Promise<unknown>): Promise<VendorError> {
  const error = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof VendorError)) throw new Error(`no VendorError: ${String(error)}`);
  return error;
}
