import { About } from "#components/figures/about.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { AccountDetails } from "#server/vendor-accounts/schema.ts";
import { AccountForm } from "./account-form.tsx";
import { ProposalLine } from "./proposal-line.tsx";

type Props = { account: AccountDetails; q: string | undefined; membershipId: string; lang: Language };

/** Whom the account may belong to: proposals, a search, and what to do when it is none of them. */
export async function LinkSection({ account, q, membershipId, lang }: Props) {
  const [t, d] = await Promise.all([getT(lang, "vendor-accounts"), getT(lang, "account")]);
  const back = `/${lang}/vendor-accounts/${account.id}`;
  const form = { accountId: account.id, back, membershipId };
  const shown = q ? account.found : account.proposals;
  return (
    <Section id="link" title={d("link")} about={<About figure="proposalScore" lang={lang} />}>
      <p className="mb-3 max-w-prose text-ink-soft">{d("linkLead")}</p>
      {shown.length === 0 ? (
        <p className="mb-4">{q ? d("noneFound", { q }) : d("noProposals")}</p>
      ) : (
        <ul className="mb-4 divide-y divide-line border-y border-line">
          {shown.map((proposal) => (
            <li key={proposal.id} className="py-2.5">
              <ProposalLine proposal={proposal} lang={lang}>
                <AccountForm {...form} action="link" fields={{ toCustomerId: proposal.id }}>
                  <Button
                    type="submit"
                    size="small"
                    aria-label={t("confirmFor", { account: account.name, customer: proposal.name })}
                  >
                    {account.customer ? d("moveTo") : d("linkTo")}
                  </Button>
                </AccountForm>
              </ProposalLine>
            </li>
          ))}
        </ul>
      )}
      <search>
        <form
          method="get"
          action={`${back}#link`}

          className="mb-6 flex max-w-xl flex-wrap items-end gap-2"
        >
          <Field id="q" label={d("searchLabel")} className="min-w-0 flex-1 basis-56">
            {(control) => <TextInput {...control} type="search" name="q" defaultValue={q} maxLength={200} />}
          </Field>
          <Button type="submit" icon={<SearchIcon />}>
            {d("searchSubmit")}
          </Button>
        </form>
      </search>
      <h3 className="mb-2 font-semibold">{d("own")}</h3>
      <div className="flex flex-col gap-3">
        <AccountForm {...form} action="split" className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button type="submit">{d("split")}</Button>
          <span className="min-w-0 flex-1 basis-56 text-caption text-ink-soft">{d("splitHint")}</span>
        </AccountForm>
        {!account.customer && (
          <AccountForm
            {...form}
            action={account.isSetAside ? "takeBack" : "setAside"}
            className="flex flex-wrap items-center gap-x-3 gap-y-1"
          >
            <Button type="submit">{account.isSetAside ? d("takeBack") : d("setAside")}</Button>
            {!account.isSetAside && (
              <span className="min-w-0 flex-1 basis-56 text-caption text-ink-soft">{d("setAsideHint")}</span>
            )}
          </AccountForm>
        )}
      </div>
    </Section>
  );
}
