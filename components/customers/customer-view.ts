import { formatAgo } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import type { CustomerDetails } from "#server/customer/schema.ts";

/** What each section of the page of one customer is given. */
export type CustomerView = { details: CustomerDetails; lang: Language; timeZone: string };
export type SectionState = "full" | "empty" | "partial" | "refused" | "stale";
export type DeviceFilter = "all" | "silent" | "unprotected";

const DAY_MS = 86_400_000;

/** How long ago in words, measured from the instant at which the page was read. */
export const ago = ({ details, lang }: CustomerView, instant: string) =>
  formatAgo(lang, new Date(instant), new Date(details.now));

/** Data older than a day wears its age. */
export const isStale = ({ row, now }: CustomerDetails) =>
  row.lastSync !== null && new Date(now).getTime() - new Date(row.lastSync).getTime() > DAY_MS;

/** Refused: it may not be shown. Partial: the source does not tell it. */
export function sectionState(
  details: CustomerDetails,
  blank: CustomerDetails["devicesBlank"],
  count: number,
): SectionState {
  if (blank === "no_access" || blank === "role") return "refused";
  if (blank === "not_reported") return "partial";
  if (blank !== null || count === 0) return "empty";
  return isStale(details) ? "stale" : "full";
}

/** Sections keep their place on the page when a filter or page of devices is chosen. */
export function devicesHref(lang: string, customerId: string, devices: DeviceFilter, after?: string): string {
  const query = new URLSearchParams();
  if (devices !== "all") query.set("devices", devices);
  if (after !== undefined) query.set("devicesAfter", after);
  const text = query.toString();
  return `/${lang}/customers/${customerId}${text && `?${text}`}#computers`;
}
