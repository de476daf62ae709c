import type { Metadata } from "next";
import { SyncForm } from "#components/customers/sync-form.tsx";
import { FigureLegend } from "#components/figures/about.tsx";
import { GroupFilter } from "#components/groups/group-filter.tsx";
import { BatchSection } from "#components/sync/batch-section.tsx";
import { DeadJobs } from "#components/sync/dead-jobs.tsx";
import { LiveRefresh } from "#components/sync/live-refresh.tsx";
import { OutcomeNotice } from "#components/sync/outcome-notice.tsx";
import type { PageView } from "#components/sync/page-view.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SyncIcon } from "#components/ui/icons.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { can } from "#server/permissions.ts";
import { requireActor } from "#server/session.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "sync");
  return { title: t("title") };
}

export default async function SyncPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [actor, query] = await Promise.all([requireActor(), searchParams]);
  const [given = ""] = [query["before"]].flat();
  const before = uuid.test(given) ? given : null;
  const [of = ""] = [query["group"]].flat();
  const group = uuid.test(of) ? of : undefined;
  // The state first: what moves between the two is told by the stream.
  const progress = await api.sync.progress({});
  const [t, overview] = await Promise.all([getT(lang, "sync"), api.sync.overview({ before, group })]);
  const path = `/${lang}/sync`;
  const address = (wanted: Record<string, string | undefined>) => {
    const entries = Object.entries({ group, ...wanted }).flatMap(([name, value]) =>
      value ? [[name, value]] : [],
    );
    return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`;
  };
  const view: PageView = {
    lang,
    timeZone: actor.timeZone,
    membershipId: actor.membershipId,
    returnTo: address({ before: before ?? undefined }),
    may: { ...overview.may, openConnections: can(actor, "sync:read") },
  };
  return (
    <>
      <PageHeader
        title={t("title")}
        lead={t("lead")}
        actions={
          overview.may.start && (
            <SyncForm membershipId={actor.membershipId} returnTo={path} isMain>
              {t("syncAll")}
            </SyncForm>
          )
        }
      />
      <OutcomeNotice query={query} lang={lang} />
      <LiveRefresh initial={progress} membershipId={actor.membershipId} />
      <GroupFilter groups={overview.groups} chosen={group} action={path} keep={{}} lang={lang} />
      {before === null && <DeadJobs jobs={overview.deadJobs} view={view} />}
      {overview.batches.length === 0 ? (
        <EmptyState
          title={t(group ? "empty.groupTitle" : "empty.title")}
          reason={t(group ? "empty.groupReason" : "empty.reason")}
          icon={<SyncIcon />}
        />
      ) : (
        <>
          <FigureLegend
            figures={["syncRuns", "syncProgress", "syncRefused", "syncDuration"]}
            lang={lang}
            className="mb-3"
          />
          {overview.batches.map((batch) => (
            <BatchSection key={batch.id} batch={batch} view={view} />
          ))}
        </>
      )}
      <Pagination
        label={t("page.label")}
        first={before === null ? undefined : { href: address({}), label: t("page.newest") }}
        next={
          overview.next === null
            ? undefined
            : { href: address({ before: overview.next }), label: t("page.older") }
        }
      />
    </>
  );
}
