import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { ChevronDownIcon, CloseIcon, FilterIcon, SearchIcon } from "#components/ui/icons.tsx";
import { Select, type SelectOption, TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type CustomerList, type CustomerListInput, licenceKinds, sortColumns, statuses } from "#server/customers/schema.ts";
import { listHref } from "./list-address.ts";
import { ListForm } from "./list-form.tsx";

const categories = [
  "endpoint", "server", "mobile", "email", "firewall", "encryption", "cloud", "detection_response",
  "backup", "governance", "asset_management", "saas_management", "other",
] as const;
type FilterName = "q" | "status" | "group" | "licenceKind" | "category";
type Props = { groups: CustomerList["groups"]; input: CustomerListInput; lang: Language };

/** Words and choices of the filters, shared by the form and the chips. */
async function filterWords(groups: CustomerList["groups"], lang: Language) {
  const [t, status] = await Promise.all([getT(lang, "customers"), getT(lang, "status")]);
  const options: Record<Exclude<FilterName, "q">, SelectOption[]> = {
    status: statuses.map((value) => ({ value, label: status(`word.${value}`) })),
    group: groups.map(({ id, name }) => ({ value: id, label: name })),
    licenceKind: licenceKinds.map((value) => ({ value, label: t(`kind.${value}`) })),
    category: categories.map((value) => ({ value, label: t(`category.${value}`) })),
  };
  return { t, options };
}

export async function ListFilters({ groups, input, lang }: Props) {
  const { t, options } = await filterWords(groups, lang);
  const filters = [
    { name: "status", label: t("filter.status"), any: t("filter.anyStatus") },
    { name: "group", label: t("filter.group"), any: t("filter.anyGroup") },
    { name: "licenceKind", label: t("filter.licenceKind"), any: t("filter.anyLicenceKind") },
    { name: "category", label: t("filter.category"), any: t("filter.anyCategory") },
  ] as const;
  const active = filters.filter(({ name }) => input[name] !== undefined).length;
  const sorts = [
    { value: "", label: input.q ? t("filter.bestMatch") : t("filter.ascending", { column: t("column.name") }) },
    ...sortColumns.flatMap((id) => [
      { value: id, label: t("filter.ascending", { column: t(`column.${id}`) }) },
      { value: `-${id}`, label: t("filter.descending", { column: t(`column.${id}`) }) },
    ]),
  ];
  const values = Object.fromEntries(
    (["q", "status", "group", "licenceKind", "category", "sort", "pageSize"] as const)
      .filter((name) => input[name] !== undefined && !(name === "pageSize" && input.pageSize === 50))
      .map((name) => [name, String(input[name])]),
  );
  return (
    <ListForm action={`/${lang}/customers`} label={t("search.label")} values={values}>
      <div className="search">
        <SearchIcon />
        <TextInput
          type="search"
          name="q"
          maxLength={200}
          defaultValue={input.q ?? ""}
          aria-label={t("search.label")}
          aria-keyshortcuts="/"
          placeholder={t("search.placeholder")}
          title={t("search.key")}
          autoComplete="off"
          spellCheck={false}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <Button type="submit">{t("search.submit")}</Button>
      <details className="filters">
        <summary>
          <FilterIcon />
          {t("filter.title")}
          {active > 0 && <span className="tag">{active}</span>}
          <ChevronDownIcon />
        </summary>
        <div className="fields">
          {filters.map(({ name, label, any }) => (
            <Select key={name} name={name} aria-label={label} defaultValue={input[name] ?? ""} options={[{ value: "", label: any }, ...options[name]]} />
          ))}
          <Select name="sort" aria-label={t("filter.sort")} className="sort-field" defaultValue={input.sort ?? ""} options={sorts} />
        </div>
      </details>
      {input.pageSize !== 50 && <input type="hidden" name="pageSize" value={input.pageSize} />}
    </ListForm>
  );
}

/** What is filtered now, each with its way out. */
export async function FilterChips({ groups, input, lang }: Props) {
  const { t, options } = await filterWords(groups, lang);
  const labels = { q: t("filter.query"), status: t("filter.status"), group: t("filter.group"), licenceKind: t("filter.licenceKind"), category: t("filter.category") };
  const chips = (["q", "status", "group", "licenceKind", "category"] as const).flatMap((name) => {
    const value = input[name];
    if (value === undefined) return [];
    return [{ name, filter: labels[name], value: name === "q" ? value : (options[name].find((option) => option.value === value)?.label ?? value) }];
  });
  if (chips.length === 0) return null;
  return (
    <ul aria-label={t("filter.active")} className="chips">
      {chips.map(({ name, filter, value }) => (
        <li key={name}>
          <Link href={listHref(lang, input, { [name]: undefined })} prefetch={false} scroll={false} aria-label={t("filter.remove", { filter, value })}>
            <bdi>{t("filter.chip", { filter, value })}</bdi>
            <CloseIcon className="size-3.5 shrink-0" />
          </Link>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <Link className="clear" href={listHref(lang, input, { q: undefined, status: undefined, group: undefined, licenceKind: undefined, category: undefined })} prefetch={false} scroll={false}>
            {t("filter.clear")}
          </Link>
        </li>
      )}
    </ul>
  );
}
