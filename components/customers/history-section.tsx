import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { WarningEvent } from "#server/warnings/schema.ts";
import type { CustomerView } from "./customer-view.ts";
import { reasonName, reasonWriter } from "./reasons.ts";
import { StatusBadge } from "./status-badge.tsx";

/** How the status came to be what it is and what people decided about its reasons, newest first. */
export async function HistorySection({
  view: { details, lang, timeZone },
  events,
}: {
  view: CustomerView;
  events: readonly WarningEvent[];
}) {
  const until = (instant: string | null) =>
    instant === null ? "–" : formatDateTime(lang, timeZone, new Date(instant));
  const [t, status, write, eventText] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "status"),
    reasonWriter(lang, timeZone),
    eventWriter(lang, timeZone),
  ]);
  const changes = details.history.map((entry) => ({
    at: entry.at,
    content: (
      <>
        <StatusBadge status={entry.status} lang={lang} plain />
        {entry.reasons.map((reason) => (
          <span
            key={`${reason.code}${String(reason.evidence["vendor"] ?? "")}`}
            className="block text-caption text-ink-soft"
          >
            {write(reason).title}
            {reason.muted &&
              ` · ${status(`muted.${reason.muted.kind}`, { until: until(reason.muted.until) })}`}
          </span>
        ))}
      </>
    ),
  }));
  const decisions = events.map((event) => {
    const { title, words } = eventText(event);
    return {
      at: event.at,
      content: (
        <>
          <span className="block break-words">{title}</span>
          {words !== "" && (
            <span className="block text-caption break-words whitespace-pre-wrap text-ink-soft">{words}</span>
          )}
          <span className="block text-caption text-ink-soft">{event.actor}</span>
        </>
      ),
    };
  });
  const all = [...changes, ...decisions].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <Section
      id="history"
      title={t("history.title")}
      flush
      data-section="history"
      data-state={all.length === 0 ? "empty" : "full"}
    >
      {all.length === 0 ? (
        <EmptyState level={3} title={t("history.empty")} reason={t("history.emptyWhy")} />
      ) : (
        <ol className="divide-y divide-line">
          {all.map(({ at, content }, index) => (
            <li
              key={`${at}-${index}`}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 sm:px-5"
            >
              <time dateTime={at} className="w-36 shrink-0 text-caption text-ink-soft">
                {formatDateTime(lang, timeZone, new Date(at))}
              </time>
              <div className="min-w-0 flex-1 basis-48">{content}</div>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

/** What was decided in words: about which reason, until when; and the person's own words, a comment or why. */
async function eventWriter(
  lang: CustomerView["lang"],
  timeZone: string,
): Promise<(event: WarningEvent) => { title: string; words: string }> {
  const [t, name] = await Promise.all([getT(lang, "warnings"), reasonName(lang)]);
  return ({ kind, code, subject, text, until }) => {
    const reason = name(code, subject);
    if (kind === "assigned") {
      const title = text === "" ? t("event.unassigned", { reason }) : t("event.assigned", { reason, text });
      return { title, words: "" };
    }
    const end = until === null ? "–" : formatDateTime(lang, timeZone, new Date(until));
    return { title: t(`event.${kind}`, { reason, until: end }), words: text };
  };
}
