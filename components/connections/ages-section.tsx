import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ClockIcon } from "#components/ui/icons.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { formatAge, formatAgo, formatDateTime } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type AccountFilter, accountFilters, type AccountRow } from "#server/connections/schema.ts";
import { type ConnectionView, pageOf } from "./connection-view.ts";

/** The accounts behind the connection, the oldest data first: per customer and source, as people look for what is stale. */
export async function AgesSection({
  view,
  filter,
  isFirstPage,
}: {
  view: ConnectionView;
  filter: AccountFilter;
  isFirstPage: boolean;
}) {
  const { details, lang } = view;
  const [t, common] = await Promise.all([getT(lang, "connection"), getT(lang, "common")]);
  const { rows, next } = details.accountPage;
  const address = (given: Record<string, string>) => {
    const search = new URLSearchParams({
      ...(filter !== "all" && { accounts: filter }),
      ...given,
    }).toString();
    return `${pageOf(view)}${search && `?${search}`}#accounts`;
  };
  return (
    <section id="accounts" aria-labelledby="accounts-title" className="mb-6 min-w-0 scroll-mt-4">
      <h2 id="accounts-title" className="text-prose font-semibold">
        {t("accounts.title")}
      </h2>
      <p className="mt-1 mb-3 max-w-prose text-ink-soft">{t("accounts.lead")}</p>
      <Tabs
        label={t("accounts.filter")}
        tabs={accountFilters.map((one) => ({
          href: `${pageOf(view)}${one === "all" ? "" : `?accounts=${one}`}#accounts`,
          label: t(`accounts.${one}`),
          current: one === filter,
        }))}
      />
      {rows.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState
            level={3}
            title={t(filter === "all" ? "accounts.emptyTitle" : "accounts.noneTitle")}
            reason={t(filter === "all" ? "accounts.emptyReason" : "accounts.noneReason")}
          />
        </div>
      ) : (
        <TableFrame label={t("accounts.title")} hint={common("table.scrollHint")}>
          <Table caption={t("accounts.title")}>
            <thead>
              <tr>
                <HeaderCell>{t("accounts.account")}</HeaderCell>
                <HeaderCell>{t("accounts.customer")}</HeaderCell>
                <HeaderCell numeric explanation={<About figure="accountAge" lang={lang} />}>
                  {t("accounts.age")}
                </HeaderCell>
                <HeaderCell explanation={<About figure="accountAttempt" lang={lang} />}>
                  {t("accounts.attempt")}
                </HeaderCell>
                <HeaderCell>{t("accounts.problem")}</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Account key={row.id} row={row} view={view} />
              ))}
            </tbody>
          </Table>
        </TableFrame>
      )}
      <Pagination
        label={t("accounts.pages")}
        {...(!isFirstPage && { first: { href: address({}), label: t("accounts.first") } })}
        {...(next !== null && {
          next: { href: address({ accountsAfter: next }), label: t("accounts.next") },
        })}
      />
    </section>
  );
}

async function Account({ row, view }: { row: AccountRow; view: ConnectionView }) {
  const { lang, timeZone, now } = view;
  const t = await getT(lang, "connection");
  const text =
    row.errorCode === null
      ? undefined
      : isErrorCode(row.errorCode)
        ? errorText(lang, row.errorCode)
        : { message: row.errorCode };
  const exact = (at: string) => formatDateTime(lang, timeZone, new Date(at));
  return (
    <tr data-row-id={row.id}>
      <th scope="row" className="truncate" title={row.name}>
        <bdi>{row.name}</bdi>
      </th>
      <td>
        {row.customer === null ? (
          <span className="text-ink-soft">
            {t("accounts.none")}
            {view.details.may.link && (
              <Link
                href={`/${lang}/vendor-accounts/${row.id}`}
                prefetch={false}
                className="ml-2 underline underline-offset-2"
              >
                {t("accounts.match")}
              </Link>
            )}
          </span>
        ) : (
          <Link
            href={`/${lang}/customers/${row.customer.id}`}
            prefetch={false}
            className="underline underline-offset-2"
          >
            <bdi className="inline-block max-w-64 truncate align-bottom">{row.customer.name}</bdi>
          </Link>
        )}
      </td>
      <td className="number">
        {row.lastSuccessAt === null ? (
          <span className="text-ink-soft">{t("accounts.never")}</span>
        ) : (
          <time dateTime={row.lastSuccessAt} title={exact(row.lastSuccessAt)}>
            {formatAge(lang, new Date(row.lastSuccessAt), now)}
          </time>
        )}
        {row.isStale && row.lastSuccessAt !== null && (
          <span className="ml-2">
            <Badge tone="warning" icon={<ClockIcon className="size-3.5" />} plain>
              {t("accounts.stalemark")}
            </Badge>
          </span>
        )}
      </td>
      <td>
        {row.lastAttemptAt === null ? (
          <span className="text-ink-soft">{t("accounts.never")}</span>
        ) : (
          <time dateTime={row.lastAttemptAt} title={exact(row.lastAttemptAt)}>
            {formatAgo(lang, new Date(row.lastAttemptAt), now)}
          </time>
        )}
      </td>
      <td>
        {text === undefined ? (
          <span className="text-ink-soft">{t("accounts.noProblem")}</span>
        ) : (
          <span className="block min-w-64 max-w-md py-1.5 whitespace-normal" title={text.advice}>
            {text.message}
            {row.errorSince !== null && (
              <span className="text-ink-soft">
                {" "}
                · {t("health.errorSince", { age: formatAge(lang, new Date(row.errorSince), now) })}
              </span>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}
