import type { Metadata } from "next";
import Link from "next/link";
import { one, type Query } from "#components/profile/notices.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "profile");
  return { title: t("link.title") };
}

/** Says where the person is about to go before they go; a link, because a form may not lead to another site. */
export default async function LinkPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const ticket = one((await searchParams)["ticket"]).slice(0, 2000);
  const [provider, t] = await Promise.all([api.profile.ticket({ ticket }), getT(lang, "profile")]);
  return (
    <>
      <PageHeader
        title={t("link.title")}
        above={
          <Link href={`/${lang}/profile`} className="underline underline-offset-2">
            {t("back")}
          </Link>
        }
      />
      {provider ? (
        <>
          <p className="max-w-prose">{t("link.lead", { host: provider.host })}</p>
          <p className="mt-5">
            <a
              href={`/api/login/provider?${new URLSearchParams({ issuer: provider.issuerId, ticket })}`}
              className={buttonClass({ variant: "primary" })}
            >
              {t("link.go", { name: provider.name })}
            </a>
          </p>
        </>
      ) : (
        <Notice tone="danger" title={t("link.gone")} />
      )}
    </>
  );
}
