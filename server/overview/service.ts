// Keeps overview rows true: after an ingest, an import, a change of access, and when the clock alone changes a status.
import {
  toUnits,
  licenceSummary,
  licenceStatus,
  dayIn,
  addDays,
  EXPIRING_DAYS,
} from "#server/licences/rules.ts";
import { listOverviewFacts, type OverviewFacts } from "./queries-facts.ts";
import type { ScopedDb } from "#db/client.ts";
import { lockCustomers } from "#server/access/queries.ts";
import {
  endExpiredGrants,
  getPartnerRules,
  listDueCustomers,
  listExpiredGrants,
  lockOverview,
  type OverviewRow,
  type PartnerRules,
  upsertOverview,
} from "./queries.ts";
import { customerStatus, type DeviceFacts } from "#server/customers/rules.ts";
import type { Reason } from "#server/customers/schema.ts";

const DAY_MS = 86_400_000;
const FOREVER = "infinity";
const noDevices: DeviceFacts = {
  recent: 0,
  silent: 0,
  quarantined: 0,
  inactive: 0,
  unprotected: 0,
  oldestSilentAt: null,
  nextToFallSilentAt: null,
};
const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** Computes the overview of these customers at `now` from what is stored and writes what changed. */
export async function refreshOverview(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
): Promise<void> {
  if (customerIds.length === 0) return;
  const rules = await getPartnerRules(db, partnerId);
  const facts = await listOverviewFacts(
    db,
    partnerId,
    customerIds,
    new Date(now.getTime() - rules.silentDays * DAY_MS),
  );
  const today = dayIn(rules.timeZone, now);
  const rows = facts.map((customer) => overviewRow(customer, rules, today, now));
  await upsertOverview(db, partnerId, rows, today, rules.timeZone, now);
}

/** The minute job for one partner: ends windows, then recomputes at most `most` rows; returns how many it did. */
export async function refreshDue(db: ScopedDb, partnerId: string, now: Date, most: number): Promise<number> {
  const expired = await listExpiredGrants(db, partnerId, now);
  const due = await listDueCustomers(db, partnerId, now, most);
  const all = [...new Set([...expired, ...due])];
  // Ending access waits for whoever acts under the grant, as a revocation does.
  await lockCustomers(db, expired, "exclusive");
  await lockOverview(db, partnerId, all);
  await endExpiredGrants(db, partnerId, expired, now);
  await refreshOverview(db, partnerId, all, now);
  return all.length;
}

/** Sum of exact decimals as an exact decimal; null when there is nothing to add. */
function total(values: readonly (string | null)[]): string | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const units = known.reduce((sum, value) => sum + toUnits(value), 0n);
  const size = units < 0n ? -units : units;
  return `${units < 0n ? "-" : ""}${size / 10_000n}.${String(size % 10_000n).padStart(4, "0")}`;
}

