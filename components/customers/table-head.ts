import type { Language } from "#locales/languages.ts";
import {
  type ColumnGroup,
  type ColumnId,
  columns as registry,
  type SortColumn,
} from "#server/columns/schema.ts";
import type { CustomerList, CustomerListInput } from "#server/customers/schema.ts";
import { figures } from "./figures.ts";
import { listQuery } from "./list-address.ts";
import { type Markup, markup } from "./markup.ts";
import type { SaidWords } from "./table-words.ts";

const known = new Map(registry.map((column) => [column.id, column]));
const isSorted = (id: ColumnId): id is SortColumn => known.get(id)?.sort === true;

/** Figures, states and instants read worst or oldest first; counts read largest first. */
const firstDirection = (id: ColumnId) =>
  figures[id].unit === "none" || id === "licenceEndsOn" || id === "lastSync" ? "" : "-";

/** Where the links of the head begin; the column, with a sign, follows. */
export function sortBaseOf(lang: string, input: CustomerListInput): string {
  const unsorted = listQuery(input, { sort: undefined });
  return `/${lang}/customers?${unsorted}${unsorted && "&"}sort=`;
}

type Parts = {
  /** The columns that are not folded away. */
  shown: readonly ColumnId[];
  list: CustomerList;
  input: CustomerListInput;
  lang: Language;
  said: SaidWords;
  may: { select: boolean };
};

/** Two rows: the groups of columns, which fold, and the columns, which sort and lead to what they mean. */
export function tableHead({ shown, list, input, lang, said, may }: Parts): Markup {
  const { words } = said;
  const { columns, folded, widths } = list.layout;
  const sort = input.sort ?? (input.q ? undefined : "name");
  const base = sortBaseOf(lang, input);

  const spans: { group: ColumnGroup; span: number }[] = [];
  for (const id of shown) {
    const group = known.get(id)?.group ?? "customer";
    const last = spans.at(-1);
    // The name's cell stays alone, because it stays in view when the others scroll.
    if (last?.group === group && spans.length > 1) last.span += 1;
    else spans.push({ group, span: 1 });
  }
  const foldable = (group: ColumnGroup) => columns.filter((id) => known.get(id)?.group === group).length > 1;
  const groupCells = spans.map(({ group, span }) => {
    const label = said.groups[group];
    // One column of the sources' ages has the group's very name.
    if (label === undefined || (group === "sync" && !foldable(group)))
      return markup`<td colspan="${span}"></td>`;
    const isFolded = folded.includes(group);
    return markup`<th colspan="${span}" scope="colgroup"><span class="head">${label}${
      foldable(group) &&
      markup`<button class="fold" form="layout" name="fold" value="${group}" aria-expanded="${String(!isFolded)}" aria-label="${
        isFolded ? words.unfold : words.fold
      } ${label}"></button>`
    }</span></th>`;
  });

  const heads = shown.map((id) => {
    const label = said.columns.get(id) ?? id;
    const isAscending = sort === id;
    const isDescending = sort === `-${id}`;
    const direction = isAscending ? "ascending" : isDescending ? "descending" : "";
    const next = isAscending ? `-${id}` : isDescending ? id : firstDirection(id) + id;
    const width = widths[id];
    const look = [figures[id].isNumber && "number", width && `w-${width}`].filter(Boolean).join(" ");
    return markup`<th scope="col"${look !== "" && markup` class="${look}"`}${
      direction !== "" && markup` aria-sort="${direction}"`
    }><span class="head">${
      id === "name" &&
      may.select &&
      markup`<input type="checkbox" data-select-page hidden aria-label="${words.selectPage}">`
    }${
      isSorted(id) ? markup`<a class="sort ${direction || "idle"}" href="${base + next}">${label}</a>` : label
    }<a class="about" href="/${lang}/help/figures#${id}" aria-label="${words.about} ${label}"></a></span></th>`;
  });
  const actions = markup`<th scope="col"><span class="sr-only">${words.actions}</span></th>`;
  return markup`<thead><tr class="groups">${groupCells}<td></td></tr><tr>${heads}${actions}</tr></thead>`;
}
