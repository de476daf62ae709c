// The figures of a customer out of what its vendor accounts told: which source counts, what is blank and why, exact sums.
import { type DeviceFacts, subjectOf } from "#server/customers/rules.ts";
import type { Reason } from "#server/customers/schema.ts";
import { toUnits } from "#server/licences/rules.ts";
import type { OpenReason } from "./queries-work.ts";

type GapReason = "not_entitled" | "not_reported";

/** What is stored of one vendor account: its latest success and the figures of its parts. */
export type AccountReport = {
  vendor: string;
  lastSuccessAt: Date | null;
  /** Parts the account has not told; `isUntold`: without saying why, as a source does that knows nothing of them. */
  gaps: readonly { part: string; reason: GapReason; isUntold?: boolean }[];
  /** The vendor's own count; null: it gives none. */
  unprotected: number | null;
  devices: {
    recent: number;
    silent: number;
    quarantined: number;
    inactive: number;
    unprotected: number;
    /** Devices whose protection the source knows. */
    known: number;
    oldestSilentAt: Date | null;
    nextToFallSilentAt: Date | null;
  };
  alerts: { high: number; medium: number; low: number };
  /**
   * Applications with an installation; `unused`: those of which no installation is used; `shortfall`: licences that they
   * require beyond those there are. Null: the source never says.
   */
  applications: { installed: number; unused: number | null; shortfall: number | null };
  /** Names of denied applications with an installation and no exception. */
  denied: readonly string[];
  /** Sums over SaaS applications; `yearlyCost` as an exact decimal, `currencies` of those that have a cost. */
  saas: {
    applications: number;
    subscriptions: number | null;
    unassigned: number | null;
    yearlyCost: string | null;
    currencies: readonly (string | null)[];
  };
  saasUsers: number | null;
  saasActiveUsers: number | null;
};

/** Families of columns, each with the part of a snapshot that its figures come from. */
const partOf = {
  computers: "devices",
  applications: "applications",
  saas: "saas",
  alerts: "alerts",
} as const;
export type Family = keyof typeof partOf;
const families = Object.keys(partOf) as Family[];

export type Gaps = Partial<Record<Family, GapReason>>;

/** Figures are null where no source reports them. */
export type Figures = {
  /** What the status rules need; zeros where nothing is reported. */
  devices: DeviceFacts;
  denied: readonly string[];
  /** false: no source says which devices are protected. */
  knowsProtection: boolean;
  alerts: AccountReport["alerts"] | null;
  applications: AccountReport["applications"] | null;
  saas: {
    applications: number;
    users: number | null;
    activeUsers: number | null;
    subscriptions: number | null;
    unassigned: number | null;
    monthlySpend: string | null;
    currency: string | null;
  } | null;
  /** Why the figures of a family are blank. */
  gaps: Gaps;
};

/** Who is believed first where several vendors tell of the same computers, applications or SaaS (decision 35). */
const ranks = ["snow", "sophos"];
const rankOf = (vendor: string) => (ranks.includes(vendor) ? ranks.indexOf(vendor) : ranks.length);
const byRank = (a: string, b: string) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1);

/** What a figure's column takes; sums of what vendors report may be greater. */
const MOST = 2 ** 31 - 1;
const add = (values: readonly (number | null)[]): number | null =>
  values.reduce((all, value) => (value === null ? all : Math.min((all ?? 0) + value, MOST)), null);
const sum = (values: readonly number[]): number => add(values) ?? 0;
const first = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);

/**
 * Merges what the accounts of a customer have told since access began (`since`). Computers, applications and SaaS are
 * those of one vendor each, so that nothing is counted twice; of several accounts of that vendor they add up. Alerts are
 * everybody's. Of unprotected devices the vendor that knows of most is believed: the worst wins.
 */
export function figuresOf(accounts: readonly AccountReport[], since: Date): Figures {
  const isRead = (one: AccountReport) => one.lastSuccessAt !== null && one.lastSuccessAt >= since;
  const read = accounts.filter(isRead);
  const telling = (family: Family) =>
    read.filter(({ gaps }) => !gaps.some(({ part }) => part === partOf[family]));
  const sourceOf = (family: Family) => {
    const all = telling(family);
    const [vendor = null] = all.map((one) => one.vendor).sort(byRank);
    return { vendor, accounts: all.filter((one) => one.vendor === vendor) };
  };

  const computers = sourceOf("computers");
  const counted = computers.accounts.map((one) => one.devices);
  const protection = worstProtection(read, telling("computers"));
  const applications = sourceOf("applications").accounts;
  const saas = sourceOf("saas").accounts;
  const alerts = telling("alerts").map((one) => one.alerts);
  return {
    devices: {
      vendor: computers.vendor,
      recent: sum(counted.map((one) => one.recent)),
      silent: sum(counted.map((one) => one.silent)),
      quarantined: sum(counted.map((one) => one.quarantined)),
      inactive: sum(counted.map((one) => one.inactive)),
      oldestSilentAt: first(counted.map((one) => one.oldestSilentAt)),
      nextToFallSilentAt: first(counted.map((one) => one.nextToFallSilentAt)),
      unprotected: protection?.unprotected ?? 0,
      unprotectedVendor: protection?.vendor ?? null,
    },
    knowsProtection: protection !== null,
    denied: [...new Set(applications.flatMap((one) => one.denied))].sort(),
    alerts:
      alerts.length === 0
        ? null
        : {
            high: sum(alerts.map((one) => one.high)),
            medium: sum(alerts.map((one) => one.medium)),
            low: sum(alerts.map((one) => one.low)),
          },
    applications:
      applications.length === 0
        ? null
        : {
            installed: sum(applications.map((one) => one.applications.installed)),
            unused: add(applications.map((one) => one.applications.unused)),
            shortfall: add(applications.map((one) => one.applications.shortfall)),
          },
    saas: saas.length === 0 ? null : saasFigures(saas),
    gaps: Object.fromEntries(
      families
        .filter((family) => telling(family).length === 0)
        .map((family) => [family, gapOf(accounts, isRead, partOf[family])]),
    ),
  };
}

