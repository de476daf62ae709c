// Sophos Central Partner: every tenant's devices, alerts, protection and licences, and the orders of accounts without a tenant.
import type { z } from "zod";
import { VendorError } from "#server/http/errors.ts";
import {
  SNAPSHOT_VERSION,
  type Connector,
  type ConnectorEvent,
  type ConnectorInput,
  type SnapshotInput,
} from "#server/sync/snapshot.ts";
import { concurrently } from "#server/sync/connectors/concurrently.ts";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import { createSophosClient, type Partner, type SophosClient } from "./client.ts";
import { licencesOf } from "./licences.ts";
import { likelyOpened, openTenant } from "./open.ts";
import { alertOf, deviceOf, identityOf, namedIdentity, orderIdentity, unprotectedOf } from "./map.ts";
import { SophosSettings } from "./settings.ts";
import { Alert, Endpoint, Firewall, HealthCheck, NamedTenant, Tenant, UsageLine } from "./shapes.ts";

/** So many tenants in a row without an answer: it is the vendor that is ill, not they. */
const LOST_AFTER = 25;
const vendorWide = new Set<VendorError["code"]>(["vendor.unreachable", "vendor.throttled", "vendor.failed"]);
const MAX_DEVICES = 200_000;
const MAX_ALERTS = 50_000;

type Gap = NonNullable<SnapshotInput["gaps"]>[number];
/** What the partner's own interfaces say of licences, or why nothing is known of them. */
type Bill = { month: string; lines: Map<string, UsageLine[]>; firewalls: Map<string, Firewall[]> };
type Unbilled = { reason: Gap["reason"] };
type Run = { client: SophosClient; settings: SophosSettings; now: Date; bill: Bill | Unbilled };

export const sophos: Connector = {
  vendor: "sophos",

  test: (input) =>
    withClient(input, async (client) => {
      const { id, kind } = await client.whoami();
      return { id, kind };
    }),

  open: (input, account) => withClient(input, (client) => openTenant(client, account)),

  findOpened: (input, account) =>
    withClient(input, async (client) => {
      const tenants = await readTenants(client, await client.whoami());
      return likelyOpened([...tenants.values()], account);
    }),

  async *read(input) {
    const stop = new AbortController();
    const settings = SophosSettings.parse(input.settings);
    const client = createSophosClient(input, settings, AbortSignal.any([input.signal, stop.signal]));
    try {
      yield* readPartner(client, settings, input);
    } finally {
      stop.abort();
      await client.close();
    }
  },
};

