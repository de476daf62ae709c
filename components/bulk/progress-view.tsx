import { PageRefresh } from "#components/imports/page-refresh.tsx";
import { CloseIcon } from "#components/ui/icons.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkDetails } from "#server/bulk/schema.ts";
import { JobForm } from "./job-form.tsx";

type Props = { job: BulkDetails; name: string; lang: Language; membershipId: string };

/** How far a job is; the page is read anew by itself, without scripts too. */
export async function ProgressView({ job, name, lang, membershipId }: Props) {
  const t = await getT(lang, "bulk");
  const isWaiting = job.state === "queued";
  const isExport = job.action === "export";
  return (
    <div className="mb-5 grid max-w-2xl gap-4 rounded-lg border border-line bg-surface p-4 sm:p-5">
      <noscript>
        <meta httpEquiv="refresh" content="3" />
      </noscript>
      <PageRefresh />
      <Progress
        label={
          isWaiting ? t("progress.waiting") : job.total === null && !isExport ? t("progress.finding") : name
        }
        {...(!isWaiting && job.total !== null && { value: job.done })}
        max={Math.max(1, job.total ?? 1)}
        text={
          job.total === null
            ? isExport
              ? t("progress.written", { done: formatNumber(lang, job.done) })
              : ""
            : t("progress.text", {
                done: formatNumber(lang, job.done),
                total: formatNumber(lang, job.total),
              })
        }
      />
      <p className="text-ink-soft">{t(isExport ? "progress.download" : "progress.leave")}</p>
      {job.may.cancel && (
        <JobForm
          bulkId={job.id}
          does="cancel"
          lang={lang}
          membershipId={membershipId}
          icon={<CloseIcon />}
          label={t("progress.cancel")}
        />
      )}
    </div>
  );
}
