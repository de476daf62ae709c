import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ImportPreviewView } from "#components/imports/import-preview.tsx";
import { ImportProgress } from "#components/imports/import-progress.tsx";
import { ImportFailure, ImportResult } from "#components/imports/import-result.tsx";
import { type ImportStep, ImportSteps } from "#components/imports/import-steps.tsx";
import { MappingForm } from "#components/imports/mapping-form.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";
import { ImportId, outcomes } from "#server/imports/schema.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string; importId: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "imports");
  return { title: t("title") };
}

/** One address for the whole import: its state and, before it starts, `?step=` say what is shown. */
export default async function ImportStepPage({ params, searchParams }: Props) {
  const { lang: wanted, importId } = await params;
  const lang = languageOf(wanted);
  const input = ImportId.safeParse({ importId });
  if (!input.success) notFound();
  const [{ membershipId }, list, query] = await Promise.all([
    requireActor(),
    api.imports.byId(input.data),
    searchParams,
  ]);
  const [t, common] = await Promise.all([getT(lang, "imports"), getT(lang, "common")]);
  const hasName = list.columns.some(({ field }) => field === "name");
  const step: ImportStep =
    list.state !== "uploaded" ? "result" : query["step"] === "preview" && hasName ? "preview" : "mapping";
  const only = outcomes.find((outcome) => outcome === query["outcome"]);
  const preview =
    step === "preview"
      ? await api.imports.preview({ ...input.data, ...(only && { outcome: only }) })
      : undefined;
  const code = query["error"];
  const error =
    code === "request.invalid"
      ? t("mapping.duplicate")
      : typeof code === "string" && isErrorCode(code)
        ? errorText(lang, code).message
        : undefined;
  const title =
    step === "result" ? t(list.state === "finished" ? "result.title" : "title") : t(`${step}.title`);
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[
              { label: common("nav.customers"), href: `/${lang}/customers` },
              { label: t("title"), href: `/${lang}/customers/import` },
              { label: list.fileName || t("recent.unnamed") },
            ]}
          />
        }
        title={title}
        lead={preview && t("preview.lead")}
        below={<ImportSteps current={step} lang={lang} />}
      />
      {error !== undefined && (
        <div className="mb-5">
          <Notice tone="danger" title={error} />
        </div>
      )}
      {step === "mapping" && <MappingForm list={list} lang={lang} membershipId={membershipId} />}
      {preview && (
        <ImportPreviewView
          list={list}
          preview={preview}
          only={only}
          lang={lang}
          membershipId={membershipId}
        />
      )}
      {(list.state === "queued" || list.state === "running") && (
        <ImportProgress list={list} lang={lang} membershipId={membershipId} />
      )}
      {(list.state === "failed" || list.state === "cancelled") && (
        <ImportFailure list={list} lang={lang} membershipId={membershipId} />
      )}
      {list.state === "finished" && <ImportResult list={list} lang={lang} />}
    </>
  );
}
