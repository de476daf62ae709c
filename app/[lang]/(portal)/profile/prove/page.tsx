import type { Metadata } from "next";
import { fieldError, one, ProfileNotices, type Query } from "#components/profile/notices.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "profile");
  return { title: t("prove.title") };
}

/** Asks once more who is there, then leads back to what they were about to do. */
export default async function ProvePage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [profile, query] = await Promise.all([api.profile.get(), searchParams]);
  const t = await getT(lang, "profile");
  const back = one(query["return"]).slice(0, 4000);
  const hasCode = profile.secondFactor.state === "on";
  const again = (
    <>
      <input type="hidden" name="return" value={back} />
      <input type="hidden" name="lang" value={lang} />
    </>
  );
  return (
    <>
      <PageHeader title={t("prove.title")} lead={t("prove.lead")} />
      <ProfileNotices query={query} lang={lang} except={["auth.invalid", "auth.codeInvalid"]} />
      <Section id="prove" title={profile.email}>
        <div className="flex max-w-sm flex-col gap-6">
          {profile.provider && (
            <p>
              <a
                href={`/api/login/provider?${new URLSearchParams({ issuer: profile.provider.id, purpose: "prove", lang, return: back })}`}
                className={buttonClass({ variant: "primary" })}
              >
                {t("prove.with", { name: profile.provider.name })}
              </a>
            </p>
          )}
          <form method="post" action="/api/profile/prove" className="flex flex-col gap-4">
            {again}
            <input type="hidden" autoComplete="username" value={profile.email} readOnly />
            <Field
              id="password"
              label={t("prove.password")}
              error={fieldError(query, lang, ["auth.invalid"])}
            >
              {(control) => (
                <TextInput
                  {...control}
                  name="password"
                  type="password"
                  required
                  maxLength={128}
                  autoComplete="current-password"
                />
              )}
            </Field>
            <div>
              <Button type="submit" variant={profile.provider ? "secondary" : "primary"}>
                {t("prove.submit")}
              </Button>
            </div>
          </form>
          {hasCode && (
            <form
              method="post"
              action="/api/profile/prove"
              className="flex flex-col gap-4 border-t border-line pt-5"
            >
              {again}
              <Field
                id="code"
                label={t("prove.code")}
                hint={t("prove.codeHint")}
                error={fieldError(query, lang, ["auth.codeInvalid"])}
              >
                {(control) => (
                  <TextInput {...control} name="code" required maxLength={40} autoComplete="one-time-code" />
                )}
              </Field>
              <div>
                <Button type="submit">{t("prove.submitCode")}</Button>
              </div>
            </form>
          )}
        </div>
      </Section>
    </>
  );
}
