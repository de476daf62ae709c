import { Button } from "#components/ui/button.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Undo } from "#server/undo/schema.ts";
import { actionOf, type GroupView } from "./group-view.ts";

type Member = Pick<GroupView, "lang" | "membershipId">;

/** *Undo* beside what a form of a group's page did, and of the customers that it moved. */
export function UndoChange({ undo, view, back }: { undo: Undo; view: GroupView; back: string }) {
  if (undo["group"] !== undefined) return <UndoMove undo={undo} member={view} back={back} />;
  const fields = { ...undo, version: String(view.group.version) };
  return <UndoForm action={actionOf(view)} fields={fields} lang={view.lang} />;
}

/** *Undo* beside what became of customers that were moved into a group or out of it; leads to `back`. */
export function UndoMove({ undo, member, back }: { undo: Undo; member: Member; back: string }) {
  const action = `/api/groups/members?lang=${member.lang}&membership=${member.membershipId}`;
  return <UndoForm action={action} fields={{ ...undo, return: back }} lang={member.lang} />;
}

async function UndoForm({ action, fields, lang }: { action: string; fields: Undo; lang: Language }) {
  const t = await getT(lang, "groups");
  return (
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <HeldValue key={name} name={name} value={value} />
      ))}
      <Button type="submit" size="small">
        {t("notice.undo")}
      </Button>
    </form>
  );
}
