import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

export type Query = Record<string, string | string[] | undefined>;
export const one = (value: string | string[] | undefined): string => [value].flat()[0] ?? "";

const notices = ["created", "test", "enable", "disable", "remove", "secret"] as const;

/** What became of the form that led here. */
export async function ProviderNotices({ query, lang }: { query: Query; lang: Language }) {
  const t = await getT(lang, "signInProviders");
  const code = one(query["error"]);
  if (code !== "" && isErrorCode(code))
    return (
      <div className="mb-5">
        <Notice tone="danger" title={t("failed")}>
          {errorText(lang, code).message}
        </Notice>
      </div>
    );
  const done = notices.find((notice) => notice === one(query["notice"]));
  if (done === undefined) return null;
  return (
    <output className="mb-5 block">
      <Notice tone="positive" title={t(`notice.${done}`)} />
    </output>
  );
}
