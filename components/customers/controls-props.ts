import { type FigureId, figureHref } from "#components/figures/registry.ts";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { sortColumns } from "#server/columns/schema.ts";
import {
  CONCERN_LIMIT,
  COUNT_LIMIT,
  type CustomerList,
  type CustomerListInput,
  expiries,
  filterFields,
  licenceKinds,
  licenceStates,
  MOST_EXPIRY_DAYS,
  reasonFilters,
  relationships,
  statuses,
} from "#server/customers/schema.ts";
import { productCategories } from "#server/licences/schema.ts";
import { listHref } from "./list-address.ts";
import type { ControlsProps } from "./list-controls.tsx";
import { perLanguage } from "./per-language.ts";
import { vendorIds, vendorOf } from "./vendors.ts";

/** Orders are not applicable and stand in no counter (domain.md); they are reached by the status filter. */
const counted = ["warning", "sync_pending", "access_disabled", "synced"] as const;
/** The first four stand open, the others behind "more". */
const choices = [
  "status",
  "group",
  "licenceKind",
  "category",
  "licenceState",
  "relationship",
  "expiring",
  "reason",
  "vendor",
] as const;
const OPEN = 4;
const switches = ["overUsed", "stale", "pinned", "protection"] as const;
const named = [...filterFields, "protection"] as const;
const remembered = [...named, "sort", "pageSize", "columns"] as const;
/** What the address need not say: the usual page size, and the order by name where nothing is searched. */
const isDefault = ({ q, sort, pageSize }: CustomerListInput, name: string) =>
  (name === "pageSize" && pageSize === 50) || (name === "sort" && sort === "name" && q === undefined);
const none = Object.fromEntries(named.map((name) => [name, undefined]));

/** Names and choices that depend on the language alone. */
const saidIn = perLanguage(async (lang) => {
  const [t, status] = await Promise.all([getT(lang, "customers"), getT(lang, "status")]);
  const options: Record<(typeof choices)[number], [value: string, label: string][]> = {
    status: statuses.map((value) => [value, status(`word.${value}`)]),
    group: [],
    licenceKind: [...licenceKinds, "own" as const].map((value) => [value, t(`kind.${value}`)]),
    category: productCategories.map((value) => [value, t(`category.${value}`)]),
    licenceState: licenceStates.map((value) => [value, t(`licenceState.${value}`)]),
    relationship: relationships.map((value) => [value, t(`relationship.${value}`)]),
    expiring: expiries.map((days) => [days, t("filter.within", { count: Number(days) })]),
    reason: reasonFilters.map((value) => [value, t(`reason.${value}`)]),
    vendor: vendorIds.map((id) => [id, vendorOf(id).name]),
  };
  return {
    options,
    names: {
      q: t("filter.query"),
      status: t("filter.status"),
      group: t("filter.group"),
      licenceKind: t("filter.licenceKind"),
      licenceState: t("filter.licenceState"),
      category: t("filter.category"),
      relationship: t("filter.relationship"),
      expiring: t("filter.expiring"),
      reason: t("filter.reason"),
      vendor: t("filter.vendor"),
      overUsed: t("filter.overUsed"),
      stale: t("filter.stale"),
      pinned: t("filter.pinned"),
      protection: t("filter.protection"),
    } satisfies Record<(typeof named)[number], string>,
    any: {
      status: t("filter.anyStatus"),
      group: t("filter.anyGroup"),
      licenceKind: t("filter.anyLicenceKind"),
      licenceState: t("filter.anyLicenceState"),
      category: t("filter.anyCategory"),
      relationship: t("filter.anyRelationship"),
      expiring: t("filter.anyExpiring"),
      reason: t("filter.anyReason"),
      vendor: t("filter.anyVendor"),
    },
    sorts: sortColumns.flatMap((id): [string, string][] => [
      [id, t("filter.ascending", { column: t(`column.${id}`) })],
      [`-${id}`, t("filter.descending", { column: t(`column.${id}`) })],
    ]),
  };
});

type Said = Awaited<ReturnType<typeof saidIn>>;
type Entry = ControlsProps["strip"]["entries"][number];
type T = Awaited<ReturnType<typeof getT<"customers">>>;

const tileFigures: Record<Entry[0], FigureId> = {
  "": "stripAll",
  warning: "stripWarning",
  sync_pending: "stripPending",
  access_disabled: "stripDisabled",
  synced: "stripSynced",
  stale: "stripStale",
  expiring: "stripExpiring",
  overUsed: "stripOverUsed",
};

