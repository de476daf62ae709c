import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { Thresholds } from "#server/settings/schema.ts";
import { type Query, typed } from "./settings-page.tsx";

/** Two people changed the same thresholds: what stands now beside what the second one entered. */
export async function Conflict({
  thresholds,
  query,
  lang,
}: {
  thresholds: Thresholds;
  query: Query;
  lang: Language;
}) {
  if (typed(query, "error") !== "settings.conflict") return null;
  const t = await getT(lang, "settings");
  const groupId = typed(query, "group");
  const group = thresholds.groups.find(({ id }) => id === groupId);
  const now = group ?? thresholds.partner;
  const amount = (unit: "days" | "hours", value: string | number | null | undefined) => {
    if (value === null || value === undefined || value === "") return t("thresholds.asPartner");
    const count = Number(value);
    return Number.isSafeInteger(count)
      ? t(`thresholds.${unit}`, { count, formatted: formatNumber(lang, count) })
      : "–";
  };
  const both = (days: string | number | null | undefined, hours: string | number | null | undefined) =>
    t("thresholds.conflict", { days: amount("days", days), hours: amount("hours", hours) });
  return (
    <div className="mb-5">
      <Notice tone="danger" title={errorText(lang, "settings.conflict").message}>
        {group && (
          <p className="mb-2 font-medium">
            <bdi>{group.name}</bdi>
          </p>
        )}
        <DefinitionList
          items={[
            { term: t("thresholds.conflictNow"), value: both(now.silentDays, now.stuckHours) },
            {
              term: t("thresholds.conflictYours"),
              value: both(typed(query, "silentDays"), typed(query, "stuckHours")),
            },
          ]}
        />
      </Notice>
    </div>
  );
}
