import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatNumber } from "#locales/format.ts";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { actionOf, type GroupView, typed } from "./group-view.ts";

/** What goes with a group and what stays, and the word that confirms it. */
export async function DeleteGroup({ view }: { view: GroupView }) {
  const { group, query, lang } = view;
  const t = await getT(lang, "group");
  const { administrators, customers, windows } = group;
  const { count, isMore } = customers;
  const formatted = formatNumber(lang, count);
  const hasThresholds = group.silentDays !== null || group.stuckHours !== null;
  const goes = [
    t(group.rule === null ? "delete.goesGroupPeople" : "delete.goesGroup"),
    ...(administrators.length === 0 ? [t("delete.goesNobody")] : []),
    ...administrators.map(({ name, seesAll, onlyThis }) =>
      t(seesAll ? "delete.goesPersonAll" : onlyThis ? "delete.goesPersonLast" : "delete.goesPerson", {
        name,
      }),
    ),
    ...(hasThresholds ? [t("delete.goesThresholds")] : []),
    ...(windows > 0
      ? [t("delete.goesWindows", { count: windows, formatted: formatNumber(lang, windows) })]
      : []),
  ];
  const stays = [
    isMore ? t("delete.staysCustomersMore", { formatted }) : t("delete.staysCustomers", { count, formatted }),
    t("delete.staysAudit"),
  ];
  const isWordMissing = typed(query, "error") === "group.wordMissing";
  return (
    <form method="post" action={actionOf(view)} className="max-w-3xl">
      <input type="hidden" name="action" value="delete" />
      {[
        { id: "goes", title: t("delete.goes"), lines: goes },
        { id: "stays", title: t("delete.stays"), lines: stays },
      ].map(({ id, title, lines }) => (
        <Section key={id} id={id} title={title}>
          <ul className="list-disc space-y-1 pl-5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Section>
      ))}
      <p className="mb-4">{t("delete.noUndo")}</p>
      <Field
        id="word"
        label={t("delete.word")}
        error={isWordMissing ? errorText(lang, "group.wordMissing").message : undefined}
        className="mb-5 max-w-64"
      >
        {(control) => <TextInput {...control} name="word" autoComplete="off" required maxLength={40} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="danger">
          {t("delete.submit")}
        </Button>
        <LinkButton href={`/${lang}/groups/${group.id}`} variant="quiet">
          {t("delete.back")}
        </LinkButton>
      </div>
    </form>
  );
}
