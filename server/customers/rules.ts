// The status of a customer: ordered rules, the first that holds wins, each with its reasons (domain.md, "Status").
import { isDeepStrictEqual } from "node:util";
import type { Reason, Status } from "./schema.ts";

export type Thresholds = { silentDays: number; stuckHours: number };

/** What one vendor account last told us. `isRunning`: it is about to be read by a run that has begun. */
export type AccountFacts = {
  vendor: string;
  lastSuccessAt: Date | null;
  lastDataAt: Date | null;
  errorCode: string | null;
  errorSince: Date | null;
  isRunning: boolean;
};

/** Counts of active devices are disjoint: recent + silent = active. Instants are of active devices only. */
export type DeviceFacts = {
  /** Whose devices are counted, and who says that some are unprotected; null: nobody. */
  vendor: string | null;
  unprotectedVendor: string | null;
  recent: number;
  silent: number;
  quarantined: number;
  inactive: number;
  unprotected: number;
  oldestSilentAt: Date | null;
  /** The earliest last sign of life among the recent ones: the next to fall silent. */
  nextToFallSilentAt: Date | null;
};

export type GrantFacts = {
  state: "pending" | "active" | "ended";
  hasMetrics: boolean;
  fromAt: Date;
  untilAt: Date | null;
  endReason: string | null;
};

/** What a person decided about one reason: `subject` as subjectOf gives it, `updatedAt` when it was decided. */
export type Handling = {
  code: string;
  subject: string;
  snoozedUntil: Date | null;
  isAccepted: boolean;
  why: string;
  updatedAt: Date;
};

/** A maintenance window that covers the customer. */
export type MaintenanceWindow = { name: string; startsAt: Date; endsAt: Date };

export type StatusFacts = {
  relationship: "managed" | "delegated" | "order_only";
  createdAt: Date;
  /** The latest grant of a delegated customer. */
  grant: GrantFacts | null;
  accounts: readonly AccountFacts[];
  devices: DeviceFacts;
  /** Names of denied applications that are installed without an exception, each once. */
  denied: readonly string[];
  handlings: readonly Handling[];
  windows: readonly MaintenanceWindow[];
  /** The reasons of the latest result: what nothing dates began when it was first seen. */
  previous: readonly Reason[];
};

export type StatusResult = {
  status: Status;
  /** `since` is when the evidence began, where that is known; else when it was first seen. */
  reasons: Reason[];
  /** When the clock alone may change this result; null: never. */
  nextChangeAt: Date | null;
  /** When access to metrics began and ends; null: there is none. */
  metricsFrom: Date | null;
  metricsUntil: Date | null;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const iso = (date: Date) => date.toISOString();
/** Of the denied applications so many are named. */
const NAMED_APPLICATIONS = 5;

/** What tells reasons of one code apart, and whom a person's handling is about: the vendor of a failed run, else ''. */
export const subjectOf = ({ code, evidence }: Reason): string =>
  code === "run_failed" ? String(evidence["vendor"] ?? "") : "";

const earliest = (dates: readonly (Date | null)[]) =>
  dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;

/**
 * The status of a customer at `now` (the five rules of domain.md in their order). With several accounts the worst wins
 * and its reason names the vendor.
 */
export function customerStatus(facts: StatusFacts, thresholds: Thresholds, now: Date): StatusResult {
  const reason = (code: string, since: Date | null, evidence: Reason["evidence"] = {}): Reason => {
    const made = { code, since: since ? iso(since) : "", evidence };
    const seen = facts.previous.find((old) => old.code === code && subjectOf(old) === subjectOf(made));
    return since ? made : { ...made, since: seen?.since ?? iso(now) };
  };
  const none = { nextChangeAt: null, metricsFrom: null, metricsUntil: null };
  if (facts.relationship === "order_only") {
    return { ...none, status: "not_applicable", reasons: [reason("order_only", facts.createdAt)] };
  }

  const access = metricsAccess(facts, now);
  if (!access.isLive) {
    return {
      status: "access_disabled",
      reasons: [reason(access.code, access.since, access.evidence)],
      nextChangeAt: access.nextChangeAt,
      metricsFrom: access.from,
      metricsUntil: access.until,
    };
  }

  const interval = { metricsFrom: access.from, metricsUntil: access.until };
  const withData = facts.accounts.filter(
    (account) => account.lastDataAt !== null && account.lastDataAt >= access.from,
  );
  if (withData.length === 0) {
    const stuckAt = new Date(access.from.getTime() + thresholds.stuckHours * HOUR);
    const getsStuck = facts.accounts.length > 0 && stuckAt > now;
    return {
      ...interval,
      status: "sync_pending",
      reasons: [pendingReason(facts, access.from, stuckAt, thresholds, now)],
      nextChangeAt: earliest([getsStuck ? stuckAt : null, access.until]),
    };
  }

  const { devices, denied } = facts;
  const warnings: Reason[] = [];
  if (devices.silent > 0) {
    const { vendor, oldestSilentAt: oldest } = devices;
    const since = oldest && new Date(oldest.getTime() + thresholds.silentDays * DAY);
    const days = thresholds.silentDays;
    const oldestAt = oldest && iso(oldest);
    warnings.push(reason("devices_silent", since, { count: devices.silent, days, oldestAt, vendor }));
  }
  if (denied.length > 0) {
    const names = denied.slice(0, NAMED_APPLICATIONS);
    warnings.push(reason("denied_application", null, { count: denied.length, names }));
  }
  if (devices.unprotected > 0) {
    const evidence = { count: devices.unprotected, vendor: devices.unprotectedVendor };
    warnings.push(reason("devices_unprotected", null, evidence));
  }
  for (const account of facts.accounts) {
    if (account.errorCode === null) continue;
    const lastSuccessAt = account.lastSuccessAt ? iso(account.lastSuccessAt) : null;
    warnings.push(
      reason("run_failed", account.errorSince, {
        vendor: account.vendor,
        errorCode: account.errorCode,
        lastSuccessAt,
      }),
    );
  }
  const fallsSilentAt =
    devices.nextToFallSilentAt &&
    new Date(devices.nextToFallSilentAt.getTime() + thresholds.silentDays * DAY + 1);
  const reasons = warnings.map((one) => withMuting(one, mutingOf(one, facts, now)));
  return {
    ...interval,
    status: reasons.some((one) => !one.muted) ? "warning" : "synced",
    reasons,
    nextChangeAt: earliest([fallsSilentAt, mutingChangesAt(reasons, facts, now), access.until]),
  };
}

type Muting = NonNullable<Reason["muted"]>;
const withMuting = (reason: Reason, muted: Muting | null): Reason =>
  muted === null ? reason : { ...reason, muted };

/**
 * Why a reason does not count at `when`; null: it counts. Accepted comes before snoozed, snoozed before maintenance, of
 * several windows the one that ends last. A snooze is of what was there when it was made: where the evidence began later
 * (`since`), the reason had gone and came back, or is another one, and it counts again.
 */
function mutingOf(
  reason: Reason,
  { handlings, windows }: Pick<StatusFacts, "handlings" | "windows">,
  when: Date,
): Muting | null {
  const handling = handlings.find((one) => one.code === reason.code && one.subject === subjectOf(reason));
  if (handling?.isAccepted) return { kind: "accepted", until: null, why: handling.why };
  if (
    handling?.snoozedUntil &&
    handling.snoozedUntil > when &&
    handling.updatedAt.getTime() >= Date.parse(reason.since)
  )
    return { kind: "snoozed", until: iso(handling.snoozedUntil), why: handling.why };
  const [last] = windows
    .filter(({ startsAt, endsAt }) => startsAt <= when && when < endsAt)
    .sort((a, b) => b.endsAt.getTime() - a.endsAt.getTime());
  return last ? { kind: "maintenance", until: iso(last.endsAt), why: last.name } : null;
}

/** The first instant after `now` at which one of these reasons is muted otherwise than now; null: never. */
function mutingChangesAt(reasons: readonly Reason[], facts: StatusFacts, now: Date): Date | null {
  const instants = [
    ...facts.handlings.map(({ snoozedUntil }) => snoozedUntil),
    ...facts.windows.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]),
  ];
  const isOther = (at: Date | null) =>
    at !== null &&
    at > now &&
    reasons.some((one) => !isDeepStrictEqual(mutingOf(one, facts, at), one.muted ?? null));
  return earliest(instants.filter(isOther));
}

