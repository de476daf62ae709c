import { Button } from "#components/ui/button.tsx";
import { getT } from "#locales/server.ts";
import type { WorkItem, WorkKind } from "#server/home/schema.ts";
import { type HomeView, homeHref } from "./home-view.ts";

/** Where each kind is taken on: a reason of a status as everywhere else, the others by who may settle them. */
const targets: Record<WorkKind, string | null> = {
  stuck: null,
  warning: null,
  request: null,
  connection: "connections",
  account: "accounts",
  access_end: "access",
  licence_end: "licences",
  over_use: "licences",
};

/** Takes a piece of work on, or gives it back, by a plain POST. */
export async function TakeForm({ item, view, what }: { item: WorkItem; view: HomeView; what: string }) {
  const { lang, membershipId, input } = view;
  const t = await getT(lang, "home");
  const isMine = item.assignee?.isMe === true;
  const target = targets[item.kind];
  // Who has it as this page shows it: from anybody else it is not taken.
  const from = item.assignedTo ?? "";
  const search = `?lang=${lang}&membership=${membershipId}`;
  const fields =
    target === null
      ? {
          act: "assign",
          code: item.reason?.code ?? "",
          subject: item.subject,
          to: isMine ? "" : membershipId,
          from,
        }
      : {
          kind: item.kind,
          subjectId: item.subjectId,
          due: item.due ?? "infinity",
          to: isMine ? "nobody" : "me",
          from,
        };
  return (
    <form
      method="post"
      action={target === null ? `/api/warnings/${item.subjectId}${search}` : `/api/home/${target}${search}`}
    >
      {Object.entries({ ...fields, return: homeHref(view, { after: input.after }) }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button
        type="submit"
        size="small"
        variant={isMine ? "quiet" : "secondary"}
        aria-label={t(isMine ? "item.giveOf" : "item.takeOf", { what })}
      >
        {t(isMine ? "item.give" : "item.take")}
      </Button>
    </form>
  );
}
