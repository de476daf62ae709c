import Link from "next/link";
import { vendorOf } from "#components/customers/vendors.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import {
  AlertIcon,
  CheckIcon,
  ClockIcon,
  CloseIcon,
  DashCircleIcon,
  SyncIcon,
} from "#components/ui/icons.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { SyncRun } from "#server/sync/schema.ts";
import { ActionForm } from "./action-form.tsx";
import type { PageView } from "./page-view.ts";

const looks: Record<SyncRun["state"], { tone: Tone; icon: typeof AlertIcon }> = {
  queued: { tone: "neutral", icon: ClockIcon },
  running: { tone: "pending", icon: SyncIcon },
  succeeded: { tone: "positive", icon: CheckIcon },
  failed: { tone: "danger", icon: AlertIcon },
  cancelled: { tone: "disabled", icon: DashCircleIcon },
};

/** One connection's run: how far it is or how it ended, with what went wrong, what to do about it, and the way to do it. */
export async function RunRow({ run, view }: { run: SyncRun; view: PageView }) {
  const { lang, timeZone, may } = view;
  const t = await getT(lang, "sync");
  const { tone, icon: Icon } = looks[run.state];
  const isLive = run.state === "queued" || run.state === "running";
  const error = run.errorCode !== null && isErrorCode(run.errorCode) ? errorText(lang, run.errorCode) : null;
  const counted = t("run.counted", {
    done: formatNumber(lang, run.accountsDone),
    total: formatNumber(lang, run.accountsTotal ?? 0),
  });
  const facts = [
    vendorOf(run.vendor).name,
    run.customerName !== null && t("run.of", { customer: run.customerName }),
    run.isPartial && t("run.partial"),
    !isLive && run.accountsTotal !== null && counted,
    run.accountsRefused > 0 &&
      t("run.refused", {
        count: run.accountsRefused,
        formatted: formatNumber(lang, run.accountsRefused),
      }),
    run.seconds !== null &&
      t(isLive ? "run.since" : "run.duration", { duration: await durationOf(lang, run.seconds) }),
    run.cancelledBy !== null && t("run.cancelledBy", { name: run.cancelledBy }),
  ].filter((fact) => fact !== false);
  const form = { membershipId: view.membershipId, returnTo: view.returnTo };
  return (
    <li className="border-b border-line px-4 py-3 last:border-b-0 sm:px-5" data-run={run.state}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium wrap-anywhere">
            {may.openConnections ? (
              <Link
                href={`/${lang}/connections/${run.connectionId}`}
                prefetch={false}
                className="underline underline-offset-2 hover:text-accent"
              >
                {run.connection}
              </Link>
            ) : (
              run.connection
            )}
          </span>
          <Badge tone={tone} icon={<Icon className="size-3.5" />}>
            {t(`run.state.${run.state}`)}
          </Badge>
        </div>
        {isLive && may.cancel && (
          <ActionForm
            action="cancel"
            field="runId"
            value={run.id}
            icon={<CloseIcon />}
            name={t("run.cancelNamed", { connection: run.connection })}
            {...form}
          >
            {t("run.cancel")}
          </ActionForm>
        )}
        {run.state === "failed" && may.start && (
          <ActionForm
            action="retry"
            field="connectionId"
            value={run.connectionId}
            icon={<SyncIcon />}
            name={t("run.retryNamed", { connection: run.connection })}
            {...form}
          >
            {t("run.retry")}
          </ActionForm>
        )}
      </div>
      <p className="mt-1 text-caption text-ink-soft wrap-anywhere">{facts.join(" · ")}</p>
      {run.waitsUntil !== null && (
        <p className="mt-1 text-warning">
          {t("run.waits", { at: formatDateTime(lang, timeZone, new Date(run.waitsUntil)) })}
        </p>
      )}
      {run.state === "running" && (
        <div className="mt-2">
          <Progress
            label={run.connection}
            isLabelShown={false}
            max={run.accountsTotal ?? 1}
            {...(run.accountsTotal !== null && { value: run.accountsDone })}
            text={run.accountsTotal === null ? t("run.counting") : counted}
          />
        </div>
      )}
      {run.state === "failed" && error !== null && (
        <p className="mt-1">
          {error.message}
          {error.advice !== undefined && <span className="text-ink-soft"> {error.advice}</span>}
        </p>
      )}
    </li>
  );
}

/** "42 s", "3 min", "2 h". */
async function durationOf(lang: PageView["lang"], seconds: number): Promise<string> {
  const t = await getT(lang, "sync");
  if (seconds < 90) return t("duration.seconds", { n: formatNumber(lang, seconds) });
  if (seconds < 90 * 60) return t("duration.minutes", { n: formatNumber(lang, Math.round(seconds / 60)) });
  return t("duration.hours", { n: formatNumber(lang, seconds / 3600, 1) });
}
