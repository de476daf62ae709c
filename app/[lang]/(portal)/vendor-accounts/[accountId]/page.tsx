import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { AccountNotice } from "#components/vendor-accounts/account-notice.tsx";
import { InformationSection, LinkHistory } from "#components/vendor-accounts/account-sections.tsx";
import { MergeSection, UnlinkSection } from "#components/vendor-accounts/end-sections.tsx";
import { LinkSection } from "#components/vendor-accounts/link-section.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";
import { AccountInput } from "#server/vendor-accounts/schema.ts";

type Props = {
  params: Promise<{ lang: string; accountId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};
const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const d = await getT(languageOf((await params).lang), "account");
  return { title: d("information") };
}

export default async function VendorAccountPage({ params, searchParams }: Props) {
  const { lang: given, accountId } = await params;
  const lang = languageOf(given);
  const query = await searchParams;
  const q = typeof query["q"] === "string" ? query["q"].replaceAll("\0", "").trim().slice(0, 200) : "";
  const input = AccountInput.safeParse({ accountId, ...(q && { q }) });
  if (!input.success) notFound();
  const [actor, account] = await Promise.all([requireActor(), api.vendorAccounts.byId(input.data)]);
  const t = await getT(lang, "vendor-accounts");
  const common = await getT(lang, "common");
  const forms = { account, membershipId: actor.membershipId, lang };
  const told = { account, lang, timeZone: actor.timeZone };
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("title"), href: `/${lang}/vendor-accounts` }, { label: account.name }]}
          />
        }
        title={account.name}
        below={
          account.isNameTwice && (
            <p className="flex flex-wrap items-center gap-2 text-ink-soft">
              <Badge tone="warning">{t("nameTwice")}</Badge>
              {t("nameTwiceHint")}
            </p>
          )
        }
      />
      <AccountNotice notice={query["notice"]} error={query["error"]} lang={lang} />
      <div className="grid items-start gap-x-6 xl:grid-cols-2">
        <div className="min-w-0">
          <InformationSection {...told} />
          <UnlinkSection {...forms} />
          <LinkHistory {...told} />
        </div>
        <div className="min-w-0">
          <LinkSection {...forms} q={q || undefined} />
          <MergeSection {...forms} />
        </div>
      </div>
    </>
  );
}
