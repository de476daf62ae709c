import Link from "next/link";
import { vendorOf } from "#components/customers/vendors.ts";
import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatAgo, formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { AccountList, AccountListInput } from "#server/vendor-accounts/schema.ts";
import { AccountForm } from "./account-form.tsx";
import { LinkState } from "./link-state.tsx";
import { ProposalLine } from "./proposal-line.tsx";

/** Accounts of one view: in the queue with the best proposal to confirm, else with the customer they belong to. */
export async function AccountTable({
  list,
  view,
  back,
  membershipId,
  lang,
  timeZone,
}: {
  list: AccountList;
  view: AccountListInput["view"];
  back: string;
  membershipId: string;
  lang: Language;
  timeZone: string;
}) {
  const [t, common] = await Promise.all([getT(lang, "vendor-accounts"), getT(lang, "common")]);
  const isQueue = view === "unmatched" || view === "duplicates";
  const now = new Date(list.now);
  return (
    <TableFrame label={t(`views.${view}`)} hint={common("table.scrollHint")}>
      <Table caption={t(`views.${view}`)} density="comfortable">
        <thead>
          <tr>
            <HeaderCell>{t("table.account")}</HeaderCell>
            <HeaderCell>{t("table.vendor")}</HeaderCell>
            {view !== "unmatched" && view !== "setAside" && <HeaderCell>{t("table.customer")}</HeaderCell>}
            {isQueue && (
              <HeaderCell explanation={<About figure="proposalScore" lang={lang} />}>
                {t("table.proposal")}
              </HeaderCell>
            )}
            {view === "linked" && (
              <HeaderCell explanation={<About figure="linkState" lang={lang} />}>
                {t("table.state")}
              </HeaderCell>
            )}
            <HeaderCell explanation={<About figure="linkedRead" lang={lang} />}>
              {t("table.lastSync")}
            </HeaderCell>
          </tr>
        </thead>
        <tbody>
          {list.rows.map((row) => (
            <tr key={row.id} data-row-id={row.id}>
              <th scope="row">
                <Link href={`/${lang}/vendor-accounts/${row.id}`} prefetch={false}>
                  {row.name}
                </Link>
                <span className="block text-caption font-normal text-ink-soft">
                  {row.domain ?? row.externalId}
                </span>
                {row.isNameTwice && (
                  <span title={t("nameTwiceHint")}>
                    <Badge tone="warning">{t("nameTwice")}</Badge>
                  </span>
                )}
              </th>
              <td>
                {vendorOf(row.vendor).name}
                <span className="block text-caption text-ink-soft">{row.connection}</span>
              </td>
              {view !== "unmatched" && view !== "setAside" && (
                <td>
                  {row.customer ? (
                    <Link href={`/${lang}/customers/${row.customer.id}`} prefetch={false}>
                      {row.customer.name}
                    </Link>
                  ) : (
                    <span className="text-ink-soft">{t("nobody")}</span>
                  )}
                </td>
              )}
              {isQueue && (
                <td className="min-w-72">
                  {row.best ? (
                    <ProposalLine proposal={row.best} lang={lang}>
                      {view === "unmatched" && (
                        <AccountForm
                          accountId={row.id}
                          action="link"
                          back={back}
                          membershipId={membershipId}
                          fields={{ toCustomerId: row.best.id }}
                        >
                          <Button
                            type="submit"
                            size="small"
                            aria-label={t("confirmFor", { account: row.name, customer: row.best.name })}
                          >
                            {t("confirm")}
                          </Button>
                        </AccountForm>
                      )}
                    </ProposalLine>
                  ) : (
                    <span className="text-ink-soft">{t("noProposal")}</span>
                  )}
                </td>
              )}
              {view === "linked" && (
                <td>
                  <LinkState account={row} lang={lang} />
                </td>
              )}
              <td>
                {row.lastSuccessAt ? (
                  <time
                    dateTime={row.lastSuccessAt}
                    title={formatDateTime(lang, timeZone, new Date(row.lastSuccessAt))}
                  >
                    {formatAgo(lang, new Date(row.lastSuccessAt), now)}
                  </time>
                ) : (
                  <span className="text-ink-soft">{t("never")}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
