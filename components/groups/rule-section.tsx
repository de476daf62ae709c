import { Button } from "#components/ui/button.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type Count, readDraft, readRule, type RuleOptions } from "#server/groups/schema.ts";
import { actionOf, fieldsIn, type GroupView, typed } from "./group-view.ts";
import { RuleFields } from "./rule-fields.tsx";
import { RuleSummary } from "./rule-summary.tsx";

/** The rule of a group, to be changed; of two people the second sees what stands now beside what they chose. */
export async function RuleSection({
  view,
  options,
  counted,
}: {
  view: GroupView;
  options: RuleOptions;
  counted: Count | null;
}) {
  const { group, query, lang } = view;
  if (group.rule === null) return null;
  const t = await getT(lang, "group");
  const fields = fieldsIn(query);
  const isTyped = typed(query, "of") === "rule" || typed(query, "count") !== undefined;
  const isConflict = typed(query, "of") === "rule" && typed(query, "error") === "group.changed";
  const yours = readRule(fields);
  return (
    <Section id="rule" title={t("rule.title")}>
      {isConflict && (
        <div className="mb-5">
          <Notice tone="danger" title={errorText(lang, "group.changed").message}>
            <DefinitionList
              items={[
                { term: t("rule.now"), value: <RuleSummary rule={group.rule} lang={lang} /> },
                ...(yours
                  ? [{ term: t("rule.yours"), value: <RuleSummary rule={yours} lang={lang} /> }]
                  : []),
              ]}
            />
          </Notice>
        </div>
      )}
      <p className="mb-5 max-w-prose text-caption text-ink-soft">{t("rule.freshness")}</p>
      <form method="post" action={actionOf(view)}>
        <input type="hidden" name="action" value="rule" />
        <HeldValue name="version" value={group.version} />
        <RuleFields
          draft={isTyped ? readDraft(fields) : group.rule}
          options={options}
          counted={counted}
          wasCounted={typed(query, "count") !== undefined}
          page={`/${lang}/groups/${group.id}#rule`}
          lang={lang}
        />
        <Button type="submit" variant="primary" className="mt-5">
          {t("rule.save")}
        </Button>
      </form>
    </Section>
  );
}
