import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import {
  type CustomerList,
  type CustomerListInput,
  licenceKinds,
  sortColumns,
  statuses,
} from "#server/customers/schema.ts";
import { listHref } from "./list-address.ts";
import type { ControlsProps } from "./list-controls.tsx";
import { perLanguage } from "./per-language.ts";

/** Orders are not applicable and stand in no counter (domain.md); they are reached by the status filter. */
const counted = ["warning", "sync_pending", "access_disabled", "synced"] as const;
const categories = [
  "endpoint",
  "server",
  "mobile",
  "email",
  "firewall",
  "encryption",
  "cloud",
  "detection_response",
  "backup",
  "governance",
  "asset_management",
  "saas_management",
  "other",
] as const;
const filterNames = ["status", "group", "licenceKind", "category"] as const;
const remembered = ["q", ...filterNames, "sort", "pageSize"] as const;
/** What the address need not say: the usual page size, and the order by name where nothing is searched. */
const isDefault = ({ q, sort, pageSize }: CustomerListInput, name: string) =>
  (name === "pageSize" && pageSize === 50) || (name === "sort" && sort === "name" && q === undefined);
const none = {
  q: undefined,
  status: undefined,
  group: undefined,
  licenceKind: undefined,
  category: undefined,
};

/** Names and choices that depend on the language alone. */
const choices = perLanguage(async (lang) => {
  const [t, status] = await Promise.all([getT(lang, "customers"), getT(lang, "status")]);
  const options: Record<(typeof filterNames)[number], [value: string, label: string][]> = {
    status: statuses.map((value) => [value, status(`word.${value}`)]),
    group: [],
    licenceKind: licenceKinds.map((value) => [value, t(`kind.${value}`)]),
    category: categories.map((value) => [value, t(`category.${value}`)]),
  };
  return {
    options,
    names: {
      q: t("filter.query"),
      status: t("filter.status"),
      group: t("filter.group"),
      licenceKind: t("filter.licenceKind"),
      category: t("filter.category"),
    },
    any: {
      status: t("filter.anyStatus"),
      group: t("filter.anyGroup"),
      licenceKind: t("filter.anyLicenceKind"),
      category: t("filter.anyCategory"),
    },
    sorts: sortColumns.flatMap((id): [string, string][] => [
      [id, t("filter.ascending", { column: t(`column.${id}`) })],
      [`-${id}`, t("filter.descending", { column: t(`column.${id}`) })],
    ]),
  };
});

/** The words, choices and links of everything that narrows the list. */
export async function controlsProps(
  list: CustomerList,
  input: CustomerListInput,
  lang: Language,
): Promise<ControlsProps> {
  const [t, status, said] = await Promise.all([getT(lang, "customers"), getT(lang, "status"), choices(lang)]);
  const { counts } = list;
  const { names, any, sorts } = said;
  const options = {
    ...said.options,
    group: list.groups.map(({ id, name }): [string, string] => [id, name]),
  };
  const amount = { count: list.total, formatted: formatNumber(lang, list.total) };
  const active = (["q", ...filterNames] as const).flatMap((name) => {
    const value = input[name];
    if (value === undefined) return [];
    return [
      {
        name,
        filter: names[name],
        value: name === "q" ? value : (options[name].find(([id]) => id === value)?.[1] ?? value),
      },
    ];
  });
  return {
    action: `/${lang}/customers`,
    strip: {
      label: t("strip.label"),
      moreThan: counts.isMore ? t("strip.moreThan") : "",
      entries: [
        [
          "",
          t("strip.all"),
          formatNumber(lang, counts.total),
          listHref(lang, input, { status: undefined }),
          input.status === undefined,
          "",
        ],
        ...counted.map((value): ControlsProps["strip"]["entries"][number] => {
          const isCurrent = input.status === value;
          const href = listHref(lang, input, { status: isCurrent ? undefined : value });
          return [
            value,
            status(`word.${value}`),
            formatNumber(lang, counts.byStatus[value]),
            href,
            isCurrent,
            status(`explanation.${value}`),
          ];
        }),
      ],
    },
    search: {
      label: t("search.label"),
      placeholder: t("search.placeholder"),
      submit: t("search.submit"),
      key: t("search.key"),
    },
    filters: {
      title: t("filter.title"),
      active: filterNames.filter((name) => input[name] !== undefined).length,
      fields: [
        ...filterNames.map((name): ControlsProps["filters"]["fields"][number] => [
          name,
          names[name],
          [["", any[name]], ...options[name]],
        ]),
        [
          "sort",
          t("filter.sort"),
          input.q ? [["", t("filter.bestMatch")], ...sorts] : [["", sorts[0]?.[1] ?? ""], ...sorts.slice(1)],
        ],
      ],
    },
    values: Object.fromEntries(
      remembered.flatMap((name) => {
        const value = input[name];
        return value === undefined || isDefault(input, name) ? [] : [[name, String(value)]];
      }),
    ),
    found: list.isMore ? t("foundMore", amount) : t("found", amount),
    chips: {
      label: t("filter.active"),
      entries: active.map(({ name, filter, value }) => [
        t("filter.chip", { filter, value }),
        t("filter.remove", { filter, value }),
        listHref(lang, input, { [name]: undefined }),
      ]),
      clear: active.length > 1 ? [t("filter.clear"), listHref(lang, input, none)] : undefined,
    },
  };
}
