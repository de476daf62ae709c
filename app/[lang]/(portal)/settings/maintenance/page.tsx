import type { Metadata } from "next";
import { type Query, SettingsPage, typed } from "#components/settings/settings-page.tsx";
import { WindowsForm } from "#components/settings/windows-form.tsx";
import { WindowsList } from "#components/settings/windows-list.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "settings");
  return { title: `${t("tabs.maintenance")} · ${t("title")}` };
}

export default async function MaintenancePage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const customer = typed(query, "customer")?.slice(0, 300);
  const isUnclear = customer !== undefined && typed(query, "error") === "settings.customerUnclear";
  const [t, { membershipId, timeZone }, windows] = await Promise.all([
    getT(lang, "settings"),
    requireActor(),
    api.settings.windows(isUnclear ? { customer } : {}),
  ]);
  const props = { lang, timeZone, membershipId };
  return (
    <SettingsPage current="maintenance" query={query} lang={lang} lead={t("windows.lead")}>
      <WindowsForm windows={windows} query={query} {...props} />
      <WindowsList kind="current" windows={windows.current} {...props} />
      <WindowsList kind="coming" windows={windows.coming} {...props} />
      <WindowsList kind="past" windows={windows.past} {...props} />
    </SettingsPage>
  );
}
