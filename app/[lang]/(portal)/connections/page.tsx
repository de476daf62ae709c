import type { Metadata } from "next";
import { ConnectionNotice, oneOf, type Query } from "#components/connections/connection-notice.tsx";
import { ConnectionsTable } from "#components/connections/connections-table.tsx";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { SyncForm } from "#components/customers/sync-form.tsx";
import { About } from "#components/figures/about.tsx";
import { GroupFilter } from "#components/groups/group-filter.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PlusIcon, TriangleIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Stat, StatStrip } from "#components/ui/stat.tsx";
import { formatNumber } from "#locales/format.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { listShows } from "#server/connections/schema.ts";
import { GroupChoice } from "#server/groups/schema.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "connections");
  return { title: t("title") };
}

export default async function ConnectionsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const { membershipId, timeZone, customerId } = await requireActor();
  const show = listShows.find((one) => one === oneOf(query, "show")) ?? "all";
  const group = GroupChoice.shape.id.safeParse(oneOf(query, "group")).data;
  const list = await lenientCursor(oneOf(query, "after"), (after) => {
    const input = { show, group, ...(after !== undefined && { after }) };
    return customerId === null
      ? api.connections.list(input)
      : api.connections.listOwn({ customerId, ...input });
  });
  const [t, common] = await Promise.all([getT(lang, "connections"), getT(lang, "common")]);
  const page = `/${lang}/connections`;
  const pageOf = (given: Record<string, string>) => {
    const search = new URLSearchParams({
      ...(show !== "all" && { show }),
      ...(group !== undefined && { group }),
      ...given,
    }).toString();
    return page + (search && `?${search}`);
  };
  const connect = list.may.manage && (
    <LinkButton variant="primary" href={`${page}/new`} icon={<PlusIcon />}>
      {t("new")}
    </LinkButton>
  );
  const isNone = list.counts.all === 0 && group === undefined;
  return (
    <>
      <PageHeader
        title={t("title")}
        lead={t(customerId === null ? "lead" : "ownLead")}
        actions={
          <>
            {list.may.startAll && !isNone && (
              <SyncForm membershipId={membershipId} returnTo={page}>
                {t("syncAll")}
              </SyncForm>
            )}
            {!isNone && connect}
          </>
        }
      />
      <ConnectionNotice query={query} lang={lang} />
      <GroupFilter
        groups={list.groups}
        chosen={group}
        action={page}
        keep={{ show: show === "all" ? undefined : show }}
        lang={lang}
      />
      {!isNone && (
        <StatStrip label={t("show.label")}>
          <Stat
            label={t("show.all")}
            value={formatNumber(lang, list.counts.all)}
            href={page + (group === undefined ? "" : `?group=${group}`)}
            current={show === "all"}
            about={<About figure="connectionsAll" lang={lang} />}
          />
          <Stat
            label={t("show.trouble")}
            value={formatNumber(lang, list.counts.trouble)}
            icon={<TriangleIcon className="size-4 text-warning" />}
            href={`${page}?show=trouble${group === undefined ? "" : `&group=${group}`}`}
            current={show === "trouble"}
            about={<About figure="connectionsTrouble" lang={lang} />}
          />
        </StatStrip>
      )}
      {list.rows.length > 0 ? (
        <ConnectionsTable list={list} lang={lang} timeZone={timeZone} showsOwner={customerId === null} />
      ) : (
        <div className="rounded-lg border border-line bg-surface">
          {isNone ? (
            <EmptyState
              title={t("empty.title")}
              reason={t(
                customerId !== null
                  ? "empty.reasonOwn"
                  : list.may.manage
                    ? "empty.reason"
                    : "empty.reasonReader",
              )}
              {...(connect !== false && { action: connect })}
            />
          ) : list.counts.all === 0 ? (
            <EmptyState
              title={t("empty.group")}
              reason={t("empty.groupReason")}
              action={<LinkButton href={page}>{t("empty.showAll")}</LinkButton>}
            />
          ) : (
            <EmptyState
              title={t("empty.noTrouble")}
              reason={t("empty.noTroubleReason")}
              action={<LinkButton href={page}>{t("empty.showAll")}</LinkButton>}
            />
          )}
        </div>
      )}
      <Pagination
        label={common("paging.label")}
        {...(oneOf(query, "after") !== undefined && {
          first: { href: pageOf({}), label: common("paging.first") },
        })}
        {...(list.next !== null && {
          next: { href: pageOf({ after: list.next }), label: common("paging.next") },
        })}
      />
    </>
  );
}
