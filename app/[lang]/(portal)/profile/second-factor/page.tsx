import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { fieldError, ProfileNotices, type Query } from "#components/profile/notices.tsx";
import { QrCode } from "#components/profile/qr-code.tsx";
import { Button } from "#components/ui/button.tsx";
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
  return { title: t("enrol.title") };
}

/** The secret as a picture and as text, until its first code was given; asked for a proof first. */
export default async function SecondFactorPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [{ secondFactor, isFresh }, query] = await Promise.all([api.profile.get(), searchParams]);
  const t = await getT(lang, "profile");
  const page = `/${lang}/profile/second-factor`;
  if (secondFactor.state === "pending" && !isFresh)
    redirect(`/${lang}/profile/prove?${new URLSearchParams({ return: page })}`);
  const back = (
    <Link href={`/${lang}/profile`} className="underline underline-offset-2">
      {t("back")}
    </Link>
  );
  return (
    <>
      <PageHeader title={t("enrol.title")} above={back} />
      <ProfileNotices query={query} lang={lang} except={["auth.codeInvalid"]} />
      {secondFactor.state === "pending" && secondFactor.uri !== null && secondFactor.secret !== null ? (
        <Section id="enrol" title={t("secondFactor.title")}>
          <div className="flex flex-col gap-6 sm:flex-row sm:gap-10">
            <div className="max-w-sm">
              <p className="mb-3">{t("enrol.scan")}</p>
              <QrCode text={secondFactor.uri} label={t("enrol.qr")} />
              <p className="mt-4 text-ink-soft">{t("enrol.orType")}</p>
              <code className="mt-1 block break-all select-all" data-secret={secondFactor.secret}>
                {secondFactor.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}
              </code>
            </div>
            <form
              method="post"
              action="/api/profile/confirm-second-factor"
              className="flex max-w-xs flex-1 flex-col gap-5"
            >
              <p>{t("enrol.then")}</p>
              <Field id="code" label={t("enrol.code")} error={fieldError(query, lang, ["auth.codeInvalid"])}>
                {(control) => (
                  <TextInput
                    {...control}
                    name="code"
                    required
                    inputMode="numeric"
                    maxLength={10}
                    autoComplete="one-time-code"
                  />
                )}
              </Field>
              <div>
                <Button type="submit" variant="primary">
                  {t("enrol.submit")}
                </Button>
              </div>
            </form>
          </div>
        </Section>
      ) : (
        <p>{t("enrol.none")}</p>
      )}
    </>
  );
}
