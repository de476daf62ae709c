import { reasonWriter } from "#components/customers/reasons.ts";
import { vendorOf } from "#components/customers/vendors.ts";
import { formatDate, formatDateTime, formatDay, formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { NEWS_DAYS, type WorkItem } from "#server/home/schema.ts";
import type { HomeView } from "./home-view.ts";

/** A piece of work in words: what it is, where it is settled, what to do, and how long it has waited or has left. */
export type WorkText = {
  title: string;
  href: string;
  /** What to do, where that differs within the kind. */
  advice: string | undefined;
  /** Since when it waits, or how long is left. */
  time: string;
  /** The exact instant or day of `time`. */
  at: string;
  /** What is news about it. */
  news: string | undefined;
};

const DAY_MS = 86_400_000;
/** In which words it is told since when something waits. */
const since = {
  connection: "since",
  stuck: "since",
  warning: "seen",
  request: "asked",
  access_end: "since",
  licence_end: "since",
  over_use: "seen",
  account: "arrived",
} as const;
/** The end of what is about to end; what is stuck since it is, everything else since it was first seen. */
export const waitingSince = ({ kind, until, since: seen, reason }: WorkItem): string | null =>
  until ?? (kind === "stuck" ? (reason?.since ?? seen) : seen);
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);

/** What puts work into words for one reader; built once per page. */
export async function workWriter({ queue, lang, timeZone }: HomeView): Promise<(item: WorkItem) => WorkText> {
  const [t, write] = await Promise.all([getT(lang, "home"), reasonWriter(lang, timeZone)]);
  const now = Date.parse(queue.now);
  const day = (at: string) => (isDay(at) ? formatDay(lang, at) : formatDate(lang, timeZone, new Date(at)));
  const left = (until: string): string => {
    const days = Math.ceil(((isDay(until) ? Date.parse(until) + DAY_MS : Date.parse(until)) - now) / DAY_MS);
    return days <= 1
      ? t("item.lastDay")
      : t("item.daysLeft", { count: days, formatted: formatNumber(lang, days) });
  };
  const settle = (item: WorkItem): string => {
    const customer = `/${lang}/customers/${item.customer?.id ?? ""}`;
    switch (item.kind) {
      case "connection":
        return `/${lang}/connections/${item.subjectId}`;
      case "account":
        return `/${lang}/vendor-accounts/${item.subjectId}`;
      case "stuck":
      case "warning":
        return `${customer}#why`;
      case "request":
      case "access_end":
        return `${customer}#access`;
      case "licence_end":
      case "over_use":
        return `${customer}#products`;
    }
  };
  const words = (item: WorkItem): { title: string; advice?: string } => {
    const { kind, reason, until, errorCode } = item;
    const at = until === null ? "" : day(until);
    const vendor = vendorOf(item.vendor ?? "").name;
    const name = item.name === null || item.name === vendor ? vendor : `${item.name} (${vendor})`;
    switch (kind) {
      case "stuck":
      case "warning":
      case "request":
        return write(reason ?? { code: "grant_pending", since: item.since ?? queue.now, evidence: {} });
      case "connection": {
        const error = errorText(
          lang,
          errorCode !== null && isErrorCode(errorCode) ? errorCode : "unexpected",
        );
        return {
          title: t("what.connection", { name }),
          advice: `${error.message} ${error.advice ?? ""}`.trim(),
        };
      }
      case "account":
        return { title: t("what.account", { name }) };
      case "over_use":
        return { title: t("what.over_use") };
      case "access_end":
      case "licence_end":
        return { title: t(`what.${kind}`, { at }) };
    }
  };
  return (item) => {
    const { title, advice } = words(item);
    const at = waitingSince(item) ?? queue.now;
    const isGrown = item.grown !== null && Date.parse(item.grown.at) > now - NEWS_DAYS * DAY_MS;
    return {
      title,
      advice,
      href: settle(item),
      time: item.until === null ? t(`item.${since[item.kind]}`, { at: day(at) }) : left(item.until),
      at: isDay(at) ? day(at) : formatDateTime(lang, timeZone, new Date(at)),
      news: isGrown
        ? t("item.grown", { from: formatNumber(lang, item.grown?.from ?? 0) })
        : item.isNew
          ? t("item.new")
          : undefined,
    };
  };
}
