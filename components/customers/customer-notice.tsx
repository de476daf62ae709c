import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

type Props = { query: Record<string, string | string[] | undefined>; lang: Language };

/** What became of an edit that led to the customer's page. */
export async function CustomerNotice({ query, lang }: Props) {
  const t = await getT(lang, "customer");
  const [saved] = [query["saved"]].flat();
  const [wrong] = [query["wrong"]].flat();
  if (saved === "record" || saved === "retry")
    return (
      <output className="mb-5 block">
        <Notice tone="positive" title={t(saved === "record" ? "edit.saved" : "write.retried")} />
      </output>
    );
  return <NotSaved wrong={wrong} lang={lang} />;
}

/** That a form was refused, and why; nothing where it was not. */
export async function NotSaved({ wrong, lang }: { wrong: string | undefined; lang: Language }) {
  if (wrong === undefined || !isErrorCode(wrong)) return null;
  const t = await getT(lang, "customer");
  return (
    <div className="mb-5">
      <Notice tone="danger" title={t("edit.failed")}>
        {errorText(lang, wrong).message}
      </Notice>
    </div>
  );
}
