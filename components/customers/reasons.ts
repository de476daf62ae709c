import { formatDate, formatDateTime, formatList, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode, type Resources, resources } from "#locales/resources.ts";
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

type Muted = { kind: "snoozed" | "accepted" | "maintenance"; until: string | null; why: string | null };

/** That a reason is put aside: how, until when and, where the reader may know, why. */
function mutedText(
  t: Awaited<ReturnType<typeof getT<"status">>>,
  lang: Language,
  timeZone: string,
  { kind, until, why }: Muted,
): string {
  const what = t(`muted.${kind}`, {
    until: until === null ? "–" : formatDateTime(lang, timeZone, new Date(until)),
  });
  return why ? t("muted.because", { what, why }) : what;
}

/** What puts reasons into words for one reader; built once per page, since a list asks for dozens. */
export async function reasonWriter(
  lang: Language,
  timeZone: string,
): Promise<(reason: Reason) => ReasonText> {
  const t = await getT(lang, "status");
  const known = new Map<string, Omit<ReasonText, "since">>();
  /** Those that are named, and how many more there are. */
  const applications = (names: readonly string[], total: number): string => {
    const more = total - names.length;
    if (more <= 0) return formatList(lang, names);
    const counted = { count: more, formatted: formatNumber(lang, more) };
    return t("reason.denied_application.more", { names: names.join(", "), ...counted });
  };
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
    // What nobody foresaw is told to who reads it here, not to who sent a request.
    const error =
      isErrorCode(errorCode) && errorCode !== "unexpected"
        ? errorText(lang, errorCode)
        : { message: t("unexpected.message"), advice: t("unexpected.advice") };
    const source = evidence["vendor"] == null ? [] : [t("source", { vendor })];
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
          title: t("reason.stuck.title", { vendor, period: t("hours", count("hours")) }),
          ...(evidence["errorCode"] != null && { detail: error.message }),
          rule: t("reason.stuck.rule"),
          advice: t("reason.stuck.advice", { support }),
        };
      case "devices_silent": {
        const oldest = instant("oldestAt");
        const period = t("days", count("days"));
        const details = [
          ...(oldest === undefined ? [] : [t("reason.devices_silent.detail", { at: oldest })]),
          ...source,
        ];
        return {
          title: t("reason.devices_silent.title", { ...count("count"), period }),
          ...(details.length > 0 && { detail: details.join(" ") }),
          rule: t("reason.devices_silent.rule"),
          advice: t("reason.devices_silent.advice"),
        };
      }
      case "denied_application":
        return {
          title: t("reason.denied_application.title", count("count")),
          detail: applications([evidence["names"] ?? []].flat().map(String), Number(evidence["count"] ?? 0)),
          rule: t("reason.denied_application.rule"),
          advice: t("reason.denied_application.advice"),
        };
      case "devices_unprotected":
        return {
          title: t("reason.devices_unprotected.title", count("count")),
          ...(source[0] !== undefined && { detail: source[0] }),
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
    const since = t("since", { at: formatDateTime(lang, timeZone, new Date(reason.since)) });
    if (!reason.muted) return { ...words, since };
    const aside = mutedText(t, lang, timeZone, reason.muted);
    return { ...words, since, detail: [aside, words.detail].filter(Boolean).join(" · ") };
  };
}

/** What tells a reason apart where its evidence is not at hand: "Synchronisation failed (Sophos Central)". */
export async function reasonName(lang: Language): Promise<(code: string, subject: string) => string> {
  const t = await getT(lang, "status");
  return (code, subject) => {
    const name = isNamed(code) ? t(`short.${code}`) : t("otherCause");
    return subject === "" ? name : `${name} (${vendorOf(subject).name})`;
  };
}
type Named = keyof Resources["status"]["short"];
const isNamed = (code: string): code is Named => Object.hasOwn(resources.en.status.short, code);
