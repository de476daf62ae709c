import type { Metadata } from "next";
import { AboutForm } from "#components/profile/about-form.tsx";
import { type Query, ProfileNotices } from "#components/profile/notices.tsx";
import { PasswordForm, passwordErrors } from "#components/profile/password-form.tsx";
import { SecondFactor } from "#components/profile/second-factor.tsx";
import { Sessions } from "#components/profile/sessions.tsx";
import { Ways } from "#components/profile/ways.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "profile");
  return { title: t("title") };
}

export default async function ProfilePage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [profile, query] = await Promise.all([api.profile.get(), searchParams]);
  const t = await getT(lang, "profile");
  const atFields = [...passwordErrors, "profile.nameInvalid", "profile.timeZoneInvalid"];
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      <ProfileNotices query={query} lang={lang} except={atFields} />
      {profile.isVouched && (
        <div className="mb-5">
          <Notice title={t("vouched")} />
        </div>
      )}
      <AboutForm profile={profile} query={query} lang={lang} />
      {!profile.isVouched && <PasswordForm email={profile.email} query={query} lang={lang} />}
      <SecondFactor profile={profile} lang={lang} />
      <Ways profile={profile} lang={lang} />
      <Sessions profile={profile} lang={lang} />
    </>
  );
}
