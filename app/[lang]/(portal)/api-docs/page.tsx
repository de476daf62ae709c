import type { Metadata } from "next";
import { ApiDocs } from "#components/api-docs/api-docs.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { can } from "#server/permissions.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "api-docs");
  return { title: t("title") };
}

export default async function ApiDocsPage({ params }: Props) {
  const lang = languageOf((await params).lang);
  const [actor, document] = await Promise.all([requireActor(), api.apiDocs.document({ language: lang })]);
  const t = await getT(lang, "api-docs");
  return (
    <>
      <PageHeader
        title={t("title")}
        lead={t("lead")}
        actions={
          <>
            {can(actor, "token:manageOwn") && (
              <LinkButton href={`/${lang}/tokens`}>{t("page.tokens")}</LinkButton>
            )}
            <LinkButton href="/api/v1/openapi.json" target="_blank">
              {t("page.document")}
            </LinkButton>
          </>
        }
      />
      <ApiDocs document={document} lang={lang} />
    </>
  );
}
