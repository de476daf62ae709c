import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type Query, typed } from "./group-view.ts";

const outcomes = ["created", "rename", "rule", "give", "take", "delete"] as const;
const moves = ["added", "removed"] as const;

/** What a form did, with the way back, or why it did not; that two people changed one group is told where they did. */
export async function GroupNotice({ query, lang, undo }: { query: Query; lang: Language; undo?: ReactNode }) {
  const t = await getT(lang, "groups");
  const notice = typed(query, "notice");
  const error = typed(query, "error");
  const outcome = outcomes.find((one) => one === notice);
  const move = moves.find((one) => one === notice);
  const n = Number(typed(query, "n"));
  const count = Number.isSafeInteger(n) && n > 0 ? n : 0;
  const moved =
    move &&
    (count > 0
      ? t(`notice.${move}`, { count, formatted: formatNumber(lang, count) })
      : t(`notice.${move}None`));
  const done = outcome ? t(`notice.${outcome}`) : moved;
  const problem =
    error !== undefined && isErrorCode(error) && error !== "group.changed"
      ? errorText(lang, error)
      : undefined;
  if (!done && !problem) return null;
  return (
    <div className="mb-5">
      {problem ? (
        <Notice tone="danger" title={problem.message} />
      ) : (
        done && (
          <output className="block">
            <Notice tone="positive" title={done} action={undo}>
              {outcome === "created" ? t("notice.createdUndo") : undefined}
            </Notice>
          </output>
        )
      )}
    </div>
  );
}
