import type { Metadata } from "next";
import { z } from "zod";
import {
  ConnectionNotice,
  oneOf,
  type Query,
  readFaults,
} from "#components/connections/connection-notice.tsx";
import { CreateForm } from "#components/connections/create-form.tsx";
import { OwnerChoice } from "#components/connections/owner-choice.tsx";
import { VendorChoice } from "#components/connections/vendor-choice.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { type VendorId, vendors } from "#server/connections/schema.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

/** As many as one looks through; who sees more types more of the name. */
const MOST_FOUND = 25;

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "connections");
  return { title: t("create.title") };
}

/** Vendor, owner, fields: each choice is part of the address, so every step has one and works without scripts. */
export default async function NewConnectionPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const actor = await requireActor();
  const isOwn = actor.customerId !== null;
  const options =
    actor.customerId === null
      ? await api.connections.newOptions({})
      : await api.connections.newOwnOptions({ customerId: actor.customerId });
  const wanted = oneOf(query, "vendor");
  const vendor = options.vendors.find((id) => id === wanted);
  const [t, common] = await Promise.all([getT(lang, "connections"), getT(lang, "common")]);
  const owner = vendor && (await findOwner(vendor, query, actor.customerId));
  const q = (oneOf(query, "q") ?? "").replaceAll("\0", "").toWellFormed().trim().slice(0, 200);
  const found =
    vendor && owner === undefined && q !== "" ? await api.customers.list({ q, pageSize: MOST_FOUND }) : null;
  const values = Object.fromEntries(
    Object.keys(query).flatMap((name) => {
      const value = oneOf(query, name);
      return /^(name|setting-\w{1,40}|limit-\d{1,5})$/.test(name) && value !== undefined
        ? [[name, value]]
        : [];
    }),
  );
  const base = `/api/connections${isOwn ? "/own" : ""}`;
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("title"), href: `/${lang}/connections` }, { label: t("create.title") }]}
          />
        }
        title={t("create.title")}
      />
      <ConnectionNotice query={query} lang={lang} />
      {vendor === undefined && <VendorChoice offered={options.vendors} lang={lang} />}
      {vendor !== undefined && owner === undefined && (
        <OwnerChoice
          vendor={vendor}
          q={q}
          found={found && { rows: found.rows, isMore: found.next !== null }}
          lang={lang}
        />
      )}
      {vendor !== undefined && owner !== undefined && (
        <CreateForm
          vendor={vendor}
          customer={owner}
          action={`${base}?${new URLSearchParams({ lang, membership: actor.membershipId }).toString()}`}
          isOwn={isOwn}
          needsProof={!options.isFresh}
          entered={{ lang, prefix: "new", values, faults: readFaults(query) }}
        />
      )}
    </>
  );
}

/** Whose the connection will be; undefined: still to be chosen. A refused form comes back with `customerId`. */
async function findOwner(
  vendor: VendorId,
  query: Query,
  own: string | null,
): Promise<{ id: string; name: string } | null | undefined> {
  const { owner } = vendors[vendor];
  if (own === null && owner === "partner") return null;
  const chosen = own ?? oneOf(query, "customer") ?? oneOf(query, "customerId");
  if (owner === "either" && (chosen === "none" || (chosen === undefined && query["wrong"] !== undefined)))
    return null;
  const id = z.uuid().safeParse(chosen);
  if (!id.success) return undefined;
  const { row } = await api.customers.byId({ customerId: id.data });
  return { id: row.id, name: row.name };
}
