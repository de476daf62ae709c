import type { Metadata } from "next";
import { Conflict } from "#components/settings/conflict.tsx";
import { type Query, SettingsPage } from "#components/settings/settings-page.tsx";
import { GroupThresholds, ThresholdsForm } from "#components/settings/thresholds-form.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "settings");
  return { title: `${t("tabs.thresholds")} · ${t("title")}` };
}

export default async function ThresholdsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [{ membershipId }, thresholds, query] = await Promise.all([
    requireActor(),
    api.settings.thresholds(),
    searchParams,
  ]);
  const props = { thresholds, query, lang, membershipId };
  return (
    <SettingsPage current="thresholds" query={query} lang={lang}>
      <Conflict thresholds={thresholds} query={query} lang={lang} />
      <ThresholdsForm {...props} />
      <GroupThresholds {...props} />
    </SettingsPage>
  );
}
