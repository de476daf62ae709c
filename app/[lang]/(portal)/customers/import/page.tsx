import type { Metadata } from "next";
import { FileNeeds } from "#components/imports/file-needs.tsx";
import { ImportSteps } from "#components/imports/import-steps.tsx";
import { RecentImports } from "#components/imports/recent-imports.tsx";
import { UploadForm } from "#components/imports/upload-form.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "imports");
  return { title: t("title") };
}

export default async function ImportPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [actor, imports] = await Promise.all([requireActor(), api.imports.list()]);
  const [t, common] = await Promise.all([getT(lang, "imports"), getT(lang, "common")]);
  const { error } = await searchParams;
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: common("nav.customers"), href: `/${lang}/customers` }, { label: t("title") }]}
          />
        }
        title={t("title")}
        lead={t("lead")}
        below={<ImportSteps current="upload" lang={lang} />}
      />
      <div className="grid items-start gap-x-6 xl:grid-cols-2">
        <div className="min-w-0">
          <UploadForm
            membershipId={actor.membershipId}
            error={
              typeof error === "string" && isErrorCode(error) ? errorText(lang, error).message : undefined
            }
            lang={lang}
          />
          <RecentImports imports={imports} lang={lang} timeZone={actor.timeZone} />
        </div>
        <FileNeeds lang={lang} />
      </div>
    </>
  );
}
