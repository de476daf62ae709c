import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import { DefinitionList, type Definition } from "#components/ui/definition-list.tsx";
import { AlertIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAgo, formatDate, formatDateTime, formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { ConnectionView } from "./connection-view.ts";
import { nextText } from "./connections-table.tsx";
import { HealthBadge } from "./health-badge.tsx";
import { limitText } from "./limit-text.ts";
import { vendorOf } from "#components/customers/vendors.ts";

/** How the connection is, from the vendor's side and from ours, and what to do where it is not well. */
export async function HealthSection({ view }: { view: ConnectionView }) {
  const { details, lang, timeZone, now, isOwn } = view;
  const [t, list, common] = await Promise.all([
    getT(lang, "connection"),
    getT(lang, "connections"),
    getT(lang, "common"),
  ]);
  const { health, accounts, customer } = details;
  const exact = (at: string) => formatDateTime(lang, timeZone, new Date(at));
  const addresses = Object.entries(details.settings).filter(([name]) => /^(idUrl|apiUrl|region)$/.test(name));
  const items: Definition[] = [
    { term: t("health.vendor"), value: vendorOf(details.vendor).name },
    {
      term: t("health.owner"),
      value:
        customer === null ? (
          list("own")
        ) : isOwn ? (
          <bdi>{customer.name}</bdi>
        ) : (
          <Link
            href={`/${lang}/customers/${customer.id}`}
            prefetch={false}
            className="underline underline-offset-2"
          >
            <bdi>{customer.name}</bdi>
          </Link>
        ),
    },
    {
      term: t("health.state"),
      about: <About figure="connectionState" lang={lang} />,
      value: <HealthBadge health={health} lang={lang} timeZone={timeZone} now={now} />,
    },
    {
      term: t("health.read"),
      about: <About figure="connectionRead" lang={lang} />,
      value:
        details.lastSuccessAt === null ? (
          list("never")
        ) : (
          <time dateTime={details.lastSuccessAt} title={exact(details.lastSuccessAt)}>
            {formatAgo(lang, new Date(details.lastSuccessAt), now)}
          </time>
        ),
    },
    {
      term: t("health.next"),
      about: <About figure="connectionNext" lang={lang} />,
      value: nextText(list, details, lang, timeZone, now),
    },
    {
      term: t("health.accounts"),
      about: <About figure="connectionAccounts" lang={lang} />,
      value: t("health.accountsText", {
        total: formatNumber(lang, accounts.total),
        failing: formatNumber(lang, accounts.failing),
        unmatched: formatNumber(lang, accounts.unmatched),
      }),
    },
    {
      term: t("health.limits"),
      about: <About figure="connectionLimits" lang={lang} />,
      value: await limitText(lang, details.limits),
    },
    ...(addresses.length > 0
      ? [
          {
            term: t("health.settings"),
            value: <span className="break-all">{addresses.map(([, value]) => value).join(" · ")}</span>,
          },
        ]
      : []),
    {
      term: t("health.secret"),
      value:
        details.secretSetAt === null
          ? noSecret(t("health.noSecret"), common("nav.tokens"), view)
          : t("health.secretSet", { date: formatDate(lang, timeZone, new Date(details.secretSetAt)) }),
    },
    ...(details.secretSetAt === null ? [] : [{ term: t("health.test"), value: await testText(view) }]),
  ];
  return (
    <Section id="health" title={t("health.title")}>
      {health.errorCode !== null && <Fault code={health.errorCode} detail={health.errorDetail} view={view} />}
      <DefinitionList items={items} />
    </Section>
  );
}

/** What sends by itself is let in by a token; who makes connections also makes tokens. */
function noSecret(words: string, tokens: string, { details, lang, isOwn }: ConnectionView) {
  return (
    <>
      {words}
      {details.may.manage && !isOwn && (
        <Link href={`/${lang}/tokens`} prefetch={false} className="ml-2 underline underline-offset-2">
          {tokens}
        </Link>
      )}
    </>
  );
}

async function testText({ details, lang, now }: ConnectionView): Promise<string> {
  const t = await getT(lang, "connection");
  const { state, at, detail } = details.test;
  const when = at === null ? "" : formatAgo(lang, new Date(at), now);
  if (state === "passed") return t("tested.passed", { when, detail: detail ?? "" });
  return t(`tested.${state}`, { when });
}

/** What is wrong, what to do, and the vendor's own answer. */
async function Fault({
  code,
  detail,
  view: { lang },
}: {
  code: string;
  detail: string | null;
  view: ConnectionView;
}) {
  const t = await getT(lang, "connection");
  const text = isErrorCode(code) ? errorText(lang, code) : { message: code };
  return (
    <div className="mb-5 flex gap-2 rounded-md bg-danger-soft p-3" role="note">
      <AlertIcon className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="min-w-0">
        <p className="font-semibold">{text.message}</p>
        {text.advice !== undefined && <p>{text.advice}</p>}
        {detail !== null && detail !== "" && (
          <p className="mt-1 text-caption break-words text-ink-soft">
            {t("health.said")} <q className="text-ink">{detail}</q>
          </p>
        )}
      </div>
    </div>
  );
}