/** The vendor that knows of most unprotected devices, by its own count or by its devices; null: nobody says. */
function worstProtection(
  read: readonly AccountReport[],
  reporting: readonly AccountReport[],
): { vendor: string; unprotected: number } | null {
  const says = read.flatMap((account) => {
    const { devices, gaps } = account;
    const hasDevices = devices.recent + devices.silent + devices.quarantined + devices.inactive > 0;
    const isSilent = hasDevices ? devices.known === 0 : gaps.some(({ part }) => part === "protection");
    const listed = reporting.includes(account) && !isSilent ? devices.unprotected : null;
    const unprotected =
      add([listed, account.unprotected]) === null ? null : Math.max(listed ?? 0, account.unprotected ?? 0);
    return unprotected === null ? [] : [{ vendor: account.vendor, unprotected }];
  });
  const vendors = [...new Set(says.map(({ vendor }) => vendor))].sort(byRank).map((vendor) => ({
    vendor,
    unprotected: sum(says.filter((one) => one.vendor === vendor).map((one) => one.unprotected)),
  }));
  return vendors.sort((a, b) => b.unprotected - a.unprotected)[0] ?? null;
}

/** Not entitled where every account that could tell says so; an account that was never read could. */
function gapOf(
  accounts: readonly AccountReport[],
  isRead: (account: AccountReport) => boolean,
  part: string,
): GapReason {
  const said = accounts
    .map((account) => (isRead(account) ? account.gaps.find((gap) => gap.part === part) : undefined))
    .filter((gap) => gap?.isUntold !== true);
  return said.length > 0 && said.every((gap) => gap?.reason === "not_entitled")
    ? "not_entitled"
    : "not_reported";
}

function saasFigures(accounts: readonly AccountReport[]): NonNullable<Figures["saas"]> {
  const all = accounts.map((one) => one.saas);
  const currencies = new Set(all.flatMap((one) => one.currencies));
  const [currency = null] = currencies;
  // Money in different currencies, or partly in an unknown one, has no sum.
  const yearly = currencies.size > 1 ? null : total(all.map((one) => one.yearlyCost));
  return {
    applications: sum(all.map((one) => one.applications)),
    users: add(accounts.map((one) => one.saasUsers)),
    activeUsers: add(accounts.map((one) => one.saasActiveUsers)),
    subscriptions: add(all.map((one) => one.subscriptions)),
    unassigned: add(all.map((one) => one.unassigned)),
    monthlySpend: yearly === null ? null : monthly(yearly),
    currency: yearly === null ? null : currency,
  };
}

/** 1/10000 units as a decimal with four places. */
function toDecimal(units: bigint): string {
  const size = units < 0n ? -units : units;
  return `${units < 0n ? "-" : ""}${size / 10_000n}.${String(size % 10_000n).padStart(4, "0")}`;
}

/** Sum of exact decimals as an exact decimal; null when there is nothing to add. */
export function total(values: readonly (string | null)[]): string | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : toDecimal(known.reduce((all, value) => all + toUnits(value), 0n));
}

/** A twelfth of an exact decimal, to four places, halves up (towards the greater, also of a credit). */
export function monthly(yearly: string): string {
  const doubled = 2n * toUnits(yearly) + 12n;
  const rest = ((doubled % 24n) + 24n) % 24n;
  return toDecimal((doubled - rest) / 24n);
}

/** Reasons with figures, which somebody can do something about; the others say why there are none. */
const warningCodes = ["devices_silent", "denied_application", "devices_unprotected", "run_failed"];

/** What of a customer waits in the queue of work: warnings and a stuck synchronisation that nobody put aside, and over-use. */
export function openReasons(reasons: readonly Reason[], isOverUsed: boolean): OpenReason[] {
  const open = reasons
    .filter(({ code, muted }) => !muted && (code === "stuck" || warningCodes.includes(code)))
    .map((reason): OpenReason => ({
      kind: reason.code === "stuck" ? "stuck" : "warning",
      code: reason.code,
      subject: subjectOf(reason),
      amount: typeof reason.evidence["count"] === "number" ? reason.evidence["count"] : null,
    }));
  const overUse: OpenReason = { kind: "over_use", code: "over_use", subject: "", amount: null };
  const all = isOverUsed ? [...open, overUse] : open;
  // Two accounts of one vendor that fail are one reason to whoever handles it.
  return [...new Map(all.map((one) => [`${one.code} ${one.subject}`, one])).values()];
}

/** Whether both hold the same reasons with the same amounts, in whatever order. */
export function isSameWork(a: readonly OpenReason[], b: readonly OpenReason[]): boolean {
  const keys = (all: readonly OpenReason[]) =>
    all.map(({ kind, code, subject, amount }) => JSON.stringify([kind, code, subject, amount])).sort();
  return keys(a).join() === keys(b).join();
}
