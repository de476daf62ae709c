import { UndoForm } from "#components/ui/undo-form.tsx";
import { getT } from "#locales/server.ts";
import type { Undo } from "#server/undo/schema.ts";
import { actionOf, type GroupView } from "./group-view.ts";

type Member = Pick<GroupView, "lang" | "membershipId">;

/** *Undo* beside what a form of a group's page did, and of the customers that it moved. */
export async function UndoChange({ undo, view, back }: { undo: Undo; view: GroupView; back: string }) {
  if (undo["group"] !== undefined) return <UndoMove undo={undo} member={view} back={back} />;
  const t = await getT(view.lang, "groups");
  const fields = { ...undo, version: String(view.group.version) };
  return <UndoForm action={actionOf(view)} fields={fields} label={t("notice.undo")} />;
}

/** *Undo* beside what became of customers that were moved into a group or out of it; leads to `back`. */
export async function UndoMove({ undo, member, back }: { undo: Undo; member: Member; back: string }) {
  const { lang, membershipId } = member;
  const t = await getT(lang, "groups");
  const action = `/api/groups/members?lang=${lang}&membership=${membershipId}`;
  return <UndoForm action={action} fields={{ ...undo, return: back }} label={t("notice.undo")} />;
}
