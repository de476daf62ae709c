import { About } from "#components/figures/about.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Section } from "#components/ui/section.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type CustomerView, type DeviceFilter, devicesHref, sectionState } from "./customer-view.ts";
import { DataAge } from "./data-age.tsx";
import { DevicesTable } from "./devices-table.tsx";
import { vendorOf } from "./vendors.ts";

type Props = { view: CustomerView; filter: DeviceFilter; isFirstPage: boolean };

/** The four disjoint figures that add up to the total, then the devices themselves. */
export async function ComputersSection({ view, filter, isFirstPage }: Props) {
  const { details, lang } = view;
  const { devices, devicesBlank, row } = details;
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const state = sectionState(details, devicesBlank, row.devicesTotal ?? devices?.total ?? 0);
  return (
    <Section
      id="computers"
      title={t("computers.title")}
      aside={
        <>
          {row.devicesSource !== null && t("source", { vendor: vendorOf(row.devicesSource).name })}
          <DataAge view={view} />
        </>
      }
      flush
      data-section="computers"
      data-state={state}
    >
      {devices === null ? (
        <EmptyState level={3} title={common(`blank.${devicesBlank ?? "not_reported"}`)} />
      ) : (
        <>
          <Sum view={view} />
          <div className="px-4 pt-2 sm:px-5">
            <Tabs
              label={t("computers.filter")}
              tabs={[
                {
                  href: devicesHref(lang, row.id, "all"),
                  label: t("computers.all"),
                  count: figure(view, row.devicesTotal),
                  current: filter === "all",
                },
                {
                  href: devicesHref(lang, row.id, "silent"),
                  label: t("computers.silent"),
                  count: figure(view, row.devicesSilent),
                  current: filter === "silent",
                },
                {
                  href: devicesHref(lang, row.id, "unprotected"),
                  label: t("computers.unprotected"),
                  count: figure(view, row.devicesUnprotected),
                  current: filter === "unprotected",
                  about: <About figure="devicesUnprotected" lang={lang} />,
                },
              ]}
            />
          </div>
          {devices.rows.length === 0 ? (
            <NoDevices view={view} filter={filter} />
          ) : (
            <div className="px-4 pb-4 sm:px-5">
              <DevicesTable view={view} rows={devices.rows} />
              <Pagination
                label={t("computers.title")}
                summary={t("computers.count", {
                  count: devices.total,
                  formatted: formatNumber(lang, devices.total),
                })}
                first={
                  isFirstPage
                    ? undefined
                    : { href: devicesHref(lang, row.id, filter), label: common("paging.first") }
                }
                next={
                  devices.next === null
                    ? undefined
                    : { href: devicesHref(lang, row.id, filter, devices.next), label: common("paging.next") }
                }
              />
            </div>
          )}
        </>
      )}
    </Section>
  );
}

const figure = ({ lang }: CustomerView, value: number | null) =>
  value === null ? undefined : formatNumber(lang, value);

async function NoDevices({ view, filter }: { view: CustomerView; filter: DeviceFilter }) {
  const t = await getT(view.lang, "customer");
  if (filter === "all")
    return <EmptyState level={3} title={t("computers.empty")} reason={t("computers.emptyWhy")} />;
  return (
    <EmptyState
      level={3}
      title={t(filter === "silent" ? "computers.noSilent" : "computers.noUnprotected")}
      action={
        <LinkButton href={devicesHref(view.lang, view.details.row.id, "all")}>
          {t("computers.showAll")}
        </LinkButton>
      }
    />
  );
}

/** Inventoried + silent + quarantined + inactive = total, written as the sum that it is. */
async function Sum({ view }: { view: CustomerView }) {
  const { row } = view.details;
  const [t, common] = await Promise.all([getT(view.lang, "customer"), getT(view.lang, "common")]);
  const parts = [
    { id: "devicesRecent", label: t("computers.recent"), value: row.devicesRecent, sign: "" },
    { id: "devicesSilent", label: t("computers.silent"), value: row.devicesSilent, sign: "+" },
    { id: "devicesQuarantined", label: t("computers.quarantined"), value: row.devicesQuarantined, sign: "+" },
    { id: "devicesInactive", label: t("computers.inactive"), value: row.devicesInactive, sign: "+" },
    { id: "devicesTotal", label: t("computers.total"), value: row.devicesTotal, sign: "=" },
  ] as const;
  return (
    <dl
      aria-label={t("computers.sum")}
      className="grid grid-cols-2 gap-px border-b border-line bg-line sm:grid-cols-5"
    >
      {parts.map(({ id, label, value, sign }) => (
        <div
          key={id}
          className="flex flex-col bg-surface px-4 py-3 last:odd:col-span-2 sm:px-5 sm:last:odd:col-span-1"
        >
          <dt className="flex items-start gap-1 text-caption text-ink-soft">
            {label}
            <About figure={id} lang={view.lang} name={label} />
          </dt>
          <dd
            className="mt-auto text-title font-semibold"
            data-column={id}
            data-blank={value === null ? "not_reported" : undefined}
          >
            {sign !== "" && (
              <span aria-hidden="true" className="mr-2 font-normal text-ink-soft">
                {sign}
              </span>
            )}
            {value === null ? (
              <span className="text-body font-normal text-ink-soft">{common("blank.not_reported")}</span>
            ) : (
              formatNumber(view.lang, value)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
