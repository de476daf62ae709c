import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DeleteGroup } from "#components/groups/delete-group.tsx";
import { GroupNotice } from "#components/groups/group-notice.tsx";
import type { Query } from "#components/groups/group-view.ts";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string; groupId: string }>; searchParams: Promise<Query> };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "group");
  return { title: t("delete.title") };
}

export default async function DeleteGroupPage({ params, searchParams }: Props) {
  const { lang: wanted, groupId } = await params;
  const lang = languageOf(wanted);
  if (!uuid.test(groupId)) notFound();
  const [actor, group, query, t, groups, common] = await Promise.all([
    requireActor(),
    api.groups.byId({ id: groupId }),
    searchParams,
    getT(lang, "group"),
    getT(lang, "groups"),
    getT(lang, "common"),
  ]);
  return (
    <>
      <PageHeader
        title={t("delete.heading", { group: group.name })}
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[
              { label: groups("title"), href: `/${lang}/groups` },
              { label: group.name, href: `/${lang}/groups/${group.id}` },
              { label: t("delete.title") },
            ]}
          />
        }
      />
      <GroupNotice query={query} lang={lang} />
      <DeleteGroup view={{ group, query, lang, membershipId: actor.membershipId }} />
    </>
  );
}
