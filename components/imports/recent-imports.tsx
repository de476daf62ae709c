import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon, CheckIcon, ClockIcon, CloseIcon, SyncIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ImportRow } from "#server/imports/schema.ts";

const looks: Record<ImportRow["state"], { tone: Tone; icon: typeof AlertIcon }> = {
  uploaded: { tone: "neutral", icon: ClockIcon },
  queued: { tone: "pending", icon: ClockIcon },
  running: { tone: "pending", icon: SyncIcon },
  cancelled: { tone: "neutral", icon: CloseIcon },
  finished: { tone: "positive", icon: CheckIcon },
  failed: { tone: "danger", icon: AlertIcon },
};

/** Imports can be left and found again here. */
export async function RecentImports({
  imports,
  lang,
  timeZone,
}: {
  imports: readonly ImportRow[];
  lang: Language;
  timeZone: string;
}) {
  const t = await getT(lang, "imports");
  return (
    <Section
      id="recent"
      title={t("recent.title")}
      about={<About figure="importProgress" lang={lang} />}
      flush
    >
      {imports.length === 0 ? (
        <EmptyState level={3} title={t("recent.empty")} reason={t("recent.emptyReason")} />
      ) : (
        <ul>
          {imports.map((row) => {
            const { tone, icon: Icon } = looks[row.state];
            return (
              <li key={row.id} className="border-b border-line last:border-b-0">
                <Link
                  href={`/${lang}/customers/import/${row.id}`}
                  prefetch={false}
                  className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-2.5 transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px] sm:px-5"
                >
                  <span className="min-w-0 flex-1 basis-48 truncate font-medium">
                    {row.fileName || t("recent.unnamed")}
                  </span>
                  <span className="text-caption text-ink-soft">
                    {formatDateTime(lang, timeZone, new Date(row.createdAt))} ·{" "}
                    {t("progress.text", {
                      done: formatNumber(lang, row.rowsDone),
                      total: formatNumber(lang, row.rowsTotal),
                    })}
                  </span>
                  <Badge tone={tone} icon={<Icon className="size-3.5" />}>
                    {t(`state.${row.state}`)}
                  </Badge>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
