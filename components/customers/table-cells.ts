import {
  formatAge,
  formatChange,
  formatDateTime,
  formatDay,
  formatMoney,
  formatNumber,
  formatPercent,
} from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import type { ColumnGroup, ColumnId } from "#server/columns/schema.ts";
import type { CustomerRow } from "#server/customers/schema.ts";
import { figures } from "./figures.ts";
import { type Markup, markup } from "./markup.ts";
import type { BlankReason, KeyColumn } from "./table-props.ts";
import type { SaidWords } from "./table-words.ts";
import { overUnder, overUse, usageLength } from "./usage-bar.tsx";
import { vendorOf } from "./vendors.ts";

/** What the cells of one page are written with. */
export type Writer = {
  lang: Language;
  timeZone: string;
  now: Date;
  said: SaidWords;
  over: { by: (amount: string) => string; some: string };
  isActiveOnly: boolean;
  widths: Partial<Record<ColumnId, "narrow" | "wide">>;
};
export type Figure = Exclude<ColumnId, "name" | "status" | "groups">;

const SHOWN_GROUPS = 2;
const severities = ["high", "medium", "low"] as const;
const families: readonly string[] = ["computers", "applications", "saas", "alerts"] satisfies ColumnGroup[];
const isFamily = (group: ColumnGroup): group is "computers" | "applications" | "saas" | "alerts" =>
  families.includes(group);

const DAY_MS = 86_400_000;
/** How long ago; what is older than a day is marked. */
function age(at: string, { lang, now }: Writer): Markup | string {
  const text = formatAge(lang, new Date(at), now);
  return now.getTime() - Date.parse(at) > DAY_MS ? markup`<span class="old">${text}</span>` : text;
}
const tag = (text: string) => markup`<bdi class="tag">${text}</bdi>`;

/** What stands in a cell; undefined is no data, and the cell says why. */
function content(id: Figure, row: CustomerRow, writer: Writer): Markup | string | undefined {
  const { lang, now, said } = writer;
  const { words } = said;
  const number = (value: number | string | null) => (value === null ? undefined : formatNumber(lang, value));
  switch (id) {
    case "devicesChange":
    case "applicationsChange": {
      const change = row[id];
      if (change === null) return undefined;
      const look = change > 0 ? "up" : change < 0 ? "down" : "same";
      return markup`<span class="delta ${look}">${formatChange(lang, change)}</span>`;
    }
    case "saasMonthlySpend":
      return row.saasMonthlySpend === null
        ? undefined
        : formatMoney(lang, row.saasMonthlySpend, row.saasCurrency, 0);
    case "licenceState":
      return row.licenceState === null
        ? undefined
        : markup`<span class="state ${row.licenceState}">${words.state[row.licenceState]}</span>`;
    case "protection": {
      if (row.licenceState === null) return undefined;
      const name = (category: string) => said.categories.get(category) ?? category;
      const ended = writer.isActiveOnly ? [] : row.categoriesInactive;
      return markup`${row.categories.map((one) => tag(name(one)))}${ended.map(
        (one) =>
          markup`<bdi class="tag off">${name(one)}<span class="sr-only">, ${words.notActive}</span></bdi>`,
      )}`;
    }
    case "used": {
      if (row.used === null) return undefined;
      const length = usageLength(row.used, row.licensed);
      const over = overText(row, writer);
      return markup`${length !== undefined && usageBar(length, over !== "")}${formatNumber(lang, row.used)}${
        over !== "" && markup`<span class="sr-only">, ${over}</span>`
      }`;
    }
    case "usedShare":
      return row.used === null || row.licensed === null || Number(row.licensed) <= 0
        ? undefined
        : formatPercent(lang, Number(row.used) / Number(row.licensed));
    case "overUnder": {
      const difference = overUnder(row.used, row.licensed);
      if (difference === undefined) return undefined;
      const isOver = overUse(row.used, row.licensed) !== undefined;
      return markup`<span class="${isOver ? "over" : "under"}">${formatChange(lang, difference)}</span>`;
    }
    case "licenceEndsOn":
      return row.licenceEndsOn === null ? undefined : formatDay(lang, row.licenceEndsOn);
    case "alerts": {
      if (row.alertsHigh === null) return undefined;
      const open = { high: row.alertsHigh, medium: row.alertsMedium ?? 0, low: row.alertsLow ?? 0 };
      const some = severities.filter((severity) => open[severity] > 0);
      return some.length === 0
        ? "0"
        : markup`${some.map(
            (severity) =>
              markup`<span class="alert ${severity}">${formatNumber(lang, open[severity])}<span class="sr-only"> ${words.severity[severity]} </span></span>`,
          )}`;
    }
    case "lastSync":
      return row.lastSync === null ? undefined : age(row.lastSync, writer);
    case "sources":
      return row.sources.length === 0
        ? undefined
        : row.sources
            .map(({ vendor, lastSuccessAt }) =>
              [
                vendorOf(vendor).name,
                lastSuccessAt === null ? "–" : formatAge(lang, new Date(lastSuccessAt), now),
              ].join(" "),
            )
            .join(" · ");
    default:
      return number(row[id]);
  }
}

