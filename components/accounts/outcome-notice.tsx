import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";

/** What a form of this page did (`done`), or why it did not (`error`, a code of ours). */
export function OutcomeNotice({
  done,
  error,
  lang,
}: {
  done?: string | undefined;
  error: string | string[] | undefined;
  lang: Language;
}) {
  const problem =
    typeof error === "string" && isErrorCode(error) ? errorText(lang, error).message : undefined;
  if (problem === undefined && done === undefined) return null;
  return (
    <div className="mb-5">
      {problem === undefined ? (
        <Notice tone="positive" title={done ?? ""} />
      ) : (
        <Notice tone="danger" title={problem} />
      )}
    </div>
  );
}
