import { About } from "#components/figures/about.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatList } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Column, Field, PreviewRow } from "#server/imports/schema.ts";
import { OutcomeBadge } from "./outcome-badge.tsx";

/** Beside the name, the fields by which people tell customers apart, as far as the file has them. */
const shown: readonly Field[] = ["externalId", "domain", "country", "city", "contactEmail"];

export async function PreviewTable({
  rows,
  columns,
  lang,
}: {
  rows: readonly PreviewRow[];
  columns: readonly Column[];
  lang: Language;
}) {
  const [t, common] = await Promise.all([getT(lang, "imports"), getT(lang, "common")]);
  const fields = shown.filter((field) => columns.some((column) => column.field === field));
  const named = (ids: readonly Field[]) =>
    formatList(
      lang,
      ids.map((id) => t(`field.${id}`)),
    );
  const remarks = (row: PreviewRow): string[] => [
    ...row.reasons.map(({ code, field, values }) =>
      t(`reason.${code}`, { ...values, field: field ? t(`field.${field}`) : "" }),
    ),
    ...(row.changes.length > 0 ? [t("preview.changes", { fields: named(row.changes) })] : []),
    ...(row.resets.length > 0 ? [t("preview.resets", { fields: named(row.resets) })] : []),
    ...(row.resets.includes("name") ? [t("preview.resetsName", { field: t("field.nameShown") })] : []),
    ...(row.hasNamesake ? [t("preview.namesake")] : []),
    ...(row.hasSameDomain ? [t("preview.sameDomain")] : []),
  ];
  return (
    <TableFrame label={t("preview.title")} hint={common("table.scrollHint")}>
      <Table caption={t("preview.title")}>
        <thead>
          <tr>
            <HeaderCell>{t("field.name")}</HeaderCell>
            <HeaderCell numeric explanation={<About figure="importLine" lang={lang} />}>
              {t("preview.line")}
            </HeaderCell>
            <HeaderCell>{t("preview.outcome")}</HeaderCell>
            <HeaderCell>{t("preview.remarks")}</HeaderCell>
            {fields.map((field) => (
              <HeaderCell key={field}>{t(`field.${field}`)}</HeaderCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.line} data-outcome={row.outcome}>
              <th scope="row" className="truncate" title={row.values.name}>
                <bdi className="font-medium">{row.values.name}</bdi>
              </th>
              <td className="number">{row.line}</td>
              <td>
                <OutcomeBadge outcome={row.outcome} label={t(`outcome.${row.outcome}`)} />
              </td>
              <td>
                <span className="block min-w-72 max-w-xl sm:min-w-96 py-1.5 whitespace-normal text-ink-soft">
                  {remarks(row).join(" · ")}
                </span>
              </td>
              {fields.map((field) =>
                row.values[field] === undefined ? (
                  <BlankCell key={field} why={t("preview.blank")} data-blank="not_reported" />
                ) : (
                  <td key={field}>
                    <bdi className="block max-w-64 truncate" title={row.values[field]}>
                      {row.values[field]}
                    </bdi>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
