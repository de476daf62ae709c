import Link from "next/link";
import { AccessSection } from "#components/customers/access-section.tsx";
import { ago, type CustomerView } from "#components/customers/customer-view.ts";
import { FigureStrip } from "#components/customers/figure-strip.tsx";
import { ProductsSection } from "#components/customers/products-section.tsx";
import { reasonWriter } from "#components/customers/reasons.ts";
import { StatusBadge } from "#components/customers/status-badge.tsx";
import { vendorOf } from "#components/customers/vendors.ts";
import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon, LockIcon, TickCircleIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { People } from "#server/home/schema.ts";

type Props = {
  view: CustomerView;
  people: People;
  partnerName: string;
  /** Whether the reader may change the organisation's own connections. */
  mayConnect: boolean;
};

/** A customer's own dashboard: how it stands, its figures and licences, where they come from, and who can see them. */
export async function OwnHome({ view, people, partnerName, mayConnect }: Props) {
  const { details, lang } = view;
  const { row } = details;
  const [t, customer, common] = await Promise.all([
    getT(lang, "home"),
    getT(lang, "customer"),
    getT(lang, "common"),
  ]);
  const showsFigures = row.blank === null;
  const figures = (["devicesTotal", "devicesSilent", "devicesUnprotected"] as const).map((id) => ({
    id,
    label: t(`figure.${id}`),
    value: row[id],
  }));
  const page = `/${lang}/customers/${row.id}`;
  return (
    <>
      <PageHeader
        title={<bdi>{row.name}</bdi>}
        lead={t("own.lead")}
        actions={
          <LinkButton href={page} variant="primary">
            {t("own.details")}
          </LinkButton>
        }
        below={
          <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-caption text-ink-soft">
            <StatusBadge status={row.status} lang={lang} />
            <span>
              {row.lastSync === null
                ? customer("neverSynced")
                : customer("lastSync", { ago: ago(view, row.lastSync) })}
            </span>
          </p>
        }
      />
      <Reasons view={view} page={page} />
      {row.blank !== null && <p className="mb-6 text-ink-soft">{common(`blank.${row.blank}`)}</p>}
      {showsFigures && (
        <div className="mb-6 overflow-hidden rounded-lg border border-line">
          <FigureStrip
            lang={lang}
            label={t("figure.label")}
            figures={[...figures, { id: "severeAlerts", label: t("figure.alerts"), value: row.alertsHigh }]}
          />
        </div>
      )}
      <div className="grid items-start gap-x-6 xl:grid-cols-2">
        <div className="min-w-0">
          <PeopleSection view={view} people={people} partnerName={partnerName} />
        </div>
        <div className="min-w-0">
          <AccessSection view={view} />
          <SourcesSection view={view} mayConnect={mayConnect} />
        </div>
      </div>
      <ProductsSection view={view} />
    </>
  );
}

/** Why the status is what it is; what is put aside is told on the page with all details. */
async function Reasons({ view, page }: { view: CustomerView; page: string }) {
  const { details, lang, timeZone } = view;
  const [t, write] = await Promise.all([getT(lang, "home"), reasonWriter(lang, timeZone)]);
  const open = details.row.reasons.filter(({ muted }) => !muted);
  if (open.length === 0)
    return (
      <p className="mb-6 flex gap-2">
        <TickCircleIcon className="mt-0.5 size-4 shrink-0 text-positive" />
        {t("own.statusFine")}
      </p>
    );
  return (
    <ul className="mb-6 divide-y divide-line rounded-lg border border-line bg-surface">
      {open.map((reason) => {
        const text = write(reason);
        return (
          <li key={`${reason.code} ${reason.since}`} className="px-4 py-3 sm:px-5" data-reason={reason.code}>
            <p className="flex flex-wrap items-baseline gap-x-3">
              <Link
                href={`${page}#why`}
                prefetch={false}
                className="font-semibold underline-offset-2 hover:underline"
              >
                {text.title}
              </Link>
              <span className="text-caption text-ink-soft">{text.since}</span>
            </p>
            <p className="mt-0.5 max-w-prose text-ink-soft">{text.advice}</p>
          </li>
        );
      })}
    </ul>
  );
}

/** Who at the partner can see the organisation now, by name and address. */
async function PeopleSection({ view, people, partnerName }: Omit<Props, "mayConnect">) {
  const { lang } = view;
  const [t, common] = await Promise.all([getT(lang, "home"), getT(lang, "common")]);
  return (
    <Section
      id="people"
      title={t("own.people")}
      about={<About figure="whoHasAccess" lang={lang} />}
      flush
      aside={
        people.length > 0 &&
        t("own.peopleCount", {
          count: people.length,
          formatted: formatNumber(lang, people.length),
          partner: partnerName,
        })
      }
    >
      {people.length === 0 ? (
        <EmptyState
          level={3}
          icon={<LockIcon className="size-6" />}
          title={t("own.peopleNone", { partner: partnerName })}
          reason={t("own.peopleNoneReason")}
        />
      ) : (
        <ul className="divide-y divide-line">
          {people.map((person) => (
            <li
              key={person.id}
              className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2.5 sm:px-5"
            >
              <span className="min-w-0 break-words">
                <span className="font-medium">{person.name}</span>{" "}
                <span className="text-caption text-ink-soft">{person.email}</span>
              </span>
              <span className="text-caption text-ink-soft">{common(`role.${person.role}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Where the figures come from, how old they are, and what fails. */
async function SourcesSection({ view, mayConnect }: Pick<Props, "view" | "mayConnect">) {
  const { details, lang, timeZone } = view;
  const t = await getT(lang, "home");
  return (
    <Section
      id="sources"
      title={t("own.sources")}
      about={<About figure="sourceRead" lang={lang} />}
      flush
      action={
        mayConnect ? (
          <LinkButton href={`/${lang}/connections`} size="small">
            {t("own.manage")}
          </LinkButton>
        ) : undefined
      }
    >
      {details.accounts.length === 0 ? (
        <p className="px-4 py-4 text-ink-soft sm:px-5">{t("own.noSources")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {details.accounts.map((account) => {
            const { errorCode, lastSuccessAt } = account;
            const failure =
              errorCode === null
                ? undefined
                : errorText(lang, isErrorCode(errorCode) ? errorCode : "unexpected").message;
            return (
              <li key={account.id} className="px-4 py-2.5 sm:px-5">
                <p className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <span className="font-medium">{vendorOf(account.vendor).name}</span>
                  <span className="text-caption text-ink-soft">
                    {lastSuccessAt === null ? (
                      t("own.sourceNever")
                    ) : (
                      <time
                        dateTime={lastSuccessAt}
                        title={formatDateTime(lang, timeZone, new Date(lastSuccessAt))}
                      >
                        {t("own.sourceFine", { ago: ago(view, lastSuccessAt) })}
                      </time>
                    )}
                  </span>
                </p>
                {failure !== undefined && (
                  <p className="mt-1">
                    <Badge tone="danger" icon={<AlertIcon className="size-4 shrink-0" />} plain>
                      <span className="whitespace-normal">{t("own.sourceFails", { message: failure })}</span>
                    </Badge>
                  </p>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
