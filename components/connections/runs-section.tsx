import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon, CheckIcon, ClockIcon, CloseIcon, SyncIcon } from "#components/ui/icons.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { RunRow } from "#server/connections/schema.ts";
import type { ConnectionView } from "./connection-view.ts";

const looks: Record<RunRow["state"], { tone: Tone; Icon: typeof AlertIcon }> = {
  queued: { tone: "pending", Icon: ClockIcon },
  running: { tone: "pending", Icon: SyncIcon },
  succeeded: { tone: "positive", Icon: CheckIcon },
  failed: { tone: "danger", Icon: AlertIcon },
  cancelled: { tone: "disabled", Icon: CloseIcon },
};
const MINUTE = 60;

/** The latest synchronisations: how each went, who asked for it, how long it took, who ended it. */
export async function RunsSection({ view }: { view: ConnectionView }) {
  const { details, lang, timeZone } = view;
  const [t, common] = await Promise.all([getT(lang, "connection"), getT(lang, "common")]);
  const duration = (seconds: number) =>
    seconds < MINUTE
      ? t("runs.seconds", { formatted: formatNumber(lang, seconds) })
      : t("runs.minutes", {
          minutes: formatNumber(lang, Math.floor(seconds / MINUTE)),
          seconds: seconds % MINUTE,
        });
  const note = (run: RunRow) =>
    [
      run.errorCode === null
        ? ""
        : isErrorCode(run.errorCode)
          ? errorText(lang, run.errorCode).message
          : run.errorCode,
      run.isPartial ? t("runs.part") : "",
      run.requestedBy === null ? "" : t("runs.requestedBy", { name: run.requestedBy }),
      run.cancelledBy === null ? "" : t("runs.cancelledBy", { name: run.cancelledBy }),
    ]
      .filter((part) => part !== "")
      .join(" · ");
  return (
    <section id="runs" aria-labelledby="runs-title" className="mb-6 min-w-0">
      <h2 id="runs-title" className="mb-3 text-prose font-semibold">
        {t("runs.title")}
      </h2>
      {details.runs.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState level={3} title={t("runs.emptyTitle")} reason={t("runs.emptyReason")} />
        </div>
      ) : (
        <TableFrame label={t("runs.title")} hint={common("table.scrollHint")}>
          <Table caption={t("runs.title")}>
            <thead>
              <tr>
                <HeaderCell explanation={<About figure="runStarted" lang={lang} />}>
                  {t("runs.started")}
                </HeaderCell>
                <HeaderCell explanation={<About figure="runOutcome" lang={lang} />}>
                  {t("runs.state")}
                </HeaderCell>
                <HeaderCell>{t("runs.cause")}</HeaderCell>
                <HeaderCell numeric explanation={<About figure="runAccounts" lang={lang} />}>
                  {t("runs.accounts")}
                </HeaderCell>
                <HeaderCell numeric explanation={<About figure="runRefused" lang={lang} />}>
                  {t("runs.refused")}
                </HeaderCell>
                <HeaderCell numeric explanation={<About figure="runDuration" lang={lang} />}>
                  {t("runs.duration")}
                </HeaderCell>
                <HeaderCell>{t("runs.note")}</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {details.runs.map((run) => {
                const { tone, Icon } = looks[run.state];
                return (
                  <tr key={run.id} data-row-id={run.id}>
                    <th scope="row">{formatDateTime(lang, timeZone, new Date(run.createdAt))}</th>
                    <td>
                      <Badge tone={tone} icon={<Icon className="size-3.5" />} plain>
                        {t(`outcome.${run.state}`)}
                      </Badge>
                    </td>
                    <td>{t(`cause.${run.cause}`)}</td>
                    <td className="number">
                      {formatNumber(lang, run.done)}
                      {run.total !== null && run.total !== run.done && ` / ${formatNumber(lang, run.total)}`}
                    </td>
                    <td className="number">{formatNumber(lang, run.refused)}</td>
                    {run.seconds === null ? (
                      <BlankCell numeric why={t("runs.notBegun")} data-blank="not_begun" />
                    ) : (
                      <td className="number">{duration(run.seconds)}</td>
                    )}
                    <td className="text-ink-soft">{note(run)}</td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </TableFrame>
      )}
    </section>
  );
}
