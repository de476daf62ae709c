import { About } from "#components/figures/about.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Stat, StatStrip } from "#components/ui/stat.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type ImportDetails, type ImportPreview, type Outcome, outcomes } from "#server/imports/schema.ts";
import { outcomeFigures, outcomeLooks } from "./outcome-badge.tsx";
import { PreviewTable } from "./preview-table.tsx";

type Props = {
  list: ImportDetails;
  preview: ImportPreview;
  only: Outcome | undefined;
  lang: Language;
  membershipId: string;
};

/** What would happen, as figures that are filters and as rows; the button says how many rows it writes. */
export async function ImportPreviewView({ list, preview, only, lang, membershipId }: Props) {
  const t = await getT(lang, "imports");
  const page = `/${lang}/customers/import/${list.id}`;
  const { totals, rows, rowsRead } = preview;
  const isPartial = rowsRead < list.rowsTotal;
  const toWrite = isPartial ? list.rowsTotal : totals.new + totals.changed;
  const matching = only === undefined ? list.rowsTotal : totals[only];
  return (
    <>
      <StatStrip label={t("preview.filter")}>
        <Stat
          label={t("preview.all")}
          value={formatNumber(lang, list.rowsTotal)}
          href={`${page}?step=preview`}
          current={only === undefined}
          about={<About figure="importRows" lang={lang} />}
        />
        {outcomes.map((outcome) => {
          const { icon: Icon, text } = outcomeLooks[outcome];
          return (
            <Stat
              key={outcome}
              label={t(`outcome.${outcome}`)}
              value={formatNumber(lang, totals[outcome])}
              icon={<Icon className={`size-4 ${text}`} />}
              href={`${page}?step=preview&outcome=${outcome}`}
              current={only === outcome}
              about={<About figure={outcomeFigures[outcome]} lang={lang} />}
            />
          );
        })}
      </StatStrip>
      {isPartial && (
        <div className="mb-5">
          <Notice
            title={t("preview.partial", {
              read: formatNumber(lang, rowsRead),
              total: formatNumber(lang, list.rowsTotal),
            })}
          />
        </div>
      )}
      {toWrite === 0 && (
        <div className="mb-5">
          <Notice title={t("preview.nothing")} />
        </div>
      )}
      <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-3">
        <form method="post" action={`/api/import/${list.id}/start?lang=${lang}&membership=${membershipId}`}>
          <Button type="submit" variant="primary">
            {toWrite > 0
              ? t("preview.start", { count: toWrite, formatted: formatNumber(lang, toWrite) })
              : t("preview.finish")}
          </Button>
        </form>
        <LinkButton href={page}>{t("preview.columns")}</LinkButton>
        {toWrite > 0 && <p className="basis-64 grow text-caption text-ink-soft">{t("preview.undo")}</p>}
      </div>
      {rows.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState title={t("preview.noneTitle")} reason={t("preview.noneReason")} />
        </div>
      ) : (
        <PreviewTable rows={rows} columns={list.columns} lang={lang} />
      )}
      {matching > rows.length && (
        <p className="mt-3 text-caption text-ink-soft">
          {t("preview.first", { formatted: formatNumber(lang, rows.length) })}
        </p>
      )}
    </>
  );
}
