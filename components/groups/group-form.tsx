import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type Count, readDraft, type RuleOptions } from "#server/groups/schema.ts";
import { fieldsIn, type Query, typed } from "./group-view.ts";
import { NameField } from "./name-field.tsx";
import { RuleFields } from "./rule-fields.tsx";

const kinds = ["people", "rule"] as const;
const nameErrors = ["group.name", "group.nameTaken"] as const;

/** A new group: its name, and whether people or a rule say who belongs; the rule's fields show where they are asked for. */
export async function GroupForm({
  query,
  options,
  counted,
  lang,
  membershipId,
}: {
  query: Query;
  options: RuleOptions;
  counted: Count | null;
  lang: Language;
  membershipId: string;
}) {
  const [t, group] = await Promise.all([getT(lang, "groups"), getT(lang, "group")]);
  const kind = typed(query, "kind") === "rule" ? "rule" : "people";
  const error = nameErrors.find((one) => one === typed(query, "error"));
  return (
    <form
      method="post"
      action={`/api/groups?lang=${lang}&membership=${membershipId}`}
      className="group/form max-w-4xl"
    >
      <Section id="group" title={t("column.name")}>
        <NameField value={typed(query, "name")} error={error} lang={lang} className="mb-5 max-w-xl" />
        <fieldset>
          <legend className="mb-1.5 font-medium">{t("form.kind")}</legend>
          {kinds.map((one) => (
            <label key={one} className="flex min-h-9 items-start gap-2 py-1">
              <input
                type="radio"
                name="kind"
                value={one}
                defaultChecked={one === kind}
                className="mt-0.5 size-4 accent-accent"
              />
              <span>
                {t(`kind.${one}`)}
                <span className="block text-caption text-ink-soft">{t(`form.${one}Hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </Section>
      <div className="group-has-[input[name=kind][value=people]:checked]/form:hidden">
        <Section id="rule" title={group("rule.title")}>
          <RuleFields
            draft={readDraft(fieldsIn(query))}
            options={options}
            counted={counted}
            wasCounted={typed(query, "count") !== undefined}
            page={`/${lang}/groups/new#rule`}
            lang={lang}
          />
        </Section>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          {t("form.create")}
        </Button>
        <LinkButton href={`/${lang}/groups`} variant="quiet">
          {t("form.cancel")}
        </LinkButton>
      </div>
    </form>
  );
}
