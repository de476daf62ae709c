import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { CustomerEditContacts } from "#components/customers/customer-edit-contacts.tsx";
import { CustomerEditNotice } from "#components/customers/customer-edit-notice.tsx";
import { CustomerEditRecord } from "#components/customers/customer-edit-record.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";
import { readUndo } from "#server/undo/schema.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string; customerId: string }>; searchParams: Promise<Query> };

/** Title and page read one record once. What is no form of ours is no longer than one. */
const getEditor = cache((customerId: string, typed: string | undefined) => {
  if (!z.uuid().safeParse(customerId).success) notFound();
  return api.records.editor({ customerId, ...(typed !== undefined && { typed: typed.slice(0, 20_000) }) });
});

const fieldNames = "wrong done act contactId version role firstName lastName email phone".split(" ");
/** What the address says of a form that came back; nothing else of it is read. */
const readFields = (query: Query): Record<string, string> =>
  Object.fromEntries(
    fieldNames.flatMap((name) => {
      const [value] = [query[name]].flat();
      return value === undefined ? [] : [[name, value.slice(0, 600)]];
    }),
  );

const packedIn = (query: Query) => [query["typed"]].flat()[0];

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { lang, customerId } = await params;
  const t = await getT(isLanguage(lang) ? lang : languages[0], "customer");
  const { record } = await getEditor(customerId, packedIn(await searchParams));
  return { title: `${t("edit.title")} · ${record.nameShown}` };
}

export default async function EditCustomerPage({ params, searchParams }: Props) {
  const { lang: wanted, customerId } = await params;
  const lang = isLanguage(wanted) ? wanted : languages[0];
  const { membershipId, customerId: own } = await requireActor();
  const query = await searchParams;
  const [{ record, typed }, t, common] = await Promise.all([
    getEditor(customerId, packedIn(query)),
    getT(lang, "customer"),
    getT(lang, "common"),
  ]);
  const fields = readFields(query);
  const { wrong } = fields;
  const removed = readUndo(query, "contact", record.id);
  const undo = removed ? await api.undo.open(removed) : null;
  const isContact = fields["act"] !== undefined;
  const page = `/${lang}/customers/${record.id}`;
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[
              ...(own === null ? [{ label: t("breadcrumb"), href: `/${lang}/customers` }] : []),
              { label: record.nameShown, href: page },
              { label: t("edit.title") },
            ]}
          />
        }
        title={t("edit.title")}
        lead={<bdi>{record.nameShown}</bdi>}
      />
      <CustomerEditNotice
        fields={fields}
        undo={undo}
        lang={lang}
        action={`/api/contacts/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`}
      />
      {record.may.edit && (
        <CustomerEditRecord
          record={record}
          lang={lang}
          membershipId={membershipId}
          typed={typed}
          wrong={isContact ? undefined : wrong}
        />
      )}
      <CustomerEditContacts
        record={record}
        lang={lang}
        membershipId={membershipId}
        typed={fields}
        wrong={isContact ? wrong : undefined}
      />
    </>
  );
}
