// How a member's list is laid out: what was stored, what an address names, and what comes where neither says anything.
import {
  type ColumnId,
  columnGroups,
  columnIds,
  columns,
  type Layout,
  Layout as LayoutSchema,
  allColumns,
  readColumns,
} from "#server/columns/schema.ts";
import type { LayoutForm } from "./schema.ts";

/** As stored; names of columns and groups may be of another release. */
export type StoredLayout = { columns: string[] | null; widths: unknown; folded: string[]; density: string };

const usual: Layout = {
  columns: columns.filter(({ shown }) => shown).map(({ id }) => id),
  widths: {},
  folded: [],
  density: "comfortable",
};
const isColumn = (name: string): name is ColumnId => columnIds.some((id) => id === name);

/** The layout to show: the columns that the address names, else the member's, else the usual; what is unknown is dropped. */
export function layoutOf(stored: StoredLayout | null, named?: readonly ColumnId[]): Layout {
  const parts = LayoutSchema.safeParse({
    columns: stored?.columns ? readColumns(stored.columns) : usual.columns,
    widths: Object.fromEntries(Object.entries(stored?.widths ?? {}).filter(([name]) => isColumn(name))),
    folded: columnGroups.filter((group) => stored?.folded.includes(group)),
    density: stored?.density ?? usual.density,
  });
  const layout = parts.data ?? usual;
  return named ? { ...layout, columns: readColumns(named) } : layout;
}

/**
 * The layout after a form: what it does not name stays. The name is always shown and always first. A move passes the
 * next column that is shown, and starts from what is kept rather than from what the page showed, so that two presses
 * before the page is back are two moves.
 */
export function changedLayout(layout: Layout, form: LayoutForm): Layout {
  const order = form.order && allColumns(form.move ? layout.columns : readColumns(form.order));
  const shown = order && readColumns(order.filter((id) => form[`show.${id}`] !== undefined));
  const at = form.move && shown ? shown.indexOf(form.move[1]) : -1;
  const to = at + (form.move?.[0] === "up" ? -1 : 1);
  // The name's place is the first: nothing goes before it.
  if (shown && at > 0 && to > 0 && to < shown.length) shown.splice(to, 0, ...shown.splice(at, 1));
  const widths = order?.flatMap((id): [ColumnId, "narrow" | "wide"][] => {
    const width = form[`width.${id}`];
    return width === "narrow" || width === "wide" ? [[id, width]] : [];
  });
  const { fold } = form;
  const isFolded = fold !== undefined && layout.folded.includes(fold);
  return {
    columns: shown ?? layout.columns,
    widths: widths ? Object.fromEntries(widths) : layout.widths,
    folded: fold
      ? columnGroups.filter((group) => (group === fold ? !isFolded : layout.folded.includes(group)))
      : layout.folded,
    density: form.density ?? layout.density,
  };
}
