// What a view names that is gone is said in the words of the list's own filters.
import { expect, test } from "vitest";
import { languages } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { filterFields } from "#server/customers/schema.ts";
import { filterNames } from "./filter-names.ts";

test.each(languages)("every filter has its name in %s", async (lang) => {
  const nameOf = await filterNames(lang);
  const names: Record<string, unknown> = resources[lang].customers.filter;
  for (const field of [...filterFields, "protection"])
    expect(nameOf(field)).toBe(names[field === "q" ? "query" : field]);
  expect(nameOf("removed")).toBe("removed");
});
