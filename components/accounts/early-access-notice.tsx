import { Notice } from "#components/ui/notice.tsx";
import { formatList } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** Beside the licences of a customer: its programmes that refuse the monthly ones it has. Warns, and blocks nothing. */
export async function EarlyAccessNotice({
  programmes,
  name,
  lang,
}: {
  programmes: readonly string[];
  name: string;
  lang: Language;
}) {
  if (programmes.length === 0) return null;
  const t = await getT(lang, "accounts");
  return (
    <Notice tone="warning" title={t("convert.eap")}>
      {t("convert.eapHas", { name, programmes: formatList(lang, programmes) })}
    </Notice>
  );
}
