// The two partners and their tenants: who they are, how large, and what is wrong with each.
import { awkwardNames } from "./awkward-names.ts";
import { inventOrganisation, inventPerson, slug } from "#emulators/names.ts";
import type { Organisation } from "#emulators/names.ts";
import { sophosPartners } from "./partners.ts";
import type { PartnerKey } from "./partners.ts";
import { random, uuid } from "#emulators/random.ts";

export const regions = ["eu01", "eu02"] as const;
export type Region = (typeof regions)[number];

/** What the tenant's own API does for ever; `throttled` refuses every second read once. */
export const plantedFaults = ["gone", "failed", "html", "half", "hang", "throttled"] as const;
export type PlantedFault = (typeof plantedFaults)[number] | "forbidden";

export type Tenant = {
  id: string;
  name: string;
  showAs: string;
  domain: string;
  organisation: Organisation;
  organisationId: string | null;
  region: Region;
  billing: "usage" | "trial" | "term" | "flex_plus";
  contact: { firstName: string; lastName: string; email: string; phone: string };
  externalIds: string[];
  products: string[];
  /** Endpoints on 1 January 2026; `growth` is their change in a year. */
  size: number;
  growth: number;
  gone: number;
  silent: number;
  isolated: number;
  unprotected: number;
  alerts: number;
  health: "full" | "snoozed" | "missing" | "serverOnly" | "forbidden";
  hasAlertsApi: boolean;
  fault: PlantedFault | null;
};

const FIRST_AWKWARD = 2;
const FIRST_PLANTED = 40;
const FIRST_MANAGED = 100;
const MANAGED_COUNT = 60;
const FIRST_SHARED = 160;
const FIRST_DUPLICATE = 400;
const DUPLICATE_COUNT = 12;
const FIRST_EMPTY = 600;
const EMPTY_COUNT = 20;

const memory = new Map<PartnerKey, Tenant[]>();

export function tenantsOf(partner: PartnerKey): Tenant[] {
  const known = memory.get(partner);
  if (known) return known;
  const built = partner === "alpina" ? buildAlpina() : buildLagune();
  memory.set(partner, built);
  return built;
}

export type ManagedCustomer = { externalId: string; name: string; domain: string };

/** Tenants of Alpina whose organisations its own list names too: the demo imports that list from a CSV file. */
export function alpinaManagedCustomers(): ManagedCustomer[] {
  return tenantsOf("alpina")
    .slice(FIRST_MANAGED, FIRST_MANAGED + MANAGED_COUNT)
    .map(({ externalIds, name, domain }) => ({
      externalId: externalIds[0] ?? "",
      name,
      domain,
    }));
}

/** Tenants of Alpina with a permanent fault, for tests that look for the right refusal. */
export function plantedTenants(): Record<(typeof plantedFaults)[number], string> {
  const ids = plantedFaults.map((fault, index) => [
    fault,
    tenantsOf("alpina")[FIRST_PLANTED + index]?.id ?? "",
  ]);
  return Object.fromEntries(ids) as Record<(typeof plantedFaults)[number], string>;
}

function buildAlpina(): Tenant[] {
  const names = createNames("alpina");
  const tenants = Array.from({ length: sophosPartners.alpina.tenantCount }, (_, index): Tenant => {
    if (index === 0) return bottegaRossi();
    if (index === 1) return atelierMarchand("alpina", "usage");
    const awkward = awkwardNames[index - FIRST_AWKWARD];
    const organisation = names.organisation(awkward);
    const tenant = ordinary("alpina", index, organisation, names.domain(organisation.name, index));
    const planted = plantedFaults[index - FIRST_PLANTED];
    if (planted) return { ...tenant, billing: "usage", fault: planted };
    if (isWithin(index, FIRST_MANAGED, MANAGED_COUNT)) {
      const externalId = `ALP-${String(index - FIRST_MANAGED + 1).padStart(4, "0")}`;
      return { ...tenant, billing: "usage", externalIds: [externalId], fault: null };
    }
    if (isWithin(index, FIRST_EMPTY, EMPTY_COUNT))
      return { ...tenant, size: 0, growth: 0, alerts: 0, fault: null };
    if (index === 700 || index === 701)
      return { ...tenant, size: 3_000, growth: 0, billing: "usage", fault: null };
    if (index === 702) return { ...tenant, billing: "flex_plus" };
    return tenant;
  });
  // The same name twice, as two organisations: domains differ.
  for (let n = 0; n < DUPLICATE_COUNT; n += 1) {
    const original = tenants[FIRST_DUPLICATE - DUPLICATE_COUNT + n];
    const double = tenants[FIRST_DUPLICATE + n];
    if (original && double)
      tenants[FIRST_DUPLICATE + n] = { ...double, name: original.name, showAs: original.showAs };
  }
  return tenants;
}

function buildLagune(): Tenant[] {
  // Only the three shared organisations may look like one of Alpina's.
  const names = createNames("lagune", tenantsOf("alpina"));
  return Array.from({ length: sophosPartners.lagune.tenantCount }, (_, index): Tenant => {
    if (index === 0) return atelierMarchand("lagune", "term");
    const shared = index <= 2 ? tenantsOf("alpina")[FIRST_SHARED + index] : undefined;
    const organisation = shared?.organisation ?? names.organisation(undefined);
    const tenant = ordinary(
      "lagune",
      index,
      organisation,
      shared?.domain ?? names.domain(organisation.name, index),
    );
    return shared
      ? { ...tenant, name: shared.name, showAs: shared.showAs, contact: shared.contact, fault: null }
      : tenant;
  });
}

