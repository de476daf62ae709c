import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { CheckIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDate } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { SignInProvider } from "#server/sign-in-providers/schema.ts";

/** One provider: what to register there, what to tell one's people, and what can be done with it. */
export async function ProviderCard({
  provider,
  action,
  lang,
  timeZone,
}: {
  provider: SignInProvider;
  /** Where its forms post to. */
  action: string;
  lang: Language;
  timeZone: string;
}) {
  const t = await getT(lang, "signInProviders");
  const code = (text: string) => <code className="break-all select-all">{text}</code>;
  const button = (value: "test" | "enable" | "disable" | "remove") => (
    <form method="post" action={action}>
      <Button type="submit" name="action" value={value}>
        {t(`action.${value}`)}
      </Button>
    </form>
  );
  return (
    <Section
      id={`provider-${provider.id}`}
      title={provider.name}
      aside={
        provider.isEnabled ? (
          <Badge tone="positive" icon={<CheckIcon className="size-3.5" />}>
            {t("enabled")}
          </Badge>
        ) : (
          <Badge>{t("disabled")}</Badge>
        )
      }
    >
      <DefinitionList
        items={[
          { term: t("field.issuer"), value: code(provider.issuer) },
          { term: t("field.clientId"), value: code(provider.clientId) },
          {
            term: t("field.hasSecret"),
            value: t(provider.hasSecret ? "field.secretYes" : "field.secretNo"),
          },
          { term: t("field.redirectUri"), value: code(provider.redirectUri) },
          { term: t("field.signInLink"), value: code(provider.signInLink) },
          { term: t("field.added"), value: formatDate(lang, timeZone, new Date(provider.createdAt)) },
        ]}
      />
      <div className="mt-5 mb-2 flex flex-wrap gap-2">
        {button("test")}
        {button(provider.isEnabled ? "disable" : "enable")}
      </div>
      <Disclosure summary={t("manage")}>
        <form method="post" action={action} className="flex max-w-md flex-col gap-3">
          <Field id={`secret-${provider.id}`} label={t("newSecret")} hint={t("field.clientSecretHint")}>
            {(control) => (
              <TextInput
                {...control}
                name="clientSecret"
                type="password"
                maxLength={1000}
                autoComplete="off"
              />
            )}
          </Field>
          <div>
            <Button type="submit" name="action" value="secret">
              {t("action.secret")}
            </Button>
          </div>
        </form>
        <div className="mt-4">{button("remove")}</div>
      </Disclosure>
    </Section>
  );
}
