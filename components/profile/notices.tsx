import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

export type Query = Record<string, string | string[] | undefined>;
export const one = (value: string | string[] | undefined): string => [value].flat()[0] ?? "";

const notices = [
  "saved",
  "password",
  "secondFactorOn",
  "secondFactorOff",
  "linked",
  "unlinked",
  "sessionEnded",
] as const;

/** What became of the form that led here: what was done, or what stood in the way. */
export async function ProfileNotices({
  query,
  lang,
  except = [],
}: {
  query: Query;
  lang: Language;
  /** Errors that stand at a field. */
  except?: readonly string[];
}) {
  const t = await getT(lang, "profile");
  const done = notices.find((notice) => notice === one(query["notice"]));
  const code = one(query["error"]);
  if (code !== "" && isErrorCode(code) && !except.includes(code))
    return (
      <div className="mb-5">
        <Notice tone="danger" title={errorText(lang, code).message} />
      </div>
    );
  if (done === undefined || code !== "") return null;
  return (
    <output className="mb-5 block">
      <Notice tone="positive" title={t(`notice.${done}`)} />
    </output>
  );
}

/** The sentence of an error that belongs to a field; undefined for all others. */
export function fieldError(query: Query, lang: Language, codes: readonly string[]): string | undefined {
  const code = one(query["error"]);
  return codes.includes(code) && isErrorCode(code) ? errorText(lang, code).message : undefined;
}
