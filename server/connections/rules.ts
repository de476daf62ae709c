// Pure decisions on connections: what may be entered, how healthy one is, what of its work is stuck.
import type { z } from "zod";
import { checkUrl } from "#server/http/addresses.ts";
import { VendorError } from "#server/http/errors.ts";
import { snowHosts } from "#server/sync/connectors/snow/settings.ts";
import { sophosHosts } from "#server/sync/connectors/sophos/settings.ts";
import {
  type FieldFault,
  type HealthState,
  type Limit,
  type RunRow,
  type StuckJob,
  type VendorId,
  vendorIds,
  vendors,
} from "./schema.ts";

/** The hosts that a vendor's addresses may name. */
const hostsOf: Partial<Record<VendorId, readonly string[]>> = { sophos: sophosHosts, snow: snowHosts };

export const isVendor = (id: string): id is VendorId => (vendorIds as readonly string[]).includes(id);

export type Faults = Record<string, FieldFault>;
export type Wrong = { ok: false; faults: Faults };

/** Faults by the name of their field, from what a schema refused. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): Faults {
  return Object.fromEntries(
    issues.map((issue) => {
      const [first = "", ...rest] = issue.path.map(String);
      if (first === "limits") return [`limit-${rest[0] ?? ""}`, "number"];
      const name = first === "settings" ? `setting-${rest[0] ?? ""}` : first;
      if (issue.code === "too_big") return [name, "tooLong"];
      return [name, issue.code === "too_small" ? "required" : "invalid"];
    }),
  );
}

/** The origin of a vendor's address, or undefined where it is none of the vendor's. Loopback: emulators only (decision 37). */
function originOf(text: string, hosts: readonly string[], allowLoopback: boolean): string | undefined {
  const url = URL.parse(text);
  if (!url || url.pathname !== "/" || url.search !== "" || url.hash !== "") return undefined;
  try {
    checkUrl(url, { hosts, allowLoopback });
    return url.origin;
  } catch (error) {
    if (error instanceof VendorError) return undefined;
    throw error;
  }
}

const settingFaults = { url: "address", label: "region", currency: "currency" } as const;
const patterns = {
  label: (text: string) => (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? text : undefined),
  currency: (text: string) => (/^[a-z]{3}$/i.test(text) ? text.toUpperCase() : undefined),
};

/** The settings as they are stored, only those of the vendor; what is empty has its default and is not stored. */
export function readSettings(
  vendor: VendorId,
  given: Record<string, string>,
  allowLoopback: boolean,
): { ok: true; settings: Record<string, string> } | Wrong {
  const faults: Faults = {};
  const settings: Record<string, string> = {};
  for (const name of Object.keys(given))
    if (!vendors[vendor].settings.some((setting) => setting.name === name))
      faults[`setting-${name}`] = "invalid";
  for (const { name, kind, without } of vendors[vendor].settings) {
    const text = given[name] ?? "";
    if (text === "") {
      if (without !== undefined && !given[without]) faults[`setting-${name}`] = "required";
      continue;
    }
    const read = kind === "url" ? originOf(text, hostsOf[vendor] ?? [], allowLoopback) : patterns[kind](text);
    if (read === undefined) faults[`setting-${name}`] = settingFaults[kind];
    else settings[name] = read;
  }
  return Object.keys(faults).length > 0 ? { ok: false, faults } : { ok: true, settings };
}

/** What is wrong with who a new connection is for; undefined: nothing. */
export function ownerFault(vendor: VendorId, customerId: string | null): FieldFault | undefined {
  const { owner } = vendors[vendor];
  if (owner === "customer" && customerId === null) return "customerNeeded";
  return owner === "partner" && customerId !== null ? "partnerOnly" : undefined;
}

/** One limit per period, the shortest first; the last one entered for a period holds. */
export const orderLimits = (limits: readonly Limit[]): Limit[] =>
  [...new Map(limits.map((limit) => [limit.seconds, limit])).values()].sort((a, b) => a.seconds - b.seconds);

