import type { Metadata } from "next";
import { figures } from "#components/customers/figures.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { columns } from "#server/columns/schema.ts";

type Props = { params: Promise<{ lang: string }> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "help");
  return { title: t("title") };
}

/** Every column of the registry explains itself here: what it means, its unit, who says so, how it is counted. */
export default async function FiguresPage({ params }: Props) {
  const lang = languageOf((await params).lang);
  const [t, list, common] = await Promise.all([
    getT(lang, "help"),
    getT(lang, "customers"),
    getT(lang, "common"),
  ]);
  const groups = [...new Set(columns.map(({ group }) => group))];
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      {groups.map((group) => (
        <section key={group} aria-labelledby={`group-${group}`} className="mb-8">
          <h2 id={`group-${group}`} className="mb-2 text-prose font-semibold">
            {list(`group.${group}`)}
          </h2>
          <TableFrame label={list(`group.${group}`)} hint={common("table.scrollHint")}>
            <Table caption={list(`group.${group}`)}>
              <thead>
                <tr>
                  <HeaderCell>{t("head.figure")}</HeaderCell>
                  <HeaderCell>{t("head.meaning")}</HeaderCell>
                  <HeaderCell>{t("head.counted")}</HeaderCell>
                  <HeaderCell>{t("head.unit")}</HeaderCell>
                  <HeaderCell>{t("head.source")}</HeaderCell>
                </tr>
              </thead>
              <tbody className="whitespace-normal [&_td]:min-w-32 [&_td]:py-2 [&_td]:align-top [&_th]:py-2 [&_th]:align-top">
                {columns
                  .filter((column) => column.group === group)
                  .map(({ id }) => (
                    <tr key={id} id={id} data-row-id={id}>
                      <th scope="row">
                        <span className="font-medium">{list(`column.${id}`)}</span>
                      </th>
                      <td className="w-1/3">{t(`figure.${id}.meaning`)}</td>
                      <td className="w-1/3">{t(`figure.${id}.counted`)}</td>
                      <td>{t(`unit.${figures[id].unit}`)}</td>
                      <td>{t(`source.${figures[id].source}`)}</td>
                    </tr>
                  ))}
              </tbody>
            </Table>
          </TableFrame>
        </section>
      ))}
    </>
  );
}
