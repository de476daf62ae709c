import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Stat, StatStrip } from "#components/ui/stat.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkDetails, BulkRows } from "#server/bulk/schema.ts";
import { reasonText } from "./job-name.ts";
import { OutcomeBadge } from "./state-badge.tsx";

type Props = {
  job: BulkDetails;
  list: BulkRows;
  show: "all" | "trouble";
  isFirst: boolean;
  lang: Language;
};

/** What became of each customer: the figures, two of which are filters, and a page of rows. */
export async function RowsView({ job, list, show, isFirst, lang }: Props) {
  const [t, common] = await Promise.all([getT(lang, "bulk"), getT(lang, "common")]);
  const page = `/${lang}/bulk/${job.id}`;
  const trouble = job.refused + job.failed;
  const number = (n: number) => formatNumber(lang, n);
  const about = (figure: FigureId) => <About figure={figure} lang={lang} />;
  const filter = show === "trouble" ? "&show=trouble" : "";
  return (
    <>
      <StatStrip label={t("result.title")}>
        <Stat
          label={t("count.all")}
          value={number(job.total ?? job.done)}
          href={page}
          current={show === "all"}
          about={about("bulkAll")}
        />
        <Stat label={t("count.changed")} value={number(job.changed)} about={about("bulkChanged")} />
        {job.action !== "export" && (
          <Stat label={t("count.unchanged")} value={number(job.unchanged)} about={about("bulkUnchanged")} />
        )}
        <Stat
          label={t("count.trouble")}
          value={number(trouble)}
          href={`${page}?show=trouble`}
          current={show === "trouble"}
          about={about("bulkTrouble")}
        />
        {job.total !== null && job.total > job.done && (
          <Stat label={t("count.left")} value={number(job.total - job.done)} about={about("bulkLeft")} />
        )}
      </StatStrip>
      {!job.isListed ? null : list.rows.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState title={t(show === "trouble" ? "result.none" : "result.untouched")} />
        </div>
      ) : (
        <TableFrame label={t("result.title")} hint={common("table.scrollHint")}>
          <Table caption={t("result.title")} density="comfortable">
            <thead>
              <tr>
                <HeaderCell>{t("columns.customer")}</HeaderCell>
                <HeaderCell>{t("columns.outcome")}</HeaderCell>
                <HeaderCell>{t("columns.reason")}</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {list.rows.map(({ customerId, name, outcome, code }) => (
                <tr key={customerId} data-outcome={outcome ?? "open"}>
                  <td>
                    {name === null ? (
                      <span className="text-ink-soft">{t("columns.unseen")}</span>
                    ) : (
                      <Link
                        href={`/${lang}/customers/${customerId}`}
                        prefetch={false}
                        className="block truncate font-medium underline-offset-2 hover:underline"
                      >
                        <bdi>{name}</bdi>
                      </Link>
                    )}
                  </td>
                  <td>
                    <OutcomeBadge outcome={outcome} lang={lang} />
                  </td>
                  <td className="min-w-72 whitespace-normal">
                    {code === null ? "" : reasonText(lang, code)}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
      )}
      {(!isFirst || list.next !== null) && (
        <nav aria-label={t("page.label")} className="mt-3 flex gap-2 print:hidden">
          {!isFirst && (
            <LinkButton href={show === "trouble" ? `${page}?show=trouble` : page}>
              {t("page.first")}
            </LinkButton>
          )}
          {list.next !== null && (
            <LinkButton href={`${page}?after=${list.next}${filter}`}>{t("page.next")}</LinkButton>
          )}
        </nav>
      )}
    </>
  );
}
