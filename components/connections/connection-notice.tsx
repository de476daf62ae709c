import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type FieldFault, fieldFaults } from "#server/connections/schema.ts";

export type Query = Record<string, string | string[] | undefined>;
export const oneOf = (query: Query, name: string): string | undefined => [query[name]].flat()[0];

/** What is wrong with which field, from `?wrong=name:fault,…`; only faults that there are. */
export function readFaults(query: Query): Record<string, FieldFault> {
  const faults = (oneOf(query, "wrong") ?? "").split(",").flatMap((pair) => {
    const [name = "", fault] = pair.split(":");
    const known = fieldFaults.find((one) => one === fault);
    return known && /^[\w-]{1,60}$/.test(name) ? [[name, known] as const] : [];
  });
  return Object.fromEntries(faults);
}

const syncNotices = ["started", "joined", "waiting", "cancelled", "over", "redriven"] as const;
const changes = ["created", "edit", "secret", "test", "enable", "disable"] as const;

/** What became of the form that led here: an outcome that there is in `notice`, or an error in `error`. */
export async function ConnectionNotice({ query, lang }: { query: Query; lang: Language }) {
  const [t, list] = await Promise.all([getT(lang, "connection"), getT(lang, "connections")]);
  const notice = oneOf(query, "notice");
  const sync = syncNotices.find(
    (one) => notice === `sync.${one}` || (one === "cancelled" && notice === "cancel"),
  );
  const change = changes.find((one) => one === notice);
  const text =
    notice === "removed"
      ? list("notice.removed")
      : sync
        ? t(`notice.${sync}`)
        : change && t(`notice.${change}`);
  if (text !== undefined)
    return (
      <output className="mb-5 block">
        <Notice tone={sync && sync !== "started" ? "accent" : "positive"} title={text} />
      </output>
    );
  const error = oneOf(query, "error");
  if (error === undefined || !isErrorCode(error)) return null;
  const { message, advice } = errorText(lang, error);
  return (
    <div className="mb-5">
      <Notice tone="danger" title={list("failed")}>
        {message} {advice}
      </Notice>
    </div>
  );
}