/** By how much more is used than there is; empty where it is not. */
function overText(row: CustomerRow, { lang, over }: Writer): string {
  const amount = overUse(row.used, row.licensed);
  if (amount !== undefined) return over.by(formatNumber(lang, amount));
  return row.overUsed ? over.some : "";
}

/** Length of the bar at the limit and beyond it, of 64; as UsageBar draws it. */
const LIMIT = 48;
const usageBar = (length: number, isOver: boolean): Markup =>
  markup`<svg class="ub${isOver && " over"}" viewBox="0 0 64 8" aria-hidden="true"><path d="M0 4H${
    isOver ? Math.max(length, LIMIT + 4) : Math.min(length, LIMIT)
  }"/><path d="M${LIMIT} 0V8"/></svg>`;

/** What is pointed at says more than the cell: the exact instant, by how much. */
function titleOf(id: Figure, row: CustomerRow, writer: Writer): string {
  if (id === "lastSync" && row.lastSync !== null)
    return formatDateTime(writer.lang, writer.timeZone, new Date(row.lastSync));
  return id === "used" ? overText(row, writer) : "";
}

/** Licences have reasons of their own to be blank: they are seen by another capability than the technical figures. */
function licenceBlank(id: Figure, row: CustomerRow): BlankReason {
  if (row.licenceState === null) return row.blank === "pending" ? "pending" : "no_access";
  if (row.licenceState === "none" || row.licenceState === "expired") return "no_licence";
  if (id === "licenceEndsOn") return "no_end";
  return row.used !== null && row.licensed === null ? "unlimited" : "not_reported";
}

/** One cell of a figure. `key`: the column whose number a phone shows. */
export function figureCell(
  id: Figure,
  group: ColumnGroup,
  row: CustomerRow,
  key: KeyColumn | undefined,
  writer: Writer,
): Markup {
  const { words } = writer.said;
  const text = content(id, row, writer);
  const width = writer.widths[id];
  const look = [figures[id].isNumber && "number", id === key && "key", width && `w-${width}`]
    .filter(Boolean)
    .join(" ");
  const classes = look !== "" && markup` class="${look}"`;
  if (text === undefined) {
    const isMissing = row.blank === null && isFamily(group) && row.gaps[group] === "not_entitled";
    const hasNone =
      id === "devicesChange"
        ? row.devicesTotal
        : id === "applicationsChange"
          ? row.applicationsInstalled
          : null;
    if (row.blank === null && hasNone !== null)
      return markup`<td data-column="${id}" data-blank="no_history"${classes}><span class="why">${words.noHistory}</span></td>`;
    const blank =
      group === "licences"
        ? licenceBlank(id, row)
        : (row.blank ?? (isMissing || row.relationship === "order_only" ? "not_entitled" : "not_reported"));
    return markup`<td data-column="${id}" data-blank="${blank}"${classes}><span class="why">${words.blank[blank]}</span></td>`;
  }
  const title = titleOf(id, row, writer);
  return markup`<td data-column="${id}"${classes}${title !== "" && markup` title="${title}"`}${
    id === key && markup` data-label="${words.key[key]}"`
  }>${text}</td>`;
}

export function groupsCell({ groups }: CustomerRow): Markup {
  const more = groups.length - SHOWN_GROUPS;
  return markup`<td data-column="groups"${more > 0 && markup` title="${groups.join(", ")}"`}>${groups
    .slice(0, SHOWN_GROUPS)
    .map(tag)}${
    more > 0 &&
    markup`<span class="more">+${more}<span class="sr-only">: ${groups.slice(SHOWN_GROUPS).join(", ")}</span></span>`
  }</td>`;
}
