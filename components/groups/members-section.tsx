import Link from "next/link";
import type { ReactNode } from "react";
import { StatusBadge } from "#components/customers/status-badge.tsx";
import { About } from "#components/figures/about.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import { countText } from "./count-text.ts";
import { type GroupView, typed } from "./group-view.ts";

type Row = Pick<CustomerList["rows"][number], "id" | "name" | "domain" | "status" | "groups">;
const search = (entries: Record<string, string | undefined>, hash: string) => {
  const query = new URLSearchParams(
    Object.entries(entries).filter((entry): entry is [string, string] => Boolean(entry[1])),
  ).toString();
  return `${query && `?${query}`}#${hash}`;
};

/** A field to search by, with the way back to everything. */
function SearchForm({
  path,
  name,
  hash,
  label,
  hint,
  submit,
  value,
  clear,
}: {
  path: string;
  name: string;
  hash: string;
  label: string;
  hint?: string;
  submit: string;
  value: string | undefined;
  clear?: string;
}) {
  return (
    <search>
      <form method="get" action={`${path}#${hash}`} className="mb-4 flex max-w-xl flex-wrap items-end gap-2">
        <Field id={name} label={label} hint={hint} className="min-w-0 flex-1 basis-48">
          {(control) => (
            <TextInput {...control} type="search" name={name} defaultValue={value} maxLength={200} />
          )}
        </Field>
        <Button type="submit" icon={<SearchIcon />}>
          {submit}
        </Button>
        {clear !== undefined && value && (
          <LinkButton href={`${path}#${hash}`} variant="quiet">
            {clear}
          </LinkButton>
        )}
      </form>
    </search>
  );
}

/** Customers with a box each where they may be chosen; `note` says why one may not. */
async function CustomerBoxes({
  rows,
  lang,
  note,
}: {
  rows: readonly Row[];
  lang: Language;
  note: (row: Row) => string | false | undefined;
}) {
  const t = await getT(lang, "group");
  return (
    <ul className="mb-4 divide-y divide-line border-y border-line">
      {rows.map((row) => {
        const why = note(row);
        return (
          <li key={row.id} data-row-id={row.id} className="flex min-h-11 items-center gap-3 py-1.5">
            {why !== false && (
              <input
                type="checkbox"
                name={`customer.${row.id}`}
                aria-label={t("members.choose", { name: row.name })}
                disabled={why !== undefined}
                className="size-4 shrink-0 accent-accent"
              />
            )}
            <span className="min-w-0 flex-1">
              <Link
                href={`/${lang}/customers/${row.id}`}
                prefetch={false}
                className="break-words text-accent underline-offset-2 hover:underline"
              >
                <bdi>{row.name}</bdi>
              </Link>
              <span className="block truncate text-caption text-ink-soft">
                {[row.domain, why].filter(Boolean).join(" · ")}
              </span>
            </span>
            <StatusBadge status={row.status} lang={lang} plain />
          </li>
        );
      })}
    </ul>
  );
}

/** A form that adds the customers chosen in it to the group, or takes them out. */
function MembersForm({
  view: { group, lang, membershipId },
  action,
  back,
  children,
}: {
  view: GroupView;
  action: "add" | "remove";
  back: string;
  children: ReactNode;
}) {
  return (
    <form method="post" action={`/api/groups/members?lang=${lang}&membership=${membershipId}`}>
      <input type="hidden" name="action" value={action} />
      <input type="hidden" name="group" value={group.id} />
      <input type="hidden" name="return" value={back} />
      {children}
    </form>
  );
}

/** Who is in the group, a page at a time; people take customers out where no rule decides. */
export async function MembersSection({ view, list }: { view: GroupView; list: CustomerList }) {
  const { group, query, lang } = view;
  const [t, common] = await Promise.all([getT(lang, "group"), getT(lang, "common")]);
  const path = `/${lang}/groups/${group.id}`;
  const q = typed(query, "q")?.trim();
  const isByRule = group.rule !== null;
  return (
    <Section
      id="members"
      title={t("members.title")}
      about={<About figure="groupCustomers" lang={lang} />}
      aside={await countText(lang, group.customers)}
    >
      {isByRule && <p className="mb-4 max-w-prose text-caption text-ink-soft">{t("members.byRule")}</p>}
      {(list.rows.length > 0 || q) && (
        <SearchForm
          path={path}
          name="q"
          hash="members"
          label={t("members.search")}
          submit={t("members.searchSubmit")}
          clear={t("members.clear")}
          value={q}
        />
      )}
      {list.rows.length === 0 ? (
        <EmptyState
          level={3}
          title={q ? t("members.emptySearch") : t("members.empty")}
          reason={
            q ? t("members.emptySearchHint") : t(isByRule ? "members.emptyRule" : "members.emptyPeople")
          }
        />
      ) : (
        <MembersForm view={view} action="remove" back={`${path}${search({ q }, "members")}`}>
          <CustomerBoxes rows={list.rows} lang={lang} note={() => (isByRule ? false : undefined)} />
          {!isByRule && (
            <>
              <Button type="submit">{t("members.remove")}</Button>
              <p className="mt-2 max-w-prose text-caption text-ink-soft">{t("members.removeHint")}</p>
            </>
          )}
        </MembersForm>
      )}
      <Pagination
        label={common("paging.label")}
        first={
          typed(query, "after")
            ? { href: path + search({ q }, "members"), label: common("paging.first") }
            : undefined
        }
        next={
          list.next === null
            ? undefined
            : { href: path + search({ q, after: list.next }, "members"), label: common("paging.next") }
        }
      />
    </Section>
  );
}

/** Finding customers and putting them in; those that cannot be in it say why. `found` null: nothing was searched. */
export async function AddSection({ view, found }: { view: GroupView; found: CustomerList | null }) {
  const { group, query, lang } = view;
  if (group.rule !== null) return null;
  const t = await getT(lang, "group");
  const path = `/${lang}/groups/${group.id}`;
  const find = typed(query, "find")?.trim();
  const note = (row: Row) => {
    if (row.status === "not_applicable") return t("members.isOrder");
    return row.groups.includes(group.name) ? t("members.isMember") : undefined;
  };
  return (
    <Section id="add" title={t("members.add")}>
      <SearchForm
        path={path}
        name="find"
        hash="add"
        label={t("members.find")}
        hint={t("members.findHint")}
        submit={t("members.findSubmit")}
        value={find}
      />
      {found && found.rows.length === 0 && <p>{t("members.foundNone")}</p>}
      {found && found.rows.length > 0 && (
        <MembersForm view={view} action="add" back={`${path}${search({ find }, "add")}`}>
          <h3 className="mb-2 font-semibold">{t("members.found")}</h3>
          <CustomerBoxes rows={found.rows} lang={lang} note={note} />
          <Button type="submit" variant="primary">
            {t("members.addChosen")}
          </Button>
          {found.next !== null && (
            <p className="mt-3 max-w-prose text-caption text-ink-soft">
              {t("members.foundMore")}{" "}
              <Link
                href={`/${lang}/customers${search({ q: find }, "content")}`}
                prefetch={false}
                className="text-accent underline underline-offset-2"
              >
                {t("members.list")}
              </Link>
            </p>
          )}
        </MembersForm>
      )}
    </Section>
  );
}