/** Customers per status, and those that something is the matter with; each is a filter, taken away by a second click. */
async function stripEntries(
  list: CustomerList,
  input: CustomerListInput,
  lang: Language,
  t: T,
): Promise<Entry[]> {
  const [status, help] = await Promise.all([getT(lang, "status"), getT(lang, "help")]);
  const { counts, concerns } = list;
  const more = t("strip.moreThan");
  const entry = (
    kind: Entry[0],
    label: string,
    count: number,
    change: object,
    isCurrent: boolean,
    title: string,
    isMore: boolean,
  ): Entry => {
    const shown = formatNumber(lang, isMore ? Math.min(count, COUNT_LIMIT) : count);
    const figure = tileFigures[kind];
    return [
      kind,
      label,
      shown,
      listHref(lang, input, change),
      isCurrent,
      title,
      isMore ? more : "",
      figureHref(lang, figure),
      help("about", { figure: label }),
    ];
  };
  const concern = (kind: "stale" | "expiring" | "overUsed", name: string, title: string, value: string) => {
    const isCurrent = input[kind] === value;
    const change = { [kind]: isCurrent ? undefined : value };
    const isMore = concerns[kind] > CONCERN_LIMIT;
    return entry(kind, name, Math.min(concerns[kind], CONCERN_LIMIT), change, isCurrent, title, isMore);
  };
  return [
    entry(
      "",
      t("strip.all"),
      counts.total,
      { status: undefined },
      input.status === undefined,
      "",
      counts.isMore,
    ),
    ...counted.map((value) => {
      const isCurrent = input.status === value;
      const change = { status: isCurrent ? undefined : value };
      const title = status(`explanation.${value}`);
      return entry(
        value,
        status(`word.${value}`),
        counts.byStatus[value],
        change,
        isCurrent,
        title,
        counts.isMore,
      );
    }),
    concern("stale", t("strip.stale"), t("strip.staleTitle"), "1"),
    concern("expiring", t("strip.expiring"), t("strip.expiringTitle"), "30"),
    concern("overUsed", t("strip.overUsed"), t("strip.overUsedTitle"), "1"),
  ];
}

/** What is in force, each with the way to take it away. */
function chipsOf(
  input: CustomerListInput,
  lang: Language,
  t: T,
  names: Said["names"],
  options: Said["options"],
): ControlsProps["chips"] {
  const isChoice = (name: string): name is keyof typeof options => name in options;
  const active = named.flatMap((name) => {
    const value = input[name];
    if (value === undefined) return [];
    const filter = names[name];
    const chosen = isChoice(name) ? options[name].find(([id]) => id === value)?.[1] : undefined;
    const shown = chosen ?? (name === "expiring" ? t("filter.within", { count: Number(value) }) : value);
    const text = name === "q" || isChoice(name) ? t("filter.chip", { filter, value: shown }) : filter;
    const remove = t("filter.remove", {
      filter,
      value: name === "q" || isChoice(name) ? shown : t("filter.yes"),
    });
    return [[text, remove, listHref(lang, input, { [name]: undefined })] as [string, string, string]];
  });
  return {
    label: t("filter.active"),
    entries: active,
    clear: active.length > 1 ? [t("filter.clear"), listHref(lang, input, none)] : undefined,
  };
}

/** The words, choices and links of everything that narrows the list. */
export async function controlsProps(
  list: CustomerList,
  input: CustomerListInput,
  lang: Language,
): Promise<ControlsProps> {
  const [t, said] = await Promise.all([getT(lang, "customers"), saidIn(lang)]);
  const { names, any, sorts } = said;
  const options = {
    ...said.options,
    group: list.groups.map(({ id, name }): [string, string] => [id, name]),
  };
  const amount = { count: list.total, formatted: formatNumber(lang, list.total) };
  const isActive = (name: (typeof named)[number]) => input[name] !== undefined;
  const hidden = [...choices.slice(OPEN), ...switches];
  return {
    action: `/${lang}/customers`,
    strip: { label: t("strip.label"), entries: await stripEntries(list, input, lang, t) },
    search: {
      label: t("search.label"),
      placeholder: t("search.placeholder"),
      submit: t("search.submit"),
      key: t("search.key"),
      matches: t("search.matches"),
      failed: t("search.failed"),
    },
    filters: {
      title: t("filter.title"),
      more: t("filter.more"),
      active: [...choices, ...switches].filter(isActive).length,
      isMoreActive: hidden.some(isActive),
      open: OPEN,
      mostDays: MOST_EXPIRY_DAYS,
      fields: choices.map((name) => [name, names[name], [["", any[name]], ...options[name]]]),
      switches: switches.map((name) => [name, names[name], name === "protection" ? "active" : "1"]),
      sort: [
        t("filter.sort"),
        input.q ? [["", t("filter.bestMatch")], ...sorts] : [["", sorts[0]?.[1] ?? ""], ...sorts.slice(1)],
      ],
    },
    values: Object.fromEntries(
      remembered.flatMap((name) => {
        const value = input[name];
        return value === undefined || isDefault(input, name) ? [] : [[name, String(value)]];
      }),
    ),
    found: list.isMore ? t("foundMore", amount) : t("found", amount),
    chips: chipsOf(input, lang, t, names, options),
  };
}
