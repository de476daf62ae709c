import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import "#components/customers/customers.css";
import { EarlyAccessNotice } from "#components/accounts/early-access-notice.tsx";
import { AccessSection } from "#components/customers/access-section.tsx";
import { AccountsSection } from "#components/customers/accounts-section.tsx";
import { AlertsSection } from "#components/customers/alerts-section.tsx";
import { ApplicationsSection } from "#components/customers/applications-section.tsx";
import { ComputersSection } from "#components/customers/computers-section.tsx";
import { ContactsSection } from "#components/customers/contacts-section.tsx";
import { CustomerHeader } from "#components/customers/customer-header.tsx";
import { CustomerNotice } from "#components/customers/customer-notice.tsx";
import type { CustomerView } from "#components/customers/customer-view.ts";
import { GroupsSection } from "#components/customers/groups-section.tsx";
import { HistorySection } from "#components/customers/history-section.tsx";
import { InformationSection } from "#components/customers/information-section.tsx";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { ProductsSection } from "#components/customers/products-section.tsx";
import { ReasonList } from "#components/customers/reason-list.tsx";
import { SaasSection } from "#components/customers/saas-section.tsx";
import { SyncNotice } from "#components/customers/sync-notice.tsx";
import type { WarningView } from "#components/warnings/warning-view.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { typed } from "#components/groups/group-view.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { detailsInput } from "#server/customer/schema.ts";
import { can } from "#server/permissions.ts";
import { requireActor } from "#server/session.ts";
import { readUndo } from "#server/undo/schema.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string; customerId: string }>; searchParams: Promise<Query> };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lenient, as every page's address: what is wrong falls back to the first page of all devices, and of the history. */
const readPages = (query: Query) => ({
  devices: detailsInput.devices.safeParse(query["devices"]).data ?? ("all" as const),
  devicesAfter: detailsInput.devicesAfter.safeParse(query["devicesAfter"]).data || undefined,
  historyAfter: detailsInput.historyAfter.safeParse(query["historyAfter"]).data || undefined,
});
type Pages = ReturnType<typeof readPages>;

/** Title and page read one customer once. */
const getDetails = cache(
  (
    customerId: string,
    devices: Pages["devices"],
    devicesAfter: string | undefined,
    historyAfter: string | undefined,
  ) => {
    if (!uuid.test(customerId)) notFound();
    return lenientCursor(devicesAfter ?? historyAfter, (cursor) =>
      api.customers.byId({
        customerId,
        devices,
        ...(cursor !== undefined && { devicesAfter, historyAfter }),
      }),
    );
  },
);

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { devices, devicesAfter, historyAfter } = readPages(await searchParams);
  const details = await getDetails((await params).customerId, devices, devicesAfter, historyAfter);
  return { title: details.row.name };
}

export default async function CustomerPage({ params, searchParams }: Props) {
  const { lang: wanted, customerId } = await params;
  const lang = isLanguage(wanted) ? wanted : languages[0];
  const actor = await requireActor();
  const query = await searchParams;
  const { devices, devicesAfter, historyAfter } = readPages(query);
  const [t, common, details] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "common"),
    getDetails(customerId, devices, devicesAfter, historyAfter),
  ]);
  const view: CustomerView = { details, lang, timeZone: actor.timeZone };
  const [warnings, record] = await Promise.all([
    api.warnings.byCustomer({ customerId }),
    api.records.byCustomer({ customerId }),
  ]);
  const moved = readUndo(query, `group ${typed(query, "notice")}`, typed(query, "moved"));
  const [groups, undo] = can(actor, "group:manage")
    ? await Promise.all([api.groups.ofCustomer({ of: customerId }), moved ? api.undo.open(moved) : null])
    : [null, null];
  const { membershipId, timeZone } = actor;
  const handling: WarningView = { warnings, customerId, membershipId, lang, timeZone, query };
  const { status } = details.row;
  const isOrder = status === "not_applicable";
  const showsFigures = !isOrder && status !== "access_disabled";
  return (
    <>
      <CustomerHeader view={view} actor={actor} may={record.may} />
      <SyncNotice query={query} lang={lang} />
      <CustomerNotice query={query} lang={lang} />
      <ReasonList
        view={view}
        handling={handling}
        {...(!showsFigures && { title: isOrder ? t("held.order") : t("held.title") })}
      />
      {showsFigures && (
        <ComputersSection view={view} filter={devices} isFirstPage={devicesAfter === undefined} />
      )}
      {showsFigures && <ApplicationsSection view={view} />}
      {showsFigures && <SaasSection view={view} />}
      <div className="mb-6 empty:hidden">
        <EarlyAccessNotice programmes={record.refusing} name={details.row.name} lang={lang} />
      </div>
      <ProductsSection view={view} />
      <div className="grid items-start gap-x-6 lg:grid-cols-2">
        <div className="min-w-0">
          {showsFigures && <AlertsSection view={view} />}
          <ContactsSection record={record} lang={lang} />
          {!isOrder && (
            <GroupsSection
              view={view}
              groups={groups}
              query={query}
              membershipId={membershipId}
              undo={undo}
            />
          )}
        </div>
        <div className="min-w-0">
          <InformationSection view={view} record={record} membershipId={membershipId} />
          {!isOrder && <AccessSection view={view} />}
          {showsFigures && <AccountsSection view={view} />}
          {!isOrder && details.row.blank !== "no_access" && details.row.blank !== "role" && (
            <HistorySection view={view} isFirstPage={historyAfter === undefined} />
          )}
        </div>
      </div>
      <p className="mt-2 text-caption">
        <a href="#content" className="text-ink-soft underline underline-offset-2">
          {common("backToTop")}
        </a>
      </p>
    </>
  );
}
