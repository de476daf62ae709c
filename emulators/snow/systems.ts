// The Snow Atlas systems of the world: whose they are, what their owners bought, how large they are and what is wrong there.
import { random, uuid } from "#emulators/random.ts";
import { tenantsOf } from "#emulators/sophos/tenants.ts";
import type { Tenant } from "#emulators/sophos/tenants.ts";

/** The regions that the vendor's specifications name. */
export const snowRegions = ["westeurope", "uksouth", "eastus2", "australiasoutheast"] as const;

export type SnowSystem = {
  /** The vendor's tenant id, the claim `tenant` of an identity token. */
  id: string;
  name: string;
  /** Of the organisation that owns it, as other vendors know it. */
  domain: string;
  region: (typeof snowRegions)[number];
  hasSam: boolean;
  hasSaas: boolean;
  /** Computers on 1 January 2026, all states together; `growth` is their change in a year. */
  size: number;
  growth: number;
  silent: number;
  quarantined: number;
  inactive: number;
  /** An application that partners forbid is installed on some computers. */
  hasUnwanted: boolean;
  /** The first page of computers is refused once in each read. */
  isThrottled: boolean;
};

/** Credentials of one program in one system: each partner that reads a system has its own. */
export type Registration = {
  system: SnowSystem;
  partner: "alpina" | "lagune" | null;
  clientId: string;
  clientSecret: string;
  /** In the demo its connection gets another secret than this, once it was read. */
  isMistyped: boolean;
};

const ALPINA_SYSTEMS = 30;
const LAGUNE_SYSTEMS = 3;

type Kind = "both" | "samOnly" | "saasOnly";
const kinds: readonly Kind[] = ["both", "both", "samOnly", "both", "saasOnly"];

let memory: Registration[] | null = null;

export function snowRegistrations(): Registration[] {
  memory ??= build();
  return memory;
}

function build(): Registration[] {
  const alpina = choose("alpina", ALPINA_SYSTEMS).map((tenant, index) =>
    register(systemOf(tenant, index), "alpina", index === 5),
  );
  const shared = new Map(alpina.map(({ system }) => [system.domain, system]));
  const lagune = choose("lagune", LAGUNE_SYSTEMS).map((tenant, index) =>
    register(shared.get(tenant.domain) ?? systemOf(tenant, ALPINA_SYSTEMS + index), "lagune", false),
  );
  return [...alpina, ...lagune, register(largeSystem(), null, false), register(smallSystem(), null, false)];
}

/** Beyond the tenants that carry awkward names, planted faults or the partner's own list. */
const FIRST_ORDINARY = { alpina: 163, lagune: 3 };

/** The two named organisations, then accounts that the partner bills by use: it may see their figures. */
function choose(partner: "alpina" | "lagune", count: number): Tenant[] {
  const named = new Set(["Bottega Rossi", "Atelier Marchand"]);
  const tenants = tenantsOf(partner).filter(
    ({ name, billing, fault, contact, size }, index) =>
      named.has(name) ||
      (index >= FIRST_ORDINARY[partner] &&
        billing === "usage" &&
        fault === null &&
        contact.email !== "" &&
        size > 5),
  );
  return tenants.slice(0, count);
}

function register(system: SnowSystem, partner: Registration["partner"], isMistyped: boolean): Registration {
  const reader = partner ?? "tests";
  return {
    system,
    partner,
    clientId: uuid("snow-client", reader, system.id),
    clientSecret: `demo-snow-${uuid("snow-secret", reader, system.id).slice(0, 13)}`,
    isMistyped,
  };
}

function systemOf(tenant: Tenant, index: number): SnowSystem {
  const source = random("snow-system", tenant.domain);
  const kind = kinds[index % kinds.length];
  const system: SnowSystem = {
    id: uuid("snow-system", tenant.domain),
    name: tenant.organisation.name,
    domain: tenant.domain,
    region: index % 7 === 6 ? "uksouth" : "westeurope",
    hasSam: kind !== "saasOnly",
    hasSaas: kind !== "samOnly",
    size: Math.max(6, Math.round(tenant.size * 1.1)),
    growth: source.next() * 0.3 - 0.05,
    silent: index % 6 === 3 ? source.int(1, 3) : 0,
    quarantined: source.chance(0.4) ? 1 : 0,
    inactive: source.chance(0.5) ? source.int(1, 2) : 0,
    hasUnwanted: index % 10 === 7,
    isThrottled: false,
  };
  if (tenant.name === "Bottega Rossi")
    return {
      ...system,
      hasSam: true,
      hasSaas: true,
      size: 31,
      growth: 0,
      silent: 1,
      quarantined: 1,
      inactive: 2,
    };
  if (tenant.name === "Atelier Marchand")
    return {
      ...system,
      hasSam: true,
      hasSaas: false,
      size: 14,
      growth: 0,
      silent: 0,
      quarantined: 1,
      inactive: 0,
    };
  return system;
}

function largeSystem(): SnowSystem {
  return {
    ...smallSystem(),
    id: uuid("snow-system", "large"),
    name: "Grande Distribuzione Nord S.p.A.",
    domain: "grande-distribuzione.example",
    size: 3_000,
    silent: 12,
    quarantined: 20,
    inactive: 30,
    isThrottled: true,
  };
}

function smallSystem(): SnowSystem {
  return {
    id: uuid("snow-system", "small"),
    name: "Società Agricola Müller & Lefèvre",
    domain: "agricola-muller.example",
    region: "westeurope",
    hasSam: true,
    hasSaas: true,
    size: 40,
    growth: 0,
    silent: 2,
    quarantined: 1,
    inactive: 3,
    hasUnwanted: true,
    isThrottled: false,
  };
}

/** The two systems that belong to no partner of the demo: tests read them. */
export function testRegistrations(): { large: Registration; small: Registration } {
  const [large, small] = snowRegistrations().slice(-2);
  if (!large || !small) throw new Error("the world has no systems for tests");
  return { large, small };
}
