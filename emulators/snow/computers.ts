// Computers of one system on one day, made on request and never kept.
import { inventPerson, slug } from "#emulators/names.ts";
import { DAY_MS, addDays, random, uuid } from "#emulators/random.ts";
import type { SnowSystem } from "./systems.ts";

/** Changes smoothly from day to day, so that history has trends. */
export function computerCount({ size, growth }: SnowSystem, day: string): number {
  const days = (Date.parse(day) - Date.parse("2026-01-01")) / DAY_MS;
  return Math.max(1, Math.round(size * Math.max(0.3, 1 + (growth * days) / 365)));
}

export const computerId = (system: SnowSystem, index: number): string =>
  uuid("snow-computer", system.id, index);

export const organisationIds = (system: SnowSystem): [root: string, site: string] => [
  uuid("snow-organisation", system.id, 0),
  uuid("snow-organisation", system.id, 1),
];

export const isServerAt = (index: number): boolean => index % 9 === 8;

type Condition = "silent" | "quarantined" | "inactive" | "fine";

/** The first computers carry the system's troubles, in this order. */
export function conditionAt(system: SnowSystem, index: number): Condition {
  let rest = index;
  for (const condition of ["silent", "quarantined", "inactive"] as const) {
    if (rest < system[condition]) return condition;
    rest -= system[condition];
  }
  return "fine";
}

const models = [
  ["Lenovo", "T480s", true],
  ["Lenovo", "ThinkCentre M75q", false],
  ["Dell Inc.", "Latitude 7400", true],
  ["Dell Inc.", "OptiPlex 7010", false],
  ["HP", "EliteBook 840 G9", true],
  ["Apple Inc.", "MacBookPro18,3", true],
] as const;
const systems = [
  "Microsoft Windows 11 Pro",
  "Microsoft Windows 11 Enterprise",
  "Microsoft Windows 10 Enterprise",
] as const;
const serverSystems = ["Microsoft Windows Server 2022 Standard", "Ubuntu 24.04 LTS"] as const;

export function computerAt(system: SnowSystem, index: number, today: string): object {
  const source = random("snow-computer", system.id, index);
  const isServer = isServerAt(index);
  const isVirtual = isServer && source.chance(0.6);
  const [manufacturer, model, isPortable] = source.pick(models);
  const { firstName, lastName } = inventPerson(source);
  const condition = conditionAt(system, index);
  const number = String(index + 1).padStart(3, "0");
  const id = computerId(system, index);
  const user = isServer ? null : uuid("snow-user", system.id, index);
  const isApple = manufacturer === "Apple Inc.";
  return {
    id,
    hostName: isServer
      ? `SRV-${source.pick(["FILE", "SQL", "APP"])}-${number}`
      : `${slug(`${firstName}-${lastName}`).slice(0, 11).toUpperCase()}-${number}`,
    hostComputerId: null,
    mostFrequentUser: user,
    mostRecentUser: user,
    manufacturer: isVirtual ? null : manufacturer,
    model: isVirtual ? null : model,
    vendor: source.chance(0.7) ? null : "Nègoce Informatique S.à r.l.",
    operatingSystem: isServer
      ? source.pick(serverSystems)
      : isApple
        ? "macOS Sequoia 15.5"
        : source.pick(systems),
    domain: source.chance(0.1) ? null : slug(system.name).slice(0, 15).toUpperCase(),
    ipAddress: source.chance(0.05) ? null : `10.20.${(index >> 8) % 250}.${(index % 250) + 1}`,
    isPortable: isServer ? false : isPortable,
    isServer: isServer ? true : source.chance(0.1) ? null : false,
    isVirtual,
    isVDI: false,
    lastScanDate: scannedAt(condition, index, today, source.int(0, 86_399), source.int(0, 4)),
    status: condition === "quarantined" ? "Quarantined" : condition === "inactive" ? "Inactive" : "Active",
    organizationId: source.chance(0.05) ? null : organisationIds(system)[index % 3 === 2 ? 1 : 0],
    processorCount: isServer ? 2 : 1,
    coreCount: isServer ? 16 : 8,
    _links: [{ href: `api/sam/estate/v1/computers/${id}`, rel: "self", method: "GET" }],
  };
}

/** The first silent computer has been silent for 8 days: one more than is in order. */
function scannedAt(
  condition: Condition,
  index: number,
  today: string,
  second: number,
  recent: number,
): string {
  const daysAgo = { silent: 8 + index * 7, quarantined: 45, inactive: 200, fine: 1 + recent }[condition];
  return new Date(Date.parse(`${addDays(today, -daysAgo)}T00:00:00Z`) + second * 1_000)
    .toISOString()
    .replace(".000Z", "Z");
}
