import type { Metadata } from "next";
import { AccountCreated } from "#components/accounts/account-created.tsx";
import { AccountSummary } from "#components/accounts/account-summary.tsx";
import { DetailsForm } from "#components/accounts/details-form.tsx";
import { LicencesForm } from "#components/accounts/licences-form.tsx";
import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { identifier, languageOf, type Query } from "#components/accounts/page-input.ts";
import { TermsForm } from "#components/accounts/terms-form.tsx";
import { WizardFrame } from "#components/accounts/wizard-frame.tsx";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { type WizardStep, wizardSteps } from "#server/monthly-accounts/schema.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string; accountId: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getT(languageOf((await params).lang), "accounts"))("new.title") };
}

export default async function AccountStepPage({ params, searchParams }: Props) {
  const { lang: given, accountId } = await params;
  const lang = languageOf(given);
  const id = identifier(accountId);
  const query = await searchParams;
  const [actor, t, account] = await Promise.all([
    requireActor(),
    getT(lang, "accounts"),
    api.monthlyAccounts.byId({ id }),
  ]);
  const { missing, created, details } = account;
  const target = { to: `/api/monthly-accounts/${id}`, membershipId: actor.membershipId, lang };
  if (created)
    return (
      <WizardFrame current={null} accountId={id} title={details.name ?? ""} lang={lang}>
        <OutcomeNotice error={query["error"]} lang={lang} />
        <AccountCreated account={account} created={created} target={target} />
      </WizardFrame>
    );
  // A step is open once those before it are complete; any other address leads to the first that is not.
  const furthest: WizardStep = missing ?? "summary";
  const asked = wizardSteps.find((step) => step === query["step"]) ?? furthest;
  const step = wizardSteps.indexOf(asked) <= wizardSteps.indexOf(furthest) ? asked : furthest;
  const { products, countries } = await api.monthlyAccounts.wizard({});
  const isSent = typeof query["error"] === "string";
  const back = (to: WizardStep) => `/${lang}/customers/new/${id}?step=${to}`;
  return (
    <WizardFrame current={step} accountId={id} title={details.name || t("new.title")} lang={lang}>
      <OutcomeNotice error={query["error"]} lang={lang} />
      {step === "details" && (
        <DetailsForm
          details={details}
          faults={isSent ? account.detailFaults : {}}
          countries={countries}
          target={target}
        />
      )}
      {step === "licences" && (
        <LicencesForm
          account={account}
          products={products}
          isSent={isSent}
          back={back("details")}
          target={target}
        />
      )}
      {step === "terms" && (
        <TermsForm
          account={account}
          isSent={isSent}
          back={back("licences")}
          timeZone={actor.timeZone}
          target={target}
        />
      )}
      {step === "summary" && <AccountSummary account={account} timeZone={actor.timeZone} target={target} />}
    </WizardFrame>
  );
}
