// What a licence is on a given day, and a customer's licences in one line (domain.md, "Licences").
import type { LicenceState } from "#server/customers/schema.ts";

const DAY = 86_400_000;

export type LicenceFacts = {
  kind: "term" | "monthly" | "trial";
  isSuspended: boolean;
  isUnlimited: boolean;
  quantity: string | null;
  used: string | null;
  /** YYYY-MM-DD; both days belong to the licence. */
  startsOn: string | null;
  endsOn: string | null;
};

/** The status of one licence on the partner's calendar day `today` (YYYY-MM-DD). */
export function licenceStatus(
  licence: LicenceFacts,
  today: string,
): "active" | "trial" | "not_started" | "expired" | "suspended" {
  if (licence.endsOn !== null && licence.endsOn < today) return "expired";
  if (licence.isSuspended) return "suspended";
  if (licence.startsOn !== null && licence.startsOn > today) return "not_started";
  return licence.kind === "trial" ? "trial" : "active";
}

/** Days before its end in which a licence counts as expiring. */
export const EXPIRING_DAYS = 30;

/** YYYY-MM-DD `days` later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** One per time zone: making one takes longer than all else that a day is asked for. */
const calendars = new Map<string, Intl.DateTimeFormat>();

/** The calendar day at `now` in `timeZone`, as YYYY-MM-DD. */
export function dayIn(timeZone: string, now: Date): string {
  const calendar =
    calendars.get(timeZone) ??
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  calendars.set(timeZone, calendar);
  return calendar.format(now);
}

/** Worst first: expired 1, suspended 2, expiring 3, trial 4, active 5, none 6; the order in which the list sorts. */
const stateRank: Record<LicenceState, number> = {
  expired: 1,
  suspended: 2,
  expiring: 3,
  trial: 4,
  active: 5,
  none: 6,
};

export type LicenceSummary = {
  stateRank: number;
  kinds: string[];
  isOverUsed: boolean;
  endsOn: string | null;
};

/**
 * A customer's licences in one line: the worst state, the kinds, whether one is over its limit, the next end. Monthly
 * licences have no end to expire at. Licences that have not started count for the kind only.
 */
export function licenceSummary(licences: readonly LicenceFacts[], today: string): LicenceSummary {
  const soon = addDays(today, EXPIRING_DAYS);
  const states = licences.map((licence): LicenceState => {
    const status = licenceStatus(licence, today);
    if (status === "active" && licence.kind === "term" && licence.endsOn !== null && licence.endsOn <= soon)
      return "expiring";
    return status === "not_started" ? "none" : status;
  });
  const started = licences.filter((licence) => licenceStatus(licence, today) !== "not_started");
  const ends = started
    .filter((licence) => licence.kind !== "monthly" && licence.endsOn !== null && licence.endsOn >= today)
    .map((licence) => licence.endsOn ?? "");
  return {
    stateRank: Math.min(stateRank.none, ...states.map((state) => stateRank[state])),
    kinds: [...new Set(licences.map((licence) => licence.kind))].sort(),
    isOverUsed: started.some((licence) => isOverUsed(licence)),
    endsOn: ends.sort()[0] ?? null,
  };
}

/** More used than bought; unknown or unlimited quantities are never exceeded. Compares exact decimals (4 places). */
export function isOverUsed({
  isUnlimited,
  quantity,
  used,
}: Pick<LicenceFacts, "isUnlimited" | "quantity" | "used">): boolean {
  if (isUnlimited || quantity === null || used === null) return false;
  return toUnits(used) > toUnits(quantity);
}

/** An exact decimal as ten-thousandths. */
export function toUnits(decimal: string): bigint {
  const [whole = "0", part = ""] = decimal.replace("-", "").split(".");
  const units = BigInt(whole) * 10_000n + BigInt(part.padEnd(4, "0").slice(0, 4) || "0");
  return decimal.startsWith("-") ? -units : units;
}

/** What overlaps is decided by: `line` is the product line, the category of the product. */
export type HeldLicence = Pick<LicenceFacts, "kind" | "startsOn" | "endsOn"> & {
  id: string;
  product: string;
  line: string;
};
const meet = (a: HeldLicence, b: HeldLicence): boolean =>
  (a.endsOn === null || b.startsOn === null || b.startsOn <= a.endsOn) &&
  (b.endsOn === null || a.startsOn === null || a.startsOn <= b.endsOn);

/**
 * What applying a licence changes about those there are (domain.md, "Licences"): by id the day on which each now ends, and
 * the end of the applied one (null: none). A term ends the trials of its own line the day before it starts, and leaves
 * other lines alone; a monthly licence ends every trial of the account so; licences of one kind and product that overlap
 * end together, on the latest of their ends.
 */
export function applyLicence(
  held: readonly HeldLicence[],
  applied: HeldLicence & { startsOn: string },
): { ends: Map<string, string | null>; endsOn: string | null } {
  const replaced = held.filter(
    (one) =>
      one.kind === "trial" &&
      (applied.kind === "monthly" || (applied.kind === "term" && one.line === applied.line)) &&
      (one.endsOn === null || one.endsOn >= applied.startsOn),
  );
  const ends = new Map<string, string | null>(replaced.map(({ id }) => [id, addDays(applied.startsOn, -1)]));
  const together = held.filter(
    (one) => one.kind === applied.kind && one.product === applied.product && meet(one, applied),
  );
  const all = [applied, ...together].map(({ endsOn }) => endsOn);
  const endsOn = all.includes(null)
    ? null
    : (all
        .filter((end) => end !== null)
        .sort()
        .at(-1) ?? null);
  for (const one of together) if (one.endsOn !== endsOn) ends.set(one.id, endsOn);
  return { ends, endsOn };
}
