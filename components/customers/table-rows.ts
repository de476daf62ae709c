import { formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type ColumnGroup, type ColumnId, columns as registry } from "#server/columns/schema.ts";
import type { CustomerList, CustomerListInput, CustomerRow } from "#server/customers/schema.ts";
import { type Markup, markup } from "./markup.ts";
import { type ReasonText, reasonWriter } from "./reasons.ts";
import { type Figure, figureCell, groupsCell, type Writer } from "./table-cells.ts";
import { tableHead } from "./table-head.ts";
import type { KeyColumn } from "./table-props.ts";
import { tableWords } from "./table-words.ts";
import { isRead } from "./vendors.ts";

export type Reader = {
  lang: Writer["lang"];
  timeZone: string;
  membershipId: string;
  may: { pin: boolean; select: boolean; sync: boolean };
};

const groupOf = new Map<ColumnId, ColumnGroup>(registry.map(({ id, group }) => [id, group]));

/**
 * The whole table as HTML: fifty rows of a dozen cells as elements of React cost ten times as much to render, and travel
 * twice. Everything in it works without a script; what a script adds is in customers-table.tsx.
 */
export async function tableMarkup(
  list: CustomerList,
  input: CustomerListInput,
  { lang, timeZone, membershipId, may }: Reader,
): Promise<string> {
  const [t, said, write] = await Promise.all([
    getT(lang, "customers"),
    tableWords(lang),
    reasonWriter(lang, timeZone),
  ]);
  const { words } = said;
  const { layout } = list;
  const writer: Writer = {
    lang,
    timeZone,
    now: new Date(list.now),
    said,
    over: { by: (amount) => t("overBy", { amount }), some: t("overSome") },
    isActiveOnly: input.protection === "active",
    widths: layout.widths,
  };
  const shown = unfolded(layout);
  const seesReason = reasonsOf(said.words, await getT(lang, "status"), write);

  const nameCell = (row: CustomerRow, index: number): Markup => {
    // What tells customers apart comes first; a long domain may be cut off.
    const labels = [
      row.relationship !== "order_only" && row.vendors.length === 0 && words.notLinked,
      ...row.licenceKinds.map((kind) => said.kinds.get(kind) ?? kind),
      row.relationship !== "order_only" && said.relationship[row.relationship],
      row.domain,
    ].filter((label) => typeof label === "string");
    const count = row.devicesUnprotected ?? 0;
    const href = `/${lang}/customers/${row.id}`;
    const unprotected = count > 0 ? t("unprotected", { count, formatted: formatNumber(lang, count) }) : "";
    const width = layout.widths.name;
    return markup`<th scope="row" data-column="name"${width && markup` class="w-${width}"`}><div class="line">${
      may.select &&
      markup`<input type="checkbox" name="id" value="${row.id}" form="selection" aria-labelledby="do-select n${index}">`
    }${
      may.pin &&
      markup`<button class="pin" form="pins" formaction="/api/pins/${row.id}?lang=${lang}&membership=${membershipId}" name="act" value="${
        row.isPinned ? "unpin" : "pin"
      }" aria-labelledby="do-${row.isPinned ? "unpin" : "pin"} n${index}" aria-pressed="${String(row.isPinned)}"></button>`
    }<a class="name" id="n${index}" href="${href}"><bdi>${row.name}</bdi></a>${
      row.relationship === "order_only" &&
      markup`<span class="coin" title="${words.order}"><span class="sr-only">${words.order}</span></span>`
    }${
      count > 0 &&
      markup`<a class="unprotected" href="${href}?devices=unprotected#computers" aria-label="${unprotected}" title="${unprotected}">${formatNumber(lang, count)}</a>`
    }</div><div class="details">${labels.join(" · ")}</div></th>`;
  };

  const rowOf = (row: CustomerRow, index: number): Markup => {
    const key = keyColumn(row, layout.columns);
    const cells = shown.map((id) => {
      if (id === "name") return nameCell(row, index);
      if (id === "status") return statusCell(row, index, seesReason);
      if (id === "groups") return groupsCell(row);
      return figureCell(id satisfies Figure, groupOf.get(id) ?? "customer", row, key, writer);
    });
    const canSync =
      may.sync && row.blank !== "no_access" && row.relationship !== "order_only" && row.vendors.some(isRead);
    const actions = markup`<td data-column="actions">${
      canSync &&
      markup`<button class="sync" form="sync-one" name="customerId" value="${row.id}" aria-labelledby="do-syncNow n${index}"></button>`
    }<a class="open" href="/${lang}/customers/${row.id}" aria-labelledby="do-details n${index}"></a></td>`;
    return markup`<tr data-row-id="${row.id}"${row.isPinned && markup` class="pinned"`}>${cells}${actions}</tr>`;
  };

  const columnsWide = shown.length + 1;
  const pinned = list.rows.findIndex((row) => !row.isPinned);
  const block = pinned === -1 ? list.rows.length : pinned;
  const heading = (text: string) =>
    markup`<tr class="block"><th scope="rowgroup" colspan="${columnsWide}">${text}</th></tr>`;
  const isApart = block > 0 && input.pinned === undefined && input.after === undefined;
  const rows = list.rows.map(rowOf);
  return markup`<caption class="sr-only">${words.caption}</caption>${tableHead({ shown, list, input, lang, said, may })}${
    isApart
      ? markup`<tbody>${heading(words.pinned)}${rows.slice(0, block)}</tbody>${
          block < rows.length && markup`<tbody>${heading(words.others)}${rows.slice(block)}</tbody>`
        }`
      : markup`<tbody>${rows}</tbody>`
  }`.html;
}

/** The columns to show: of a folded group only the first. */
function unfolded({ columns, folded }: CustomerList["layout"]): ColumnId[] {
  const seen = new Set<ColumnGroup>();
  return columns.filter((id) => {
    const group = groupOf.get(id) ?? "customer";
    const isHidden = folded.includes(group) && seen.has(group);
    seen.add(group);
    return !isHidden;
  });
}

/** The one number that a phone shows beside the name: what the status is about, else over-use, else the size. */
function keyColumn(row: CustomerRow, shown: readonly ColumnId[]): KeyColumn | undefined {
  const first = row.reasons.find(({ muted }) => muted === undefined);
  const wanted: (KeyColumn | false)[] = [
    first?.code === "devices_silent" && "devicesSilent",
    first?.code === "devices_unprotected" && "devicesUnprotected",
    first?.code === "run_failed" && row.lastSync !== null && "lastSync",
    row.overUsed && "used",
    row.devicesTotal !== null && "devicesTotal",
  ];
  return wanted.find((id): id is KeyColumn => id !== false && shown.includes(id));
}

type Said = Awaited<ReturnType<typeof tableWords>>["words"];
type StatusWords = Awaited<ReturnType<typeof getT<"status">>>;

/** Writes the word of a status and, where there are reasons, the list of them; what to do is said once per text. */
function reasonsOf(
  words: Said,
  status: StatusWords,
  write: (reason: CustomerRow["reasons"][number]) => ReasonText,
) {
  return {
    word: words.status,
    item: (reason: CustomerRow["reasons"][number]): Markup => {
      const { title, detail, since, advice, rule } = write(reason);
      const more = [detail, since].filter(Boolean).join(" ");
      return markup`<li><b>${title}</b><span>${more}</span><span>${status("whatToDo", { advice })}</span><span>${status("rule", { rule })}</span></li>`;
    },
  };
}

/** The status as a button that says why: on hover and focus at once, by a tap or Enter to stay. */
function statusCell(row: CustomerRow, index: number, { word, item }: ReturnType<typeof reasonsOf>): Markup {
  const inside =
    row.reasons.length === 0
      ? markup`<span class="word">${word[row.status]}</span>`
      : markup`<div class="tooltip"><button type="button" class="word" popovertarget="why-${index}" aria-describedby="why-${index}">${word[row.status]}</button><ul id="why-${index}" popover="auto">${row.reasons.map(item)}</ul></div>`;
  return markup`<td data-column="status" data-status="${row.status}">${inside}</td>`;
}
