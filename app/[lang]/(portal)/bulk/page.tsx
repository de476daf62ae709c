import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { RecentJobs } from "#components/bulk/recent-jobs.tsx";
import { GroupFilter } from "#components/groups/group-filter.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { JobsInput } from "#server/bulk/schema.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "bulk");
  return { title: t("title") };
}

export default async function BulkPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const actor = await requireActor();
  if (actor.customerId !== null) redirect(`/${lang}/customers/${actor.customerId}`);
  const { error, group: given } = await searchParams;
  const { group } = JobsInput.safeParse({ group: given || undefined }).data ?? {};
  const [{ jobs, groups }, t, common] = await Promise.all([
    api.bulk.list({ ...(group !== undefined && { group }) }),
    getT(lang, "bulk"),
    getT(lang, "common"),
  ]);
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: common("nav.customers"), href: `/${lang}/customers` }, { label: t("title") }]}
          />
        }
        title={t("title")}
        lead={t("lead")}
      />
      {typeof error === "string" && isErrorCode(error) && (
        <div className="mb-5">
          <Notice tone="danger" title={t("failed.title")}>
            {errorText(lang, error).message}
          </Notice>
        </div>
      )}
      <GroupFilter groups={groups} chosen={group} action={`/${lang}/bulk`} keep={{}} lang={lang} />
      <RecentJobs jobs={jobs} isNarrowed={group !== undefined} lang={lang} timeZone={actor.timeZone} />
    </>
  );
}
