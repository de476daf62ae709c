import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { AdministratorsSection } from "#components/groups/administrators-section.tsx";
import { GroupNotice } from "#components/groups/group-notice.tsx";
import { fieldsIn, type GroupView, type Query, typed } from "#components/groups/group-view.ts";
import { AddSection, MembersSection } from "#components/groups/members-section.tsx";
import { DeleteSection, NameSection } from "#components/groups/name-section.tsx";
import { UndoChange } from "#components/groups/undo-change.tsx";
import { RuleSection } from "#components/groups/rule-section.tsx";
import { PageRefresh } from "#components/imports/page-refresh.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { readListAddress } from "#server/customers/schema.ts";
import { readRule } from "#server/groups/schema.ts";
import { requireActor } from "#server/session.ts";
import { readUndo } from "#server/undo/schema.ts";

type Props = { params: Promise<{ lang: string; groupId: string }>; searchParams: Promise<Query> };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FOUND = 25;

/** Title and page read one group once. */
const getGroup = cache((id: string) => {
  if (!uuid.test(id)) notFound();
  return api.groups.byId({ id });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getGroup((await params).groupId)).name };
}

/** Customers of this group, or of all: as the list of customers finds them, in the order of their names. */
const listCustomers = (query: Query) => {
  const { after, ...input } = readListAddress(query);
  return lenientCursor(after, (from) =>
    api.customers.list({ ...input, ...(from !== undefined && { after: from }) }),
  );
};

export default async function GroupPage({ params, searchParams }: Props) {
  const { lang: wanted, groupId } = await params;
  const lang = isLanguage(wanted) ? wanted : languages[0];
  const query = await searchParams;
  const [actor, group] = await Promise.all([requireActor(), getGroup(groupId)]);
  const view: GroupView = { group, query, lang, membershipId: actor.membershipId };
  const isByRule = group.rule !== null;
  const find = typed(query, "find")?.trim();
  const draft = isByRule && typed(query, "count") !== undefined ? readRule(fieldsIn(query)) : undefined;
  const told = readUndo(query, `group ${typed(query, "notice")}`, groupId);
  const [t, one, common, members, found, options, counted, undo] = await Promise.all([
    getT(lang, "groups"),
    getT(lang, "group"),
    getT(lang, "common"),
    listCustomers({ group: groupId, q: query["q"], after: query["after"], sort: "name" }),
    !isByRule && find ? listCustomers({ q: find, pageSize: String(FOUND) }) : null,
    isByRule ? api.groups.options() : null,
    draft ? api.groups.count({ rule: draft }) : null,
    told ? api.undo.open(told) : null,
  ]);
  const isCounted = typed(query, "count") !== undefined;
  return (
    <>
      <PageHeader
        title={<bdi className="break-words">{group.name}</bdi>}
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("title"), href: `/${lang}/groups` }, { label: group.name }]}
          />
        }
        below={<Badge>{t(isByRule ? "kind.rule" : "kind.people")}</Badge>}
        actions={
          <LinkButton href={`/${lang}/customers?group=${group.id}`}>
            {t("customersOf", { group: group.name })}
          </LinkButton>
        }
      />
      <GroupNotice
        query={query}
        lang={lang}
        undo={undo && <UndoChange undo={undo} view={view} back={`/${lang}/groups/${groupId}`} />}
      />
      {!group.isSettled && (
        <div className="mb-5">
          <noscript>
            <meta httpEquiv="refresh" content="3" />
          </noscript>
          <Notice title={one("rule.settling")} />
          <PageRefresh />
        </div>
      )}
      {options && (
        <RuleSection view={view} options={options} counted={isCounted ? counted : group.customers} />
      )}
      <div className="grid items-start gap-x-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <MembersSection view={view} list={members} />
          <AddSection view={view} found={found} />
        </div>
        <div className="min-w-0">
          <AdministratorsSection view={view} />
          <NameSection view={view} />
          <DeleteSection view={view} />
        </div>
      </div>
    </>
  );
}
