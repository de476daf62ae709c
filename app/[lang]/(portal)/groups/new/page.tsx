import type { Metadata } from "next";
import { GroupForm } from "#components/groups/group-form.tsx";
import { GroupNotice } from "#components/groups/group-notice.tsx";
import { fieldsIn, type Query, typed } from "#components/groups/group-view.ts";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { readRule } from "#server/groups/schema.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "groups");
  return { title: t("new") };
}

export default async function NewGroupPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const [actor, options] = await Promise.all([requireActor(), api.groups.options()]);
  const rule = typed(query, "count") === undefined ? null : (readRule(fieldsIn(query)) ?? null);
  const counted = rule && (await api.groups.count({ rule }));
  const [t, common] = await Promise.all([getT(lang, "groups"), getT(lang, "common")]);
  return (
    <>
      <PageHeader
        title={t("new")}
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("title"), href: `/${lang}/groups` }, { label: t("new") }]}
          />
        }
      />
      <GroupNotice query={query} lang={lang} />
      <GroupForm
        query={query}
        options={options}
        counted={counted}
        lang={lang}
        membershipId={actor.membershipId}
      />
    </>
  );
}
