import { Button } from "#components/ui/button.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { countryName, formatDateTime, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { MonthlyAccount, WizardStep } from "#server/monthly-accounts/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** The last step: everything once more, customers that may be the same, and creating it. */
export async function AccountSummary({
  account,
  timeZone,
  target,
}: {
  account: MonthlyAccount;
  timeZone: string;
  target: PostTarget;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const { details, lines, terms, twins } = account;
  const change = (step: WizardStep) => (
    <a
      href={`/${lang}/customers/new/${account.id}?step=${step}`}
      aria-label={t("new.changeNamed", { step: t(`new.step.${step}`) })}
      className="text-accent underline underline-offset-2"
    >
      {t("new.change")}
    </a>
  );
  const address = [details.street, `${details.postalCode ?? ""} ${details.city ?? ""}`.trim()];
  return (
    <>
      {twins.length > 0 && (
        <div className="mb-6">
          <Notice tone="warning" title={t("new.twins")}>
            <ul className="my-1 list-disc pl-5">
              {twins.map(({ id, name, sameName, sameDomain }) => (
                <li key={id}>
                  <a href={`/${lang}/customers/${id}`} className="underline underline-offset-2">
                    <bdi>{name}</bdi>
                  </a>{" "}
                  ({t(`new.twin.${sameName && sameDomain ? "both" : sameName ? "name" : "domain"}`)})
                </li>
              ))}
            </ul>
            {t("new.twinsWhy")}
          </Notice>
        </div>
      )}
      <Section id="details" title={t("new.step.details")} action={change("details")}>
        <DefinitionList
          items={[
            { term: t("new.field.name"), value: <bdi>{details.name}</bdi> },
            {
              term: t("new.contact"),
              value: (
                <>
                  <bdi>{`${details.firstName ?? ""} ${details.lastName ?? ""}`}</bdi>
                  <br />
                  <span className="break-all">{details.email}</span>
                </>
              ),
            },
            {
              term: t("new.address"),
              value: (
                <>
                  {address.map((line) => (
                    <bdi key={line} className="block">
                      {line}
                    </bdi>
                  ))}
                  {countryName(lang, details.country ?? "")}
                </>
              ),
            },
            { term: t("new.field.region"), value: details.region },
            { term: t("new.assistance"), value: t("new.assistanceOn") },
          ]}
        />
      </Section>
      <Section id="licences" title={t("new.step.licences")} action={change("licences")}>
        <OrderedLines lines={lines} lang={lang} />
        <p className="mt-3 text-ink-soft">{t("new.fullPrice")}</p>
      </Section>
      <Section id="terms" title={t("new.step.terms")} action={change("terms")}>
        {terms && (
          <p>
            {t("new.accepted", {
              version: terms.version,
              name: terms.by,
              at: formatDateTime(lang, timeZone, new Date(terms.at)),
            })}
          </p>
        )}
      </Section>
      <p className="mb-3 max-w-prose text-ink-soft">{t("new.noUndo")}</p>
      <PostForm target={target} fields={{ step: "create" }} className="flex flex-wrap gap-3">
        <Button type="submit" variant="primary">
          {t("new.create")}
        </Button>
        <LinkButton href={`/${lang}/customers/new/${account.id}?step=terms`}>{t("new.goBack")}</LinkButton>
      </PostForm>
    </>
  );
}

/** Ordered products with their quantities. */
export function OrderedLines({ lines, lang }: { lines: MonthlyAccount["lines"]; lang: PostTarget["lang"] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {lines.map(({ code, product, quantity }) => (
        <li key={code} className="flex justify-between gap-4 py-2">
          <span className="min-w-0">{product}</span>
          <span className="tabular-nums">
            {/^\d+$/.test(quantity) ? formatNumber(lang, quantity) : quantity}
          </span>
        </li>
      ))}
    </ul>
  );
}
