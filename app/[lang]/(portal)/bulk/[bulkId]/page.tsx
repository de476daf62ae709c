import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DraftView } from "#components/bulk/draft-view.tsx";
import { ExportForm } from "#components/bulk/export-form.tsx";
import { jobName } from "#components/bulk/job-name.ts";
import { ProgressView } from "#components/bulk/progress-view.tsx";
import { ResultView } from "#components/bulk/result-view.tsx";
import { RowsView } from "#components/bulk/rows-view.tsx";
import { SelectionEnd } from "#components/bulk/selection-end.tsx";
import { StateBadge } from "#components/bulk/state-badge.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { BulkId, RowsInput } from "#server/bulk/schema.ts";
import { requireActor } from "#server/session.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string; bulkId: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "bulk");
  return { title: t("title") };
}

/** One address for the whole job: its state says what is shown. */
export default async function BulkJobPage({ params, searchParams }: Props) {
  const { lang: wanted, bulkId } = await params;
  const lang = languageOf(wanted);
  const input = BulkId.safeParse({ bulkId });
  if (!input.success) notFound();
  const [actor, job, query] = await Promise.all([requireActor(), api.bulk.byId(input.data), searchParams]);
  const [t, common, name] = await Promise.all([getT(lang, "bulk"), getT(lang, "common"), jobName(job, lang)]);
  const { membershipId, timeZone } = actor;
  const isDraft = job.state === "draft";
  const isLive = job.state === "queued" || job.state === "running";
  const single = (key: string) => (typeof query[key] === "string" ? query[key] : undefined);
  const error = single("error");
  const show = single("show") === "trouble" ? "trouble" : "all";
  const start = RowsInput.shape.after.safeParse(single("after"));
  const after = start.success ? start.data : undefined;
  const target = job.groupName ?? job.options.tag;
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[
              { label: common("nav.customers"), href: `/${lang}/customers` },
              { label: t("title"), href: `/${lang}/bulk` },
              { label: name },
            ]}
          />
        }
        title={target === undefined || isDraft ? name : `${name}: ${target}`}
        lead={isDraft ? t(`what.${job.action}`) : undefined}
        below={
          !isDraft && (
            <p className="flex flex-wrap items-center gap-3 text-ink-soft">
              <StateBadge state={job.state} lang={lang} />
              {t("recent.by", { name: job.by, at: formatDateTime(lang, timeZone, new Date(job.createdAt)) })}
            </p>
          )
        }
      />
      {error !== undefined && isErrorCode(error) && (
        <div className="mb-5">
          <Notice tone="danger" title={errorText(lang, error).message} />
        </div>
      )}
      <SelectionEnd owner={membershipId} bulkId={job.id} isDraft={isDraft} />
      {isDraft && (
        <DraftView
          job={job}
          preview={await api.bulk.preview({ ...input.data, ...(after !== undefined && { after }) })}
          typed={{ groupId: single("groupId"), tag: single("tag"), why: single("why") }}
          {...{ lang, timeZone, membershipId }}
        />
      )}
      {isLive && <ProgressView job={job} name={name} lang={lang} membershipId={membershipId} />}
      {!isDraft && !isLive && <ResultView job={job} lang={lang} membershipId={membershipId} />}
      {!isDraft && job.total !== null && (
        <RowsView
          job={job}
          list={await api.bulk.rows({ ...input.data, show, ...(after !== undefined && { after }) })}
          show={show}
          isFirst={after === undefined}
          lang={lang}
        />
      )}
      {!isDraft && !isLive && job.action === "export" && job.may.start && (
        <Section id="again" title={t("result.again")}>
          <ExportForm job={job} lang={lang} />
        </Section>
      )}
    </>
  );
}
