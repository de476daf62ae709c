import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDay } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { AccountDetails } from "#server/vendor-accounts/schema.ts";
import { AccountForm } from "./account-form.tsx";

type Props = { account: AccountDetails; membershipId: string; lang: Language };

/** What unlinking would do by the rule table, and doing it or taking it back. */
export async function UnlinkSection({ account, membershipId, lang }: Props) {
  const d = await getT(lang, "account");
  const { plan } = account;
  if (!account.customer || plan === null) return null;
  const form = { accountId: account.id, back: `/${lang}/vendor-accounts/${account.id}`, membershipId };
  if (account.linkState === "unlink_scheduled")
    return (
      <Section id="unlink" title={d("unlink")}>
        <p className="mb-3">
          {d("planned", { day: account.unlinkOn ? formatDay(lang, account.unlinkOn) : "" })}
        </p>
        <AccountForm {...form} action="cancelUnlink">
          <Button type="submit">{d("cancel")}</Button>
        </AccountForm>
      </Section>
    );
  const sentence = () => {
    if (plan.kind === "now") return d("unlinkNow");
    if (plan.kind === "scheduled")
      return d("unlinkScheduled", { product: plan.product, day: formatDay(lang, plan.on) });
    if (plan.possibleOn === null) return d("unlinkTermOpen", { product: plan.product });
    const values = { product: plan.product, day: formatDay(lang, plan.possibleOn) };
    return plan.why === "termLicence" ? d("unlinkTerm", values) : d("unlinkRecent", values);
  };
  return (
    <Section id="unlink" title={d("unlink")}>
      <p className="mb-3 max-w-prose">{sentence()}</p>
      {plan.kind !== "refused" && (
        <AccountForm {...form} action="unlink">
          <Button type="submit" variant="danger">
            {plan.kind === "now" ? d("unlinkSubmit") : d("unlinkScheduleSubmit")}
          </Button>
        </AccountForm>
      )}
    </Section>
  );
}

/** Two customers that are one: the account's customer goes into another that was proposed or found. */
export async function MergeSection({ account, membershipId, lang }: Props) {
  const d = await getT(lang, "account");
  const { customer } = account;
  if (!customer) return null;
  const others = [...new Map([...account.found, ...account.proposals].map((one) => [one.id, one])).values()];
  return (
    <Section id="merge" title={d("merge")}>
      <p className="mb-3 max-w-prose text-ink-soft">{d("mergeLead")}</p>
      {others.length === 0 ? (
        <p>{d("mergeNone")}</p>
      ) : (
        <AccountForm
          accountId={account.id}
          action="merge"
          back={`/${lang}/vendor-accounts/${account.id}`}
          membershipId={membershipId}
          fields={{ fromCustomerId: customer.id }}
          className="flex max-w-xl flex-col gap-4"
        >
          <Field id="intoCustomerId" label={d("mergeInto", { from: customer.name })}>
            {(control) => (
              <Select
                {...control}
                name="intoCustomerId"
                options={others.map(({ id, name }) => ({ value: id, label: name }))}
              />
            )}
          </Field>
          <p className="max-w-prose">{d("mergeWhat", { from: customer.name })}</p>
          <Field id="word" label={d("mergeWord")} className="max-w-40">
            {(control) => <TextInput {...control} name="word" autoComplete="off" required maxLength={40} />}
          </Field>
          <Button type="submit" variant="danger" className="self-start">
            {d("mergeSubmit")}
          </Button>
        </AccountForm>
      )}
    </Section>
  );
}
