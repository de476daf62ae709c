import { formatList, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type Limit, limitPeriods } from "#server/connections/schema.ts";

/** "10 a second and 100 a minute", or that there is no limit. */
export async function limitText(lang: Language, limits: readonly Limit[]): Promise<string> {
  const t = await getT(lang, "connections");
  if (limits.length === 0) return t("limit.none");
  return formatList(
    lang,
    limits.map(({ calls, seconds }) => {
      const period = limitPeriods.find((one) => one === seconds);
      const formatted = formatNumber(lang, calls);
      return period === undefined
        ? t("limit.other", { calls: formatted, seconds: formatNumber(lang, seconds) })
        : t(`limit.${period}`, { calls: formatted });
    }),
  );
}
