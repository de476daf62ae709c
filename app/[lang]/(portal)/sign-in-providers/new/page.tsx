import type { Metadata } from "next";
import Link from "next/link";
import { one, ProviderNotices, type Query } from "#components/sign-in-providers/provider-notices.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "signInProviders");
  return { title: t("create.title") };
}

/** The redirect address first, because a provider gives its client ID in exchange for it; then what it gave. */
export default async function NewSignInProviderPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [{ customerId, membershipId }, query] = await Promise.all([requireActor(), searchParams]);
  const given = one(query["draft"]).slice(0, 1000);
  const input = given === "" ? {} : { draft: given };
  const [{ draft, isFresh }, t] = await Promise.all([
    customerId === null
      ? api.signInProviders.list(input)
      : api.signInProviders.listOwn({ customerId, ...input }),
    getT(lang, "signInProviders"),
  ]);
  const own = customerId === null ? "" : "/own";
  return (
    <>
      <PageHeader
        title={t("create.title")}
        above={
          <Link href={`/${lang}/sign-in-providers`} className="underline underline-offset-2">
            {t("title")}
          </Link>
        }
      />
      <ProviderNotices query={query} lang={lang} />
      <Section id="new" title={t("create.title")}>
        <p>{t("create.register")}</p>
        <code className="mt-1 mb-5 block break-all select-all" data-redirect-uri>
          {draft.redirectUri}
        </code>
        <p className="mb-5">{t("create.then")}</p>
        <form
          method="post"
          action={`/api/sign-in-providers${own}?lang=${lang}&membership=${membershipId}`}
          className="flex max-w-xl flex-col gap-5"
        >
          <input type="hidden" name="draft" value={draft.sealed} />
          <Field id="name" label={t("field.name")} hint={t("field.nameHint")}>
            {(control) => (
              <TextInput
                {...control}
                name="name"
                required
                maxLength={100}
                autoComplete="off"
                defaultValue={one(query["name"])}
              />
            )}
          </Field>
          <Field id="issuer" label={t("field.issuer")} hint={t("field.issuerHint")}>
            {(control) => (
              <TextInput
                {...control}
                name="issuer"
                type="url"
                required
                maxLength={500}
                autoComplete="off"
                defaultValue={one(query["issuer"])}
              />
            )}
          </Field>
          <Field id="clientId" label={t("field.clientId")}>
            {(control) => (
              <TextInput
                {...control}
                name="clientId"
                required
                maxLength={500}
                autoComplete="off"
                defaultValue={one(query["clientId"])}
              />
            )}
          </Field>
          <Field id="clientSecret" label={t("field.clientSecret")} hint={t("field.clientSecretHint")}>
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
          {!isFresh && <p className="text-ink-soft">{t("create.proof")}</p>}
          <div>
            <Button type="submit" variant="primary">
              {t("action.create")}
            </Button>
          </div>
        </form>
      </Section>
    </>
  );
}
