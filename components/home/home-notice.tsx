import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

type Props = {
  query: Record<string, string | string[] | undefined>;
  /** The member whom the address names: who has the work. */
  about: string | null;
  lang: Language;
};

/** What became of the form about a piece of work that led here; what is about pins is said with them. */
export async function HomeNotice({ query, about, lang }: Props) {
  const t = await getT(lang, "home");
  const [notice] = [query["notice"]].flat();
  if (notice === "work.taken" || notice === "work.given")
    return (
      <output className="mb-5 block">
        <Notice tone="positive" title={t(notice === "work.taken" ? "notice.taken" : "notice.given")} />
      </output>
    );
  const [error] = [query["error"] ?? query["refused"]].flat();
  if (error === undefined || error === "pin.tooMany" || !isErrorCode(error)) return null;
  return (
    <div className="mb-5">
      <Notice tone="danger" title={t("notice.refused")}>
        {error === "work.assigned" && about !== null
          ? t("notice.takenBy", { name: about })
          : errorText(lang, error).message}
      </Notice>
    </div>
  );
}
