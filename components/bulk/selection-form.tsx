import Link from "next/link";
import { listQuery } from "#components/customers/list-address.ts";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { actionIds, definitionOf, MOST_CHOSEN } from "#server/bulk/schema.ts";
import { type CustomerList, type CustomerListInput, filterFields } from "#server/customers/schema.ts";
import { type Actor, can } from "#server/permissions.ts";
import { SelectionBar } from "./selection-bar.tsx";

type Props = { list: CustomerList; input: CustomerListInput; actor: Actor; lang: Language };

/** Under the list of customers: what can be done to several of them, as far as the reader may. */
export async function SelectionForm({ list, input, actor, lang }: Props) {
  const t = await getT(lang, "bulk");
  const actions = actionIds.filter((action) => can(actor, definitionOf(action).permission));
  if (list.rows.length === 0 || actions.length === 0) return null;
  const filter = Object.fromEntries(filterFields.map((name) => [name, input[name]]));
  const amount = { count: list.total, formatted: formatNumber(lang, list.total) };
  return (
    <>
      <SelectionBar
        // Another page or filter is another list, whose rows have to be found and ticked anew.
        key={listQuery(input, { after: input.after })}
        action={`/api/bulk?lang=${lang}&membership=${actor.membershipId}`}
        filter={JSON.stringify(filter)}
        requestKey={crypto.randomUUID()}
        owner={actor.membershipId}
        most={MOST_CHOSEN}
        actions={actions.map((action) => [action, t(`action.${action}`)])}
        texts={{
          label: t("bar.label"),
          selected: t("bar.selected"),
          away: t("bar.away"),
          most: errorText(lang, "bulk.tooMany").message,
          all: t(list.isMore ? "bar.allMore" : "bar.all", amount),
          choose: t("bar.choose"),
          go: t("bar.go"),
          clear: t("bar.clear"),
        }}
        lang={lang}
      />
      <p className="mt-3 text-caption text-ink-soft print:hidden">
        <Link href={`/${lang}/bulk`} prefetch={false} className="underline underline-offset-2">
          {t("bar.recent")}
        </Link>
      </p>
    </>
  );
}
