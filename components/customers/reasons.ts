import { formatDate, formatDateTime, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { Reason } from "#server/customers/schema.ts";
import { vendorOf } from "./vendors.ts";

/** A reason in words: what holds, what more is known, which rule says so, since when, what to do. */
export type ReasonText = { title: string; detail?: string; rule: string; since: string; advice: string };

type Plain =
  | "order_only"
  | "no_grant"
  | "grant_pending"
  | "grant_without_metrics"
  | "no_source"
  | "not_run"
  | "running";
const plain: readonly string[] = [
  "order_only",
  "no_grant",
  "grant_pending",
  "grant_without_metrics",
  "no_source",
  "not_run",
  "running",
] satisfies Plain[];
const isPlain = (code: string): code is Plain => plain.includes(code);

const endCauses = ["revoked", "returned", "expired", "declined", "superseded"] as const;

/** What puts reasons into words for one reader; built once per page, since a list asks for dozens. */
export async function reasonWriter(
  lang: Language,
  timeZone: string,
): Promise<(reason: Reason) => ReasonText> {
  const t = await getT(lang, "status");
  const known = new Map<string, Omit<ReasonText, "since">>();
  const describe = ({ code, evidence }: Reason): Omit<ReasonText, "since"> => {
    const text = (key: string) => String(evidence[key] ?? "");
    const count = (key: string) => ({
      count: Number(evidence[key] ?? 0),
      formatted: formatNumber(lang, Number(evidence[key] ?? 0)),
    });
    const instant = (key: string) =>
      evidence[key] == null ? undefined : formatDateTime(lang, timeZone, new Date(text(key)));
    const day = (key: string) =>
      evidence[key] == null ? "" : formatDate(lang, timeZone, new Date(text(key)));
    const { name: vendor, support } = vendorOf(text("vendor"));
    const errorCode = text("errorCode");
    const error = errorText(lang, isErrorCode(errorCode) ? errorCode : "unexpected");
    const failed = { advice: error.advice ?? t("nextStep") };
    if (isPlain(code))
      return {
        title: t(`reason.${code}.title`),
        rule: t(`reason.${code}.rule`),
        advice: t(`reason.${code}.advice`),
      };
    switch (code) {
      case "grant_ended": {
        const cause = endCauses.find((one) => one === evidence["endReason"]) ?? "expired";
        return {
          title: t("reason.grant_ended.title", { until: day("until"), cause: t(`endCause.${cause}`) }),
          rule: t("reason.grant_ended.rule"),
          advice: t("reason.grant_ended.advice"),
        };
      }
      case "grant_starts":
        return {
          title: t("reason.grant_starts.title", { from: instant("from") ?? "" }),
          rule: t("reason.grant_starts.rule"),
          advice: t("reason.grant_starts.advice"),
        };
      case "first_failed":
        return {
          title: t("reason.first_failed.title", { vendor }),
          detail: error.message,
          rule: t("reason.first_failed.rule"),
          ...failed,
        };
      case "no_data":
        return {
          title: t("reason.no_data.title", { vendor }),
          rule: t("reason.no_data.rule"),
          advice: t("reason.no_data.advice", { vendor }),
        };
      case "stuck":
        return {
          title: t("reason.stuck.title", { vendor, ...count("hours") }),
          ...(evidence["errorCode"] != null && { detail: error.message }),
          rule: t("reason.stuck.rule"),
          advice: t("reason.stuck.advice", { support }),
        };
      case "devices_silent": {
        const oldest = instant("oldestAt");
        return {
          title: t("reason.devices_silent.title", { ...count("count"), days: text("days") }),
          ...(oldest !== undefined && { detail: t("reason.devices_silent.detail", { at: oldest }) }),
          rule: t("reason.devices_silent.rule"),
          advice: t("reason.devices_silent.advice"),
        };
      }
      case "devices_unprotected":
        return {
          title: t("reason.devices_unprotected.title", count("count")),
          rule: t("reason.devices_unprotected.rule"),
          advice: t("reason.devices_unprotected.advice"),
        };
      case "run_failed": {
        const last = instant("lastSuccessAt");
        const shown = last === undefined ? "" : ` ${t("reason.run_failed.detail", { at: last })}`;
        return {
          title: t("reason.run_failed.title", { vendor }),
          detail: error.message + shown,
          rule: t("reason.run_failed.rule"),
          ...failed,
        };
      }
      default:
        return { title: t("otherCause"), rule: code, advice: t("nextStep") };
    }
  };
  // A page of fifty says the same few things again and again.
  return (reason) => {
    const key = reason.code + JSON.stringify(reason.evidence);
    let words = known.get(key);
    if (words === undefined) known.set(key, (words = describe(reason)));
    return { ...words, since: t("since", { at: formatDateTime(lang, timeZone, new Date(reason.since)) }) };
  };
}
