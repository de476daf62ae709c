import type { ReactNode } from "react";
import { BuildingsIcon, SearchIcon } from "#components/ui/icons.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type CustomerListInput, filterFields } from "#server/customers/schema.ts";
import { listHref } from "./list-address.ts";

type Props = { input: CustomerListInput; lang: Language; mayImport: boolean; isLimited: boolean };

/** Nothing to show: because nothing matches, because the list ended, or because there is nothing yet. */
export async function ListEmpty({ input, lang, mayImport, isLimited }: Props) {
  const [t, common] = await Promise.all([getT(lang, "customers"), getT(lang, "common")]);
  const isPinsOnly = filterFields.every((name) => (input[name] !== undefined) === (name === "pinned"));
  const isFiltered = filterFields.some((name) => input[name] !== undefined);
  const frame = (children: ReactNode) => (
    <div className="rounded-lg border border-line bg-surface">{children}</div>
  );
  if (input.after !== undefined)
    return frame(
      <EmptyState
        icon={<BuildingsIcon className="size-8" />}
        title={t("empty.past")}
        reason={t("empty.pastBody")}
        action={<LinkButton href={listHref(lang, input)}>{common("paging.first")}</LinkButton>}
      />,
    );
  if (isFiltered)
    return frame(
      <EmptyState
        icon={<SearchIcon className="size-8" />}
        title={t(isPinsOnly ? "empty.noPins" : "empty.noMatch")}
        reason={t(isPinsOnly ? "empty.noPinsBody" : "empty.widen")}
        action={<LinkButton href={`/${lang}/customers?view=all`}>{t("filter.clear")}</LinkButton>}
      />,
    );
  return frame(
    <EmptyState
      icon={<BuildingsIcon className="size-8" />}
      title={t("empty.title")}
      reason={isLimited ? t("empty.limited") : t("empty.body")}
      action={
        mayImport && !isLimited ? (
          <LinkButton variant="primary" href={`/${lang}/customers/import`}>
            {t("import")}
          </LinkButton>
        ) : undefined
      }
    />,
  );
}
