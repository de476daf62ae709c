import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";

/** What a form of this page did (`done`) with the way back (`undo`), or why it did not (`error`, a code of ours). */
export function OutcomeNotice({
  done,
  undo,
  error,
  lang,
}: {
  done?: string | undefined;
  undo?: ReactNode;
  error: string | string[] | undefined;
  lang: Language;
}) {
  const problem =
    typeof error === "string" && isErrorCode(error) ? errorText(lang, error).message : undefined;
  if (problem === undefined && done === undefined) return null;
  return (
    <div className="mb-5">
      {problem === undefined ? (
        <Notice tone="positive" title={done ?? ""} action={undo} />
      ) : (
        <Notice tone="danger" title={problem} />
      )}
    </div>
  );
}
