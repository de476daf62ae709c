// What each address of the vendor answers once a request is let in.
import { firewallLicences, usageLines } from "./billing.ts";
import { alertsOf, endpointAt, endpointCount, healthCheckOf } from "./devices.ts";
import { pageByKey, pageByNumber } from "./paging.ts";
import type { Partner, PartnerKey } from "./partners.ts";
import { tenantsOf } from "./tenants.ts";
import type { Region, Tenant } from "./tenants.ts";

export type Answer = { status: number; body: unknown };
export type World = {
  today: string;
  globalUrl: string;
  regionUrls: Record<Region, string>;
  /** Tenants that were made since the start. */
  opened: Record<PartnerKey, Tenant[]>;
};

/** The last bill of each partner: its pages are asked for one after the other. */
const bills = new Map<string, object[] | null>();
const firewalls = new Map<string, object[]>();

export function whoami(partner: Partner, world: World): Answer {
  return { status: 200, body: { id: partner.id, idType: "partner", apiHosts: { global: world.globalUrl } } };
}

/** null = no such address. */
export function partnerRoute(
  path: string,
  query: URLSearchParams,
  partner: Partner,
  world: World,
): Answer | null {
  const tenants = [...tenantsOf(partner.key), ...world.opened[partner.key]];
  if (path === "/partner/v1/tenants") {
    const item = (index: number): object => describeTenant(tenants[index], partner, world);
    return { status: 200, body: pageByNumber(query, 100, { total: tenants.length, item }) };
  }
  const [, tenantId] = /^\/partner\/v1\/tenants\/([\w-]+)$/.exec(path) ?? [];
  if (tenantId) {
    const tenant = tenants.find(({ id }) => id === tenantId);
    return tenant
      ? { status: 200, body: describeTenant(tenant, partner, world) }
      : { status: 404, body: "Tenant not found" };
  }
  const [, year, month] = /^\/partner\/v1\/billing\/usage\/(\d{4})\/(\d{1,2})$/.exec(path) ?? [];
  if (year && month) {
    const lines = remember(bills, `${partner.key}/${year}-${month.padStart(2, "0")}`, world.today, () =>
      usageLines(partner.key, `${year}-${month.padStart(2, "0")}`, world.today),
    );
    if (lines === null) return { status: 404, body: "No usage for this month" };
    return {
      status: 200,
      body: pageByNumber(query, 1_000, { total: lines.length, item: (index) => lines[index] ?? {} }),
    };
  }
  if (path === "/licenses/v1/licenses/firewalls") {
    const items = remember(firewalls, partner.key, world.today, () =>
      firewallLicences(partner.key, world.today),
    );
    return {
      status: 200,
      body: pageByNumber(query, 100, { total: items.length, item: (index) => items[index] ?? {} }),
    };
  }
  return null;
}

export function tenantRoute(
  path: string,
  query: URLSearchParams,
  tenant: Tenant,
  world: World,
  bent: { claimedId: string; isEndless: boolean },
): Answer | null {
  const { today } = world;
  if (path === "/endpoint/v1/endpoints") {
    const item = (index: number): object => endpointAt(tenant, index, today, bent.claimedId);
    return {
      status: 200,
      body: pageByKey(query, 500, tenant.id, { total: endpointCount(tenant, today), item }, bent.isEndless),
    };
  }
  if (path === "/common/v1/alerts") {
    if (!tenant.hasAlertsApi) return { status: 404, body: "Not found" };
    const alerts = alertsOf(tenant, today, bent.claimedId);
    return {
      status: 200,
      body: pageByKey(
        query,
        100,
        tenant.id,
        { total: alerts.length, item: (index) => alerts[index] ?? {} },
        bent.isEndless,
      ),
    };
  }
  if (path === "/account-health-check/v1/health-check") {
    if (tenant.health === "forbidden")
      return { status: 403, body: "Access to this feature is not permitted" };
    return { status: 200, body: healthCheckOf(tenant, today) };
  }
  return null;
}

export function describeTenant(tenant: Tenant | undefined, partner: Partner, world: World): object {
  if (!tenant) return {};
  const { place } = tenant.organisation;
  return {
    id: tenant.id,
    showAs: tenant.showAs,
    name: tenant.name,
    dataGeography: tenant.region === "eu01" ? "IE" : "DE",
    dataRegion: tenant.region,
    billingType: tenant.billing,
    partner: { id: partner.id },
    ...(tenant.organisationId === null ? {} : { organization: { id: tenant.organisationId } }),
    apiHost: world.regionUrls[tenant.region],
    status: "active",
    contact: {
      ...tenant.contact,
      address: {
        address1: place.street,
        address2: "",
        city: place.city,
        state: "",
        countryCode: place.country,
        postalCode: place.postalCode,
      },
    },
    externalIds: tenant.externalIds,
    products: tenant.products.map((code) => ({ code })),
  };
}

/** Keeps one value per key for the present day. */
function remember<T>(store: Map<string, T>, key: string, today: string, make: () => T): T {
  const full = `${key}@${today}`;
  const known = store.get(full);
  if (known !== undefined) return known;
  if (store.size > 4) store.clear();
  const value = make();
  store.set(full, value);
  return value;
}
