import type { Metadata } from "next";
import { headers } from "next/headers";
import { MadeToken } from "#components/tokens/made-token.tsx";
import { MakeTokenForm, type TypedToken } from "#components/tokens/make-token-form.tsx";
import { TokenList } from "#components/tokens/token-list.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";
import { shownToken } from "#server/tokens/handler.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);
const one = (value: string | string[] | undefined) => [value].flat()[0];

/** What was typed before an error or a proof, kept in the address; never the token. */
const typedIn = (query: Query): TypedToken => ({
  name: one(query["name"]),
  permissions: [query["permissions"]].flat().filter((value) => value !== undefined),
  connectionId: one(query["connectionId"]),
  newSource: one(query["newSource"]),
  days: one(query["days"]),
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "tokens");
  return { title: t("title") };
}

export default async function TokensPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [actor, tokens, options, query] = await Promise.all([
    requireActor(),
    api.tokens.list(),
    api.tokens.options(),
    searchParams,
  ]);
  const t = await getT(lang, "tokens");
  const error = one(query["error"]);
  const notice = one(query["notice"]);
  return (
    <>
      <PageHeader
        title={t("title")}
        lead={t("lead")}
        actions={<LinkButton href={`/${lang}/api-docs`}>{t("docs")}</LinkButton>}
      />
      {notice === "made" && <MadeToken token={shownToken(await headers(), actor.membershipId)} lang={lang} />}
      {notice === "revoked" && (
        <div className="mb-5">
          <Notice tone="positive" title={t("revoked")} />
        </div>
      )}
      {error !== undefined && isErrorCode(error) && (
        <div className="mb-5">
          <Notice tone="danger" title={errorText(lang, error).message} />
        </div>
      )}
      <MakeTokenForm options={options} typed={typedIn(query)} lang={lang} membershipId={actor.membershipId} />
      <TokenList
        tokens={tokens}
        showsMaker={options.seesAll}
        lang={lang}
        timeZone={actor.timeZone}
        membershipId={actor.membershipId}
      />
    </>
  );
}
