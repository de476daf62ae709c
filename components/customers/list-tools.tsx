import Link from "next/link";
import { ColumnsIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerList, CustomerListInput } from "#server/customers/schema.ts";
import type { Actor } from "#server/permissions.ts";
import { listHref } from "./list-address.ts";

type Props = { list: CustomerList; input: CustomerListInput; lang: Language };
const densities = ["comfortable", "compact"] as const;

/** How the list is laid out: density at once, columns on a page of their own. */
export async function ListTools({ list, input, lang }: Props) {
  const t = await getT(lang, "customers");
  const back = listHref(lang, input, { after: input.after });
  return (
    <div className="list-tools">
      {input.columns && (
        <span className="own-columns">
          {t("partial.title")}
          <Link
            href={listHref(lang, input, { columns: undefined })}
            prefetch={false}
            title={t("partial.body")}
          >
            {t("partial.own")}
          </Link>
        </span>
      )}
      {densities.map((density) => (
        <button
          key={density}
          form="layout"
          name="density"
          value={density}
          aria-pressed={list.layout.density === density}
        >
          {t(`layout.${density}`)}
        </button>
      ))}
      <Link href={`/${lang}/customers/columns?${new URLSearchParams({ return: back })}`} prefetch={false}>
        <ColumnsIcon />
        {t("layout.columns")}
      </Link>
    </div>
  );
}

/** The forms that buttons of the table belong to, each row's included: fifty forms of their own would weigh more. */
export async function ListForms({
  actor,
  returnTo,
  lang,
}: {
  actor: Actor;
  returnTo: string;
  lang: Language;
}) {
  const t = await getT(lang, "customers");
  const to = (path: string) => `${path}?lang=${lang}&membership=${actor.membershipId}`;
  return (
    <>
      <form id="layout" method="post" action={to("/api/preferences/customers")}>
        <input type="hidden" name="return" value={returnTo} />
      </form>
      <form id="pins" method="post">
        <input type="hidden" name="return" value={returnTo} />
      </form>
      <form id="sync-one" method="post" action={to("/api/sync")}>
        <input type="hidden" name="return" value={returnTo} />
      </form>
      {/* What the marks in each row do, said once; the rows name these and the customer. */}
      {(["select", "pin", "unpin", "syncNow", "details"] as const).map((verb) => (
        <span key={verb} id={`do-${verb}`} hidden>
          {t(`table.${verb}`)}
        </span>
      ))}
    </>
  );
}
