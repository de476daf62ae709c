import { formatAge, formatDateTime, formatDay, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type ColumnId, columns, type CustomerList, type CustomerListInput, type CustomerRow } from "#server/customers/schema.ts";
import { type ReasonText, reasonWriter } from "./reasons.ts";
import { figures } from "./figures.ts";
import { listHref } from "./list-address.ts";
import type { HeadTuple, RowTuple, TableProps, TableWords } from "./customers-table.tsx";
import { overUse, usageLength } from "./usage-bar.tsx";

export type Reader = { lang: Language; timeZone: string };

/** Figures, states and instants read worst or oldest first; counts read largest first. */
const firstDirection = (id: ColumnId) => (figures[id].unit === "none" || id === "licenceEndsOn" || id === "lastSync" ? "" : "-");

/** The list as what the browser's table takes: texts finished, cells short, whatever repeats sent once. */
export async function tableProps(list: CustomerList, input: CustomerListInput, reader: Reader): Promise<TableProps> {
  const { lang, timeZone } = reader;
  const [t, common, status, help, write] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "status"),
    getT(lang, "help"),
    reasonWriter(lang, timeZone),
  ]);
  const number = (value: number | null) => (value === null ? 0 : formatNumber(lang, value));
  const now = new Date(list.now);
  const sort = input.sort ?? (input.q ? undefined : "name");

  const head = columns.map(({ id, sort: isOffered }): HeadTuple => {
    const isAscending = sort === id;
    const isDescending = sort === `-${id}`;
    const next = isAscending ? `-${id}` : isDescending ? id : firstDirection(id) + id;
    return [id, t(`column.${id}`), help(`figure.${id}.meaning`), isOffered ? next : "", isAscending ? 1 : isDescending ? -1 : 0, figures[id].isNumber];
  });

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
    const kinds = row.licenceKinds.map((kind) => (kind === "term" || kind === "monthly" || kind === "trial" ? t(`kind.${kind}`) : kind));
    const relationship = row.relationship === "delegated" ? [t("relationship.delegated")] : [];
    const length = usageLength(row.used, row.licensed);
    const excess = overUse(row.used, row.licensed);
    const over = excess === undefined ? (row.overUsed ? t("overSome") : "") : t("overBy", { amount: formatNumber(lang, excess) });
    const key = keyColumn(row);
    return [
      row.id,
      row.name,
      [row.domain, ...relationship, ...kinds].filter(Boolean).join(" · "),
      row.status,
      row.reasons.map((reason) => {
        const text = write(reason);
        return [text.title, [text.detail, text.since].filter(Boolean).join(" "), explained(text)];
      }),
      row.blank ?? (row.relationship === "order_only" ? "not_entitled" : "not_reported"),
      row.relationship === "order_only",
      row.devicesUnprotected ? t("unprotected", { count: row.devicesUnprotected, formatted: formatNumber(lang, row.devicesUnprotected) }) : "",
      row.groups,
      [row.devicesTotal, row.devicesRecent, row.devicesSilent, row.devicesQuarantined, row.devicesInactive, row.devicesUnprotected].map(number),
      row.licenceState ?? "",
      row.licensed === null ? 0 : formatNumber(lang, row.licensed),
      row.used === null ? 0 : [formatNumber(lang, row.used), length ?? -1, over],
      row.licenceEndsOn === null ? 0 : formatDay(lang, row.licenceEndsOn),
      row.alertsHigh === null ? 0 : [row.alertsHigh, row.alertsMedium ?? 0, row.alertsLow ?? 0].map((count) => formatNumber(lang, count)),
      row.lastSync === null ? 0 : [formatAge(lang, new Date(row.lastSync), now), formatDateTime(lang, timeZone, new Date(row.lastSync))],
      key ?? "",
    ];
  });

  const groupLabels = { computers: t("group.computers"), licences: t("group.licences") };
  const isGrouped = (group: string): group is keyof typeof groupLabels => group in groupLabels;
  const groups: TableProps["groups"] = [];
  for (const { id, group } of columns) {
    const label = isGrouped(group) ? groupLabels[group] : "";
    const last = groups.at(-1);
    // The name's cell stays alone, because it stays in view when the others scroll.
    if (last && last[0] === label && groups.length > 1) last[1] += 1;
    else groups.push(id === "name" ? ["", 1] : [label, 1]);
  }

  const words: TableWords = {
    advice,
    caption: t("table.caption"),
    about: head.map(([, label]) => t("table.about", { column: label })),
    status: {
      synced: status("word.synced"),
      warning: status("word.warning"),
      sync_pending: status("word.sync_pending"),
      access_disabled: status("word.access_disabled"),
      not_applicable: status("word.not_applicable"),
    },
    blank: {
      no_access: common("blank.no_access"),
      pending: common("blank.pending"),
      not_entitled: common("blank.not_entitled"),
      not_reported: common("blank.not_reported"),
    },
    state: {
      expired: t("licenceState.expired"),
      suspended: t("licenceState.suspended"),
      expiring: t("licenceState.expiring"),
      trial: t("licenceState.trial"),
      active: t("licenceState.active"),
      none: t("licenceState.none"),
    },
    severity: [t("severity.high"), t("severity.medium"), t("severity.low")],
    key: {
      devicesTotal: t("key.devicesTotal"),
      devicesSilent: t("key.devicesSilent"),
      devicesUnprotected: t("key.devicesUnprotected"),
      used: t("key.used"),
      lastSync: t("key.lastSync"),
    },
    order: t("order"),
  };
  const unsorted = listHref(lang, input, { sort: undefined });
  return { head, groups, rows, words, base: `/${lang}/customers`, sortBase: `${unsorted}${unsorted.includes("?") ? "&" : "?"}sort=` };
}

/** The one number that a phone shows beside the name: what the status is about, else over-use, else the size. */
function keyColumn(row: CustomerRow): keyof TableWords["key"] | undefined {
  const [first] = row.reasons;
  if (first?.code === "devices_silent") return "devicesSilent";
  if (first?.code === "devices_unprotected") return "devicesUnprotected";
  if (first?.code === "run_failed" && row.lastSync !== null) return "lastSync";
  if (row.overUsed) return "used";
  return row.devicesTotal === null ? undefined : "devicesTotal";
}
