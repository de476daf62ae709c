// Snow Atlas: one connection is one customer's system, with its computers, applications and SaaS.
import { VendorError } from "#server/http/errors.ts";
import {
  SNAPSHOT_VERSION,
  type AccountIdentity,
  type Connector,
  type ConnectorEvent,
  type ConnectorInput,
  type SnapshotInput,
} from "#server/sync/snapshot.ts";
import type { z } from "zod";
import { isAbsence, orNull, readApplications } from "./applications.ts";
import { createSnowClient, type SnowClient } from "./client.ts";
import { countOf, deviceOf, rootName, saasOf } from "./map.ts";
import { readSettings, type SnowSettings } from "./settings.ts";
import { Computer, OrganisationTree, SaasApplication, UsersKpi } from "./shapes.ts";

const MAX_COMPUTERS = 200_000;
const MAX_SAAS = 20_000;
const DAY_MS = 86_400_000;

type Identity = z.input<typeof AccountIdentity>;
type Gap = NonNullable<SnapshotInput["gaps"]>[number];
/** What was read of one part, or why nothing was. */
type Part<Value> = { value: Value; refusal: null } | { value: null; refusal: VendorError };

export const snow: Connector = {
  vendor: "snow",

  async test(input) {
    const settings = readSettings(input.settings);
    const client = createSnowClient(input, settings, input.signal);
    try {
      const { account, fault } = await identify(client, settings);
      if (fault) throw fault;
      return { id: account.externalId, kind: "system" };
    } finally {
      await client.close();
    }
  },

  async *read(input) {
    const stop = new AbortController();
    const settings = readSettings(input.settings);
    const client = createSnowClient(input, settings, AbortSignal.any([input.signal, stop.signal]));
    try {
      const { account, fault } = await identify(client, settings);
      const isWanted = input.only?.includes(account.externalId) ?? true;
      yield { kind: "total", accounts: isWanted ? 1 : 0 };
      if (isWanted && fault) yield refusedBy(account, fault);
      else if (isWanted) yield await readSystem(client, settings, account, input);
    } finally {
      stop.abort();
      await client.close();
    }
  },
};

/** Whose system it is. `fault`: the credentials open another one than the connection is for. */
async function identify(
  client: SnowClient,
  settings: SnowSettings,
): Promise<{ account: Identity; fault: VendorError | null }> {
  const claims = await client.identity();
  const { systemId } = settings;
  const tenant = claims?.tenant.trim() || null;
  const externalId = systemId ?? tenant;
  if (!externalId) throw new VendorError("vendor.malformed", "token: names no system, and none is set");
  const isOther = tenant !== null && tenant.toLowerCase() !== externalId.toLowerCase();
  const account: Identity = {
    externalId,
    name: settings.name ?? ((!isOther && claims?.tenant_name.trim()) || externalId),
    region: claims?.region.trim() || settings.region,
    billing: "unknown",
  };
  return {
    account,
    fault: isOther ? new VendorError("vendor.wrongAccount", "token: of another system") : null,
  };
}

function refusedBy(account: Identity, { code, detail }: VendorError): ConnectorEvent {
  return { kind: "refused", account, code, detail };
}

async function readSystem(
  client: SnowClient,
  settings: SnowSettings,
  identity: Identity,
  { now }: ConnectorInput,
): Promise<ConnectorEvent> {
  let account = identity;
  try {
    if (settings.name === undefined) {
      const tree = await orNull(() => client.object("/api/organizations/v1/tree", OrganisationTree));
      account = { ...identity, name: (tree && rootName(tree)) ?? identity.name };
    }
    const [devices, applications, saas] = await Promise.all([
      part(readDevices(client)),
      part(readApplications(client, settings)),
      part(readSaas(client, settings, now)),
    ]);
    if (devices.refusal && applications.refusal && saas.refusal) throw worstOf([devices, applications, saas]);
    const gaps: (Gap | null)[] = [
      gapOf("devices", devices),
      gapOf("applications", applications),
      gapOf("saas", saas),
      { part: "licences", reason: "not_reported" },
      { part: "alerts", reason: "not_reported" },
      { part: "protection", reason: "not_reported" },
    ];
    const snapshot: SnapshotInput = {
      version: SNAPSHOT_VERSION,
      takenAt: now.toISOString(),
      account,
      devices: devices.value,
      licences: null,
      alerts: null,
      applications: applications.value,
      saas: saas.value,
      unprotectedCount: null,
      gaps: gaps.filter((gap) => gap !== null),
    };
    return { kind: "snapshot", snapshot };
  } catch (error) {
    if (!(error instanceof VendorError) || client.isWithoutToken(error)) throw error;
    return refusedBy(account, error);
  }
}

/** A part that the vendor refuses or does not have leaves a gap; any other trouble is the whole system's. */
async function part<Value>(reading: Promise<Value>): Promise<Part<Value>> {
  try {
    return { value: await reading, refusal: null };
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return { value: null, refusal: error };
  }
}

function gapOf(name: Gap["part"], { refusal }: Part<unknown>): Gap | null {
  if (refusal === null) return null;
  return { part: name, reason: refusal.code === "vendor.forbidden" ? "not_entitled" : "not_reported" };
}

/** Nothing could be read at all: a refusal weighs more than an address that is not there. */
function worstOf(parts: readonly Part<unknown>[]): VendorError | null {
  const refusals = parts.map(({ refusal }) => refusal).filter((refusal) => refusal !== null);
  return refusals.find(({ code }) => code === "vendor.forbidden") ?? refusals[0] ?? null;
}

async function readDevices(client: SnowClient): Promise<NonNullable<SnapshotInput["devices"]>> {
  const devices = new Map<string, ReturnType<typeof deviceOf>>();
  await client.list("/api/sam/estate/v1/computers", Computer, {
    maxItems: MAX_COMPUTERS,
    take(computer) {
      const isNew = !devices.has(computer.id);
      devices.set(computer.id, deviceOf(computer));
      return isNew;
    },
  });
  return [...devices.values()];
}

async function readSaas(
  client: SnowClient,
  settings: SnowSettings,
  now: Date,
): Promise<NonNullable<SnapshotInput["saas"]>> {
  const applications = new Map<string, ReturnType<typeof saasOf>>();
  await client.list("/api/saas/consolidated-view/v1/applications", SaasApplication, {
    maxItems: MAX_SAAS,
    take(application) {
      const isNew = !applications.has(application.id);
      applications.set(application.id, saasOf(application, settings.currency ?? null));
      return isNew;
    },
  });
  // The figures of today; the dates only bound the charts, which nobody here looks at.
  const query = {
    fromDate: startOfDay(new Date(now.getTime() - DAY_MS)),
    toDate: startOfDay(now),
  };
  const people = await orNull(() =>
    client.object("/api/saas/consolidated-view/v1/users/kpi", UsersKpi, query),
  );
  return {
    applications: [...applications.values()],
    users: countOf(people?.total),
    activeUsers: countOf(people?.active),
  };
}

function startOfDay(at: Date): string {
  return `${at.toISOString().slice(0, 10)}T00:00:00Z`;
}
