import { About } from "#components/figures/about.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { ago, type CustomerView } from "./customer-view.ts";
import { vendorOf } from "./vendors.ts";

/** Where the figures come from, and what went wrong there. */
export async function AccountsSection({ view }: { view: CustomerView }) {
  const { details, lang, timeZone } = view;
  const t = await getT(lang, "customer");
  const { accounts } = details;
  const state =
    accounts.length === 0
      ? "empty"
      : accounts.some((account) => account.errorCode !== null)
        ? "partial"
        : "full";
  return (
    <Section
      id="accounts"
      title={t("accounts.title")}
      about={<About figure="accountRead" lang={lang} />}
      flush
      data-section="accounts"
      data-state={state}
    >
      {accounts.length === 0 ? (
        <EmptyState level={3} title={t("accounts.empty")} reason={t("accounts.emptyWhy")} />
      ) : (
        <ul className="divide-y divide-line">
          {accounts.map((account) => {
            const error =
              account.errorCode !== null && isErrorCode(account.errorCode)
                ? errorText(lang, account.errorCode)
                : undefined;
            return (
              <li key={account.id} data-row-id={account.id} className="px-4 py-3 sm:px-5">
                <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                  <span className="font-medium">{vendorOf(account.vendor).name}</span>
                  <span
                    className="text-caption text-ink-soft"
                    title={
                      account.lastSuccessAt === null
                        ? undefined
                        : formatDateTime(lang, timeZone, new Date(account.lastSuccessAt))
                    }
                  >
                    {account.lastSuccessAt === null
                      ? t("accounts.neverRead")
                      : t("accounts.read", { ago: ago(view, account.lastSuccessAt) })}
                  </span>
                </p>
                <p className="text-caption text-ink-soft">
                  <bdi>{account.name}</bdi> · {t("accounts.id", { id: account.externalId })}
                  {account.connection !== "" &&
                    ` · ${t("accounts.through", { connection: account.connection })}`}
                </p>
                {account.errorCode !== null && (
                  <div className="mt-2 flex gap-2 rounded-md bg-warning-soft p-2.5">
                    <AlertIcon className="mt-0.5 size-4 shrink-0 text-warning" />
                    <div className="min-w-0">
                      <p>{error?.message ?? account.errorCode}</p>
                      {error?.advice !== undefined && <p className="text-ink-soft">{error.advice}</p>}
                      {account.errorDetail && (
                        <p className="mt-1 text-caption text-ink-soft">
                          {t("accounts.said")} <q className="text-ink">{account.errorDetail}</q>
                        </p>
                      )}
                    </div>
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
