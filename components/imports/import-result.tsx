import { About } from "#components/figures/about.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { DownloadIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Stat, StatStrip } from "#components/ui/stat.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ImportDetails } from "#server/imports/schema.ts";
import { outcomeFigures, outcomeLooks } from "./outcome-badge.tsx";

type Props = { list: ImportDetails; lang: Language };

/** What happened, what did not and why; the rows that did not go in as a file. */
export async function ImportResult({ list, lang }: Props) {
  const t = await getT(lang, "imports");
  const figures = [
    ["new", list.created],
    ["changed", list.changed],
    ["unchanged", list.unchanged],
    ["rejected", list.rejected],
  ] as const;
  return (
    <>
      <StatStrip label={t("result.figures")}>
        {figures.map(([outcome, count]) => {
          const { icon: Icon, text } = outcomeLooks[outcome];
          return (
            <Stat
              key={outcome}
              label={t(`outcome.${outcome}`)}
              value={formatNumber(lang, count)}
              icon={<Icon className={`size-4 ${text}`} />}
              about={<About figure={outcomeFigures[outcome]} lang={lang} />}
            />
          );
        })}
      </StatStrip>
      {list.created + list.changed === 0 && (
        <div className="mb-5">
          <Notice title={t("result.unchanged")} />
        </div>
      )}
      {list.rejected > 0 && (
        <div className="mb-5">
          <Notice
            tone="warning"
            title={t("result.rejected", {
              count: list.rejected,
              formatted: formatNumber(lang, list.rejected),
            })}
            action={
              <a
                href={`/api/import/${list.id}/rejected.csv?lang=${lang}`}
                download
                className={buttonClass({})}
              >
                <DownloadIcon />
                {t("result.download")}
              </a>
            }
          >
            {t("result.rejectedHint")}
          </Notice>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <LinkButton variant="primary" href={`/${lang}/customers`}>
          {t("result.customers")}
        </LinkButton>
        <LinkButton href={`/${lang}/customers/import`}>{t("result.another")}</LinkButton>
      </div>
    </>
  );
}

/** A run that ended early, by itself or by a person; nothing is lost by starting it again. */
export async function ImportFailure({ list, lang, membershipId }: Props & { membershipId: string }) {
  const t = await getT(lang, "imports");
  const figures = {
    done: formatNumber(lang, list.rowsDone),
    total: formatNumber(lang, list.rowsTotal),
    created: formatNumber(lang, list.created),
    changed: formatNumber(lang, list.changed),
  };
  const kind = list.state === "cancelled" ? "cancelled" : "failed";
  return (
    <Notice
      tone={kind === "failed" ? "danger" : "accent"}
      title={t(`${kind}.title`)}
      action={
        <form method="post" action={`/api/import/${list.id}/start?lang=${lang}&membership=${membershipId}`}>
          <Button type="submit">{t(`${kind}.retry`)}</Button>
        </form>
      }
    >
      {t(`${kind}.body`, figures)}
    </Notice>
  );
}
