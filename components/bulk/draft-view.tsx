import Link from "next/link";
import { listHref } from "#components/customers/list-address.ts";
import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Stat, StatStrip } from "#components/ui/stat.tsx";
import { formatDateTime, formatDay, formatList, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type BulkDetails, type BulkPreview, definitionOf } from "#server/bulk/schema.ts";
import { ExportForm } from "./export-form.tsx";
import { JobForm } from "./job-form.tsx";
import { reasonText } from "./job-name.ts";
import { StartFields } from "./start-fields.tsx";

type Props = {
  job: BulkDetails;
  preview: BulkPreview;
  typed: Record<string, string | undefined>;
  lang: Language;
  timeZone: string;
  membershipId: string;
};

/** Before anything is done: whom it is about, what it would do, who is left alone and why, and whether it can be undone. */
export async function DraftView({ job, preview, typed, lang, timeZone, membershipId }: Props) {
  const t = await getT(lang, "bulk");
  const { counted, isMore, open, same, refusals } = preview;
  const number = (n: number) => formatNumber(lang, n);
  const refused = refusals.reduce((sum, { count }) => sum + count, 0);
  const about = (figure: FigureId) => <About figure={figure} lang={lang} />;
  const { undo, isDestructive, asks } = definitionOf(job.action);
  const total = job.total ?? (isMore ? null : counted);
  // What depends on an option is judged once it is chosen.
  const isKnown = asks !== "group" && asks !== "tag";
  const startable = isMore || open > 0;
  const isExport = job.action === "export";
  return (
    <>
      <StatStrip label={t("count.selected")}>
        <Stat
          label={t("count.selected")}
          value={total === null ? `> ${number(counted)}` : number(total)}
          about={about("bulkSelected")}
        />
        {!isExport && (
          <Stat
            label={t("count.open")}
            value={isKnown ? number(open) : `≤ ${number(open)}`}
            about={about("bulkOpen")}
          />
        )}
        {!isExport && isKnown && (
          <Stat label={t("count.same")} value={number(same)} about={about("bulkSame")} />
        )}
        <Stat label={t("count.refused")} value={number(refused)} about={about("bulkRefused")} />
      </StatStrip>
      {isMore && (
        <p className="-mt-2 mb-5 text-caption text-ink-soft">
          {t("count.firstOf", { formatted: number(counted) })}
        </p>
      )}
      <div className="mb-5 grid items-start gap-5 xl:grid-cols-2">
        <div className="grid min-w-0 gap-4 rounded-lg border border-line bg-surface p-4 sm:p-5">
          <Selection job={job} lang={lang} timeZone={timeZone} />
          <p className={isDestructive ? "font-medium text-warning" : "text-ink-soft"}>
            {t(undo === undefined ? `after.${job.action as "sync"}` : "after.undo")}
          </p>
          {!startable && <Notice title={t("nothing")} />}
          {isExport ? (
            <>
              <ExportForm job={job} lang={lang} />
              <noscript>
                <p className="text-ink-soft">{t("progress.look")}</p>
              </noscript>
            </>
          ) : (
            startable && (
              <JobForm
                bulkId={job.id}
                does="start"
                lang={lang}
                membershipId={membershipId}
                variant={isDestructive ? "danger" : "primary"}
                isDisabled={asks === "group" && preview.groups.length === 0}
                label={
                  isMore
                    ? t("startMore", { formatted: number(counted) })
                    : t("start", { count: open, formatted: number(open) })
                }
              >
                <StartFields job={job} preview={preview} typed={typed} lang={lang} />
              </JobForm>
            )
          )}
          <div className="flex flex-wrap gap-2">
            <JobForm
              bulkId={job.id}
              does="cancel"
              lang={lang}
              membershipId={membershipId}
              variant="quiet"
              label={t("discard")}
            />
            <LinkButton variant="quiet" href={listHref(lang, { ...job.filter, pageSize: 50 })}>
              {t("back")}
            </LinkButton>
          </div>
        </div>
        <div className="min-w-0">
          {refusals.length > 0 && (
            <Section id="refusals" title={t("refusals.title")} flush>
              <ul>
                {refusals.map(({ code, count }) => (
                  <li key={code} className="border-b border-line px-4 py-3 last:border-b-0 sm:px-5">
                    <span className="font-medium">
                      {t("refusals.customers", { count, formatted: number(count) })}
                    </span>
                    <span className="block text-ink-soft">{reasonText(lang, code)}</span>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          <Samples preview={preview} path={`/${lang}/bulk/${job.id}`} lang={lang} />
        </div>
      </div>
    </>
  );
}

/** Whom the job is about, in words, with the way there. */
async function Selection({ job, lang, timeZone }: Pick<Props, "job" | "lang" | "timeZone">) {
  const t = await getT(lang, "bulk");
  const at = formatDateTime(lang, timeZone, new Date(job.selectedAt));
  const isFiltered = Object.keys(job.filter ?? {}).length > 0;
  const link = "underline underline-offset-2";
  if (job.selection === "chosen") return <p>{t("selection.chosen")}</p>;
  if (job.selection === "source")
    return (
      <p>
        {t("selection.source")}.{" "}
        <Link href={`/${lang}/bulk/${job.sourceId ?? ""}`} prefetch={false} className={link}>
          {t("selection.earlier")}
        </Link>
      </p>
    );
  // A file holds who is there and matches when it is downloaded.
  const said =
    job.action === "export" ? (isFiltered ? "matching" : "present") : isFiltered ? "filter" : "everybody";
  return (
    <p>
      {t(`selection.${said}`, { at })}.{" "}
      <Link href={listHref(lang, { ...job.filter, pageSize: 50 })} prefetch={false} className={link}>
        {t("selection.open")}
      </Link>
    </p>
  );
}

/** What the rules of licences say, a page of customers at a time. */
async function Samples({ preview, path, lang }: { preview: BulkPreview; path: string; lang: Language }) {
  const { samples, from, next, counted, trials } = preview;
  if (samples.length === 0) return null;
  const t = await getT(lang, "bulk");
  const number = (n: number) => formatNumber(lang, n);
  const place = { from: number(from), to: number(from + samples.length - 1), total: number(counted) };
  const effectOf = ({ effect, code, on, products }: BulkPreview["samples"][number]): string => {
    const values = { on: on === null ? "" : formatDay(lang, on), products: formatList(lang, products) };
    if (effect === "refused")
      return [reasonText(lang, code ?? ""), on !== null && t("samples.possibleOn", values)]
        .filter(Boolean)
        .join(" ");
    return t(
      `samples.${effect === "scheduled" && products.length === 0 ? "scheduledPlain" : effect}`,
      values,
    );
  };
  return (
    <Section id="samples" title={t("samples.title")} flush>
      <p className="border-b border-line px-4 py-3 text-ink-soft sm:px-5">
        {trials !== null && (
          <span className="block font-medium text-ink">
            {t("samples.trials", { formatted: number(trials) })}
          </span>
        )}
        {t("samples.lead", place)}
      </p>
      <ul>
        {samples.map((sample) => (
          <li key={sample.id} className="border-b border-line px-4 py-3 last:border-b-0 sm:px-5">
            <bdi className="block font-medium wrap-anywhere">{sample.name}</bdi>
            <span className={sample.effect === "refused" ? "text-warning" : "text-ink-soft"}>
              {effectOf(sample)}
            </span>
            {sample.programmes.length > 0 && (
              <span className="block text-caption text-warning">
                {t("samples.programmes", { programmes: formatList(lang, sample.programmes) })}
              </span>
            )}
          </li>
        ))}
      </ul>
      {(from > 1 || next !== null) && (
        <nav
          aria-label={t("samples.page")}
          className="flex gap-2 border-t border-line px-4 py-3 sm:px-5 print:hidden"
        >
          {from > 1 && <LinkButton href={`${path}#samples`}>{t("page.first")}</LinkButton>}
          {next !== null && <LinkButton href={`${path}?after=${next}#samples`}>{t("page.next")}</LinkButton>}
        </nav>
      )}
    </Section>
  );
}
