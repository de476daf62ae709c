import { vendorOf } from "#components/customers/vendors.ts";
import { countryName } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import type { Fact } from "#server/groups/schema.ts";

/** How the values of a rule are called; a category that this version does not know keeps its own name. */
export function ruleWords(lang: Language): (fact: Fact, value: string) => string {
  const categories: Readonly<Record<string, string>> = resources[lang].customers.category;
  const statuses: Readonly<Record<string, string>> = resources[lang].status.word;
  const kinds: Readonly<Record<string, string>> = resources[lang].group.rule.licenceKind;
  return (fact, value) => {
    switch (fact) {
      case "statuses":
        return statuses[value] ?? value;
      case "licenceKinds":
        return kinds[value] ?? value;
      case "categories":
        return categories[value] ?? value;
      case "vendors":
        return vendorOf(value).name;
      case "countries":
        return countryName(lang, value);
      case "tags":
        return value;
    }
  };
}
