import type { Metadata } from "next";
import { ProviderCard } from "#components/sign-in-providers/provider-card.tsx";
import { ProviderNotices, type Query } from "#components/sign-in-providers/provider-notices.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PlusIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "signInProviders");
  return { title: t("title") };
}

export default async function SignInProvidersPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const { customerId, membershipId, timeZone } = await requireActor();
  const [{ providers, draft }, query, t] = await Promise.all([
    customerId === null ? api.signInProviders.list({}) : api.signInProviders.listOwn({ customerId }),
    searchParams,
    getT(lang, "signInProviders"),
  ]);
  const own = customerId === null ? "" : "/own";
  const add = (
    <LinkButton
      variant="primary"
      icon={<PlusIcon />}
      href={`/${lang}/sign-in-providers/new?${new URLSearchParams({ draft: draft.sealed })}`}
    >
      {t("add")}
    </LinkButton>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t(customerId === null ? "lead" : "leadOwn")} actions={add} />
      <ProviderNotices query={query} lang={lang} />
      {providers.length === 0 && (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState title={t("empty.title")} reason={t("empty.reason")} />
        </div>
      )}
      {providers.map((provider) => (
        <ProviderCard
          key={provider.id}
          provider={provider}
          action={`/api/sign-in-providers${own}/${provider.id}?lang=${lang}&membership=${membershipId}`}
          lang={lang}
          timeZone={timeZone}
        />
      ))}
    </>
  );
}
