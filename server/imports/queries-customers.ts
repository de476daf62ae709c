// The customers that rows of a list may mean, and what a chunk of rows writes: each one statement for many rows.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Borne, Candidate, CustomerRecord, NamedRow } from "./rules.ts";

/** Two imports of one partner take turns, chunk by chunk; otherwise both would create the same customer. */
export async function lockImports(db: ScopedDb, partnerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`import ${partnerId}`}, 0))`.execute(db);
}

/** Names as the database compares them, in the same order. */
export async function listPlainNames(db: ScopedDb, names: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ plain: string }>`
    select app.plain(name) as plain from unnest(${[...names]}::text[]) with ordinality as u (name, n) order by n`.execute(
    db,
  );
  return rows.map((row) => row.plain);
}

/** Which of these names a visible customer is shown with. */
export async function listShownNames(
  db: ScopedDb,
  partnerId: string,
  plainNames: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom("readableOverview")
    .where("partnerId", "=", partnerId)
    .where("nameSort", "in", [...plainNames, ""])
    .select("nameSort")
    .distinct()
    .execute();
  return new Set(rows.flatMap((row) => row.nameSort ?? []));
}

/** Holds names to the end of the transaction as app.name_is_taken does, so that nobody else takes one meanwhile. */
export async function lockNames(db: ScopedDb, partnerId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(${partnerId}::text || ' is shown as ' || plain, 0))
    from (select distinct left(app.plain(name), 200) as plain from unnest(${[...names]}::text[]) as u (name) order by 1) n`.execute(
    db,
  );
}

/** Who is shown by each of these names, in the same order; reading alone, only of the customers that the member sees. */
export async function listBearers(
  db: ScopedDb,
  partnerId: string,
  names: readonly string[],
  mode: "read" | "lock",
): Promise<Borne[]> {
  const { rows } = await sql<Borne>`
    select n.plain, array(select o.customer_id from ${mode === "lock" ? sql`customer_overview` : sql`readable_overview`} o
      where o.partner_id = ${partnerId} and o.name_sort = n.plain collate "C") as bearers
    from (select left(app.plain(name), 200) as plain, place from unnest(${[...names]}::text[]) with ordinality as u (name, place)) n
    order by n.place`.execute(db);
  return rows;
}

/** Which of these domains a visible customer has. */
export async function listKnownDomains(
  db: ScopedDb,
  partnerId: string,
  domains: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom("visibleCustomer")
    .where("partnerId", "=", partnerId)
    .where("domain", "in", [...domains, ""])
    .select("domain")
    .distinct()
    .execute();
  return new Set(rows.flatMap((row) => row.domain ?? []));
}

/**
 * The customers that these rows may mean, by identifier, by domain and name, by name alone. Also those the member does
 * not see, because identifiers are unique in the partner; the rules never let them change.
 */
export async function listCandidates(
  db: ScopedDb,
  partnerId: string,
  rows: readonly NamedRow[],
  mode: "read" | "lock",
): Promise<Candidate[]> {
  const ids = rows.flatMap(({ values }) => values.externalId ?? []);
  const withDomain = rows.filter(({ values }) => values.domain !== undefined);
  const bare = rows
    .filter(({ values }) => values.domain === undefined && values.externalId === undefined)
    .map(({ plain }) => plain);
  // app.plain is not leakproof, so row-level security keeps an index on it from being used: domains narrow first. Each
  // "offset 0" keeps one index look-up per row, whatever the planner believes of a table that grows while it is read.
  const { rows: found } = await sql<{
    id: string;
    plain: string;
    relationship: string;
    isVisible: boolean;
    isVendors: boolean;
    record: CustomerRecord;
  }>`
    with meant as (
      select c.id from unnest(${ids}::text[]) as w (external_id)
        cross join lateral (select id from customer where partner_id = ${partnerId} and external_id = w.external_id offset 0) c
      union
      select c.id from unnest(${withDomain.map(({ values }) => values.domain ?? "")}::text[], ${withDomain.map(({ plain }) => plain)}::text[]) as w (domain, plain)
        cross join lateral (select id, name from customer where partner_id = ${partnerId} and domain = w.domain offset 0) c
        where app.plain(c.name) = w.plain
      union
      select id from customer where ${bare.length > 0} and partner_id = ${partnerId} and domain is null and external_id is null and app.plain(name) = any(${bare}::text[])
    )
    select c.id, app.plain(c.name) as plain, c.relationship,
      exists (select from visible_customer v where v.partner_id = c.partner_id and v.id = c.id) as is_visible,
      c.origin = 'vendor' and exists (select from vendor_account a join connection k on k.partner_id = a.partner_id and k.id = a.connection_id and k.removed_at is null
        where a.partner_id = c.partner_id and a.customer_id = c.id and a.link_state <> 'not_linked') as is_vendors,
      json_build_object('name', c.name, 'nameShown', c.name_shown, 'isNameChosen', c.is_name_chosen, 'domain', c.domain, 'externalId', c.external_id, 'country', c.country,
        'region', c.region, 'language', c.language, 'accountManager', c.account_manager, 'notes', c.notes, 'tags', c.tags, 'since', c.since,
        'street', coalesce(c.address ->> 'street', ''), 'city', coalesce(c.address ->> 'city', ''), 'postalCode', coalesce(c.address ->> 'postalCode', ''),
        'contact', coalesce((select json_build_object('firstName', k.first_name, 'lastName', k.last_name, 'email', k.email, 'phone', k.phone)
          from contact k where k.partner_id = c.partner_id and k.customer_id = c.id and k.source = 'import' order by k.id limit 1),
          '{"firstName":"","lastName":"","email":"","phone":""}')) as record
    from customer c where c.partner_id = ${partnerId} and c.id in (select id from meant)
    order by c.id ${mode === "lock" ? sql`for no key update of c` : sql``}`.execute(db);
  return found;
}

