import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

export type Query = Record<string, string | string[] | undefined>;
/** What a form of ours sent back: the first value of a field, or nothing. */
export const typed = (query: Query, name: string): string | undefined => [query[name]].flat()[0];

const tabs = [
  { id: "thresholds", path: "" },
  { id: "maintenance", path: "/maintenance" },
  { id: "applications", path: "/applications" },
] as const;
const outcomes = [
  "thresholds",
  "group",
  "windowAdded",
  "windowClosed",
  "patternAdded",
  "patternRemoved",
] as const;

/** Title and tabs of the settings, and what became of the form that led here (of two people's: Conflict). */
export async function SettingsPage({
  current,
  query,
  lang,
  lead,
  children,
}: {
  current: (typeof tabs)[number]["id"];
  query: Query;
  lang: Language;
  lead?: string;
  children: ReactNode;
}) {
  const t = await getT(lang, "settings");
  const outcome = outcomes.find((one) => one === typed(query, "notice"));
  const error = typed(query, "error");
  return (
    <>
      <PageHeader title={t("title")} lead={lead ?? t("lead")} />
      <Tabs
        label={t("tabs.label")}
        tabs={tabs.map(({ id, path }) => ({
          href: `/${lang}/settings${path}`,
          label: t(`tabs.${id}`),
          current: id === current,
        }))}
      />
      {outcome !== undefined && (
        <output className="mb-5 block">
          <Notice tone="positive" title={t(`notice.${outcome}`)}>
            {t("soon")}
          </Notice>
        </output>
      )}
      {error !== undefined && isErrorCode(error) && error !== "settings.conflict" && (
        <div className="mb-5">
          <Notice tone="danger" title={errorText(lang, error).message} />
        </div>
      )}
      {children}
    </>
  );
}
