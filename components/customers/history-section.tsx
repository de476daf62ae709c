import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerView } from "./customer-view.ts";
import { reasonWriter } from "./reasons.ts";
import { StatusBadge } from "./status-badge.tsx";

/** How the status came to be what it is, newest first. */
export async function HistorySection({ view: { details, lang, timeZone } }: { view: CustomerView }) {
  const [t, write] = await Promise.all([getT(lang, "customer"), reasonWriter(lang, timeZone)]);
  const { history } = details;
  return (
    <Section
      id="history"
      title={t("history.title")}
      flush
      data-section="history"
      data-state={history.length === 0 ? "empty" : "full"}
    >
      {history.length === 0 ? (
        <EmptyState level={3} title={t("history.empty")} reason={t("history.emptyWhy")} />
      ) : (
        <ol className="divide-y divide-line">
          {history.map((entry, index) => (
            <li
              key={`${entry.at}-${index}`}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 sm:px-5"
            >
              <time dateTime={entry.at} className="w-36 shrink-0 text-caption text-ink-soft">
                {formatDateTime(lang, timeZone, new Date(entry.at))}
              </time>
              <span className="min-w-0 flex-1 basis-48">
                <StatusBadge status={entry.status} lang={lang} plain />
                {entry.reasons.map((reason) => (
                  <span
                    key={`${reason.code}${String(reason.evidence["vendor"] ?? "")}`}
                    className="block text-caption text-ink-soft"
                  >
                    {write(reason).title}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
