// Endpoints, alerts and the account health check of one tenant on one day, made on request and never kept.
import { inventPerson, slug } from "#emulators/names.ts";
import { DAY_MS, addDays, random, uuid } from "#emulators/random.ts";
import type { Tenant } from "./tenants.ts";

/** Changes smoothly from day to day, so that history has trends. */
export function endpointCount(tenant: Tenant, day: string): number {
  if (tenant.size === 0) return 0;
  const days = (Date.parse(day) - Date.parse("2026-01-01")) / DAY_MS;
  return Math.max(1, Math.round(tenant.size * Math.max(0.3, 1 + (tenant.growth * days) / 365)));
}

const SERVER_EVERY = 8;
const isServer = (index: number): boolean => index % SERVER_EVERY === SERVER_EVERY - 1;

export function serverCount(count: number): number {
  return Math.floor(count / SERVER_EVERY);
}

const endpointId = (tenant: Tenant, index: number): string => uuid("endpoint", tenant.id, index);

type Condition = "gone" | "silent" | "isolated" | "unprotected" | "fine";

/** The first endpoints carry the tenant's troubles, in this order. */
function conditionOf(tenant: Tenant, index: number): Condition {
  let rest = index;
  for (const condition of ["gone", "silent", "isolated", "unprotected"] as const) {
    if (rest < tenant[condition]) return condition;
    rest -= tenant[condition];
  }
  return "fine";
}

const desktopSystems = [
  ["Windows 11 Pro", 10, 26_100],
  ["Windows 11 Enterprise", 10, 22_631],
  ["Windows 10 Pro", 10, 19_045],
  ["macOS Sequoia 15.5", 15, 0],
  ["macOS Sonoma 14.7", 14, 0],
] as const;
const serverSystems = [
  ["Windows Server 2022 Standard", 10, 20_348],
  ["Windows Server 2025 Datacenter", 10, 26_100],
  ["Windows Server 2019 Standard", 10, 17_763],
  ["Ubuntu 24.04 LTS", 24, 0],
] as const;

export function endpointAt(tenant: Tenant, index: number, today: string, tenantId: string): object {
  const source = random("endpoint", tenant.id, index);
  const isServerHere = isServer(index);
  const [osName, majorVersion, build] = isServerHere
    ? source.pick(serverSystems)
    : source.pick(desktopSystems);
  const { firstName, lastName } = inventPerson(source);
  const condition = conditionOf(tenant, index);
  const daysAgo =
    condition === "gone"
      ? source.int(95, 400)
      : condition === "silent"
        ? source.int(8, 60)
        : source.int(1, 5);
  const login = `${slug(tenant.name).slice(0, 12).toUpperCase() || "CORP"}\\${slug(firstName)}.${slug(lastName)}`;
  const overall = condition === "isolated" ? "bad" : source.chance(0.03) ? "suspicious" : "good";
  const status = condition === "unprotected" ? "notInstalled" : "installed";
  const number = String(index + 1).padStart(4, "0");
  return {
    id: endpointId(tenant, index),
    type: isServerHere ? "server" : "computer",
    tenant: { id: tenantId },
    hostname: isServerHere
      ? `SRV-${source.pick(["FILE", "DC", "SQL", "APP", "RDS"])}${number}`
      : `PC-${slug(lastName).toUpperCase()}-${number}`,
    health: { overall, threats: { status: overall }, services: { status: "good", serviceDetails: [] } },
    os: {
      isServer: isServerHere,
      platform: osName.startsWith("mac") ? "macOS" : osName.startsWith("Ubuntu") ? "linux" : "windows",
      name: osName,
      majorVersion,
      minorVersion: 0,
      build,
    },
    ipv4Addresses: [`192.0.2.${(index % 250) + 1}`],
    ipv6Addresses: [],
    macAddresses: [`00:00:5E:00:53:${(index % 256).toString(16).padStart(2, "0").toUpperCase()}`],
    ...(isServerHere
      ? {}
      : { associatedPerson: { id: uuid("person", tenant.id, index), name: login, viaLogin: login } }),
    tamperProtectionEnabled: !source.chance(0.02),
    isolation:
      condition === "isolated"
        ? { status: "isolated", adminIsolated: true, selfIsolated: false }
        : { status: "notIsolated", adminIsolated: false, selfIsolated: false },
    assignedProducts: [
      { code: "coreAgent", version: "2026.1.1", status: "installed" },
      { code: "endpointProtection", version: "2026.1.0", status },
      { code: "interceptX", version: "2026.1.0", status },
    ],
    lastSeenAt: clock(addDays(today, -daysAgo), source.int(0, 86_399_999)),
    encryption: { volumes: [] },
    online: daysAgo <= 1,
  };
}