function ordinary(partner: PartnerKey, index: number, organisation: Organisation, domain: string): Tenant {
  const source = random("tenant", partner, index);
  const ticket = source.next();
  const billing = ticket < 0.7 ? "usage" : ticket < 0.88 ? "term" : "trial";
  const scale = source.next();
  const size =
    scale < 0.88
      ? 1 + Math.floor(29 * source.next() ** 1.8)
      : scale < 0.985
        ? source.int(31, 90)
        : source.int(260, 340);
  const { firstName, lastName } = inventPerson(source);
  const mailbox = source.pick(["info", "it", "admin", slug(lastName)]);
  const health = source.next();
  return {
    id: uuid("tenant", partner, index),
    name: organisation.name,
    showAs: source.chance(0.1) ? `${organisation.name} – ${organisation.place.city}` : organisation.name,
    domain,
    organisation,
    organisationId: source.chance(0.3) ? uuid("organisation", partner, index) : null,
    region: source.pick(regions),
    billing,
    contact: {
      firstName,
      lastName,
      email: source.chance(0.05) ? "" : `${mailbox}@${domain}`,
      phone: source.chance(0.3) ? "" : `+39 02 555 ${String(source.int(0, 9_999)).padStart(4, "0")}`,
    },
    externalIds: source.chance(0.1) ? [`ERP-${source.int(10_000, 99_999)}`] : [],
    products: productsFor(billing, source.int(0, 5)),
    size,
    growth: source.next() * 0.35 - 0.1,
    gone: source.chance(0.12) ? source.int(1, 3) : 0,
    silent: source.chance(0.12) ? 1 + Math.floor(size * 0.15 * source.next()) : 0,
    isolated: source.chance(0.05) ? 1 : 0,
    unprotected: source.chance(0.08) ? 1 + Math.floor(size * 0.1 * source.next()) : 0,
    alerts: source.chance(0.15) ? source.int(1, 12) : 0,
    health:
      health < 0.86
        ? "full"
        : health < 0.9
          ? "snoozed"
          : health < 0.95
            ? "serverOnly"
            : health < 0.99
              ? "missing"
              : "forbidden",
    hasAlertsApi: !source.chance(0.01),
    // Terms and trials without Partner Assistance: about 4 % of all tenants.
    fault: billing !== "usage" && source.chance(0.13) ? "forbidden" : null,
  };
}

function bottegaRossi(): Tenant {
  const place = { country: "IT", city: "Bergamo", postalCode: "24121", street: "Via Torquato Tasso 18" };
  return {
    ...ordinary("alpina", 0, { name: "Bottega Rossi", place }, "bottega-rossi.example"),
    showAs: "Bottega Rossi",
    billing: "term",
    region: "eu02",
    contact: {
      firstName: "Elena",
      lastName: "Rossi",
      email: "admin@bottega-rossi.example",
      phone: "+39 035 555 0118",
    },
    externalIds: ["ERP-10418"],
    products: ["interceptXAdvancedXdr", "serverAdvancedXdr", "emailAdvanced"],
    size: 28,
    growth: 0,
    gone: 0,
    silent: 1,
    isolated: 0,
    unprotected: 0,
    alerts: 4,
    health: "full",
    hasAlertsApi: true,
    fault: null,
  };
}

function atelierMarchand(partner: PartnerKey, billing: "usage" | "term"): Tenant {
  const place = { country: "FR", city: "Annecy", postalCode: "74000", street: "12 rue Sainte-Claire" };
  const index = partner === "alpina" ? 1 : 0;
  return {
    ...ordinary(partner, index, { name: "Atelier Marchand", place }, "atelier-marchand.example"),
    showAs: "Atelier Marchand",
    billing,
    region: "eu01",
    contact: {
      firstName: "Claire",
      lastName: "Marchand",
      email: "admin@atelier-marchand.example",
      phone: "+33 4 55 50 01 12",
    },
    externalIds: [],
    products: productsFor(billing, 2),
    size: partner === "alpina" ? 14 : 6,
    growth: 0,
    gone: 0,
    silent: 0,
    isolated: 0,
    unprotected: 0,
    alerts: 1,
    health: "full",
    hasAlertsApi: true,
    fault: null,
  };
}

function productsFor(billing: Tenant["billing"], variant: number): string[] {
  const all = [
    "interceptXAdvancedXdr",
    "serverAdvancedXdr",
    "emailAdvanced",
    "mobile",
    "deviceEncryption",
    "phishThreat",
    "ztna",
  ];
  return billing === "trial" ? all.slice(0, 1 + (variant % 3)) : all.slice(0, 1 + variant);
}

function createNames(partner: PartnerKey, taken: readonly Tenant[] = []) {
  const source = random("names", partner);
  const names = new Set(taken.map(({ organisation }) => organisation.name));
  const domains = new Set([
    "bottega-rossi",
    "atelier-marchand",
    ...taken.map(({ domain }) => domain.replace(/\.example$/, "")),
  ]);
  return {
    organisation(fixed: string | undefined): Organisation {
      let candidate = inventOrganisation(source);
      while (names.has(candidate.name)) candidate = inventOrganisation(source);
      names.add(candidate.name);
      return fixed === undefined ? candidate : { ...candidate, name: fixed };
    },
    domain(name: string, index: number): string {
      const label = slug(name) || `azienda-${index}`;
      const unique = domains.has(label) ? `${label}-${index}` : label;
      domains.add(unique);
      return `${unique}.example`;
    },
  };
}

function isWithin(index: number, first: number, count: number): boolean {
  return index >= first && index < first + count;
}
