import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon, InfoIcon, MinusIcon, TriangleIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAge, formatDateTime, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerDetails } from "#server/customer/schema.ts";
import { type CustomerView, sectionState } from "./customer-view.ts";
import { DataAge } from "./data-age.tsx";

type Alert = NonNullable<CustomerDetails["alerts"]>[number];
/** The worst and newest; the others open on demand. */
const SHOWN = 8;
const looks: Record<Alert["severity"], { tone: Tone; Icon: typeof InfoIcon }> = {
  high: { tone: "danger", Icon: TriangleIcon },
  medium: { tone: "warning", Icon: AlertIcon },
  low: { tone: "pending", Icon: MinusIcon },
  info: { tone: "neutral", Icon: InfoIcon },
};

/** What the vendors raised and is still open, in the vendors' own words. */
export async function AlertsSection({ view }: { view: CustomerView }) {
  const { details, lang } = view;
  const { alerts, alertsBlank } = details;
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  return (
    <Section
      id="alerts"
      title={t("alerts.title")}
      about={<About figure="openAlerts" lang={lang} />}
      aside={<DataAge view={view} />}
      flush
      data-section="alerts"
      data-state={sectionState(details, alertsBlank, alerts?.length ?? 0)}
    >
      {alerts === null ? (
        <EmptyState level={3} title={common(`blank.${alertsBlank ?? "not_reported"}`)} />
      ) : alerts.length === 0 ? (
        <EmptyState level={3} title={t("alerts.empty")} reason={t("alerts.emptyWhy")} />
      ) : (
        <>
          <AlertRows view={view} alerts={alerts.slice(0, SHOWN)} />
          {alerts.length > SHOWN && (
            <div className="border-t border-line px-4 pt-1 sm:px-5">
              <Disclosure
                summary={t("alerts.more", {
                  count: alerts.length - SHOWN,
                  formatted: formatNumber(lang, alerts.length - SHOWN),
                })}
              >
                <AlertRows view={view} alerts={alerts.slice(SHOWN)} />
              </Disclosure>
            </div>
          )}
        </>
      )}
    </Section>
  );
}

async function AlertRows({
  view: { details, lang, timeZone },
  alerts,
}: {
  view: CustomerView;
  alerts: readonly Alert[];
}) {
  const t = await getT(lang, "customer");
  const now = new Date(details.now);
  return (
    <ul className="divide-y divide-line">
      {alerts.map((alert) => {
        const { tone, Icon } = looks[alert.severity];
        return (
          <li
            key={alert.id}
            data-row-id={alert.id}
            className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 sm:px-5"
          >
            <span className="w-28 shrink-0">
              <Badge plain tone={tone} icon={<Icon />}>
                {t(`alerts.severityOf.${alert.severity}`)}
              </Badge>
            </span>
            <span className="min-w-0 flex-1 basis-64">
              <bdi>{alert.description}</bdi>
              <span className="block text-caption text-ink-soft">
                {[alert.product, alert.category].filter(Boolean).join(" · ")}
              </span>
            </span>
            <time
              dateTime={alert.raisedAt}
              title={formatDateTime(lang, timeZone, new Date(alert.raisedAt))}
              className="text-caption text-ink-soft"
            >
              {formatAge(lang, new Date(alert.raisedAt), now)}
            </time>
          </li>
        );
      })}
    </ul>
  );
}
