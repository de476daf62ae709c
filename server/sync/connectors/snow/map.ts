// Turns what Snow Atlas says of one system into the canonical snapshot's words.
import { VendorError } from "#server/http/errors.ts";
import { sum } from "#server/sync/connectors/decimal.ts";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import type {
  Compliance,
  Computer,
  OrganisationTree,
  RegistryApplication,
  SaasApplication,
} from "./shapes.ts";

type DeviceReport = NonNullable<SnapshotInput["devices"]>[number];
type ApplicationReport = NonNullable<SnapshotInput["applications"]>[number];
type SaasReport = NonNullable<SnapshotInput["saas"]>["applications"][number];

/** The first day that a scan can be of; .NET writes the year 1 for "never". */
const FIRST_SCAN = Date.UTC(1990, 0, 1);
const MAX_COUNT = 2_000_000_000;

export function deviceOf(computer: Computer): DeviceReport {
  return {
    externalId: computer.id,
    hostname: computer.hostName,
    type: computer.isServer === true ? "server" : "computer",
    os: computer.operatingSystem,
    state: stateOf(computer.status),
    health: "unknown",
    isProtected: null,
    // The vendor names users of a computer by an id alone.
    person: "",
    manufacturer: computer.manufacturer,
    model: computer.model,
    lastSeenAt: instantOf(computer.lastScanDate),
  };
}

/** The list of states is open; a computer that is in any but the known ones is not in use. */
function stateOf(status: string): DeviceReport["state"] {
  const word = status.trim().toLowerCase();
  if (word === "" || word === "active") return "active";
  return word === "quarantined" ? "quarantined" : "inactive";
}

/** Without an offset it is UTC. */
function instantOf(value: string): string | null {
  if (value === "") return null;
  const at = Date.parse(/[Zz]$|[+-]\d{2}:?\d{2}$/.test(value) ? value : `${value}Z`);
  if (Number.isNaN(at)) throw new VendorError("vendor.malformed", "computers: unexpected lastScanDate");
  return at < FIRST_SCAN ? null : new Date(at).toISOString();
}

/** An application that the registry does not know is named by its id. */
export function applicationOf(
  id: string,
  installs: number,
  usedOn: number | null,
  known: RegistryApplication | undefined,
  compliance: Compliance | null,
): ApplicationReport {
  return {
    externalId: id,
    name: known?.name.trim() || id,
    manufacturer: known?.manufacturer ?? "",
    installs,
    unused: usedOn === null ? null : Math.max(0, installs - (countOf(usedOn) ?? 0)),
    licencesRequired: countOf(compliance?.licenseRequirement),
    licencesAvailable: countOf(compliance?.availableLicenses ?? compliance?.licensesPurchased, Math.floor),
  };
}

export function saasOf(application: SaasApplication, currency: string | null): SaasReport {
  const yearlyCost = sum([application.yearlyCost]);
  return {
    externalId: application.id,
    name: application.name.trim() || application.id,
    manufacturer: application.vendor,
    category: application.categoryName,
    users: countOf(application.totalUniqueUsers),
    activeUsers: countOf(application.active),
    subscriptions: countOf(application.purchased),
    assigned: countOf(application.assigned),
    yearlyCost,
    currency: yearlyCost === null ? null : currency,
    isSanctioned: application.sanctioned ?? null,
  };
}

/** A whole count ≥ 0; null where the vendor does not say. Part of a licence is one that is needed, and none that is there. */
export function countOf(value: number | null | undefined, round = Math.ceil): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  return Math.min(MAX_COUNT, Math.max(0, round(value)));
}

/** The name of the organisation at the top of the tree: the one whose parent is not in it. */
export function rootName({ nodes }: OrganisationTree): string | null {
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.find(({ id, parentId }) => !ids.has(parentId) || parentId === id)?.name.trim() || null;
}
