import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { WarningEvent } from "#server/warnings/schema.ts";
import type { CustomerView } from "./customer-view.ts";
import { reasonName, reasonWriter } from "./reasons.ts";
import { StatusBadge } from "./status-badge.tsx";

/** How the status came to be what it is and what people decided about its reasons, newest first, a page at a time. */
export async function HistorySection({
  view: { details, lang, timeZone },
  isFirstPage,
}: {
  view: CustomerView;
  isFirstPage: boolean;
}) {
  const until = (instant: string | null) =>
    instant === null ? "–" : formatDateTime(lang, timeZone, new Date(instant));
  const [t, common, status, write, eventText] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "common"),
    getT(lang, "status"),
    reasonWriter(lang, timeZone),
    eventWriter(lang, timeZone),
  ]);
  const { rows, next } = details.history;
  const contentOf = (row: (typeof rows)[number]) => {
    if ("status" in row)
      return (
        <>
          <StatusBadge status={row.status} lang={lang} plain />
          {row.reasons.map((reason) => (
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
      );
    const { title, words } = eventText(row);
    return (
      <>
        <span className="block break-words">{title}</span>
        {words !== "" && (
          <span className="block text-caption break-words whitespace-pre-wrap text-ink-soft">{words}</span>
        )}
        <span className="block text-caption text-ink-soft">{row.actor}</span>
      </>
    );
  };
  const page = `/${lang}/customers/${details.row.id}`;
  return (
    <Section
      id="history"
      title={t("history.title")}
      flush
      data-section="history"
      data-state={rows.length === 0 ? "empty" : "full"}
    >
      {rows.length === 0 ? (
        <EmptyState level={3} title={t("history.empty")} reason={t("history.emptyWhy")} />
      ) : (
        <ol className="divide-y divide-line">
          {rows.map((row, index) => (
            <li
              key={`${row.at}-${index}`}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 sm:px-5"
            >
              <time dateTime={row.at} className="w-36 shrink-0 text-caption text-ink-soft">
                {formatDateTime(lang, timeZone, new Date(row.at))}
              </time>
              <div className="min-w-0 flex-1 basis-48">{contentOf(row)}</div>
            </li>
          ))}
        </ol>
      )}
      {(!isFirstPage || next !== null) && (
        <div className="border-t border-line px-4 pb-3 sm:px-5">
          <Pagination
            label={t("history.title")}
            first={isFirstPage ? undefined : { href: `${page}#history`, label: common("paging.first") }}
            next={
              next === null
                ? undefined
                : { href: `${page}?historyAfter=${next}#history`, label: common("paging.next") }
            }
          />
        </div>
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
