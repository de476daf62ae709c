import { Button } from "#components/ui/button.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { actionOf, type GroupView, typed } from "./group-view.ts";
import { NameField } from "./name-field.tsx";

/** The group's name, to be changed. What was refused stands in the field again. */
export async function NameSection({ view }: { view: GroupView }) {
  const { group, query, lang } = view;
  const t = await getT(lang, "group");
  const refused = typed(query, "of") === "rename" ? typed(query, "error") : undefined;
  const isConflict = refused === "group.changed";
  return (
    <Section id="rename" title={t("rename.title")}>
      {isConflict && (
        <div className="mb-5">
          <Notice tone="danger" title={errorText(lang, refused).message}>
            {t("rename.now", { name: group.name })}
          </Notice>
        </div>
      )}
      <form method="post" action={actionOf(view)} className="flex max-w-xl flex-wrap items-end gap-2">
        <input type="hidden" name="action" value="rename" />
        <HeldValue name="version" value={group.version} />
        <NameField
          value={(refused === undefined ? undefined : typed(query, "name")) ?? group.name}
          error={isConflict ? undefined : refused}
          lang={lang}
          className="min-w-0 flex-1 basis-56"
        />
        <Button type="submit">{t("rename.submit")}</Button>
      </form>
    </Section>
  );
}

/** The way to the page that says what goes with a group. */
export async function DeleteSection({ view: { group, lang } }: { view: GroupView }) {
  const t = await getT(lang, "group");
  return (
    <Section id="delete" title={t("delete.title")}>
      <p className="mb-3 max-w-prose text-ink-soft">{t("delete.lead")}</p>
      <LinkButton href={`/${lang}/groups/${group.id}/delete`}>{t("delete.open")}</LinkButton>
    </Section>
  );
}