/** A test that nobody answered for so long gets no answer: no worker runs, or it was killed. */
const TEST_SILENT_MS = 120_000;
/** A connection whose run is due for so long is not being looked after. */
export const OVERDUE_MS = 3_600_000;

type Tested = { testAskedAt: Date | null; testedAt: Date | null; testCode: string | null };
export function testState(
  { testAskedAt, testedAt, testCode }: Tested,
  now: Date,
): "never" | "waiting" | "silent" | "passed" | "failed" {
  if (testAskedAt && (!testedAt || testedAt < testAskedAt))
    return now.getTime() - testAskedAt.getTime() < TEST_SILENT_MS ? "waiting" : "silent";
  if (!testedAt) return "never";
  return testCode === null ? "passed" : "failed";
}

const refusals: readonly (string | null)[] = ["vendor.credentials", "vendor.wrongKind"];

export type HealthFacts = Tested & {
  isEnabled: boolean;
  circuitOpenUntil: Date | null;
  errorCode: string | null;
  errorDetail: string | null;
  errorSince: Date | null;
  lastSuccessAt: Date | null;
  testDetail: string | null;
  testIsRotation: boolean;
  /** null: nothing is planned, because it sends by itself. */
  nextRunAt: Date | null;
  isRunning: boolean;
};

/** How a connection is now: the most pressing of what holds, since or until when, and the error behind it. */
export function healthOf(
  facts: HealthFacts,
  now: Date,
): { state: HealthState; at: Date | null; errorCode: string | null; errorDetail: string | null } {
  const none = { at: null, errorCode: null, errorDetail: null };
  const test = testState(facts, now);
  // A first test that failed is the trouble until something was read; one of a rotation left the old credentials in place.
  const isUnread = facts.lastSuccessAt === null && facts.errorCode === null;
  const failed = isUnread && test === "failed" && !facts.testIsRotation;
  const errorCode = failed ? facts.testCode : facts.errorCode;
  const errorDetail = failed ? facts.testDetail : facts.errorDetail;
  const since = failed ? facts.testedAt : facts.errorSince;
  if (test === "waiting") return { ...none, state: "testing" };
  if (!facts.isEnabled) return { ...none, state: "disabled" };
  if (facts.circuitOpenUntil && facts.circuitOpenUntil > now)
    return { state: "circuitOpen", at: facts.circuitOpenUntil, errorCode, errorDetail };
  if (refusals.includes(errorCode)) return { state: "credentialsRefused", at: since, errorCode, errorDetail };
  if (errorCode !== null) return { state: "failing", at: since, errorCode, errorDetail };
  if (facts.lastSuccessAt === null) return { ...none, state: "neverRead" };
  if (!facts.isRunning && facts.nextRunAt && now.getTime() - facts.nextRunAt.getTime() > OVERDUE_MS)
    return { ...none, state: "overdue", at: facts.nextRunAt };
  return { ...none, state: "healthy" };
}

/** Longer in the queue than a free worker takes to begin. */
const QUEUED_LONG_MS = 5 * 60_000;
/** Longer without a sign of life than the slowest batch of a healthy run. */
const SILENT_MS = 5 * 60_000;

type LiveFacts = { id: string; state: RunRow["state"]; createdAt: Date; heartbeatAt: Date | null };
/** Whether a run waits or is silent for longer than is right; undefined: it is well, or over. */
export function stuckOf({ id, state, createdAt, heartbeatAt }: LiveFacts, now: Date): StuckJob | undefined {
  const isOlder = (at: Date, than: number) => now.getTime() - at.getTime() > than;
  if (state === "queued" && isOlder(createdAt, QUEUED_LONG_MS))
    return { id, kind: "queuedLong", since: createdAt.toISOString() };
  const seen = heartbeatAt ?? createdAt;
  return state === "running" && isOlder(seen, SILENT_MS)
    ? { id, kind: "silent", since: seen.toISOString() }
    : undefined;
}
