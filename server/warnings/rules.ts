// Decisions about a reason that people handle: whether it is put aside now, and when a snooze ends.
import type { Handling } from "#server/customers/rules.ts";
import type { Reason, Status } from "#server/customers/schema.ts";
import { type Actor, can, type CustomerAccess } from "#server/permissions.ts";
import { instantOf, wallClock } from "#server/settings/rules.ts";
import type { HandledReason, WarningForm } from "./schema.ts";

const LONGEST_SNOOZE_YEARS = 1;

/** With figures every reason is a warning, which can be put aside; without them it is why there are none, which cannot. */
export const areWarnings = (status: Status): boolean => status === "warning" || status === "synced";

/** What the team says among itself is neither the customer's nor theirs who may not see what it is about. */
export const isInside = (actor: Pick<Actor, "role" | "customerId">, customer: CustomerAccess): boolean =>
  actor.customerId === null && can(actor, "metrics:read") && customer.relationship !== "order_only";

/**
 * The codes of the reasons about which a reader sees what was decided; null: of any. Without access what was said about
 * figures is hidden like the figures; what is about access itself, a reason there is now, stays.
 */
export function seenCodes(
  actor: Pick<Actor, "role" | "customerId">,
  customer: CustomerAccess,
  status: Status,
  reasons: readonly Reason[],
): string[] | null {
  if (!isInside(actor, customer)) return [];
  const seesFigures = can(actor, "metrics:read", customer) && areWarnings(status);
  return seesFigures ? null : reasons.map(({ code }) => code);
}

/** The reading of a clock `months` later: the same day, or the last one of a shorter month. */
function monthsLater(reading: Date, months: number): Date {
  const later = new Date(reading);
  later.setUTCDate(1);
  later.setUTCMonth(later.getUTCMonth() + months);
  const days = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 0)).getUTCDate();
  later.setUTCDate(Math.min(reading.getUTCDate(), days));
  return later;
}

/** When a snooze of this form ends: days and months by the calendar of `timeZone`. undefined: not ahead, or over a year. */
export function snoozeEnd(
  form: Pick<Extract<WarningForm, { act: "snooze" }>, "for" | "until">,
  timeZone: string,
  now: Date,
): Date | undefined {
  const reading = wallClock(timeZone, now);
  const inDays = (days: number) => new Date(reading.getTime() + days * 86_400_000);
  const local = {
    day: () => inDays(1),
    week: () => inDays(7),
    month: () => monthsLater(reading, 1),
    until: () => form.until ?? "",
  }[form.for]();
  const end = instantOf(timeZone, local);
  const longest = instantOf(timeZone, monthsLater(reading, 12 * LONGEST_SNOOZE_YEARS));
  // The form counts minutes: a year to the minute is no more than a year.
  if (!end || !longest || end <= now || end.getTime() > longest.getTime() + 60_000) return undefined;
  return end;
}

/**
 * How a reason stands by what was decided, before the minute job has taken it into the status: as the rules of the
 * status have it (mutingOf), with the name of who decided. A window is the status' own word.
 */
export function mutedNow(
  reason: Reason,
  handling: (Handling & { updatedBy: string }) | undefined,
  now: Date,
): HandledReason["muted"] {
  if (handling?.isAccepted)
    return { kind: "accepted", until: null, why: handling.why, by: handling.updatedBy };
  const isOfThis = handling !== undefined && handling.updatedAt.getTime() >= Date.parse(reason.since);
  if (isOfThis && handling.snoozedUntil && handling.snoozedUntil > now) {
    const until = handling.snoozedUntil.toISOString();
    return { kind: "snoozed", until, why: handling.why, by: handling.updatedBy };
  }
  const { muted } = reason;
  const isOpen = muted?.kind === "maintenance" && (muted.until === null || new Date(muted.until) > now);
  return isOpen ? { ...muted, by: null } : null;
}
