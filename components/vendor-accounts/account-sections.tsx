import Link from "next/link";
import { vendorOf } from "#components/customers/vendors.ts";
import { About } from "#components/figures/about.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { countryName, formatAgo, formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { AccountDetails } from "#server/vendor-accounts/schema.ts";
import { LinkState } from "./link-state.tsx";

type Props = { account: AccountDetails; lang: Language; timeZone: string };

/** What the vendor says of the account, and whose it is. */
export async function InformationSection({ account, lang, timeZone }: Props) {
  const [t, d] = await Promise.all([getT(lang, "vendor-accounts"), getT(lang, "account")]);
  const now = new Date(account.now);
  const instant = (at: string) => (
    <time dateTime={at} title={formatDateTime(lang, timeZone, new Date(at))}>
      {formatAgo(lang, new Date(at), now)}
    </time>
  );
  const optional = (term: string, value: string | null) => (value ? [{ term, value }] : []);
  return (
    <Section id="information" title={d("information")}>
      <DefinitionList
        items={[
          {
            term: d("customer"),
            value: account.customer ? (
              <Link
                href={`/${lang}/customers/${account.customer.id}`}
                prefetch={false}
                className="text-accent underline-offset-2 hover:underline"
              >
                {account.customer.name}
              </Link>
            ) : (
              t("nobody")
            ),
          },
          {
            term: d("state"),
            about: <About figure="linkState" lang={lang} />,
            value: (
              <>
                <LinkState account={account} lang={lang} />
                {account.linkedBy && (
                  <span className="block pt-1 text-caption text-ink-soft">
                    {t(`linkedBy.${account.linkedBy}`)}
                  </span>
                )}
              </>
            ),
          },
          { term: d("id"), value: <code className="break-all">{account.externalId}</code> },
          { term: d("connection"), value: `${vendorOf(account.vendor).name} · ${account.connection}` },
          ...optional(d("domain"), account.domain),
          ...optional(d("country"), account.country && countryName(lang, account.country)),
          ...optional(d("region"), account.region),
          ...optional(d("contacts"), account.contacts.join(", ")),
          ...optional(d("identifiers"), account.externalIds.join(", ")),
          {
            term: d("lastSync"),
            about: <About figure="linkedRead" lang={lang} />,
            value: account.lastSuccessAt ? instant(account.lastSuccessAt) : t("never"),
          },
          { term: d("found"), value: instant(account.createdAt) },
        ]}
      />
    </Section>
  );
}

/** Who linked, moved, merged, split or unlinked the account, newest first; it stays with the account. */
export async function LinkHistory({ account, lang, timeZone }: Props) {
  const d = await getT(lang, "account");
  return (
    <Section id="history" title={d("history")}>
      {account.history.length === 0 ? (
        <p className="text-ink-soft">{d("noHistory")}</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {account.history.map(({ at, kind, fromName, toName, actorName }) => {
            const text =
              kind === "linked" && fromName
                ? "linkedFrom"
                : kind === "split" && !fromName
                  ? "splitNew"
                  : kind;
            return (
              <li key={`${at} ${kind}`}>
                {d(`kind.${text}`, { from: fromName, to: toName })}
                <span className="block text-caption text-ink-soft">
                  <time dateTime={at}>{formatDateTime(lang, timeZone, new Date(at))}</time> · {actorName}
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </Section>
  );
}