type Access =
  | { isLive: true; from: Date; until: Date | null }
  | {
      isLive: false;
      code: string;
      /** null: nothing tells. */
      since: Date | null;
      evidence: Reason["evidence"];
      nextChangeAt: Date | null;
      from: Date | null;
      until: Date | null;
    };

/** Managed customers are open to their partner from the first day; delegated ones while a grant with metrics is live. */
export function metricsAccess(
  { relationship, createdAt, grant }: Pick<StatusFacts, "relationship" | "createdAt" | "grant">,
  now: Date,
): Access {
  if (relationship === "managed") return { isLive: true, from: createdAt, until: null };
  const closed = (
    code: string,
    since: Date | null,
    evidence: Reason["evidence"] = {},
    interval: { from?: Date; until?: Date | null; nextChangeAt?: Date | null } = {},
  ): Access => ({
    isLive: false,
    code,
    since,
    evidence,
    nextChangeAt: null,
    from: null,
    until: null,
    ...interval,
  });
  if (!grant) return closed("no_grant", createdAt);
  if (grant.state === "pending") return closed("grant_pending", grant.fromAt);
  const isOver = grant.untilAt !== null && grant.untilAt <= now;
  if (grant.state === "ended" || isOver) {
    const until = grant.untilAt ?? now;
    return closed("grant_ended", until, { until: iso(until), endReason: grant.endReason ?? "expired" });
  }
  if (!grant.hasMetrics)
    return closed("grant_without_metrics", grant.fromAt, {}, { nextChangeAt: grant.untilAt });
  if (grant.fromAt > now) {
    return closed(
      "grant_starts",
      null,
      { from: iso(grant.fromAt) },
      { nextChangeAt: grant.fromAt, from: grant.fromAt, until: grant.untilAt },
    );
  }
  return { isLive: true, from: grant.fromAt, until: grant.untilAt };
}

/** Why there is no data since access began; after the threshold "stuck", whatever the cause. */
function pendingReason(
  facts: StatusFacts,
  from: Date,
  stuckAt: Date,
  thresholds: Thresholds,
  now: Date,
): Reason {
  const make = (code: string, since: Date, evidence: Reason["evidence"] = {}): Reason => ({
    code,
    since: iso(since),
    evidence,
  });
  const [first] = facts.accounts;
  if (!first) return make("no_source", from);
  const failed = facts.accounts.find((account) => account.errorCode !== null);
  const { vendor } = failed ?? first;
  if (stuckAt <= now)
    return make("stuck", stuckAt, {
      vendor,
      hours: thresholds.stuckHours,
      errorCode: failed?.errorCode ?? null,
    });
  if (facts.accounts.some((account) => account.isRunning)) return make("running", from);
  if (failed) return make("first_failed", failed.errorSince ?? from, { vendor, errorCode: failed.errorCode });
  if (facts.accounts.some((account) => account.lastSuccessAt !== null && account.lastSuccessAt >= from))
    return make("no_data", from, { vendor });
  return make("not_run", from);
}
