import Link from "next/link";
import type { ReactNode } from "react";
import { PageRefresh } from "#components/imports/page-refresh.tsx";
import { Button } from "#components/ui/button.tsx";
import { CloseIcon, SyncIcon, TriangleIcon } from "#components/ui/icons.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAgo, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type ConnectionView, pageOf } from "./connection-view.ts";

/** A form of the synchronisation's own that leads back to this page. */
function SyncAction({
  view,
  to,
  field,
  id,
  icon,
  children,
}: {
  view: ConnectionView;
  to: "cancel" | "retry" | "redrive";
  field: "runId" | "connectionId" | "jobId";
  id: string;
  icon: ReactNode;
  children: string;
}) {
  return (
    <form method="post" action={`/api/sync/${to}?${view.formQuery}`}>
      <input type="hidden" name={field} value={id} />
      <input type="hidden" name="return" value={pageOf(view)} />
      <Button type="submit" icon={icon}>
        {children}
      </Button>
    </form>
  );
}

/** Ends a run; a customer's admin by the connection, which is the customer's own. */
function CancelRun({ view, runId, children }: { view: ConnectionView; runId: string; children: string }) {
  if (!view.isOwn)
    return (
      <SyncAction view={view} to="cancel" field="runId" id={runId} icon={<CloseIcon />}>
        {children}
      </SyncAction>
    );
  return (
    <form method="post" action={view.action}>
      <input type="hidden" name="action" value="cancel" />
      <Button type="submit" icon={<CloseIcon />}>
        {children}
      </Button>
    </form>
  );
}

/** Reads the connection now. */
export async function StartNow({ view }: { view: ConnectionView }) {
  const t = await getT(view.lang, "connection");
  return (
    <SyncAction view={view} to="retry" field="connectionId" id={view.details.id} icon={<SyncIcon />}>
      {t("sync")}
    </SyncAction>
  );
}

/** The run that waits or goes on; the page renews itself with scripts, by a link without. */
export async function RunProgress({ view }: { view: ConnectionView }) {
  const { details, lang } = view;
  const { run, may } = details;
  if (!run) return null;
  const [t, list] = await Promise.all([getT(lang, "connection"), getT(lang, "connections")]);
  const isCounted = run.state === "running" && run.total !== null;
  const text = isCounted
    ? list("running", { done: formatNumber(lang, run.done), total: formatNumber(lang, run.total ?? 0) })
    : list(run.state === "queued" ? "waiting" : "starting");
  return (
    <div className="mb-5 rounded-lg border border-line bg-surface p-4 sm:p-5" data-run={run.state}>
      <PageRefresh />
      <Progress
        label={t("run.label")}
        max={Math.max(1, run.total ?? 1)}
        {...(isCounted && { value: run.done })}
        text={text}
      />
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
        <noscript>
          <Link href={pageOf(view)} prefetch={false} className="underline underline-offset-2">
            {t("run.reload")}
          </Link>
        </noscript>
        {may.cancel && (
          <CancelRun view={view} runId={run.id}>
            {t("cancelRun")}
          </CancelRun>
        )}
      </div>
    </div>
  );
}

/** What does not get on, in a sentence each, with the way out. */
export async function StuckSection({ view }: { view: ConnectionView }) {
  const { details, lang, now } = view;
  const { stuck, may } = details;
  if (stuck.length === 0) return null;
  const t = await getT(lang, "connection");
  return (
    <Section id="stuck" title={t("stuck.title")} flush>
      <ul className="divide-y divide-line">
        {stuck.map(({ id, kind, since }) => (
          <li
            key={id}
            data-row-id={id}
            data-stuck={kind}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
          >
            <TriangleIcon className="size-4 shrink-0 text-warning" />
            <p className="min-w-0 flex-1 basis-64">
              {t(`stuck.${kind}`, { when: formatAgo(lang, new Date(since), now) })}
            </p>
            {kind === "dead"
              ? may.redrive && (
                  <SyncAction view={view} to="redrive" field="jobId" id={id} icon={<SyncIcon />}>
                    {t("stuck.retry")}
                  </SyncAction>
                )
              : may.cancel && (
                  <CancelRun view={view} runId={id}>
                    {t("stuck.cancel")}
                  </CancelRun>
                )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
