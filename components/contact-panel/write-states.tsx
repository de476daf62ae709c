import { Button } from "#components/ui/button.tsx";
import { AlertIcon, CheckIcon, ClockIcon, InfoIcon } from "#components/ui/icons.tsx";
import { vendorOf } from "#components/customers/vendors.ts";
import { formatAgo } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

const icons = {
  same: { Icon: CheckIcon, tone: "text-positive" },
  waiting: { Icon: ClockIcon, tone: "text-pending" },
  sent: { Icon: CheckIcon, tone: "text-positive" },
  by_hand: { Icon: InfoIcon, tone: "text-ink-soft" },
  refused: { Icon: AlertIcon, tone: "text-danger" },
};

/** How the chosen name stands at each vendor account; nothing where no person chose it. */
export async function WriteStates({
  record,
  lang,
  membershipId,
  returnTo,
}: {
  record: CustomerRecord;
  lang: Language;
  membershipId: string;
  returnTo: string;
}) {
  const t = await getT(lang, "customer");
  const now = new Date(record.now);
  const told = record.accounts.flatMap(({ write, ...account }) => (write ? [{ ...account, write }] : []));
  if (told.length === 0) return null;
  const action = `/api/renames/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`;
  return (
    <ul className="mt-2 space-y-1.5 text-caption">
      {told.map(({ id, vendor, name, write }) => {
        const { Icon, tone } = icons[write.state];
        const why = write.code !== null && isErrorCode(write.code) ? errorText(lang, write.code) : undefined;
        const vendorName = vendorOf(vendor).name;
        return (
          <li key={id} data-row-id={id} data-write={write.state} className="flex gap-2">
            <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} />
            <div className="min-w-0">
              <p>
                {t(`write.${write.state}`, {
                  vendor: vendorName,
                  ago: formatAgo(lang, new Date(write.at), now),
                })}
              </p>
              {write.state !== "same" && (
                <p className="text-ink-soft">
                  {t("write.vendorName", { vendor: vendorName })} <bdi>{name}</bdi>
                </p>
              )}
              {why !== undefined && (
                <p className="text-ink-soft">
                  {why.message} {why.advice}
                </p>
              )}
              {write.nextTryAt !== null && (
                <p className="text-ink-soft">
                  {t("write.again", { ago: formatAgo(lang, new Date(write.nextTryAt), now) })}
                </p>
              )}
              {write.detail !== null && write.detail !== "" && (
                <p className="text-ink-soft">
                  {t("accounts.said")} <q>{write.detail}</q>
                </p>
              )}
              {write.state === "refused" && record.may.edit && (
                <form method="post" action={action} className="mt-1">
                  <input type="hidden" name="act" value="retry" />
                  <input type="hidden" name="accountId" value={id} />
                  <input type="hidden" name="return" value={returnTo} />
                  <Button type="submit" size="small">
                    {t("write.retry")}
                  </Button>
                </form>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
