import { buttonClass } from "#components/ui/button-class.ts";
import { ChevronRightIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type Actor, can, type CustomerAccess } from "#server/permissions.ts";

/** The ways to the pages that convert, unlink or disconnect a customer; of an order only why there are none. */
export async function AccountActions({
  customerId,
  relationship,
  actor,
  lang,
}: {
  customerId: string;
  relationship: CustomerAccess["relationship"];
  actor: Pick<Actor, "role" | "customerId">;
  lang: Language;
}) {
  const t = await getT(lang, "accounts");
  const allowed = (
    [
      ["convert", "trial:convert"],
      ["unlink", "customer:unlink"],
      ["disconnect", "customer:disconnect"],
    ] as const
  ).filter(([, permission]) => can(actor, permission));
  if (allowed.length === 0) return null;
  return (
    <details className="group relative">
      <summary className={`${buttonClass({})} list-none`}>
        {t("more")}
        <ChevronRightIcon className="size-4 rotate-90" />
      </summary>
      <div className="absolute right-0 z-20 mt-1 flex min-w-52 flex-col rounded-md border border-line bg-raised p-1 shadow-float">
        {relationship === "order_only" ? (
          <p className="max-w-64 p-2 text-caption text-ink-soft">{t("orderOnly")}</p>
        ) : (
          allowed.map(([page]) => (
            <a
              key={page}
              href={`/${lang}/customers/${customerId}/${page}`}
              className="rounded-sm px-3 py-2 hover:bg-sunken"
            >
              {t(`actions.${page}`)}
            </a>
          ))
        )}
      </div>
    </details>
  );
}
