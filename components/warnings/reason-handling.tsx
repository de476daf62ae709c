import { Disclosure } from "#components/ui/disclosure.tsx";
import { PauseCircleIcon } from "#components/ui/icons.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { HandledReason } from "#server/warnings/schema.ts";
import { ReasonForms } from "./reason-forms.tsx";
import { sentBack, type WarningView } from "./warning-view.ts";

/** How a reason is handled, below its words: put aside until when and why, by whom, who has it, comments, and the forms. */
export async function ReasonHandling({
  handled,
  place,
  view,
}: {
  handled: HandledReason;
  /** Which of the page's reasons it is, for the ids of its fields. */
  place: number;
  view: WarningView;
}) {
  const { lang, timeZone } = view;
  const [t, status] = await Promise.all([getT(lang, "warnings"), getT(lang, "status")]);
  const { muted, assignee, comments, acts } = handled;
  const at = (instant: string) => formatDateTime(lang, timeZone, new Date(instant));
  const isRefused =
    sentBack(view, "refused") !== undefined &&
    sentBack(view, "code") === handled.reason.code &&
    (sentBack(view, "subject") ?? "") === handled.subject;
  return (
    <>
      {muted !== null && (
        <p className="mt-2 flex gap-2" data-muted={muted.kind}>
          <PauseCircleIcon className="mt-0.5 size-4 shrink-0 text-ink-soft" />
          <span className="min-w-0 break-words">
            <span className="font-medium">
              {status(`muted.${muted.kind}`, { until: muted.until === null ? "–" : at(muted.until) })}
            </span>
            {muted.by !== null && ` ${t("by", { name: muted.by })}`}
            {muted.why !== null && muted.why !== "" && ` · ${muted.why}`}
          </span>
        </p>
      )}
      {assignee !== null && <p className="mt-1">{t("assigned", { name: assignee.name })}</p>}
      {comments.length > 0 && (
        <Disclosure
          summary={t("comment.count", {
            count: comments.length,
            formatted: formatNumber(lang, comments.length),
          })}
        >
          <ul className="grid gap-3">
            {comments.map((comment) => (
              <li key={comment.at}>
                <p className="text-caption text-ink-soft">
                  {comment.actor} · <time dateTime={comment.at}>{at(comment.at)}</time>
                </p>
                <p className="break-words whitespace-pre-wrap">{comment.text}</p>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      {acts.length > 0 && (
        <Disclosure
          open={isRefused}
          summary={t(
            acts.includes("reopen") ? "handleMuted" : acts.includes("snooze") ? "handle" : "handlePlain",
          )}
        >
          <ReasonForms handled={handled} place={place} view={view} isRefused={isRefused} />
        </Disclosure>
      )}
    </>
  );
}
