// Every connector of the registry keeps the contract, read against its vendor's emulator with all its faults.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSnowEmulator } from "#emulators/snow/server.ts";
import { testRegistrations } from "#emulators/snow/systems.ts";
import { startSophosEmulator } from "#emulators/sophos/server.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";
import { plantedTenants, tenantsOf } from "#emulators/sophos/tenants.ts";
import { VendorError } from "#server/http/errors.ts";
import { connectors } from "./connectors/registry.ts";
import {
  Snapshot,
  type Connector,
  type ConnectorEvent,
  type ConnectorInput,
  type Credentials,
  type VendorErrorCode,
} from "./snapshot.ts";

const now = new Date("2026-11-21T09:30:00Z");
const today = "2026-11-21";
const quick = { maxPerSecond: "0", headersTimeoutSeconds: "3", maxRetries: "2", backoffMs: "10" };

type Reader = { credentials: Credentials; settings: Record<string, string> };
type Rig = {
  /** Every vendor has a large connection with all planted faults and a small one without permanent ones. */
  large: Reader & {
    accounts: number;
    refused: Map<string, VendorErrorCode>;
    recovering: string;
  };
  small: Reader & { accounts: number; account: string };
  /** A path of one account's own data, and one whose answers say whose data it is. */
  path: string;
  identityPath: string;
  control(order: object): Promise<void>;
  close(): Promise<void>;
};

const controlOf =
  (url: string) =>
  async (order: object): Promise<void> => {
    const answer = await fetch(`${url}/__control`, { method: "POST", body: JSON.stringify(order) });
    expect(answer.status).toBe(200);
  };

const rigs: Record<string, () => Promise<Rig>> = {
  async sophos() {
    const emulator = await startSophosEmulator({ port: 0, today });
    const { throttled, gone, failed, html, half, hang } = plantedTenants();
    const forbidden = tenantsOf("alpina")
      .filter(({ fault }) => fault === "forbidden")
      .map(({ id }) => id);
    const credentialsOf = (key: "alpina" | "lagune"): Credentials => {
      const { clientId, clientSecret } = sophosPartners[key];
      return { clientId, clientSecret };
    };
    const settings = { idUrl: emulator.url, apiUrl: emulator.url, ...quick };
    return {
      large: {
        credentials: credentialsOf("alpina"),
        settings,
        accounts: 2_000,
        refused: new Map<string, VendorErrorCode>([
          [gone, "vendor.notFound"],
          [failed, "vendor.failed"],
          [html, "vendor.malformed"],
          [half, "vendor.malformed"],
          [hang, "vendor.unreachable"],
          ...forbidden.map((id): [string, VendorErrorCode] => [id, "vendor.forbidden"]),
        ]),
        recovering: throttled,
      },
      small: {
        credentials: credentialsOf("lagune"),
        settings,
        accounts: 40,
        account: tenantsOf("lagune").find(({ fault }) => !fault)?.id ?? "",
      },
      path: "/endpoint/v1/endpoints",
      identityPath: "/endpoint/v1/endpoints",
      control: controlOf(emulator.url),
      close: () => emulator.close(),
    };
  },
  /** One connection reads one system: the accounts are one each. */
  async snow() {
    const emulator = await startSnowEmulator({ port: 0, today, tokensPerMinute: 600 });
    const { large, small } = testRegistrations();
    const readerOf = ({ clientId, clientSecret, system }: typeof small): Reader => ({
      credentials: { clientId, clientSecret },
      settings: { apiUrl: emulator.url, systemId: system.id, ...quick },
    });
    return {
      large: { ...readerOf(large), accounts: 1, refused: new Map(), recovering: large.system.id },
      small: { ...readerOf(small), accounts: 1, account: small.system.id },
      path: "/api/",
      identityPath: "/idp/",
      control: controlOf(emulator.url),
      close: () => emulator.close(),
    };
  },
};

it("has an emulator for every connector", () => {
  expect(Object.keys(rigs).toSorted()).toEqual(Object.keys(connectors).toSorted());
  expect(Object.entries(connectors).every(([key, { vendor }]) => key === vendor)).toBe(true);
});

