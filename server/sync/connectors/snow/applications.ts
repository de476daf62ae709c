// Installed applications of one system, put together from four of its lists.
import { VendorError } from "#server/http/errors.ts";
import { concurrently } from "#server/sync/connectors/concurrently.ts";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import type { SnowClient } from "./client.ts";
import { applicationOf } from "./map.ts";
import type { SnowSettings } from "./settings.ts";
import { Compliance, ComputerApplication, RegistryApplication, UsageSummary } from "./shapes.ts";

const MAX_INSTALLATIONS = 5_000_000;
const MAX_REGISTRY = 5_000_000;
const MAX_APPLICATIONS = 100_000;

type Applications = NonNullable<SnapshotInput["applications"]>;

/** Throws VendorError. Usage and licences that the vendor refuses or does not have are null. */
export async function readApplications(client: SnowClient, settings: SnowSettings): Promise<Applications> {
  const installs = await readInstalls(client);
  if (installs.size > MAX_APPLICATIONS)
    throw new VendorError("vendor.tooLarge", `over ${MAX_APPLICATIONS} applications`);
  const [usedOn, known] = await Promise.all([
    readUsage(client),
    readRegistry(client, new Set(installs.keys())),
  ]);
  const shown = [...installs].filter(([id, count]) => count > 0 && known.get(id)?.isHidden !== true);
  const licensed = shown
    .filter(([id]) => known.get(id)?.isNoLicenseRequired === false)
    .toSorted(([a, most], [b, count]) => count - most || (a < b ? -1 : 1))
    .slice(0, settings.complianceCalls)
    .map(([id]) => id);
  const compliance = await readCompliance(client, licensed, settings.concurrency);
  return shown.map(([id, count]) =>
    applicationOf(id, count, usedOn?.get(id) ?? null, known.get(id), compliance.get(id) ?? null),
  );
}

/** Computers per application; one that the list names twice, as it does for bundles, counts once. */
async function readInstalls(client: SnowClient): Promise<Map<string, number>> {
  const computers = new Map<string, number>();
  const seen = new Map<string, Uint32Array>();
  const installs = new Map<string, number>();
  await client.list("/api/sam/estate/v1/computers-applications", ComputerApplication, {
    maxItems: MAX_INSTALLATIONS,
    take({ computerId, applicationId, isInstalled }) {
      const computer = computers.get(computerId) ?? computers.size;
      computers.set(computerId, computer);
      const bits = roomFor(seen.get(applicationId), computer);
      seen.set(applicationId, bits);
      const [word, bit] = [computer >>> 5, 1 << (computer & 31)];
      if (((bits[word] ?? 0) & bit) !== 0) return false;
      bits[word] = (bits[word] ?? 0) | bit;
      installs.set(applicationId, (installs.get(applicationId) ?? 0) + (isInstalled === false ? 0 : 1));
      return true;
    },
  });
  return installs;
}

/** One bit per computer: a set would need a hundred times as much memory. */
function roomFor(bits: Uint32Array | undefined, computer: number): Uint32Array {
  const words = (computer >>> 5) + 1;
  if (bits && bits.length >= words) return bits;
  const grown = new Uint32Array(Math.max(words, 2 * (bits?.length ?? 2)));
  if (bits) grown.set(bits);
  return grown;
}

/** Computers that an application was used on in the vendor's period; null where the vendor does not tell. */
async function readUsage(client: SnowClient): Promise<Map<string, number> | null> {
  const usedOn = new Map<string, number>();
  const path = "/api/sam/estate/v1/computers-application-usage/summaries";
  return orNull(async () => {
    await client.list(path, UsageSummary, {
      maxItems: MAX_APPLICATIONS,
      take({ applicationId, computers }) {
        const isNew = !usedOn.has(applicationId);
        if (computers !== null && computers !== undefined) usedOn.set(applicationId, computers);
        return isNew;
      },
    });
    return usedOn;
  });
}

/** The registry knows far more than is installed: it is read until every wanted application was found. */
async function readRegistry(
  client: SnowClient,
  wanted: ReadonlySet<string>,
): Promise<Map<string, RegistryApplication>> {
  const known = new Map<string, RegistryApplication>();
  if (wanted.size === 0) return known;
  const seen = new Set<string>();
  await client.list("/api/sam/software-registry/v1/applications", RegistryApplication, {
    maxItems: MAX_REGISTRY,
    take(application) {
      const isNew = !seen.has(application.id);
      seen.add(application.id);
      if (wanted.has(application.id)) known.set(application.id, application);
      return isNew;
    },
    isDone: () => known.size === wanted.size,
  });
  return known;
}

/** One call per application; those for which the system computes nothing are left out. A refusal is of them all. */
async function readCompliance(
  client: SnowClient,
  ids: readonly string[],
  limit: number,
): Promise<Map<string, Compliance>> {
  const found = new Map<string, Compliance>();
  let isRefused = false;
  const ask = async (id: string): Promise<void> => {
    if (isRefused) return;
    try {
      const path = `/api/sam/v1/compliance/summary/${encodeURIComponent(id)}`;
      found.set(id, await client.object(path, Compliance));
    } catch (error) {
      if (!isAbsence(error)) throw error;
      isRefused ||= error.code === "vendor.forbidden";
    }
  };
  for await (const _ of concurrently(ids, limit, ask));
  return found;
}

/** The vendor refuses it to us, or does not have it. */
export function isAbsence(error: unknown): error is VendorError {
  return (
    error instanceof VendorError && (error.code === "vendor.forbidden" || error.code === "vendor.notFound")
  );
}

/** null where it is absent; any other trouble is thrown. */
export async function orNull<Value>(reading: () => Promise<Value>): Promise<Value | null> {
  try {
    return await reading();
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}
