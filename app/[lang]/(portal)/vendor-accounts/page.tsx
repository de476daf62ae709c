import type { Metadata } from "next";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { GroupFilter } from "#components/groups/group-filter.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { AccountTable } from "#components/vendor-accounts/account-table.tsx";
import { AccountNotice } from "#components/vendor-accounts/account-notice.tsx";
import { formatNumber } from "#locales/format.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";
import { accountViews, readAccountAddress } from "#server/vendor-accounts/schema.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

const viewFigures: Record<(typeof accountViews)[number], FigureId> = {
  unmatched: "accountsUnmatched",
  duplicates: "accountsDuplicates",
  linked: "accountsLinked",
  setAside: "accountsSetAside",
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "vendor-accounts");
  return { title: t("title") };
}

export default async function VendorAccountsPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const input = readAccountAddress(query);
  const [actor, list] = await Promise.all([
    requireActor(),
    lenientCursor(input.after, (after) => api.vendorAccounts.list({ ...input, after })),
  ]);
  const t = await getT(lang, "vendor-accounts");
  const path = `/${lang}/vendor-accounts`;
  const address = (change: Record<string, string | undefined>) => {
    const wanted = { view: input.view, q: input.q, group: input.group, ...change };
    return `${path}?${new URLSearchParams(Object.entries(wanted).filter((entry): entry is [string, string] => Boolean(entry[1])))}`;
  };
  const empty = input.q ? "search" : input.group ? "group" : input.view;
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      <AccountNotice notice={query["notice"]} error={query["error"]} lang={lang} />
      <GroupFilter
        groups={list.groups}
        chosen={input.group}
        action={path}
        keep={{ view: input.view, q: input.q }}
        lang={lang}
      />
      <Tabs
        label={t("views.label")}
        tabs={accountViews.map((view) => ({
          href: address({ view }),
          label: t(`views.${view}`),
          count: `${formatNumber(lang, list.counts[view])}${list.counts[view] === 1_000 ? "+" : ""}`,
          current: view === input.view,
          about: <About figure={viewFigures[view]} lang={lang} />,
        }))}
      />
      <search>
        <form method="get" action={path} className="mb-4 flex max-w-xl flex-wrap items-end gap-2">
          <input type="hidden" name="view" value={input.view} />
          {input.group && <input type="hidden" name="group" value={input.group} />}
          <Field id="q" label={t("search.label")} hint={t("search.hint")} className="min-w-0 flex-1 basis-56">
            {(control) => (
              <TextInput {...control} type="search" name="q" defaultValue={input.q} maxLength={200} />
            )}
          </Field>
          <Button type="submit" icon={<SearchIcon />}>
            {t("search.submit")}
          </Button>
          {input.q && (
            <LinkButton href={address({ q: undefined })} variant="quiet">
              {t("search.clear")}
            </LinkButton>
          )}
        </form>
      </search>
      {list.rows.length === 0 ? (
        <EmptyState title={t(`empty.${empty}.title`)} reason={t(`empty.${empty}.reason`)} />
      ) : (
        <AccountTable
          list={list}
          view={input.view}
          back={address({})}
          membershipId={actor.membershipId}
          lang={lang}
          timeZone={actor.timeZone}
        />
      )}
      {(list.next ?? input.after) && (
        <Pagination
          label={t("pages")}
          first={input.after ? { href: address({}), label: t("first") } : undefined}
          next={list.next ? { href: address({ after: list.next }), label: t("more") } : undefined}
        />
      )}
    </>
  );
}
