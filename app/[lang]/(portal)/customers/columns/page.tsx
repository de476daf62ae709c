import type { Metadata } from "next";
import "#components/customers/customers.css";
import { ColumnChooser } from "#components/customers/column-chooser.tsx";
import { Notice } from "#components/ui/notice.tsx";
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
  const t = await getT(languageOf((await params).lang), "customers");
  return { title: t("layout.title") };
}

/** Which columns the list shows to this member, in which order and how wide. */
export default async function ColumnsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const { membershipId } = await requireActor();
  const query = await searchParams;
  const [t, layout] = await Promise.all([getT(lang, "customers"), api.preferences.layout({})]);
  // Nowhere but back to the list.
  const list = `/${lang}/customers`;
  const [from] = [query["return"]].flat();
  const back = from?.startsWith(`${list}?`) ? from : list;
  const [error] = [query["error"]].flat();
  return (
    <>
      <PageHeader title={t("layout.title")} lead={t("layout.lead")} />
      {error !== undefined && isErrorCode(error) && (
        <div className="mb-5">
          <Notice tone="danger" title={t("notice.other.title")}>
            {errorText(lang, error).message}
          </Notice>
        </div>
      )}
      <ColumnChooser layout={layout} back={back} membershipId={membershipId} lang={lang} />
    </>
  );
}