export type Written = { id: string; record: CustomerRecord };
const recordset = (rows: readonly Written[]) => sql`
  jsonb_to_recordset(${JSON.stringify(rows.map(({ id, record }) => ({ id, ...record })))}::jsonb) as r (id uuid, name text, "nameShown" text, "isNameChosen" boolean, domain text,
    "externalId" text, country text, region text, language text, "accountManager" text, notes text, tags text[], since date, street text, city text, "postalCode" text)`;
const address = sql`case when r.street || r.city || r."postalCode" = '' then null
  else jsonb_build_object('street', r.street, 'city', r.city, 'postalCode', r."postalCode") end`;

/** New customers are managed: identity only, no source connected (decision 34). */
export async function insertCustomers(
  db: ScopedDb,
  partnerId: string,
  rows: readonly Written[],
): Promise<void> {
  await sql`insert into customer (partner_id, id, relationship, name, name_shown, is_name_chosen, domain, external_id, country, region, language, account_manager, notes, tags, since, address)
    select ${partnerId}::uuid, r.id, 'managed', r.name, r."nameShown", r."isNameChosen", r.domain, r."externalId", r.country, r.region, r.language, r."accountManager", r.notes, r.tags, r.since, ${address}
    from ${recordset(rows)}`.execute(db);
}

/** Writes what rows change; forms that were opened before learn that it has changed. */
export async function updateCustomers(
  db: ScopedDb,
  partnerId: string,
  rows: readonly Written[],
  now: Date,
): Promise<void> {
  await sql`update customer c set name = r.name, name_shown = r."nameShown", is_name_chosen = r."isNameChosen", domain = r.domain, external_id = r."externalId", country = r.country, region = r.region,
      language = r.language, account_manager = r."accountManager", notes = r.notes, tags = r.tags, since = r.since, address = nullif(coalesce(c.address, '{}') || coalesce(${address}, '{}'), '{}'), version = c.version + 1, updated_at = ${now}
    from ${recordset(rows)} where c.partner_id = ${partnerId} and c.id = r.id`.execute(db);
}

/** One contact per customer comes from lists; whom a vendor or a person entered stays. */
export async function insertContacts(
  db: ScopedDb,
  partnerId: string,
  rows: readonly Written[],
): Promise<void> {
  const named = rows.filter(({ record }) => Object.values(record.contact).some((value) => value !== ""));
  if (named.length === 0) return;
  await sql`insert into contact (partner_id, customer_id, role, first_name, last_name, email, phone, source)
    select ${partnerId}::uuid, r.id, 'other', r."firstName", r."lastName", r.email, r.phone, 'import'
    from jsonb_to_recordset(${JSON.stringify(named.map(({ id, record }) => ({ id, ...record.contact })))}::jsonb)
      as r (id uuid, "firstName" text, "lastName" text, email text, phone text)`.execute(db);
}

export async function deleteContacts(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<void> {
  if (customerIds.length === 0) return;
  await db
    .deleteFrom("contact")
    .where("partnerId", "=", partnerId)
    .where("source", "=", "import")
    .where("customerId", "in", [...customerIds])
    .execute();
}

/** Who sees only some customers also sees those they brought in. */
export async function insertScopes(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
  customerIds: readonly string[],
): Promise<void> {
  await sql`insert into membership_scope (partner_id, membership_id, kind, customer_id)
    select ${partnerId}::uuid, ${membershipId}::uuid, 'customer', id from unnest(${[...customerIds]}::uuid[]) as u (id) on conflict do nothing`.execute(
    db,
  );
}
