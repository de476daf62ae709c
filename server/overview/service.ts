// Keeps overview rows true: after an ingest, an import, a change of access, and when the clock alone changes a status.
import { licenceSummary, licenceStatus, dayIn, addDays, EXPIRING_DAYS } from "#server/licences/rules.ts";
import { listDenied, listOverviewFacts, type OverviewFacts } from "./queries-facts.ts";
import type { ScopedDb } from "#db/client.ts";
import { lockCustomers } from "#server/access/queries.ts";
import {
  endExpiredGrants,
  getPartnerRules,
  type CustomerThresholds,
  listDueCustomers,
  listExpiredGrants,
  listThresholds,
  lockOverview,
  type OverviewRow,
  upsertOverview,
} from "./queries.ts";
import { customerStatus, metricsAccess } from "#server/customers/rules.ts";
import type { Reason } from "#server/customers/schema.ts";
import { replaceOpenReasons } from "./queries-work.ts";
import { figuresOf, isSameWork, openReasons, total, type AccountReport, type Figures } from "./rules.ts";

const DAY_MS = 86_400_000;
const FOREVER = "infinity";
const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

/**
 * Computes the overview of these customers at `now` from what is stored and writes what changed. Their rows are held from
 * before the facts are read: of two that read two vendors of one customer at once, the later would write the earlier's old facts.
 */
