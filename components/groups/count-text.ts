import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Count } from "#server/groups/schema.ts";

/** "1,284", or "more than 10,000" where counting stopped. */
export async function countText(lang: Language, { count, isMore }: Count): Promise<string> {
  const t = await getT(lang, "groups");
  const formatted = formatNumber(lang, count);
  return isMore ? t("moreThan", { formatted }) : formatted;
}
