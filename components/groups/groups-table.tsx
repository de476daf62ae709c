import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatList, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { GroupList } from "#server/groups/schema.ts";
import { countText } from "./count-text.ts";
import { RuleSummary } from "./rule-summary.tsx";

/** Every group with who is in it and whom it is given to; its number of customers leads to them. */
export async function GroupsTable({ list, lang }: { list: GroupList; lang: Language }) {
  const [t, common] = await Promise.all([getT(lang, "groups"), getT(lang, "common")]);
  const rows = await Promise.all(
    list.rows.map(async (row) => ({ ...row, counted: await countText(lang, row.customers) })),
  );
  return (
    <TableFrame label={t("title")} hint={common("table.scrollHint")}>
      <Table caption={t("title")} density="comfortable">
        <thead>
          <tr>
            <HeaderCell>{t("column.name")}</HeaderCell>
            <HeaderCell numeric explanation={<About figure="groupCustomers" lang={lang} />}>
              {t("column.customers")}
            </HeaderCell>
            <HeaderCell>{t("column.kind")}</HeaderCell>
            <HeaderCell explanation={<About figure="groupAdministrators" lang={lang} />}>
              {t("column.administrators")}
            </HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const rest = row.administratorCount - row.administrators.length;
            return (
              <tr key={row.id} data-row-id={row.id}>
                <th scope="row">
                  <Link
                    href={`/${lang}/groups/${row.id}`}
                    prefetch={false}
                    title={row.name}
                    className="block truncate"
                  >
                    <bdi>{row.name}</bdi>
                  </Link>
                </th>
                <td className="number">
                  <Link
                    href={`/${lang}/customers?group=${row.id}`}
                    prefetch={false}
                    aria-label={`${t("customersOf", { group: row.name })}: ${row.counted}`}
                  >
                    {row.counted}
                  </Link>
                  {!row.isSettled && (
                    <span className="block text-caption text-ink-soft">{t("settling")}</span>
                  )}
                </td>
                <td>
                  {row.rule === null ? t("kind.people") : t("kind.rule")}
                  {row.rule !== null && (
                    <span className="block max-w-80 truncate text-caption text-ink-soft">
                      <RuleSummary rule={row.rule} lang={lang} />
                    </span>
                  )}
                </td>
                <td>
                  {row.administrators.length === 0 ? (
                    <span className="text-ink-soft">{t("none")}</span>
                  ) : (
                    <>
                      {formatList(lang, row.administrators)}
                      {rest > 0 && ` ${t("more", { count: rest, formatted: formatNumber(lang, rest) })}`}
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </TableFrame>
  );
}
