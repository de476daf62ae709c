import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { filterFields } from "#server/customers/schema.ts";

const filters = [...filterFields, "protection"] as const;

/** How the list names the filters of its address, in the words of `lang`; one that it knows no more stays as it is written. */
export async function filterNames(lang: Language): Promise<(name: string) => string> {
  const t = await getT(lang, "customers");
  return (name) => {
    const filter = filters.find((one) => one === name);
    return filter === undefined ? name : t(`filter.${filter === "q" ? "query" : filter}`);
  };
}
