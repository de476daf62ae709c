import { AllowedApplications } from "#components/warnings/allowed-applications.tsx";
import { ReasonHandling } from "#components/warnings/reason-handling.tsx";
import { WarningNotice } from "#components/warnings/warning-notice.tsx";
import type { WarningView } from "#components/warnings/warning-view.ts";
import { formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { Reason, Status } from "#server/customers/schema.ts";
import type { HandledReason } from "#server/warnings/schema.ts";
import type { CustomerView } from "./customer-view.ts";
import { reasonWriter } from "./reasons.ts";
import { vendorOf } from "./vendors.ts";

const edges: Record<Status, string> = {
  synced: "border-l-positive",
  warning: "border-l-warning",
  sync_pending: "border-l-pending",
  access_disabled: "border-l-disabled",
  not_applicable: "border-l-line-strong",
};

/**
 * Why the status holds: what, since when, what to do, the rule that says so, and how people handle it. What is put aside
 * comes last and says so.
 */
export async function ReasonList({
  view,
  handling,
  title,
}: {
  view: CustomerView;
  handling: WarningView;
  title?: string;
}) {
  const { details, lang, timeZone } = view;
  const [write, t, words, warnings] = await Promise.all([
    reasonWriter(lang, timeZone),
    getT(lang, "customer"),
    getT(lang, "status"),
    getT(lang, "warnings"),
  ]);
  const { reasons } = handling.warnings;
  const item = (handled: HandledReason) => {
    const { reason, subject } = handled;
    const text = write(reason);
    return (
      <li key={`${reason.code} ${subject}`} className="py-3 first:pt-0 last:pb-0" data-reason={reason.code}>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <strong className="font-semibold">{text.title}</strong>
          <span className="text-caption text-ink-soft">{text.since}</span>
        </p>
        {text.detail !== undefined && <p className="break-words text-ink-soft">{text.detail}</p>}
        <p className="mt-1 max-w-prose">
          {reason.code === "stuck"
            ? words("reason.stuck.below", {
                support: vendorOf(String(reason.evidence["vendor"] ?? "")).support,
              })
            : text.advice}
        </p>
        <p className="text-caption text-ink-soft">{text.rule}</p>
        {reason.code === "stuck" && <Support view={view} reason={reason} />}
        <ReasonHandling handled={handled} place={reasons.indexOf(handled)} view={handling} />
      </li>
    );
  };
  const open = reasons.filter(({ muted }) => muted === null);
  const aside = reasons.filter(({ muted }) => muted !== null);
  return (
    <>
      <WarningNotice view={handling} />
      {reasons.length > 0 && (
        <section
          id="why"
          aria-label={t("why")}
          className={`mb-6 rounded-r-lg border border-l-4 border-line bg-surface px-4 py-3 sm:px-5 ${edges[details.row.status]}`}
        >
          {title !== undefined && <h2 className="mb-2 text-prose font-semibold">{title}</h2>}
          {open.length > 0 && <ul className="divide-y divide-line">{open.map(item)}</ul>}
          {aside.length > 0 && (
            <>
              <h2
                className={`mb-2 text-caption font-semibold text-ink-soft ${open.length > 0 ? "mt-4 border-t border-line pt-3" : ""}`}
              >
                {warnings("aside")}
              </h2>
              <ul className="divide-y divide-line">{aside.map(item)}</ul>
            </>
          )}
        </section>
      )}
      <AllowedApplications view={handling} />
    </>
  );
}

/** Whom to ask when a synchronisation is stuck, and a text ready to send. */
async function Support({ view: { details, lang }, reason }: { view: CustomerView; reason: Reason }) {
  const t = await getT(lang, "status");
  const vendor = String(reason.evidence["vendor"] ?? "");
  const { name, support, supportUrl } = vendorOf(vendor);
  const account = details.accounts.find((candidate) => candidate.vendor === vendor);
  const code = String(reason.evidence["errorCode"] ?? "");
  const hours = Number(reason.evidence["hours"] ?? 0);
  const letter = t("support.letter", {
    customer: details.legalName,
    account: account ? `${name} ${account.externalId}` : name,
    period: t("hours", { count: hours, formatted: formatNumber(lang, hours) }),
    error: isErrorCode(code) ? errorText(lang, code).message : "–",
  });
  return (
    <div className="mt-3 rounded-md bg-sunken p-3">
      <p className="flex flex-wrap justify-between gap-x-4 text-caption">
        <span className="font-medium">{t("support.text")}</span>
        {supportUrl !== undefined && (
          <a href={supportUrl} rel="noreferrer" className="text-accent underline underline-offset-2">
            {support}
          </a>
        )}
      </p>
      <pre className="mt-1 font-sans whitespace-pre-wrap select-all">{letter}</pre>
    </div>
  );
}
