import type { Metadata } from "next";
import { redirect } from "next/navigation";
import "#components/customers/customers.css";
import { controlsProps } from "#components/customers/controls-props.ts";
import { CustomersTable } from "#components/customers/customers-table.tsx";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { ListControls } from "#components/customers/list-controls.tsx";
import { ListEmpty } from "#components/customers/list-empty.tsx";
import { ListPages } from "#components/customers/list-pages.tsx";
import { SyncForm } from "#components/customers/sync-form.tsx";
import { SyncNotice } from "#components/customers/sync-notice.tsx";
import { tableProps } from "#components/customers/table-rows.ts";
import { SyncProgress } from "#components/sync/sync-progress.tsx";
import { UploadIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { readListAddress } from "#server/customers/schema.ts";
import { can } from "#server/permissions.ts";
import { requireActor } from "#server/session.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "customers");
  return { title: t("title") };
}

export default async function CustomersPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const actor = await requireActor();
  if (actor.customerId !== null) redirect(`/${lang}/customers/${actor.customerId}`);
  const query = await searchParams;
  const input = readListAddress(query);
  const [t, common, sync, list] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "sync"),
    lenientCursor(input.after, (after) => api.customers.list({ ...input, after })),
  ]);
  const mayImport = can(actor, "customer:import");
  return (
    <>
      <PageHeader
        title={t("title")}
        actions={
          <>
            {mayImport && (
              <LinkButton href={`/${lang}/customers/import`} icon={<UploadIcon />}>
                {t("import")}
              </LinkButton>
            )}
            {can(actor, "sync:startAll") && (
              <SyncForm membershipId={actor.membershipId} returnTo={`/${lang}/customers`} isMain>
                {t("syncAll")}
              </SyncForm>
            )}
          </>
        }
      />
      <SyncNotice query={query} lang={lang} />
      <SyncProgress
        initial={list.runs}
        texts={{
          label: sync("progress.label"),
          counted: sync("progress.counted"),
          starting: sync("progress.starting"),
          waiting: sync("progress.waiting"),
        }}
        lang={lang}
        timeZone={actor.timeZone}
        membershipId={actor.membershipId}
      />
      <ListControls {...await controlsProps(list, input, lang)} />
      {list.rows.length === 0 ? (
        <ListEmpty input={input} lang={lang} mayImport={mayImport} isLimited={!actor.memberAll} />
      ) : (
        <section className="list-frame" aria-label={`${t("title")}. ${common("table.scrollHint")}`}>
          <CustomersTable {...await tableProps(list, input, { lang, timeZone: actor.timeZone })} />
        </section>
      )}
      <ListPages list={list} input={input} lang={lang} />
    </>
  );
}
