import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SelectionForm } from "#components/bulk/selection-form.tsx";
import { ContactPanel } from "#components/contact-panel/contact-panel.tsx";
import "#components/customers/customers.css";
import { controlsProps } from "#components/customers/controls-props.ts";
import { CustomersTable } from "#components/customers/customers-table.tsx";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { listHref, listQuery } from "#components/customers/list-address.ts";
import { ListControls } from "#components/customers/list-controls.tsx";
import { ListEmpty } from "#components/customers/list-empty.tsx";
import { ListPages } from "#components/customers/list-pages.tsx";
import { SyncForm } from "#components/customers/sync-form.tsx";
import { SyncNotice } from "#components/customers/sync-notice.tsx";
import { ListForms, ListTools } from "#components/customers/list-tools.tsx";
import { tableProps } from "#components/customers/table-document.ts";
import { ExportMenu } from "#components/exports/export-menu.tsx";
import { exportProps } from "#components/exports/export-props.ts";
import { PinNotice } from "#components/pins/pin-notice.tsx";
import { SyncProgress } from "#components/sync/sync-progress.tsx";
import { UploadIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { CreateAccountLink } from "#components/accounts/create-account-link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readViewAddress, startOf } from "#components/views/view-address.ts";
import { ViewsBar } from "#components/views/views-bar.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { readListAddress } from "#server/customers/schema.ts";
import { can } from "#server/permissions.ts";
import { PinnedInput } from "#server/pins/schema.ts";
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
  const { address, opened } = await readViewAddress(query, (id) => api.views.open({ id }));
  const input = readListAddress(address);
  const [t, common, sync, views, offer, list] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "sync"),
    api.views.list({ shown: listQuery(input) }),
    can(actor, "account:create") ? api.monthlyAccounts.offer({}) : undefined,
    lenientCursor(input.after, (after) => api.customers.list({ ...input, after })),
  ]);
  const start = startOf(query, views.views);
  if (start !== undefined) redirect(`/${lang}/customers?view=${start}`);
  const about = PinnedInput.shape.changed.safeParse(query["about"]).data;
  const aboutName =
    about === undefined
      ? undefined
      : (list.rows.find(({ id }) => id === about)?.name ??
        (await api.records.listed({ panel: about }))?.nameShown);
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
            {offer?.isFlex && <CreateAccountLink lang={lang} />}
            {can(actor, "customer:export") && <ExportMenu {...await exportProps(input, lang)} />}
            {can(actor, "sync:startAll") && input.group !== undefined && (
              <SyncForm
                membershipId={actor.membershipId}
                groupId={input.group}
                returnTo={listHref(lang, input)}
              >
                {sync("group.start")}
              </SyncForm>
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
      <PinNotice
        query={query}
        name={aboutName}
        membershipId={actor.membershipId}
        returnTo={listHref(lang, input, { after: input.after })}
        lang={lang}
      />
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
      <ViewsBar
        list={views}
        opened={opened}
        columns={list.layout.columns}
        query={query}
        lang={lang}
        membershipId={actor.membershipId}
      />
      <ListControls {...await controlsProps(list, input, lang)}>
        <ListTools list={list} input={input} lang={lang} />
      </ListControls>
      {list.rows.length === 0 ? (
        <ListEmpty input={input} lang={lang} mayImport={mayImport} isLimited={!actor.memberAll} />
      ) : (
        <section className="list-frame" aria-label={`${t("title")}. ${common("table.scrollHint")}`}>
          <CustomersTable {...await tableProps(list, input, { lang, actor })} />
        </section>
      )}
      <SelectionForm list={list} input={input} actor={actor} lang={lang} />
      <ListForms actor={actor} returnTo={listHref(lang, input, { after: input.after })} lang={lang} />
      <ListPages list={list} input={input} lang={lang} />
      <ContactPanel
        query={query}
        lang={lang}
        membershipId={actor.membershipId}
        read={api.records.listed}
        openUndo={api.undo.open}
      />
    </>
  );
}
