import { formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { Reason, Status } from "#server/customers/schema.ts";
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

/** Why the status holds: what, since when, what to do, and the rule that says so. */
export async function ReasonList({ view, title }: { view: CustomerView; title?: string }) {
  const { details, lang, timeZone } = view;
  const [write, t, words] = await Promise.all([
    reasonWriter(lang, timeZone),
    getT(lang, "customer"),
    getT(lang, "status"),
  ]);
  const { reasons, status } = details.row;
  if (reasons.length === 0) return null;
  return (
    <section
      aria-label={t("why")}
      className={`mb-6 rounded-r-lg border border-l-4 border-line bg-surface px-4 py-3 sm:px-5 ${edges[status]}`}
    >
      {title !== undefined && <h2 className="mb-2 text-prose font-semibold">{title}</h2>}
      <ul className="divide-y divide-line">
        {reasons.map((reason) => {
          const text = write(reason);
          return (
            <li
              key={`${reason.code}${String(reason.evidence["vendor"] ?? "")}`}
              className="py-3 first:pt-0 last:pb-0"
            >
              <p className="flex flex-wrap items-baseline gap-x-3">
                <strong className="font-semibold">{text.title}</strong>
                <span className="text-caption text-ink-soft">{text.since}</span>
              </p>
              {text.detail !== undefined && <p className="text-ink-soft">{text.detail}</p>}
              <p className="mt-1 max-w-prose">
                {reason.code === "stuck"
                  ? words("reason.stuck.below", {
                      support: vendorOf(String(reason.evidence["vendor"] ?? "")).support,
                    })
                  : text.advice}
              </p>
              <p className="text-caption text-ink-soft">{text.rule}</p>
              {reason.code === "stuck" && <Support view={view} reason={reason} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Whom to ask when a synchronisation is stuck, and a text ready to send. */
async function Support({ view: { details, lang }, reason }: { view: CustomerView; reason: Reason }) {
  const t = await getT(lang, "status");
  const vendor = String(reason.evidence["vendor"] ?? "");
  const { name, support, supportUrl } = vendorOf(vendor);
  const account = details.accounts.find((candidate) => candidate.vendor === vendor);
  const code = String(reason.evidence["errorCode"] ?? "");
  const letter = t("support.letter", {
    customer: details.legalName,
    account: account ? `${name} ${account.externalId}` : name,
    hours: formatNumber(lang, Number(reason.evidence["hours"] ?? 0)),
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
