import { AccountActions } from "#components/accounts/account-actions.tsx";
import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { CoinIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { Actor } from "#server/permissions.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import { ago, type CustomerView, isStale } from "./customer-view.ts";
import { StatusBadge } from "./status-badge.tsx";
import { SyncForm } from "./sync-form.tsx";

/** Who it is, how it stands, how old the figures are, and the one main action. */
export async function CustomerHeader({
  view,
  actor,
  may,
}: {
  view: CustomerView;
  actor: Actor;
  may: CustomerRecord["may"];
}) {
  const { details, lang, timeZone } = view;
  const { row } = details;
  const isOwn = actor.customerId !== null;
  const [t, list, common, status] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "status"),
  ]);
  const address = `/${lang}/customers/${row.id}`;
  return (
    <PageHeader
      above={
        !isOwn && (
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("breadcrumb"), href: `/${lang}/customers` }, { label: row.name }]}
          />
        )
      }
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <bdi className="min-w-0">{row.name}</bdi>
          {row.relationship === "order_only" && (
            <CoinIcon label={list("order")} className="size-5 text-ink-soft" />
          )}
        </span>
      }
      actions={
        <>
          {(may.edit || may.contacts) && (
            <LinkButton href={`${address}/edit`}>{t(may.edit ? "edit.title" : "contacts.edit")}</LinkButton>
          )}
          {details.may.sync && (
            <SyncForm membershipId={actor.membershipId} customerId={row.id} returnTo={address} isMain>
              {t("syncNow")}
            </SyncForm>
          )}
          <AccountActions customerId={row.id} relationship={row.relationship} actor={actor} lang={lang} />
        </>
      }
      below={
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-caption text-ink-soft">
          <span title={status(`explanation.${row.status}`)}>
            <StatusBadge status={row.status} lang={lang} />
          </span>
          {row.status !== "not_applicable" && (
            <span
              title={
                row.lastSync === null ? undefined : formatDateTime(lang, timeZone, new Date(row.lastSync))
              }
            >
              {row.lastSync === null ? t("neverSynced") : t("lastSync", { ago: ago(view, row.lastSync) })}{" "}
              <About figure="lastSync" lang={lang} />
            </span>
          )}
          {isStale(details) && <Badge tone="warning">{t("stale")}</Badge>}
          {row.groups.length > 0 && (
            <span className="flex flex-wrap gap-1.5">
              {row.groups.map((group) => (
                <bdi key={group} className="rounded-full bg-sunken px-2 py-0.5">
                  {group}
                </bdi>
              ))}
            </span>
          )}
        </div>
      }
    />
  );
}