export async function refreshOverview(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
): Promise<void> {
  if (customerIds.length === 0) return;
  await lockOverview(db, partnerId, customerIds);
  const { timeZone, hasDenied } = await getPartnerRules(db, partnerId);
  const thresholds = await listThresholds(db, partnerId, customerIds);
  const facts = await listOverviewFacts(
    db,
    partnerId,
    [...thresholds].map(([id, { silentDays }]) => ({
      id,
      silentBefore: new Date(now.getTime() - silentDays * DAY_MS),
    })),
    now,
  );
  const denied = hasDenied ? await listDenied(db, partnerId, customerIds) : new Map<string, string[]>();
  const today = dayIn(timeZone, now);
  const rows = facts.flatMap((customer) => {
    const own = thresholds.get(customer.id);
    return own ? [overviewRow(customer, denied, own, today, now)] : [];
  });
  await upsertOverview(db, partnerId, rows, today, timeZone, now);
  const held = new Map(facts.map(({ id, open }) => [id, open]));
  const work = rows.map((row) => ({
    customerId: row.customerId,
    open: openReasons(row.reasons, row.overUsed),
  }));
  const changed = work.filter(({ customerId, open }) => !isSameWork(open, held.get(customerId) ?? []));
  await replaceOpenReasons(db, partnerId, changed, now);
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

/** One account's stored figures, its instants as dates. */
const reportOf = (
  account: OverviewFacts["accounts"][number],
  denied: ReadonlyMap<string, string[]>,
): AccountReport => ({
  ...account,
  lastSuccessAt: date(account.lastSuccessAt),
  devices: {
    ...account.devices,
    oldestSilentAt: date(account.devices.oldestSilentAt),
    nextToFallSilentAt: date(account.devices.nextToFallSilentAt),
  },
  denied: denied.get(account.id) ?? [],
});

/** What is news of a status: which reasons hold, and which of them are muted by what. */
const meaningOf = (reasons: readonly Reason[]) =>
  reasons.map((reason) => `${reason.code} ${reason.muted?.kind ?? ""}`).join();

function overviewRow(
  customer: OverviewFacts,
  denied: ReadonlyMap<string, string[]>,
  thresholds: CustomerThresholds,
  today: string,
  now: Date,
): OverviewRow {
  const { grant, previous } = customer;
  const party = {
    relationship: customer.relationship,
    createdAt: new Date(customer.createdAt),
    grant: grant && {
      state: grant.state,
      hasMetrics: grant.capabilities.includes("metrics"),
      fromAt: new Date(grant.fromAt),
      untilAt: date(grant.untilAt),
      endReason: grant.endReason,
    },
  };
  const access = metricsAccess(party, now);
  const reports = customer.accounts.map((account) => reportOf(account, denied));
  const told = figuresOf(access.isLive ? reports : [], access.from ?? now);
  const result = customerStatus(
    {
      ...party,
      accounts: customer.accounts.map((account) => ({
        vendor: account.vendor,
        lastSuccessAt: date(account.lastSuccessAt),
        lastDataAt: date(account.lastDataAt),
        errorCode: account.errorCode,
        errorSince: date(account.errorSince),
        isRunning: account.isRunning,
      })),
      devices: told.devices,
      denied: told.denied,
      handlings: customer.handlings.map((one) => ({
        ...one,
        snoozedUntil: date(one.snoozedUntil),
        updatedAt: new Date(one.updatedAt),
      })),
      windows: customer.windows.map(({ name, startsAt, endsAt }) => ({
        name,
        startsAt: new Date(startsAt),
        endsAt: new Date(endsAt),
      })),
      previous: previous?.reasons ?? [],
    },
    thresholds,
    now,
  );
  const isStatusNew = previous?.status !== result.status;
  const isNews = isStatusNew || meaningOf(result.reasons) !== meaningOf(previous?.reasons ?? []);
  const shows = result.status === "synced" || result.status === "warning";
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
    reasons: result.reasons,
    statusSince: isStatusNew || !previous ? now.toISOString() : previous.statusSince,
    nextChangeAt:
      [result.nextChangeAt?.toISOString() ?? null, nextLicenceAt].filter((at) => at !== null).sort()[0] ??
      null,
    metricsFrom: result.metricsFrom?.toISOString() ?? null,
    metricsUntil: result.metricsFrom && (result.metricsUntil?.toISOString() ?? FOREVER),
    lastSyncAt: shows ? lastSync : null,
    ...metricsOf(shows ? told : null),
    ...figures,
    vendors: [...new Set(customer.accounts.map((account) => account.vendor))].sort(),
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

/** The figures that need access to metrics; null: none may be shown. */
function metricsOf(told: Figures | null) {
  const devices = told && told.devices.vendor !== null ? told.devices : null;
  const applications = told?.applications ?? null;
  const saas = told?.saas ?? null;
  const alerts = told?.alerts ?? null;
  return {
    devicesSource: devices?.vendor ?? null,
    devicesTotal: devices && devices.recent + devices.silent + devices.quarantined + devices.inactive,
    devicesRecent: devices && devices.recent,
    devicesSilent: devices && devices.silent,
    devicesQuarantined: devices && devices.quarantined,
    devicesInactive: devices && devices.inactive,
    devicesUnprotected: told?.knowsProtection ? told.devices.unprotected : null,
    alertsHigh: alerts && alerts.high,
    alertsMedium: alerts && alerts.medium,
    alertsLow: alerts && alerts.low,
    applicationsInstalled: applications && applications.installed,
    applicationsDenied: applications && (told?.denied.length ?? 0),
    applicationsUnused: applications && applications.unused,
    licenceShortfall: applications && applications.shortfall,
    saasApplications: saas && saas.applications,
    saasUsers: saas && saas.users,
    saasActiveUsers: saas && saas.activeUsers,
    saasSubscriptions: saas && saas.subscriptions,
    saasUnassigned: saas && saas.unassigned,
    saasMonthlySpend: saas && saas.monthlySpend,
    saasCurrency: saas && saas.currency,
    gaps: told?.gaps ?? {},
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
  const categories = [...new Set(running.map((licence) => licence.category))].sort();
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
    licenceKinds: [
      ...summary.kinds,
      ...(counted.some((licence) => licence.owner === "customer") ? ["own"] : []),
    ],
    categories,
    categoriesInactive: [...new Set(counted.map((licence) => licence.category))]
      .filter((category) => !categories.includes(category))
      .sort(),
    // What is unlimited or of unknown quantity leaves no sum to measure use against.
    licensed: running.every((licence) => !licence.isUnlimited && licence.quantity !== null)
      ? total(running.map((licence) => licence.quantity))
      : null,
    used: total(running.map((licence) => licence.used)),
    overUsed: summary.isOverUsed,
    licenceEndsOn: summary.endsOn,
    nextLicenceDay:
      days.filter((day): day is string => Boolean(day) && String(day) > today).sort()[0] ?? null,
  };
}