async function withClient<Result>(
  input: ConnectorInput,
  work: (client: SophosClient) => Promise<Result>,
): Promise<Result> {
  const client = createSophosClient(input, SophosSettings.parse(input.settings), input.signal);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function* readPartner(
  client: SophosClient,
  settings: SophosSettings,
  { now, only }: ConnectorInput & { only?: string[] },
): AsyncGenerator<ConnectorEvent> {
  const partner = await client.whoami();
  const tenants = await readTenants(client, partner);
  const bill = await readBill(client, partner, now);
  const isWanted = only === undefined ? () => true : (id: string) => only.includes(id);
  const billed = "lines" in bill ? [...bill.lines] : [];
  const orders = billed.filter(([id]) => !tenants.has(id) && id !== partner.id && isWanted(id));
  const wanted = [...tenants].filter(([id]) => isWanted(id)).map(([, value]) => value);
  yield { kind: "total", accounts: wanted.length + orders.length };

  for (const [id, lines] of orders) yield readOrder(id, lines, "month" in bill ? bill.month : "", now);
  const run: Run = { client, settings, now, bill };
  let unanswered = 0;
  for await (const { event, error } of concurrently(wanted, settings.concurrency, (tenant) =>
    readTenant(run, tenant),
  )) {
    unanswered = error && vendorWide.has(error.code) ? unanswered + 1 : 0;
    if (error && unanswered >= LOST_AFTER)
      throw new VendorError(error.code, error.detail, { isWidespread: true, cause: error });
    if (error && client.isWithoutToken(error)) throw error;
    yield event;
  }
}

/** By id: a tenant that is listed twice, as lists that move while they are read do, is one tenant. */
async function readTenants(client: SophosClient, partner: Partner): Promise<Map<string, unknown>> {
  const tenants = new Map<string, unknown>();
  for await (const items of client.partnerPages(partner, "/partner/v1/tenants", { pageSize: 100 })) {
    for (const item of items) tenants.set(parseAs(NamedTenant, item, "tenants").id, item);
  }
  return tenants;
}

/** The bill of the current month, else of the one before; without it no licence is known, and none is gone. */
async function readBill(client: SophosClient, partner: Partner, now: Date): Promise<Bill | Unbilled> {
  try {
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
    const firewalls = await readAll(client, partner, "/licenses/v1/licenses/firewalls", 100, Firewall, [
      "vendor.notFound",
      "vendor.forbidden",
    ]);
    let lines: UsageLine[] = [];
    let billed = new Date(Date.UTC(year, month, 1));
    for (const offset of [0, -1]) {
      billed = new Date(Date.UTC(year, month + offset, 1));
      const path = `/partner/v1/billing/usage/${billed.getUTCFullYear()}/${billed.getUTCMonth() + 1}`;
      lines = await readAll(client, partner, path, 1_000, UsageLine, ["vendor.notFound"]);
      if (lines.length > 0) break;
    }
    return {
      month: billed.toISOString().slice(0, 7),
      lines: Map.groupBy(lines, ({ accountId }) => accountId),
      firewalls: Map.groupBy(
        firewalls.filter(({ tenant }) => tenant),
        ({ tenant }) => tenant?.id ?? "",
      ),
    };
  } catch (error) {
    if (!(error instanceof VendorError) || client.isWithoutToken(error)) throw error;
    return { reason: error.code === "vendor.forbidden" ? "not_entitled" : "not_reported" };
  }
}

async function readAll<Shape extends z.ZodType>(
  client: SophosClient,
  partner: Partner,
  path: string,
  pageSize: number,
  shape: Shape,
  none: VendorError["code"][],
): Promise<z.output<Shape>[]> {
  const all: z.output<Shape>[] = [];
  try {
    for await (const items of client.partnerPages(partner, path, { pageSize })) {
      for (const item of items) all.push(parseAs(shape, item, path));
    }
  } catch (error) {
    if (!(error instanceof VendorError) || !none.includes(error.code)) throw error;
  }
  return all;
}

type TenantResult = { event: ConnectorEvent; error: VendorError | null };

async function readTenant({ client, settings, now, bill }: Run, item: unknown): Promise<TenantResult> {
  let account = namedIdentity(parseAs(NamedTenant, item, "tenants"));
  try {
    const tenant = parseAs(Tenant, item, "tenants");
    account = identityOf(tenant);
    const devices = await readItems(
      client,
      tenant,
      "/endpoint/v1/endpoints",
      500,
      MAX_DEVICES,
      Endpoint,
      (endpoint) => deviceOf(endpoint, now, settings.inactiveAfterDays),
    );
    const [alerts, health] = await Promise.all([
      optional("alerts", readItems(client, tenant, "/common/v1/alerts", 100, MAX_ALERTS, Alert, alertOf)),
      optional("protection", readHealth(client, tenant)),
    ]);
    const licences =
      "lines" in bill
        ? licencesOf({
            billing: account.billing,
            month: bill.month,
            lines: bill.lines.get(tenant.id) ?? [],
            firewalls: bill.firewalls.get(tenant.id) ?? [],
            products: tenant.products,
          })
        : null;
    const licenceGap: Gap | null = "reason" in bill ? { part: "licences", reason: bill.reason } : null;
    const gaps = [alerts.gap, health.gap, licenceGap].filter((gap) => gap !== null);
    const snapshot: SnapshotInput = {
      version: SNAPSHOT_VERSION,
      takenAt: now.toISOString(),
      account,
      devices,
      licences,
      alerts: alerts.value,
      unprotectedCount: health.value,
      gaps,
    };
    return { event: { kind: "snapshot", snapshot }, error: null };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return { event: { kind: "refused", account, code: error.code, detail: error.detail }, error };
  }
}

async function readItems<
  Shape extends z.ZodType<{ id: string; tenant?: { id: string } | null | undefined }>,
  Report,
>(
  client: SophosClient,
  tenant: Tenant,
  path: string,
  pageSize: number,
  maxItems: number,
  shape: Shape,
  map: (item: z.output<Shape>) => Report,
): Promise<Report[]> {
  const reports = new Map<string, Report>();
  for await (const items of client.tenantPages(tenant, path, { pageSize })) {
    for (const item of items) {
      const parsed = parseAs(shape, item, path);
      if (parsed.tenant && parsed.tenant.id !== tenant.id)
        throw new VendorError("vendor.wrongAccount", `${path}: of another tenant`);
      reports.set(parsed.id, map(parsed));
    }
    if (reports.size > maxItems) throw new VendorError("vendor.tooLarge", `${path}: over ${maxItems} items`);
  }
  return [...reports.values()];
}

async function readHealth(client: SophosClient, tenant: Tenant): Promise<number | null> {
  const path = "/account-health-check/v1/health-check";
  return unprotectedOf(parseAs(HealthCheck, await client.tenantObject(tenant, path), path));
}

/** A part that the vendor refuses or does not have leaves a gap; any other trouble is the whole tenant's. */
async function optional<Value>(
  part: Gap["part"],
  reading: Promise<Value | null>,
): Promise<{ value: Value | null; gap: Gap | null }> {
  try {
    const value = await reading;
    return { value, gap: value === null ? unread(part) : null };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    if (error.code === "vendor.forbidden") return { value: null, gap: { part, reason: "not_entitled" } };
    if (error.code === "vendor.notFound") return { value: null, gap: unread(part) };
    throw error;
  }
}

function unread(part: Gap["part"]): Gap {
  return { part, reason: "not_reported" };
}

/** An order is known by the bill alone: the vendor lets nobody see its devices through us. */
function readOrder(id: string, lines: readonly UsageLine[], month: string, now: Date): ConnectorEvent {
  const account = orderIdentity(id, lines[0]);
  try {
    const snapshot: SnapshotInput = {
      version: SNAPSHOT_VERSION,
      takenAt: now.toISOString(),
      account,
      devices: null,
      licences: licencesOf({ billing: "order", month, lines, firewalls: [], products: [] }),
      alerts: null,
      unprotectedCount: null,
      gaps: [unread("devices"), unread("alerts"), unread("protection")],
    };
    return { kind: "snapshot", snapshot };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return { kind: "refused", account, code: error.code, detail: error.detail };
  }
}
