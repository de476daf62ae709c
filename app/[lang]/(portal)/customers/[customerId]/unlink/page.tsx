import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { UnlinkAccount } from "#components/accounts/unlink-account.tsx";
import { UnlinkAll } from "#components/accounts/unlink-all.tsx";
import { vendorOf } from "#components/customers/vendors.ts";
import { formatDay } from "#locales/format.ts";
import { api } from "#server/caller.ts";
import {
  type EndingProps,
  readSubject,
  titleOf,
} from "#app/[lang]/(portal)/customers/[customerId]/subject.tsx";

const notices = ["unlinked", "scheduled", "cancelled"] as const;

export const generateMetadata = titleOf("unlink");

export default async function UnlinkPage(props: EndingProps) {
  const {
    lang,
    customerId,
    query,
    t,
    name,
    frame,
    nothing,
    target: to,
    held,
  } = await readSubject("unlink", props);
  if (held) return held;
  const { accounts, timeZone, today } = await api.unlinks.byCustomer({ customerId });
  const notice = notices.find((each) => each === query["notice"]);
  const target = to(`/api/unlinks/${customerId}`);
  return frame(
    <>
      <OutcomeNotice done={notice && t(`unlink.done.${notice}`)} error={query["error"]} lang={lang} />
      {accounts.length === 0 ? (
        nothing(t("unlink.none"), t("unlink.noneWhy", { name }))
      ) : (
        <>
          <p className="mb-4 text-caption text-ink-soft">
            {t("zone", { zone: timeZone, day: formatDay(lang, today) })}
          </p>
          {accounts.length > 1 && <UnlinkAll accounts={accounts} target={target} />}
          {await Promise.all(
            accounts.map(async (account) => (
              <UnlinkAccount
                key={account.id}
                account={account}
                vendor={vendorOf(account.vendor).name}
                target={target}
              />
            )),
          )}
        </>
      )}
    </>,
  );
}
