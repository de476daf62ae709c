// Numbers, dates, ages, lists and names of countries by locale; language and time zone are always arguments.
import type { Language } from "./languages.ts";

const locales: Record<Language, string> = { en: "en-GB", it: "it-IT", fr: "fr-FR" };

/** Building an Intl object costs about 50 µs, formatting 1 µs: each kind is built once per language and zone. */
function cached<Options extends object, Formatter>(build: (locale: string, options: Options) => Formatter) {
  const formatters = new Map<string, Formatter>();
  return (language: Language, options: Options): Formatter => {
    const key = language + JSON.stringify(options);
    let formatter = formatters.get(key);
    if (formatter === undefined) formatters.set(key, (formatter = build(locales[language], options)));
    return formatter;
  };
}

const numbers = cached((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
const dates = cached(
  (locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);
const relatives = cached(
  (locale, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(locale, options),
);
const lists = cached((locale, options: Intl.ListFormatOptions) => new Intl.ListFormat(locale, options));
const names = cached((locale, options: Intl.DisplayNamesOptions) => new Intl.DisplayNames(locale, options));

/** A decimal string ("12.5000", as PostgreSQL sends numeric) is formatted digit by digit, never through a float. */
export type Amount = number | bigint | string;
const exact = (amount: Amount) => amount as number | bigint | Intl.StringNumericLiteral;

/** At most `maximumFractionDigits` decimals (4 unless told), none that are zero. */
export const formatNumber = (language: Language, amount: Amount, maximumFractionDigits = 4) =>
  numbers(language, { maximumFractionDigits }).format(exact(amount));

/** An amount of money: "€1,234.50"; without a currency the number alone. */
export const formatMoney = (
  language: Language,
  amount: Amount,
  currency: string | null,
  maximumFractionDigits = 2,
) =>
  currency === null
    ? formatNumber(language, amount, maximumFractionDigits)
    : numbers(language, { style: "currency", currency, maximumFractionDigits }).format(exact(amount));

/** A change: "+12", "−3", "0". */
export const formatChange = (language: Language, amount: Amount) =>
  numbers(language, { signDisplay: "exceptZero", maximumFractionDigits: 4 }).format(exact(amount));

/** `ratio` 0.82 is "82%". */
export const formatPercent = (language: Language, ratio: number) =>
  numbers(language, { style: "percent", maximumFractionDigits: 0 }).format(ratio);

/** An instant's day in the user's zone: "21 Nov 2026". */
export const formatDate = (language: Language, timeZone: string, instant: Date) =>
  dates(language, { dateStyle: "medium", timeZone }).format(instant);

/** An instant to the minute: "21 Nov 2026, 14:05". */
export const formatDateTime = (language: Language, timeZone: string, instant: Date) =>
  dates(language, { dateStyle: "medium", timeStyle: "short", timeZone }).format(instant);

/** A calendar day without a zone, "2026-11-21" as the database holds it. */
export const formatDay = (language: Language, day: string) =>
  dates(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whole units that have passed; an instant ahead of `now` (a vendor's clock) counts as now. */
function elapsed(instant: Date, now: Date): { value: number; unit: "minute" | "hour" | "day" } {
  const passed = Math.max(0, now.getTime() - instant.getTime());
  if (passed < HOUR) return { value: Math.floor(passed / MINUTE), unit: "minute" };
  if (passed < DAY) return { value: Math.floor(passed / HOUR), unit: "hour" };
  return { value: Math.floor(passed / DAY), unit: "day" };
}

/** Symbols, which have no plural; CLDR's short forms have ("59 mins", "3 gg"). */
const symbols = {
  minute: { en: "min", it: "min", fr: "min" },
  hour: { en: "h", it: "h", fr: "h" },
  day: { en: "d", it: "g", fr: "j" },
};

/** The age of data in a table: "5 min", "3 h", "12 d"; the exact instant belongs beside it. */
export function formatAge(language: Language, instant: Date, now: Date): string {
  const { value, unit } = elapsed(instant, now);
  return `${formatNumber(language, value)}\u202f${symbols[unit][language]}`;
}

/** The same age in words: "3 hours ago". */
export function formatAgo(language: Language, instant: Date, now: Date): string {
  const { value, unit } = elapsed(instant, now);
  return relatives(language, { numeric: "auto" }).format(-value, unit);
}

export const formatList = (language: Language, items: readonly string[]) =>
  lists(language, { style: "long", type: "conjunction" }).format(items);

/** ISO 3166 code to name; a code that does not exist is shown as it is. */
export const countryName = (language: Language, code: string) =>
  /^[A-Z]{2}$/.test(code) ? (names(language, { type: "region" }).of(code) ?? code) : code;
