import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import {
  type Count,
  type Draft,
  type Fact,
  fieldOf,
  matches,
  ruleLicenceKinds,
  type RuleOptions,
  ruleStatuses,
} from "#server/groups/schema.ts";
import { countText } from "./count-text.ts";
import { RuleCount } from "./rule-count.tsx";
import { ruleWords } from "./rule-words.ts";

/** More than so many values are folded away. */
const MANY = 14;

/** The fields of a rule, for a form: which conditions, how many must be met, and how many customers that means. */
export async function RuleFields({
  draft,
  options,
  counted,
  wasCounted,
  page,
  lang,
}: {
  draft: Draft;
  options: RuleOptions;
  /** null: there was nothing to count. */
  counted: Count | null;
  wasCounted: boolean;
  /** The page of this form, which counts without scripts. */
  page: string;
  lang: Language;
}) {
  const [t, groups] = await Promise.all([getT(lang, "group"), getT(lang, "groups")]);
  const word = ruleWords(lang);
  const values: readonly [Exclude<Fact, "tags">, readonly string[]][] = [
    ["statuses", ruleStatuses],
    ["licenceKinds", ruleLicenceKinds],
    ["categories", options.categories],
    ["vendors", options.vendors],
    ["countries", options.countries],
  ];
  const n = counted && (await countText(lang, counted));
  return (
    <>
      <fieldset className="mb-5">
        <legend className="mb-1.5 font-medium">{t("rule.match")}</legend>
        <div className="flex flex-wrap gap-x-6 gap-y-1">
          {matches.map((match) => (
            <label key={match} className="flex min-h-9 items-center gap-2">
              <input
                type="radio"
                name="match"
                value={match}
                defaultChecked={draft.match === match}
                className="size-4 accent-accent"
              />
              {t(`rule.${match}`)}
            </label>
          ))}
        </div>
        <p className="max-w-prose text-caption text-ink-soft">{t("rule.hint")}</p>
      </fieldset>
      <div className="mb-5 grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {values.map(([fact, offered]) => {
          // A value that is chosen and no longer offered stays to be taken away.
          const all = [...new Set([...offered, ...draft[fact]])]
            .map((value) => ({ value, label: word(fact, value) }))
            .sort((a, b) => (offered.length > MANY ? a.label.localeCompare(b.label, lang) : 0));
          const boxes = (
            <div className="flex flex-wrap gap-x-5 gap-y-0.5">
              {all.map(({ value, label }) => (
                <label key={value} className="flex min-h-8 items-center gap-2">
                  <input
                    type="checkbox"
                    name={fieldOf(fact, value)}
                    defaultChecked={draft[fact].includes(value)}
                    className="size-4 accent-accent"
                  />
                  {label}
                </label>
              ))}
            </div>
          );
          const label = t(`rule.fact.${fact}`);
          const chosen = draft[fact].map((value) => word(fact, value)).join(", ");
          return (
            <fieldset key={fact} className="min-w-0">
              <legend className={all.length > MANY ? "sr-only" : "mb-1 font-medium"}>{label}</legend>
              {all.length === 0 && <p className="text-ink-soft">{t("rule.noneYet")}</p>}
              {all.length > MANY ? (
                <Disclosure summary={chosen ? t("rule.condition", { fact: label, values: chosen }) : label}>
                  {boxes}
                </Disclosure>
              ) : (
                boxes
              )}
            </fieldset>
          );
        })}
        <Field id="tags" label={t("rule.fact.tags")} hint={t("rule.tagsHint")}>
          {(control) => (
            <TextInput {...control} name="tags" defaultValue={draft.tags.join(", ")} maxLength={600} />
          )}
        </Field>
      </div>
      <RuleCount
        page={page}
        lang={lang}
        initial={n === null ? (wasCounted ? t("rule.countNothing") : "") : t("rule.counted", { n })}
        words={{
          button: t("rule.count"),
          counted: t("rule.counted", { n: "{{n}}" }),
          moreThan: groups("moreThan", { formatted: "{{formatted}}" }),
          nothing: t("rule.countNothing"),
          failed: t("rule.countFailed"),
        }}
      />
    </>
  );
}
