import Link from "next/link";
import { FigureLegend } from "#components/figures/about.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkSummary } from "#server/bulk/schema.ts";
import { jobName } from "./job-name.ts";
import { StateBadge } from "./state-badge.tsx";

type Props = {
  jobs: readonly BulkSummary[];
  /** They are those of a group alone. */
  isNarrowed: boolean;
  lang: Language;
  timeZone: string;
};

/** Jobs can be left and found again here, the latest first. */
export async function RecentJobs({ jobs, isNarrowed, lang, timeZone }: Props) {
  const t = await getT(lang, "bulk");
  const number = (n: number) => formatNumber(lang, n);
  if (jobs.length === 0)
    return (
      <div className="rounded-lg border border-line bg-surface">
        <EmptyState
          title={t(isNarrowed ? "empty.groupTitle" : "empty.title")}
          reason={t(isNarrowed ? "empty.groupReason" : "empty.reason")}
          action={<LinkButton href={`/${lang}/customers`}>{t("empty.action")}</LinkButton>}
        />
      </div>
    );
  return (
    <>
      <FigureLegend figures={["bulkProgress"]} lang={lang} className="mb-2 justify-end" />
      <ul className="overflow-hidden rounded-lg border border-line bg-surface">
        {jobs.map(async (job) => (
          <li key={job.id} className="border-b border-line last:border-b-0">
            <Link
              href={`/${lang}/bulk/${job.id}`}
              prefetch={false}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-2.5 transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px] sm:px-5"
            >
              <span className="min-w-0 flex-1 basis-48 font-medium">
                {await jobName(job, lang)}
                <span className="block text-caption font-normal text-ink-soft">
                  {t("recent.by", {
                    name: job.by,
                    at: formatDateTime(lang, timeZone, new Date(job.createdAt)),
                  })}
                </span>
              </span>
              <span className="text-caption text-ink-soft">
                {job.total !== null &&
                  t("recent.figures", { done: number(job.done), total: number(job.total) })}
              </span>
              <StateBadge state={job.state} lang={lang} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
