// The status of a customer: ordered rules, the first that holds wins, each with its reasons (domain.md, "Status").
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

export type StatusFacts = {
  relationship: "managed" | "delegated" | "order_only";
  createdAt: Date;
  /** The latest grant of a delegated customer. */
  grant: GrantFacts | null;
  accounts: readonly AccountFacts[];
  devices: DeviceFacts;
};

export type StatusResult = {
  status: Status;
  /** `since` is when the evidence began, where that is known; else the instant of the computation. */
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
const earliest = (dates: readonly (Date | null)[]) =>
  dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;

/**
 * The status of a customer at `now` (the five rules of domain.md in their order). With several accounts the worst wins
 * and its reason names the vendor.
 */
export function customerStatus(facts: StatusFacts, thresholds: Thresholds, now: Date): StatusResult {
  const reason = (code: string, since: Date, evidence: Reason["evidence"] = {}): Reason => ({
    code,
    since: iso(since),
    evidence,
  });
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

  const { devices } = facts;
  const warnings: Reason[] = [];
  if (devices.silent > 0) {
    const since = new Date((devices.oldestSilentAt ?? now).getTime() + thresholds.silentDays * DAY);
    const oldestAt = devices.oldestSilentAt ? iso(devices.oldestSilentAt) : null;
    warnings.push(
      reason("devices_silent", since, { count: devices.silent, days: thresholds.silentDays, oldestAt }),
    );
  }
  if (devices.unprotected > 0)
    warnings.push(reason("devices_unprotected", now, { count: devices.unprotected }));
  for (const account of facts.accounts) {
    if (account.errorCode === null) continue;
    const lastSuccessAt = account.lastSuccessAt ? iso(account.lastSuccessAt) : null;
    warnings.push(
      reason("run_failed", account.errorSince ?? now, {
        vendor: account.vendor,
        errorCode: account.errorCode,
        lastSuccessAt,
      }),
    );
  }
  const fallsSilentAt =
    devices.nextToFallSilentAt &&
    new Date(devices.nextToFallSilentAt.getTime() + thresholds.silentDays * DAY + 1);
  return {
    ...interval,
    status: warnings.length > 0 ? "warning" : "synced",
    reasons: warnings,
    nextChangeAt: earliest([fallsSilentAt, access.until]),
  };
}

type Access =
  | { isLive: true; from: Date; until: Date | null }
  | {
      isLive: false;
      code: string;
      since: Date;
      evidence: Reason["evidence"];
      nextChangeAt: Date | null;
      from: Date | null;
      until: Date | null;
    };

/** Managed customers are open to their partner from the first day; delegated ones while a grant with metrics is live. */
function metricsAccess({ relationship, createdAt, grant }: StatusFacts, now: Date): Access {
  if (relationship === "managed") return { isLive: true, from: createdAt, until: null };
  const closed = (
    code: string,
    since: Date,
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
      now,
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
