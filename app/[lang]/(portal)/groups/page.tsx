import type { Metadata } from "next";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { GroupNotice } from "#components/groups/group-notice.tsx";
import { type Query, typed } from "#components/groups/group-view.ts";
import { GroupsTable } from "#components/groups/groups-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { GroupsIcon, SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatNumber } from "#locales/format.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { GroupListInput } from "#server/groups/schema.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "groups");
  return { title: t("title") };
}

/** Lenient: a search that is none, or a cursor that cannot be read, shows all groups. */
function readAddress(query: Query) {
  const q = GroupListInput.shape.q.safeParse(typed(query, "q")?.replaceAll("\0", "").toWellFormed()).data;
  return {
    q: q === "" ? undefined : q,
    after: GroupListInput.shape.after.safeParse(typed(query, "after")).data,
  };
}

export default async function GroupsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const { q, after } = readAddress(query);
  const list = await lenientCursor(after, (from) =>
    api.groups.list({ ...(q !== undefined && { q }), ...(from !== undefined && { after: from }) }),
  );
  const [t, common] = await Promise.all([getT(lang, "groups"), getT(lang, "common")]);
  const path = `/${lang}/groups`;
  const address = (more: Record<string, string>) => {
    const text = new URLSearchParams({ ...(q !== undefined && { q }), ...more }).toString();
    return path + (text && `?${text}`);
  };
  const create = (
    <LinkButton href={`${path}/new`} variant="primary">
      {t("new")}
    </LinkButton>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} actions={list.total > 0 && create} />
      <GroupNotice query={query} lang={lang} />
      {list.total === 0 ? (
        <EmptyState
          icon={<GroupsIcon className="size-10" />}
          title={t("empty.title")}
          reason={t("empty.reason")}
          action={create}
        />
      ) : (
        <>
          <search>
            <form method="get" action={path} className="mb-4 flex max-w-xl flex-wrap items-end gap-2">
              <Field id="q" label={t("search.label")} className="min-w-0 flex-1 basis-48">
                {(control) => (
                  <TextInput {...control} type="search" name="q" defaultValue={q} maxLength={100} />
                )}
              </Field>
              <Button type="submit" icon={<SearchIcon />}>
                {t("search.submit")}
              </Button>
              {q !== undefined && (
                <LinkButton href={path} variant="quiet">
                  {t("search.clear")}
                </LinkButton>
              )}
            </form>
          </search>
          {list.rows.length === 0 ? (
            <EmptyState title={t("emptySearch.title")} reason={t("emptySearch.reason")} />
          ) : (
            <GroupsTable list={list} lang={lang} />
          )}
          <Pagination
            label={common("paging.label")}
            summary={t("total", { count: list.total, formatted: formatNumber(lang, list.total) })}
            first={after === undefined ? undefined : { href: address({}), label: common("paging.first") }}
            next={
              list.next === null
                ? undefined
                : { href: address({ after: list.next }), label: common("paging.next") }
            }
          />
        </>
      )}
    </>
  );
}
