import { Button } from "#components/ui/button.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { facts, fieldOf, Rule } from "#server/groups/schema.ts";
import { actionOf, type GroupView, typed } from "./group-view.ts";

/** The form that takes the last change back: where it goes and what it sends. */
type Undo = { action: string; fields: Readonly<Record<string, string>> };

/** Customers that were moved a moment ago, as the address tells (`moved`: the group, then they), the other way round. */
export function movedUndo(
  { query, lang, membershipId }: Pick<GroupView, "query" | "lang" | "membershipId">,
  back: string,
): Undo | undefined {
  const notice = typed(query, "notice");
  const [group = "", ...customers] = (typed(query, "moved") ?? "").split(".");
  if ((notice !== "added" && notice !== "removed") || customers.length === 0) return undefined;
  return {
    action: `/api/groups/members?lang=${lang}&membership=${membershipId}`,
    fields: {
      action: notice === "added" ? "remove" : "add",
      group,
      return: back,
      ...Object.fromEntries(customers.map((id) => [`customer.${id}`, "on"])),
    },
  };
}

/** The last change of a group, as its page's address tells it; undefined: none that can be taken back. */
export function undoOf(view: GroupView, back: string): Undo | undefined {
  const { group, query } = view;
  const notice = typed(query, "notice");
  const was = typed(query, "was") ?? "";
  const to = (fields: Undo["fields"]): Undo => ({ action: actionOf(view), fields });
  if (was === "") return movedUndo(view, back);
  if (notice === "rename") return to({ action: notice, version: String(group.version), name: was });
  if (notice === "give" || notice === "take")
    return to({ action: notice === "give" ? "take" : "give", membershipId: was });
  const rule = notice === "rule" ? readWas(was) : undefined;
  return rule && to({ action: "rule", version: String(group.version), ...fieldsOf(rule) });
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
