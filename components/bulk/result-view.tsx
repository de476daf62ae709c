import { buttonClass } from "#components/ui/button-class.ts";
import { DownloadIcon, SyncIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkDetails } from "#server/bulk/schema.ts";
import { JobForm } from "./job-form.tsx";
import { reasonText } from "./job-name.ts";

type Props = { job: BulkDetails; lang: Language; membershipId: string };

/** How a job ended, and what may be done with it now: continue, undo, try again, download. */
export async function ResultView({ job, lang, membershipId }: Props) {
  const t = await getT(lang, "bulk");
  const form = { bulkId: job.id, lang, membershipId };
  const isExport = job.action === "export";
  const { errorCode } = job;
  const name = job.cancelledBy ?? job.by;
  const cancelled = (): string => {
    if (errorCode === "permission.denied") return t("result.denied", { name });
    if (!isExport) return t("result.cancelled", { name });
    if (errorCode !== null) return reasonText(lang, errorCode);
    return job.cancelledBy === null ? t("result.brokenOff") : t("result.exportCancelled", { name });
  };
  return (
    <>
      <div className="mb-5 empty:hidden">
        {job.state === "failed" && (
          <Notice
            tone="danger"
            title={t("failed.title")}
            action={
              job.may.start && !isExport && <JobForm {...form} does="start" label={t("result.continue")} />
            }
          >
            {t(isExport ? "result.exportFailed" : "result.failed")}
          </Notice>
        )}
        {job.state === "cancelled" && <Notice tone="warning" title={cancelled()} />}
        {job.state === "finished" && job.changed === 0 && (
          <Notice title={t(isExport ? "result.exportEmpty" : "result.untouched")} />
        )}
        {job.undoneBy !== null && (
          <Notice
            title={t("result.undone")}
            action={<LinkButton href={`/${lang}/bulk/${job.undoneBy}`}>{t("result.showUndo")}</LinkButton>}
          />
        )}
      </div>
      <div className="mb-5 flex flex-wrap gap-2 print:hidden">
        {job.may.undo && <JobForm {...form} does="undo" label={t("result.undo")} />}
        {job.may.retry && <JobForm {...form} does="retry" icon={<SyncIcon />} label={t("result.retry")} />}
        {job.isListed && (
          <a href={`/api/bulk/${job.id}/results.csv?lang=${lang}`} download className={buttonClass({})}>
            <DownloadIcon />
            {t("result.download")}
          </a>
        )}
        <LinkButton variant="quiet" href={`/${lang}/customers`}>
          {t("back")}
        </LinkButton>
      </div>
      {job.may.undo && <p className="-mt-2 mb-5 text-caption text-ink-soft">{t("result.undoHint")}</p>}
    </>
  );
}