describe.each(Object.entries(connectors))("%s", (vendor, connector) => {
  let rig: Rig;
  beforeAll(async () => {
    const start = rigs[vendor];
    if (!start) throw new Error(`no emulator for ${vendor}`);
    rig = await start();
  });
  afterAll(() => rig.close());

  const inputFor = (
    { credentials, settings }: Reader,
    more: Partial<ConnectorInput> = {},
  ): ConnectorInput => ({
    credentials,
    settings,
    now,
    signal: new AbortController().signal,
    allowLoopback: true,
    ...more,
  });
  const readSmall = (more: Partial<ConnectorInput> & { only?: string[] } = {}) =>
    collect(connector, { ...inputFor(rig.small), ...more });
  const withFault = async <T>(order: object, act: () => Promise<T>): Promise<T> => {
    await rig.control(order);
    try {
      return await act();
    } finally {
      await rig.control({ mode: "ok" });
    }
  };

  it("tells who the credentials belong to, and refuses wrong ones", async () => {
    expect((await connector.test(inputFor(rig.small))).id).not.toBe("");
    const credentials = { ...rig.small.credentials, clientSecret: "canary-secret" };
    const wrong = { ...rig.small, credentials };
    const error = await failure(connector.test(inputFor(wrong)));
    expect(error.code).toBe("vendor.credentials");
    expect(`${error.message} ${error.detail}`).not.toContain("canary");
    expect((await failure(collect(connector, inputFor(wrong)))).code).toBe("vendor.credentials");
  });

  it(
    "reads the large partner: valid, unique, complete, each refusal with its code, twice the same",
    { timeout: 90_000 },
    async () => {
      const first = await digest(connector, inputFor(rig.large));
      expect(first.total).toBe(rig.large.accounts);
      expect(first.snapshots.size + first.refused.size).toBe(rig.large.accounts);
      expect(first.refused).toEqual(rig.large.refused);
      expect(first.snapshots.has(rig.large.recovering)).toBe(true);
      expect(first.milliseconds).toBeLessThan(30_000);
      const second = await digest(connector, inputFor(rig.large));
      expect(second.snapshots).toEqual(first.snapshots);
      expect(second.refused).toEqual(first.refused);
    },
  );

  it("reads only what is asked for", async () => {
    const { account } = rig.small;
    const events = await readSmall({ only: [account, "no-such-account"] });
    expect(events.map(idOf)).toEqual(["total", account]);
    expect(events[0]).toEqual({ kind: "total", accounts: 1 });
  });

  it.each<[object, VendorErrorCode]>([
    [{ mode: "down" }, "vendor.unreachable"],
    [{ mode: "html" }, "vendor.malformed"],
    [{ mode: "half" }, "vendor.malformed"],
    [{ mode: "status", status: 503 }, "vendor.failed"],
    [{ mode: "status", status: 429, retryAfter: "3600" }, "vendor.throttled"],
    [{ mode: "status", status: 403 }, "vendor.forbidden"],
  ])("fails as a whole under %j with %s, and heals", async (order, code) => {
    expect((await withFault(order, () => failure(readSmall()))).code).toBe(code);
    expect(await readSmall()).toHaveLength(rig.small.accounts + 1);
  });

  it.each<[object, VendorErrorCode]>([
    [{ mode: "status", status: 403 }, "vendor.forbidden"],
    [{ mode: "status", status: 404 }, "vendor.notFound"],
    [{ mode: "status", status: 429, retryAfter: "3600" }, "vendor.throttled"],
    [{ mode: "status", status: 500 }, "vendor.failed"],
    [{ mode: "html" }, "vendor.malformed"],
    [{ mode: "half" }, "vendor.malformed"],
    [{ mode: "down" }, "vendor.unreachable"],
    [{ mode: "hang" }, "vendor.unreachable"],
    [{ mode: "wrongTenant" }, "vendor.wrongAccount"],
    [{ mode: "endless" }, "vendor.endless"],
  ])("costs one account its freshness under %j, and no other", { timeout: 20_000 }, async (order, code) => {
    const before = await readSmall();
    const tenant = rig.small.account;
    const path = code === "vendor.wrongAccount" ? rig.identityPath : rig.path;
    const events = await withFault({ ...order, tenant, path }, () => readSmall());
    const hit = events.find((event) => idOf(event) === tenant);
    expect(hit).toMatchObject({ kind: "refused", code, account: { externalId: tenant } });
    expect(byId(events).filter((event) => idOf(event) !== tenant)).toEqual(
      byId(before).filter((event) => idOf(event) !== tenant),
    );
  });

  it("waits for a slow vendor", async () => {
    const events = await withFault({ mode: "slow", delayMs: 30 }, () => readSmall());
    expect(events.filter(({ kind }) => kind === "snapshot").length).toBeGreaterThan(
      rig.small.accounts * 0.75,
    );
  });

  it("ends when it is stopped, with no error of the vendor's", async () => {
    const stop = new AbortController();
    const pending = withFault({ mode: "slow", delayMs: 200 }, () => readSmall({ signal: stop.signal }));
    setTimeout(() => stop.abort(), 300);
    await expect(pending).rejects.not.toBeInstanceOf(VendorError);
  });

  it("goes nowhere near loopback unless allowed", async () => {
    expect((await failure(readSmall({ allowLoopback: false }))).code).toBe("vendor.blocked");
  });
});

async function collect(
  connector: Connector,
  input: ConnectorInput & { only?: string[] },
): Promise<ConnectorEvent[]> {
  const events: ConnectorEvent[] = [];
  for await (const event of connector.read(input)) {
    if (event.kind === "snapshot") Snapshot.parse(event.snapshot);
    events.push(event);
  }
  return events;
}

/** A large partner as one hash per account, so that two reads can be compared without holding either. */
async function digest(connector: Connector, input: ConnectorInput) {
  const started = performance.now();
  const snapshots = new Map<string, string>();
  const refused = new Map<string, VendorErrorCode>();
  let total = 0;
  for await (const event of connector.read(input)) {
    if (event.kind === "total") {
      total = event.accounts;
      continue;
    }
    const id = idOf(event);
    if (snapshots.has(id) || refused.has(id)) throw new Error(`twice: ${id}`);
    if (event.kind === "refused") refused.set(id, event.code);
    else
      snapshots.set(
        id,
        createHash("sha256")
          .update(JSON.stringify(Snapshot.parse(event.snapshot)))
          .digest("hex"),
      );
  }
  return { total, snapshots, refused, milliseconds: performance.now() - started };
}

function idOf(event: ConnectorEvent): string {
  return event.kind === "total"
    ? "total"
    : event.kind === "refused"
      ? event.account.externalId
      : event.snapshot.account.externalId;
}

function byId(events: readonly ConnectorEvent[]): ConnectorEvent[] {
  return events.toSorted((a, b) => idOf(a).localeCompare(idOf(b)));
}

async function failure(promise: Promise<unknown>): Promise<VendorError> {
  const error = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof VendorError)) throw new Error(`no VendorError: ${String(error)}`);
  return error;
}
