import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

const done = [
  "linked",
  "split",
  "merged",
  "unlinked",
  "unlinkScheduled",
  "unlinkCancelled",
  "setAside",
  "takeBack",
] as const;

type Query = string | string[] | undefined;

/** What a form of this page did, or why it did not. */
export async function AccountNotice({
  notice,
  error,
  lang,
}: {
  notice: Query;
  error: Query;
  lang: Language;
}) {
  const t = await getT(lang, "vendor-accounts");
  const what = done.find((each) => each === notice);
  const problem = typeof error === "string" && isErrorCode(error) ? errorText(lang, error) : undefined;
  if (!what && !problem) return null;
  return (
    <div className="mb-5">
      {problem ? (
        <Notice tone="danger" title={problem.message} />
      ) : (
        what && <Notice tone="positive" title={t(`notice.${what}`)} />
      )}
    </div>
  );
}
