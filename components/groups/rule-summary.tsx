import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { facts, type Rule } from "#server/groups/schema.ts";
import { ruleWords } from "./rule-words.ts";

/** A rule in one sentence: "All of: Status: Warning · Country: Italy, France". */
export async function RuleSummary({ rule, lang }: { rule: Rule; lang: Language }) {
  const t = await getT(lang, "group");
  const word = ruleWords(lang);
  const conditions = facts
    .filter((fact) => rule[fact].length > 0)
    .map((fact) =>
      t("rule.condition", {
        fact: t(`rule.fact.${fact}`),
        values: rule[fact].map((value) => word(fact, value)).join(", "),
      }),
    );
  if (conditions.length === 1) return conditions[0];
  return t(rule.match === "all" ? "rule.summaryAll" : "rule.summaryAny", {
    conditions: conditions.join(" · "),
  });
}
