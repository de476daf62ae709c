import { Button } from "#components/ui/button.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { facts, fieldOf, type LastChange, LastChangeInput, Rule } from "#server/groups/schema.ts";
import { actionOf, type GroupView, typed } from "./group-view.ts";

/** The form that takes the last change back: where it goes and what it sends. */
type Undo = { action: string; fields: Readonly<Record<string, string>> };

/** The last change of a group as an address tells it, for the server to open; undefined: it tells none. */
export const toldChange = (query: GroupView["query"], groupId: string | undefined) =>
  LastChangeInput.safeParse({ groupId, notice: typed(query, "notice"), was: typed(query, "was") }).data;

/** Customers that were moved a moment ago (`was`, with points between them), the other way round. */
export function movedUndo(
  { groupId, notice, was }: LastChange,
  { lang, membershipId }: Pick<GroupView, "lang" | "membershipId">,
  back: string,
): Undo | undefined {
  if (notice !== "added" && notice !== "removed") return undefined;
  return {
    action: `/api/groups/members?lang=${lang}&membership=${membershipId}`,
    fields: {
      action: notice === "added" ? "remove" : "add",
      group: groupId,
      return: back,
      ...Object.fromEntries(was.split(".").map((id) => [`customer.${id}`, "on"])),
    },
  };
}

/** The last change of a group, the other way round; undefined: it cannot be taken back. */
export function undoOf(change: LastChange, view: GroupView, back: string): Undo | undefined {
  const { notice, was } = change;
  const version = String(view.group.version);
  const to = (fields: Undo["fields"]): Undo => ({ action: actionOf(view), fields });
  if (notice === "rename") return to({ action: notice, version, name: was });
  if (notice === "give" || notice === "take")
    return to({ action: notice === "give" ? "take" : "give", membershipId: was });
  if (notice !== "rule") return movedUndo(change, view, back);
  const rule = readWas(was);
  return rule && to({ action: "rule", version, ...fieldsOf(rule) });
}

function readWas(text: string): Rule | undefined {
  try {
    return Rule.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
const fieldsOf = ({ match, tags, ...rule }: Rule): Record<string, string> => ({
  match,
  tags: tags.join(", "),
  ...Object.fromEntries(
    facts.flatMap((fact) => (fact === "tags" ? [] : rule[fact].map((value) => [fieldOf(fact, value), "on"]))),
  ),
});

/** *Undo* beside what a form did. */
export async function UndoChange({ undo: { action, fields }, lang }: { undo: Undo; lang: Language }) {
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
