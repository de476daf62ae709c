import Link from "next/link";
import { StatusBadge } from "#components/customers/status-badge.tsx";
import { About, FigureLegend } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { PinForm } from "#components/pins/pin-form.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { CoinIcon, PinIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAgo, formatDateTime, formatDay, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { PinnedRow } from "#server/pins/schema.ts";
import { type HomeView, homeHref } from "./home-view.ts";

/** The key figures of every row are explained once above them. */
const legend: readonly FigureId[] = [
  "devicesTotal",
  "devicesSilent",
  "devicesUnprotected",
  "used",
  "licensed",
  "severeAlerts",
  "licenceEndsOn",
  "lastSync",
];

/** Pinned customers with status and key figures, each a click from its page. */
export async function PinnedSection({ rows, view }: { rows: readonly PinnedRow[]; view: HomeView }) {
  const { input, lang } = view;
  const t = await getT(lang, "home");
  const isNarrowed = input.group !== undefined;
  return (
    <Section
      id="pinned"
      title={t("pins.title")}
      about={<About figure="pinnedCustomers" lang={lang} />}
      flush
      aside={formatNumber(lang, rows.length)}
    >
      {rows.length === 0 ? (
        <EmptyState
          level={3}
          icon={<PinIcon className="size-6" />}
          title={t(isNarrowed ? "pins.emptyGroup" : "pins.empty")}
          reason={t("pins.emptyReason")}
          action={<LinkButton href={`/${lang}/customers`}>{t("pins.choose")}</LinkButton>}
        />
      ) : (
        <>
          <FigureLegend
            figures={legend}
            names={{ devicesTotal: t("figure.devicesTotal"), licenceEndsOn: t("figure.licenceEndsOn") }}
            lang={lang}
            className="border-b border-line px-4 py-2 sm:px-5"
          />
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <Pinned key={row.id} row={row} view={view} />
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

async function Pinned({ row, view }: { row: PinnedRow; view: HomeView }) {
  const { lang, timeZone, membershipId, queue } = view;
  const [t, list, common] = await Promise.all([
    getT(lang, "home"),
    getT(lang, "customers"),
    getT(lang, "common"),
  ]);
  const blank = row.relationship === "order_only" ? "not_entitled" : row.blank;
  const figures = (
    ["devicesTotal", "devicesSilent", "devicesUnprotected", "used", "licensed"] as const
  ).flatMap((id) => (row[id] === null ? [] : [{ id, value: formatNumber(lang, row[id]) }]));
  const all = [
    ...figures,
    ...(row.alertsHigh === null
      ? []
      : [{ id: "alerts" as const, value: formatNumber(lang, row.alertsHigh) }]),
    ...(row.licenceEndsOn === null
      ? []
      : [{ id: "licenceEndsOn" as const, value: formatDay(lang, row.licenceEndsOn) }]),
  ];
  return (
    <li className="px-4 py-3 sm:px-5" data-row-id={row.id}>
      <div className="flex items-start justify-between gap-3">
        <p className="min-w-0">
          <Link
            href={`/${lang}/customers/${row.id}`}
            prefetch={false}
            className="font-medium break-words underline-offset-2 hover:underline"
          >
            <bdi>{row.name}</bdi>
          </Link>
          {row.relationship === "order_only" && (
            <CoinIcon label={list("order")} className="ml-1.5 inline size-4 text-ink-soft" />
          )}
        </p>
        <PinForm
          membershipId={membershipId}
          customerId={row.id}
          isPinned
          returnTo={homeHref(view)}
          lang={lang}
          label={t("pins.unpinOf", { name: row.name })}
        >
          {t("pins.unpin")}
        </PinForm>
      </div>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-caption text-ink-soft">
        <StatusBadge status={row.status} lang={lang} />
        {row.lastSync !== null && (
          <time dateTime={row.lastSync} title={formatDateTime(lang, timeZone, new Date(row.lastSync))}>
            {t("figure.lastSync", { ago: formatAgo(lang, new Date(row.lastSync), new Date(queue.now)) })}
          </time>
        )}
      </p>
      {blank !== null && <p className="mt-2 text-caption text-ink-soft">{common(`blank.${blank}`)}</p>}
      {all.length > 0 && (
        <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-1">
          {all.map(({ id, value }) => (
            <div key={id} data-column={id}>
              <dt className="text-micro text-ink-soft">{t(`figure.${id}`)}</dt>
              <dd className="font-semibold tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