function clock(day: string, milliseconds: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + milliseconds).toISOString();
}

const alertKinds = [
  [
    "endpoint",
    "malware",
    "high",
    "Manual malware clean-up required: 'Troj/Agent-BKXY' in 'C:\\Users\\Public\\fattura.exe'",
    "Event::Endpoint::Threat::CleanupFailed",
  ],
  [
    "endpoint",
    "runtimeDetections",
    "high",
    "Ransomware detected: files were restored",
    "Event::Endpoint::HmpaCryptoGuardDetected",
  ],
  ["endpoint", "updating", "medium", "Computer or server is out of date", "Event::Endpoint::OutOfDate"],
  [
    "server",
    "protection",
    "medium",
    "One or more Sophos services are missing or not running",
    "Event::Endpoint::ServiceNotRunning",
  ],
  [
    "endpoint",
    "pua",
    "medium",
    "PUA detected: 'Generic PUA JB' <adware & co>",
    "Event::Endpoint::CorePuaDetection",
  ],
  [
    "firewall",
    "connectivity",
    "medium",
    "Firewall has not checked in with Central",
    "Event::Firewall::LostConnection",
  ],
  ["encryption", "general", "low", "Device is not encrypted", "Event::Encryption::NotEncrypted"],
  ["mobile", "compliance", "low", "Device is not compliant", "Event::Smc::NotCompliant"],
  ["other", "general", "info", "Your licence usage has changed", "Event::Other::LicenceChanged"],
] as const;

export function alertsOf(tenant: Tenant, today: string, tenantId: string): object[] {
  const devices = endpointCount(tenant, today);
  return Array.from({ length: tenant.alerts }, (_, index) => {
    const source = random("alert", tenant.id, index);
    const [product, category, severity, description, type] = source.pick(alertKinds);
    const device = source.int(0, Math.max(0, devices - 1));
    const isOfDevice = devices > 0 && (product === "endpoint" || product === "server");
    return {
      id: uuid("alert", tenant.id, index),
      allowedActions:
        category === "malware"
          ? ["acknowledge", "cleanVirus"]
          : category === "pua"
            ? ["acknowledge", "authPua"]
            : ["acknowledge"],
      category,
      description,
      product,
      severity,
      type,
      groupKey: uuid("alert-group", tenant.id, type),
      ...(isOfDevice
        ? { managedAgent: { id: endpointId(tenant, device), type: isServer(device) ? "server" : "computer" } }
        : {}),
      ...(source.chance(0.6)
        ? { person: { id: uuid("person", tenant.id, device), name: inventPerson(source).lastName } }
        : {}),
      raisedAt: clock(addDays(today, -source.int(1, 45)), source.int(0, 86_399_999)),
      tenant: { id: tenantId, name: tenant.name },
    };
  });
}

export function healthCheckOf(tenant: Tenant, today: string): object {
  if (tenant.health === "missing") return { networkDevice: {} };
  const count = endpointCount(tenant, today);
  const servers = serverCount(count);
  const computers = count - servers;
  const unprotected = Math.min(tenant.unprotected, computers);
  const snooze =
    tenant.health === "snoozed"
      ? {
          snoozed: true,
          snoozeDetail: {
            start: clock(addDays(today, -9), 0),
            expiry: clock(addDays(today, 21), 0),
            expired: false,
            comment: "pilot",
          },
        }
      : { snoozed: false };
  const check = (total: number, missing: number): object => ({
    score: total === 0 ? 100 : Math.round((100 * (total - missing)) / total),
    total,
    notFullyProtected: missing,
    ...snooze,
  });
  return {
    endpoint: {
      protection: {
        ...(tenant.health === "serverOnly" ? {} : { computer: check(computers, unprotected) }),
        server: check(servers, 0),
      },
      policy: {
        computer: {
          "threat-protection": { score: 100, total: 1, notOnRecommended: 0, snoozed: false, policies: [] },
        },
      },
      exclusions: {
        global: { score: 100, numberOfSecurityRisks: 0, lockedByManagingAccount: false, snoozed: false },
      },
      tamperProtection: { globalDetail: { score: 100, enabled: true, snoozed: false } },
    },
  };
}
