import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { ArrowRightIcon, BuildingsIcon, SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type VendorId, vendors } from "#server/connections/schema.ts";

type Found = { rows: readonly { id: string; name: string; domain: string | null }[]; isMore: boolean };

/** Whose the connection is: found by a search that is a form, chosen by a link. */
export async function OwnerChoice({
  vendor,
  q,
  found,
  lang,
}: {
  vendor: VendorId;
  q: string;
  /** null: nothing was searched for. */
  found: Found | null;
  lang: Language;
}) {
  const t = await getT(lang, "connections");
  const page = `/${lang}/connections/new`;
  const isEither = vendors[vendor].owner === "either";
  return (
    <Section id="owner" title={t("create.ownerTitle")}>
      <p className="mb-4 max-w-prose text-ink-soft">
        {t(isEither ? "create.ownerPush" : "create.ownerSnow")}
      </p>
      {isEither && (
        <div className="mb-5">
          <LinkButton href={`${page}?vendor=${vendor}&customer=none`} icon={<BuildingsIcon />}>
            {t("create.forPartner")}
          </LinkButton>
        </div>
      )}
      <search>
        <form method="get" action={page} className="flex max-w-xl flex-wrap items-end gap-3">
          <input type="hidden" name="vendor" value={vendor} />
          <Field id="q" label={t("create.search")} hint={t("create.searchHint")} className="min-w-56 flex-1">
            {(control) => <TextInput {...control} type="search" name="q" maxLength={200} defaultValue={q} />}
          </Field>
          <Button type="submit" icon={<SearchIcon />}>
            {t("create.searchSubmit")}
          </Button>
        </form>
      </search>
      {found && found.rows.length === 0 && <output className="mt-4 block">{t("create.none", { q })}</output>}
      {found && found.rows.length > 0 && (
        <ul className="mt-4 max-w-xl divide-y divide-line rounded-md border border-line">
          {found.rows.map(({ id, name, domain }) => (
            <li key={id}>
              <Link
                href={`${page}?vendor=${vendor}&customer=${id}`}
                prefetch={false}
                aria-label={t("create.choose", { name })}
                className="flex min-h-11 items-center gap-3 px-3 py-2 transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px]"
              >
                <span className="min-w-0 flex-1 truncate">
                  <bdi className="font-medium">{name}</bdi>
                  {domain !== null && <span className="ml-2 text-caption text-ink-soft">{domain}</span>}
                </span>
                <ArrowRightIcon className="size-4 shrink-0 text-ink-soft" />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {found?.isMore && (
        <p className="mt-2 text-caption text-ink-soft">
          {t("create.more", { formatted: formatNumber(lang, found.rows.length) })}
        </p>
      )}
    </Section>
  );
}
