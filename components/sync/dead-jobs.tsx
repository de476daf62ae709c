import { SyncIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { resources } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { DeadJob } from "#server/sync/schema.ts";
import { ActionForm } from "./action-form.tsx";
import type { PageView } from "./page-view.ts";

const { queue: names } = resources.en.sync.dead;
const isNamed = (queue: string): queue is keyof typeof names => Object.hasOwn(names, queue);

/** Jobs that failed for good, each with the id under which the log holds its error, and the way to send it again. */
export async function DeadJobs({ jobs, view }: { jobs: readonly DeadJob[]; view: PageView }) {
  if (jobs.length === 0) return null;
  const { lang, timeZone, may } = view;
  const [t, common] = await Promise.all([getT(lang, "sync"), getT(lang, "common")]);
  const at = (instant: string) => formatDateTime(lang, timeZone, new Date(instant));
  return (
    <Section id="dead" title={t("dead.title")} flush>
      <p className="border-b border-line px-4 py-3 text-ink-soft sm:px-5">{t("dead.lead")}</p>
      <ul>
        {jobs.map((job) => {
          const queue = t(`dead.queue.${isNamed(job.queue) ? job.queue : "other"}`);
          return (
            <li
              key={job.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-b-0 sm:px-5"
            >
              <div className="min-w-0">
                <p className="font-medium">{queue}</p>
                <p className="text-caption text-ink-soft wrap-anywhere">
                  {t("dead.failedAt", { at: at(job.failedAt) })}
                  {job.error !== "" && ` · ${job.error}`} · {common("supportId")}{" "}
                  <code className="select-all">{job.id}</code>
                </p>
                {job.redrivenAt !== null && (
                  <p className="text-caption text-ink-soft">
                    {t("dead.redrivenAt", { at: at(job.redrivenAt) })}
                  </p>
                )}
              </div>
              {job.redrivenAt === null && may.start && (
                <ActionForm
                  action="redrive"
                  field="jobId"
                  value={job.id}
                  membershipId={view.membershipId}
                  returnTo={view.returnTo}
                  icon={<SyncIcon />}
                  name={t("dead.redriveNamed", { queue })}
                >
                  {t("dead.redrive")}
                </ActionForm>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
