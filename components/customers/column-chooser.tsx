import Link from "next/link";
import { Button, IconButton } from "#components/ui/button.tsx";
import { ArrowDownIcon, ArrowUpIcon } from "#components/ui/icons.tsx";
import { Select } from "#components/ui/input.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { allColumns, columns, type Layout } from "#server/columns/schema.ts";

type Props = { layout: Layout; back: string; membershipId: string; lang: Language };

const widths = ["", "narrow", "wide"] as const;

/** One form: what is ticked, how wide, and buttons that move a shown column past the next; each press saves all of it. */
export async function ColumnChooser({ layout, back, membershipId, lang }: Props) {
  const [t, common] = await Promise.all([getT(lang, "customers"), getT(lang, "common")]);
  const order = allColumns(layout.columns);
  const groups = new Map<string, string>(columns.map(({ id, group }) => [id, t(`group.${group}`)]));
  const here = `/${lang}/customers/columns?${new URLSearchParams({ return: back })}`;
  const action = `/api/preferences/customers?lang=${lang}&membership=${membershipId}`;
  const labels = { "": t("layout.usual"), narrow: t("layout.narrow"), wide: t("layout.wide") };
  return (
    <>
      <form id="columns" method="post" action={action}>
        <input type="hidden" name="return" value={here} />
        <input type="hidden" name="order" value={order.join(",")} />
        {/* What Enter in a field does: save, not the first button of the rows. */}
        <button type="submit" hidden />
        <input type="hidden" name="show.name" value="1" />
        <TableFrame label={t("layout.title")} hint={common("table.scrollHint")}>
          <Table caption={t("layout.title")}>
            <thead>
              <tr>
                <HeaderCell>{t("layout.column")}</HeaderCell>
                <HeaderCell>{t("layout.show")}</HeaderCell>
                <HeaderCell>{t("layout.width")}</HeaderCell>
                <HeaderCell>{t("layout.order")}</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {order.map((id) => {
                const column = t(`column.${id}`);
                const place = layout.columns.indexOf(id);
                return (
                  <tr key={id} id={id} data-row-id={id}>
                    <th scope="row" className="whitespace-normal">
                      {column}{" "}
                      <span className="block text-caption text-ink-soft sm:inline">{groups.get(id)}</span>
                    </th>
                    <td>
                      <input
                        type="checkbox"
                        className="size-4"
                        name={`show.${id}`}
                        value="1"
                        aria-label={t("layout.showOf", { column })}
                        defaultChecked={layout.columns.includes(id)}
                        disabled={id === "name"}
                      />
                    </td>
                    <td>
                      <Select
                        name={`width.${id}`}
                        aria-label={t("layout.widthOf", { column })}
                        className="min-w-28"
                        defaultValue={layout.widths[id] ?? ""}
                        options={widths.map((value) => ({ value, label: labels[value] }))}
                      />
                    </td>
                    <td>
                      <IconButton
                        type="submit"
                        name="move"
                        value={`up:${id}`}
                        label={t("layout.up", { column })}
                        icon={<ArrowUpIcon />}
                        disabled={place < 2}
                      />
                      <IconButton
                        type="submit"
                        name="move"
                        value={`down:${id}`}
                        label={t("layout.down", { column })}
                        icon={<ArrowDownIcon />}
                        disabled={place < 1 || place === layout.columns.length - 1}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </TableFrame>
      </form>
      <form id="usual-columns" method="post" action={action}>
        <input type="hidden" name="return" value={back} />
        <input type="hidden" name="reset" value="1" />
      </form>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" form="columns" name="return" value={back}>
          {t("layout.save")}
        </Button>
        <Button type="submit" form="usual-columns">
          {t("layout.reset")}
        </Button>
        <Link href={back} prefetch={false} className="text-accent underline underline-offset-2">
          {t("layout.back")}
        </Link>
        <p className="basis-full text-caption text-ink-soft">{t("layout.resetNoUndo")}</p>
      </div>
    </>
  );
}
