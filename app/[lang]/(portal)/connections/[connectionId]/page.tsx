import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { AgesSection } from "#components/connections/ages-section.tsx";
import { ChangeForms } from "#components/connections/change-forms.tsx";
import {
  ConnectionNotice,
  oneOf,
  type Query,
  readFaults,
} from "#components/connections/connection-notice.tsx";
import type { ConnectionView } from "#components/connections/connection-view.ts";
import { HealthSection } from "#components/connections/health-section.tsx";
import { RunProgress, StartNow, StuckSection } from "#components/connections/run-section.tsx";
import { RunsSection } from "#components/connections/runs-section.tsx";
import { TestResult } from "#components/connections/test-result.tsx";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { SyncForm } from "#components/customers/sync-form.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { type AccountFilter, accountFilters } from "#server/connections/schema.ts";
import { requireActor } from "#server/session.ts";

type Props = {
  params: Promise<{ lang: string; connectionId: string }>;
  searchParams: Promise<Query>;
};

/** Title and page read one connection once. */
const getDetails = cache(
  async (connectionId: string, accounts: AccountFilter, accountsAfter: string | undefined) => {
    if (!z.uuid().safeParse(connectionId).success) notFound();
    const { customerId } = await requireActor();
    return lenientCursor(accountsAfter, (after) => {
      const input = { connectionId, accounts, ...(after !== undefined && { accountsAfter: after }) };
      return customerId === null
        ? api.connections.byId(input)
        : api.connections.ownById({ customerId, ...input });
    });
  },
);

/** Lenient, as every page's address. */
const readPage = (query: Query) => ({
  accounts: accountFilters.find((one) => one === oneOf(query, "accounts")) ?? ("all" as const),
  after: oneOf(query, "accountsAfter"),
});

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { accounts, after } = readPage(await searchParams);
  return { title: (await getDetails((await params).connectionId, accounts, after)).name };
}

export default async function ConnectionPage({ params, searchParams }: Props) {
  const { lang: wanted, connectionId } = await params;
  const lang = isLanguage(wanted) ? wanted : languages[0];
  const query = await searchParams;
  const { accounts, after } = readPage(query);
  const actor = await requireActor();
  const [t, list, common, details] = await Promise.all([
    getT(lang, "connection"),
    getT(lang, "connections"),
    getT(lang, "common"),
    getDetails(connectionId, accounts, after),
  ]);
  const isOwn = actor.customerId !== null;
  const formQuery = new URLSearchParams({ lang, membership: actor.membershipId }).toString();
  const view: ConnectionView = {
    details,
    lang,
    timeZone: actor.timeZone,
    now: new Date(details.now),
    action: `/api/connections${isOwn ? "/own" : ""}/${details.id}?${formQuery}`,
    formQuery,
    isOwn,
  };
  const isTesting = details.test.state === "waiting";
  const typed = Object.fromEntries(
    Object.keys(query).flatMap((name) => {
      const value = oneOf(query, name);
      return /^(name|setting-\w{1,40}|limit-\d{1,5})$/.test(name) && value !== undefined
        ? [[name, value]]
        : [];
    }),
  );
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: list("title"), href: `/${lang}/connections` }, { label: details.name }]}
          />
        }
        title={<bdi>{details.name}</bdi>}
        actions={
          <>
            {details.may.manage && details.secretSetAt !== null && !isTesting && (
              <form method="post" action={view.action}>
                <input type="hidden" name="action" value="test" />
                <Button type="submit">{t("test")}</Button>
              </form>
            )}
            {details.may.start && <StartNow view={view} />}
            {isOwn && actor.customerId !== null && details.isEnabled && details.accounts.total > 0 && (
              <SyncForm
                membershipId={actor.membershipId}
                customerId={actor.customerId}
                returnTo={`/${lang}/connections/${details.id}`}
              >
                {t("sync")}
              </SyncForm>
            )}
          </>
        }
      />
      {!isTesting && <ConnectionNotice query={query} lang={lang} />}
      <TestResult view={view} />
      <RunProgress view={view} />
      <StuckSection view={view} />
      <HealthSection view={view} />
      <AgesSection view={view} filter={accounts} isFirstPage={after === undefined} />
      <RunsSection view={view} />
      {/* A page that renews itself would take away what is being typed. */}
      {details.may.manage && !isTesting && (
        <ChangeForms view={view} values={typed} faults={readFaults(query)} />
      )}
      <p className="mt-2 text-caption">
        <a href="#content" className="text-ink-soft underline underline-offset-2">
          {common("backToTop")}
        </a>
      </p>
    </>
  );
}
