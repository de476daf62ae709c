import Link from "next/link";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type CustomerList, type CustomerListInput, pageSizes } from "#server/customers/schema.ts";
import { listHref } from "./list-address.ts";

/** Keyset pages: the first, the next, and how long they are. */
export async function ListPages({
  list,
  input,
  lang,
}: {
  list: CustomerList;
  input: CustomerListInput;
  lang: Language;
}) {
  const [t, common] = await Promise.all([getT(lang, "customers"), getT(lang, "common")]);
  return (
    <>
      <Pagination
        label={common("paging.label")}
        summary={t("shown", { count: list.rows.length, formatted: formatNumber(lang, list.rows.length) })}
        first={
          input.after === undefined
            ? undefined
            : { href: listHref(lang, input), label: common("paging.first") }
        }
        next={
          list.next === null
            ? undefined
            : { href: listHref(lang, input, { after: list.next }), label: common("paging.next") }
        }
      />
      <div className="list-foot">
        <nav aria-label={t("pageSize")}>
          <span>{t("pageSize")}</span>
          {pageSizes.map((size) => (
            <Link
              key={size}
              href={listHref(lang, input, { pageSize: size })}
              prefetch={false}
              scroll={false}
              aria-current={size === input.pageSize ? "true" : undefined}
            >
              {formatNumber(lang, size)}
            </Link>
          ))}
        </nav>
        <Link href={`/${lang}/help/figures`} prefetch={false}>
          {t("figures")}
        </Link>
        {list.rows.length > 20 && <a href="#top">{common("backToTop")}</a>}
      </div>
    </>
  );
}
