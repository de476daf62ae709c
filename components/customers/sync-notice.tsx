import { OutcomeNotice } from "#components/sync/outcome-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

type Props = { query: Record<string, string | string[] | undefined>; lang: Language };

/** What became of the form that led here: a known outcome in `notice` or an error code in `error`; nothing else is shown. */
export async function SyncNotice({ query, lang }: Props) {
  const t = await getT(lang, "customers");
  const [notice] = [query["notice"]].flat();
  if (notice === "sync.started" || notice === "sync.joined") {
    const outcome = notice === "sync.started" ? "started" : "joined";
    return (
      <output className="mb-5 block">
        <Notice tone={outcome === "started" ? "positive" : "accent"} title={t(`notice.${outcome}.title`)}>
          {t(`notice.${outcome}.body`)}
        </Notice>
      </output>
    );
  }
  if (notice === "sync.waiting") return <OutcomeNotice query={query} lang={lang} />;
  const [error] = [query["error"]].flat();
  if (error === undefined || !isErrorCode(error)) return null;
  return (
    <div className="mb-5">
      <Notice tone="danger" title={t("notice.other.title")}>
        {errorText(lang, error).message}
      </Notice>
    </div>
  );
}
