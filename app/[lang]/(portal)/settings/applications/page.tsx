import type { Metadata } from "next";
import { DeniedForm, DeniedList } from "#components/settings/denied-applications.tsx";
import { type Query, SettingsPage } from "#components/settings/settings-page.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "settings");
  return { title: `${t("tabs.applications")} · ${t("title")}` };
}

export default async function ApplicationsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [t, { membershipId, timeZone }, denied, query] = await Promise.all([
    getT(lang, "settings"),
    requireActor(),
    api.settings.denied(),
    searchParams,
  ]);
  const props = { lang, membershipId };
  return (
    <SettingsPage current="applications" query={query} lang={lang} lead={t("denied.lead")}>
      <DeniedForm query={query} {...props} />
      <DeniedList denied={denied} timeZone={timeZone} {...props} />
    </SettingsPage>
  );
}
