import type { Metadata } from "next";
import { cookies } from "next/headers";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";

type Props = { params: Promise<{ lang: string }> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "profile");
  return { title: t("codes.title") };
}

/** The codes that were just made: they exist in this browser's sealed cookie alone, for five minutes or until kept. */
export default async function RecoveryCodesPage({ params }: Props) {
  const lang = languageOf((await params).lang);
  const sealed = (await cookies()).getAll().find(({ name }) => name.endsWith("belvedere-codes"))?.value ?? "";
  const [codes, t] = await Promise.all([
    api.profile.newCodes({ sealed: sealed.slice(0, 2000) }),
    getT(lang, "profile"),
  ]);
  if (!codes)
    return (
      <>
        <PageHeader title={t("codes.title")} />
        <Notice title={t("codes.gone")} />
        <p className="mt-4">
          <Link href={`/${lang}/profile`} className="underline underline-offset-2">
            {t("back")}
          </Link>
        </p>
      </>
    );
  return (
    <>
      <PageHeader title={t("codes.title")} lead={t("codes.lead")} />
      <Section id="codes" title={t("codes.list")}>
        <ul className="grid max-w-xl gap-x-8 gap-y-2 sm:grid-cols-2">
          {codes.map((code) => (
            <li key={code}>
              <code className="text-prose select-all" data-code>
                {code}
              </code>
            </li>
          ))}
        </ul>
        <form method="post" action="/api/profile/codes-kept" className="mt-6">
          <Button type="submit" variant="primary">
            {t("codes.kept")}
          </Button>
        </form>
      </Section>
    </>
  );
}
