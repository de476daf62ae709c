import { CloseIcon, SyncIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { SyncBatch } from "#server/sync/schema.ts";
import { ActionForm } from "./action-form.tsx";
import type { PageView } from "./page-view.ts";
import { RunRow } from "./run-row.tsx";

const states = ["running", "queued", "failed", "cancelled", "succeeded"] as const;

/** What was asked for at once, by whom and when, with the runs it became. */
export async function BatchSection({ batch, view }: { batch: SyncBatch; view: PageView }) {
  const { lang, timeZone, may } = view;
  const t = await getT(lang, "sync");
  const { counts, runs } = batch;
  const total = states.reduce((sum, state) => sum + counts[state], 0);
  const title =
    batch.cause === "person"
      ? batch.by === ""
        ? t("batch.customer")
        : t("batch.person", { name: batch.by })
      : t(`batch.${batch.cause}`);
  const summary = states
    .filter((state) => counts[state] > 0)
    .map((state) =>
      t(`batch.counts.${state}`, { count: counts[state], formatted: formatNumber(lang, counts[state]) }),
    )
    .join(" · ");
  const form = {
    field: "batchId" as const,
    value: batch.id,
    membershipId: view.membershipId,
    returnTo: view.returnTo,
  };
  // A batch of one run has that run's buttons.
  const isOne = total === 1;
  return (
    <Section
      id={`batch-${batch.id}`}
      title={title}
      flush
      aside={
        <span>
          <time dateTime={batch.createdAt}>{formatDateTime(lang, timeZone, new Date(batch.createdAt))}</time>
          {!isOne && ` · ${summary}`}
        </span>
      }
      action={
        <>
          {!isOne && may.cancel && counts.running + counts.queued > 0 && (
            <ActionForm action="cancel" icon={<CloseIcon />} {...form}>
              {t("batch.cancel")}
            </ActionForm>
          )}
          {!isOne && may.start && counts.failed > 0 && (
            <ActionForm action="retry" icon={<SyncIcon />} {...form}>
              {t("batch.retry")}
            </ActionForm>
          )}
        </>
      }
    >
      <ul>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} view={view} />
        ))}
      </ul>
      {total > runs.length && (
        <p className="border-t border-line px-4 py-3 text-ink-soft sm:px-5">
          {t("batch.more", {
            count: total - runs.length,
            formatted: formatNumber(lang, total - runs.length),
          })}
        </p>
      )}
    </Section>
  );
}