function overviewRow(customer: OverviewFacts, rules: PartnerRules, today: string, now: Date): OverviewRow {
  const { grant } = customer;
  const reported = customer.devices && {
    ...customer.devices,
    oldestSilentAt: date(customer.devices.oldestSilentAt),
    nextToFallSilentAt: date(customer.devices.nextToFallSilentAt),
  };
  const byVendor = customer.accounts.reduce((sum, account) => sum + (account.unprotected ?? 0), 0);
  const devices = { ...(reported ?? noDevices), unprotected: Math.max(reported?.unprotected ?? 0, byVendor) };
  const result = customerStatus(
    {
      relationship: customer.relationship,
      createdAt: new Date(customer.createdAt),
      grant: grant && {
        state: grant.state,
        hasMetrics: grant.capabilities.includes("metrics"),
        fromAt: new Date(grant.fromAt),
        untilAt: date(grant.untilAt),
        endReason: grant.endReason,
      },
      accounts: customer.accounts.map((account) => ({
        vendor: account.vendor,
        lastSuccessAt: date(account.lastSuccessAt),
        lastDataAt: date(account.lastDataAt),
        errorCode: account.errorCode,
        errorSince: date(account.errorSince),
        isRunning: account.isRunning,
      })),
      devices,
    },
    rules,
    now,
  );
  const codes = result.reasons.map((reason) => reason.code);
  const { previous } = customer;
  const isStatusNew = previous?.status !== result.status;
  const isNews = isStatusNew || codes.join() !== previous?.codes.join();
  // A reason of which nothing tells when it began keeps the instant at which it was first seen.
  const isUnknown = (since: string) => since === now.toISOString();
  const seenAt = (reason: Reason) =>
    previous?.reasons.find(
      (old) => old.code === reason.code && old.evidence.vendor === reason.evidence["vendor"],
    )?.since;
  const reasons = result.reasons.map((reason) =>
    isUnknown(reason.since) ? { ...reason, since: seenAt(reason) ?? reason.since } : reason,
  );
  const shows = result.status === "synced" || result.status === "warning";
  const hasAlerts = shows && customer.accounts.some((account) => account.hasAlerts);
  const alerts = (value: number | undefined) => (hasAlerts ? (value ?? 0) : null);
  const hasDevices = shows && customer.accounts.some((account) => account.hasDevices);
  const device = (value: number) => (hasDevices ? value : null);
  const { nextLicenceAt, ...figures } = licenceFigures(customer, today, now);
  const lastSync =
    customer.accounts
      .map((account) => account.lastSuccessAt)
      .filter((at) => at !== null)
      .sort()
      .at(0) ?? null;
  return {
    customerId: customer.id,
    nameShown: customer.nameShown,
    domain: customer.domain,
    relationship: customer.relationship,
    status: result.status,
    reasons,
    statusSince: isStatusNew || !previous ? now.toISOString() : previous.statusSince,
    nextChangeAt:
      [result.nextChangeAt?.toISOString() ?? null, nextLicenceAt].filter((at) => at !== null).sort()[0] ??
      null,
    metricsFrom: result.metricsFrom?.toISOString() ?? null,
    metricsUntil: result.metricsFrom && (result.metricsUntil?.toISOString() ?? FOREVER),
    lastSyncAt: shows ? lastSync : null,
    devicesTotal: device(devices.recent + devices.silent + devices.quarantined + devices.inactive),
    devicesRecent: device(devices.recent),
    devicesSilent: device(devices.silent),
    devicesQuarantined: device(devices.quarantined),
    devicesInactive: device(devices.inactive),
    devicesUnprotected: device(devices.unprotected),
    alertsHigh: alerts(customer.alerts?.high),
    alertsMedium: alerts(customer.alerts?.medium),
    alertsLow: alerts(customer.alerts?.low),
    ...figures,
    searchText: [
      customer.nameShown,
      customer.name,
      customer.domain,
      customer.externalId,
      ...customer.accounts.map((account) => account.externalId),
      customer.contacts,
    ]
      .filter(Boolean)
      .join(" "),
    isStatusNew: isNews,
  };
}

/** Licences that the partner owns always count; those the customer owns while a grant with `licences` is live. */
function licenceFigures(customer: OverviewFacts, today: string, now: Date) {
  const { grant } = customer;
  const isOpen = grant?.state === "active" && grant.capabilities.includes("licences");
  const from =
    customer.relationship === "managed"
      ? new Date(customer.createdAt).toISOString()
      : isOpen
        ? grant.fromAt
        : null;
  const until =
    from === null ? null : customer.relationship === "managed" ? FOREVER : (grant?.untilAt ?? FOREVER);
  const isLive =
    from !== null && new Date(from) <= now && (until === FOREVER || until === null || new Date(until) > now);
  const counted = customer.licences.filter((licence) => licence.owner === "partner" || isLive);
  const summary = licenceSummary(counted, today);
  const running = counted.filter((licence) => ["active", "trial"].includes(licenceStatus(licence, today)));
  const days = counted.flatMap((licence) => [
    licence.startsOn,
    licence.endsOn && addDays(licence.endsOn, -EXPIRING_DAYS),
    licence.endsOn && addDays(licence.endsOn, 1),
  ]);
  // Where the grant opens licences but no metrics, its window changes nothing but these figures.
  const instants = [from, until].flatMap((at) =>
    at === null || at === FOREVER || new Date(at) <= now ? [] : [new Date(at).toISOString()],
  );
  return {
    nextLicenceAt: instants.sort()[0] ?? null,
    licencesFrom: from,
    licencesUntil: until,
    hasCustomerLicences: counted.some((licence) => licence.owner === "customer"),
    licenceStateRank: summary.stateRank,
    licenceKinds: summary.kinds,
    categories: [...new Set(running.map((licence) => licence.category))].sort(),
    licensed: total(running.map((licence) => (licence.isUnlimited ? null : licence.quantity))),
    used: total(running.map((licence) => licence.used)),
    overUsed: summary.isOverUsed,
    licenceEndsOn: summary.endsOn,
    nextLicenceDay:
      days.filter((day): day is string => Boolean(day) && String(day) > today).sort()[0] ?? null,
  };
}
