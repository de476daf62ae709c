import { formatAge, formatDateTime, formatDay, formatMoney, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import {
  type ColumnId,
  type CustomerList,
  type CustomerListInput,
  type CustomerRow,
  figureFamilies,
} from "#server/customers/schema.ts";
import { type ReasonText, reasonWriter } from "./reasons.ts";
import { figures } from "./figures.ts";
import { listHref } from "./list-address.ts";
import {
  figureNames,
  type HeadTuple,
  type RowTuple,
  type TableProps,
  type TableWords,
} from "./table-props.ts";
import { tableWords } from "./table-words.ts";
import { overUse, usageLength } from "./usage-bar.tsx";

export type Reader = { lang: Language; timeZone: string };

/** Figures, states and instants read worst or oldest first; counts read largest first. */
const firstDirection = (id: ColumnId) =>
  figures[id].unit === "none" || id === "licenceEndsOn" || id === "lastSync" ? "" : "-";

/** The list as what the browser's table takes: texts finished, cells short, whatever repeats sent once. */
export async function tableProps(
  list: CustomerList,
  input: CustomerListInput,
  reader: Reader,
): Promise<TableProps> {
  const { lang, timeZone } = reader;
  const [t, status, said, write] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "status"),
    tableWords(lang),
    reasonWriter(lang, timeZone),
  ]);
  const number = (value: number | string | null) => (value === null ? "" : formatNumber(lang, value));
  const now = new Date(list.now);
  const sort = input.sort ?? (input.q ? undefined : "name");

  const head = said.columns.map(({ id, sort: isOffered, label, meaning }): HeadTuple => {
    const isAscending = sort === id;
    const isDescending = sort === `-${id}`;
    const next = isAscending ? `-${id}` : isDescending ? id : firstDirection(id) + id;
    return [
      id,
      label,
      meaning,
      isOffered ? next : "",
      isAscending ? 1 : isDescending ? -1 : 0,
      figures[id].isNumber,
    ];
  });

  const text = (row: CustomerRow, name: (typeof figureNames)[number]): string => {
    switch (name) {
      case "licenceState":
        return row.licenceState ?? "";
      case "licenceEndsOn":
        return row.licenceEndsOn === null ? "" : formatDay(lang, row.licenceEndsOn);
      case "usedLength":
        return String(usageLength(row.used, row.licensed) ?? "");
      case "usedOver": {
        const over = overUse(row.used, row.licensed);
        if (over !== undefined) return t("overBy", { amount: formatNumber(lang, over) });
        return row.overUsed ? t("overSome") : "";
      }
      case "high":
        return number(row.alertsHigh);
      case "medium":
        return number(row.alertsMedium);
      case "low":
        return number(row.alertsLow);
      case "lastSync":
        return row.lastSync === null ? "" : formatAge(lang, new Date(row.lastSync), now);
      case "lastSyncAt":
        return row.lastSync === null ? "" : formatDateTime(lang, timeZone, new Date(row.lastSync));
      case "saasMonthlySpend":
        return row.saasMonthlySpend === null
          ? ""
          : formatMoney(lang, row.saasMonthlySpend, row.saasCurrency, 0);
      default:
        return number(row[name]);
    }
  };

  const advice: TableWords["advice"] = [];
  const adviceAt = new Map<string, number>();
  const explained = ({ rule, advice: todo }: ReasonText) => {
    const key = `${rule}\n${todo}`;
    const known = adviceAt.get(key);
    if (known !== undefined) return known;
    adviceAt.set(key, advice.length);
    return advice.push([status("whatToDo", { advice: todo }), status("rule", { rule })]) - 1;
  };

  const rows = list.rows.map((row): RowTuple => {
    const kinds = row.licenceKinds.map((kind) => said.kinds.get(kind) ?? kind);
    const relationship = row.relationship === "delegated" ? said.delegated : "";
    const key = keyColumn(row);
    return [
      row.id,
      row.name,
      [row.domain, relationship, ...kinds].filter(Boolean).join(" · "),
      row.status,
      row.reasons.map((reason) => {
        const why = write(reason);
        return [why.title, [why.detail, why.since].filter(Boolean).join(" "), explained(why)];
      }),
      row.blank ?? (row.relationship === "order_only" ? "not_entitled" : "not_reported"),
      row.relationship === "order_only" ? 1 : 0,
      row.devicesUnprotected
        ? t("unprotected", {
            count: row.devicesUnprotected,
            formatted: formatNumber(lang, row.devicesUnprotected),
          })
        : "",
      row.groups,
      figureNames.map((name) => text(row, name)).join("|"),
      key ?? "",
      figureFamilies.filter((family) => row.gaps[family] === "not_entitled").join(" "),
    ];
  });

  const unsorted = listHref(lang, input, { sort: undefined });
  return {
    head,
    groups: said.groups,
    rows,
    words: { ...said.words, advice },
    base: `/${lang}/customers`,
    sortBase: `${unsorted}${unsorted.includes("?") ? "&" : "?"}sort=`,
  };
}

/** The one number that a phone shows beside the name: what the status is about, else over-use, else the size. */
function keyColumn(row: CustomerRow): keyof TableWords["key"] | undefined {
  const first = row.reasons.find(({ muted }) => muted === undefined);
  if (first?.code === "devices_silent") return "devicesSilent";
  if (first?.code === "devices_unprotected") return "devicesUnprotected";
  if (first?.code === "run_failed" && row.lastSync !== null) return "lastSync";
  if (row.overUsed) return "used";
  return row.devicesTotal === null ? undefined : "devicesTotal";
}
