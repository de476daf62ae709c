// The only writer of vendor data: accounts, customers that arrive with them, devices, licences, alerts; set-based.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { RunReach } from "./queries-runs.ts";
import type { AccountIdentity } from "./snapshot.ts";

export type AccountRow = { id: string; externalId: string; customerId: string | null };
/**
 * `isFree`: it has no customer, no person said that it shall have none, and no customer that left had closed it. `isNew`:
 * this transaction added it.
 */
export type PlacedAccount = AccountRow & { isFree: boolean; isNew: boolean };

/**
 * Adds accounts that are new, renews the identity of the others; returns all of them, and none where the connection was
 * removed. An account whose own record could not be read comes with an unknown billing, and then what is stored stays.
 */
export async function upsertAccounts(
  db: ScopedDb,
  partnerId: string,
  connection: { id: string; vendor: string },
  accounts: readonly AccountIdentity[],
): Promise<PlacedAccount[]> {
  const input = accounts.map(
    ({ externalId, name, region, billing, domain, country, externalIds, contacts }) => ({
      externalId,
      name,
      region,
      billing,
      domain,
      identity: {
        externalIds,
        emails: [...new Set(contacts.map(({ email }) => email.toLowerCase()))].filter(Boolean).sort(),
        country,
      },
    }),
  );
  const { rows } = await sql<PlacedAccount>`
    insert into vendor_account as a (partner_id, connection_id, vendor, external_id, name, region, billing, domain, identity)
    select ${partnerId}::uuid, ${connection.id}::uuid, ${connection.vendor}, r."externalId", r.name, r.region, r.billing, r.domain, r.identity
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as r ("externalId" text, name text, region text, billing text, domain text, identity jsonb)
    where exists (select from connection c where c.partner_id = ${partnerId}::uuid and c.id = ${connection.id}::uuid and c.removed_at is null)
    order by r."externalId"
    on conflict (partner_id, connection_id, external_id) do update set
      name = case when excluded.billing = 'unknown' then a.name else excluded.name end,
      region = case when excluded.billing = 'unknown' then a.region else excluded.region end,
      domain = case when excluded.billing = 'unknown' then a.domain else excluded.domain end,
      identity = case when excluded.billing = 'unknown' then a.identity else excluded.identity end,
      billing = case when excluded.billing = 'unknown' then a.billing else excluded.billing end
    returning a.id, a.external_id, case when a.link_state <> 'not_linked' then a.customer_id end as customer_id,
      a.customer_id is null and a.link_state <> 'not_linked' and not a.is_set_aside and not exists (select from closed_account z
        where z.partner_id = a.partner_id and z.vendor = a.vendor and z.external_id = a.external_id) as is_free,
      -- Only a row that was there before is locked by its update.
      a.xmax = 0 as is_new`.execute(db);
  return rows;
}

/** Customers that carry one of these identifiers, by identifier. */
export async function findByIdentifier(
  db: ScopedDb,
  partnerId: string,
  identifiers: readonly string[],
): Promise<Map<string, string>> {
  if (identifiers.length === 0) return new Map();
  const rows = await db
    .selectFrom("customer")
    .where("partnerId", "=", partnerId)
    .where("externalId", "in", [...identifiers])
    .select(["id", "externalId"])
    .execute();
  return new Map(rows.map((row) => [row.externalId ?? "", row.id]));
}

export type NewCustomer = AccountIdentity & { id: string; relationship: string };
/** Customers whose record is the vendor's word. */
export async function insertCustomers(
  db: ScopedDb,
  partnerId: string,
  customers: readonly NewCustomer[],
  today: string,
): Promise<void> {
  if (customers.length === 0) return;
  await db
    .insertInto("customer")
    .values(
      customers.map((one) => ({
        partnerId,
        id: one.id,
        name: one.name,
        nameShown: one.name,
        domain: one.domain,
        relationship: one.relationship,
        origin: "vendor",
        country: one.country,
        region: one.region,
        since: today,
        address: one.address && JSON.stringify(one.address),
      })),
    )
    .execute();
}

/** Renews the records that are the vendor's word; those of people and imports are kept, and so is a name that a person chose. */
export async function renewCustomers(
  db: ScopedDb,
  partnerId: string,
  records: readonly (AccountIdentity & { customerId: string })[],
  now: Date,
): Promise<void> {
  const input = records.map(({ customerId, name, domain, country, region, address }) => ({
    customerId,
    name,
    domain,
    country,
    region,
    address,
  }));
  await sql`
    update customer c set name = r.name, name_shown = case when c.is_name_chosen then c.name_shown else r.name end, domain = r.domain, country = r.country, region = r.region, address = r.address, updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as r ("customerId" uuid, name text, domain text, country text, region text, address jsonb)
    where c.partner_id = ${partnerId}::uuid and c.id = r."customerId" and c.origin = 'vendor'
      and (c.name, c.domain, c.country, c.region, c.address) is distinct from (r.name, r.domain, r.country, r.region, nullif(r.address, 'null'))`.execute(
    db,
  );
}

/** Replaces the contacts that vendors named, where they changed. */
export async function replaceContacts(
  db: ScopedDb,
  partnerId: string,
  records: readonly { customerId: string; contacts: AccountIdentity["contacts"] }[],
): Promise<void> {
  const input = JSON.stringify(
    records.flatMap(({ customerId, contacts }) => contacts.map((contact) => ({ customerId, ...contact }))),
  );
  const ids = records.map((record) => record.customerId);
  const given = sql`jsonb_to_recordset(${input}::jsonb) as r ("customerId" uuid, role text, "firstName" text, "lastName" text, email text, phone text)`;
  await sql`
    delete from contact k where k.partner_id = ${partnerId}::uuid and k.customer_id = any(${ids}::uuid[]) and k.source = 'vendor'
      and not exists (select from ${given} where r."customerId" = k.customer_id
        and (r.role, r."firstName", r."lastName", r.email, r.phone) = (k.role, k.first_name, k.last_name, k.email, k.phone))`.execute(
    db,
  );
  await sql`
    insert into contact (partner_id, customer_id, role, first_name, last_name, email, phone, source)
    select distinct ${partnerId}::uuid, r."customerId", r.role, r."firstName", r."lastName", r.email, r.phone, 'vendor' from ${given}
    where not exists (select from contact k where k.partner_id = ${partnerId}::uuid and k.customer_id = r."customerId" and k.source = 'vendor'
        and (r.role, r."firstName", r."lastName", r.email, r.phone) = (k.role, k.first_name, k.last_name, k.email, k.phone))`.execute(
    db,
  );
}

/** `linkedBy`: why the account belongs there: an equal identifier, or its own arrival. */
export type Link = { accountId: string; customerId: string; linkedBy: "identifier" | "arrival" };
/** Links accounts that are free; a link that somebody made meanwhile stays. */
export async function linkAccounts(db: ScopedDb, partnerId: string, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  await sql`
    update vendor_account a set customer_id = r."customerId", link_state = 'linked', linked_by = r."linkedBy"
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as r ("accountId" uuid, "customerId" uuid, "linkedBy" text)
    where a.partner_id = ${partnerId}::uuid and a.id = r."accountId" and a.customer_id is null and a.link_state <> 'not_linked' and not a.is_set_aside`.execute(
    db,
  );
}

/** Of customers with several accounts one is their record's source, the first that was linked: two would overwrite each other for ever. */
export async function listDecidingAccounts(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select distinct on (a.customer_id) a.id from vendor_account a
    join connection k on k.partner_id = a.partner_id and k.id = a.connection_id and k.removed_at is null
    where a.partner_id = ${partnerId}::uuid and a.customer_id = any(${[...customerIds]}::uuid[]) and a.link_state <> 'not_linked'
    order by a.customer_id, a.created_at, a.id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Which of these customers let the partner read metrics now: managed ones, and those with a live grant for it. */
export async function listOpenToMetrics(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select c.id from customer c where c.partner_id = ${partnerId}::uuid and c.id = any(${[...customerIds]}::uuid[])
      and (c.relationship = 'managed' or (c.relationship = 'delegated' and exists (select from access_grant g
        where g.partner_id = c.partner_id and g.customer_id = c.id and g.state = 'active' and 'metrics' = any (g.capabilities)
          and g.from_at <= ${now} and (g.until_at is null or g.until_at > ${now}))))`.execute(db);
  return new Set(rows.map((row) => row.id));
}

export type AccountRefusal = { accountId: string; code: string; detail: string };
/** What a refused account leaves behind: its data stay, the reason and since when are noted. */
export async function recordRefusal(
  db: ScopedDb,
  partnerId: string,
  refusals: readonly AccountRefusal[],
  now: Date,
): Promise<void> {
  if (refusals.length === 0) return;
  await sql`
    update vendor_account a set last_attempt_at = ${now}, error_detail = r.detail,
      error_since = case when a.error_code = r.code then coalesce(a.error_since, ${now}) else ${now} end, error_code = r.code
    from jsonb_to_recordset(${JSON.stringify(refusals)}::jsonb) as r ("accountId" uuid, code text, detail text)
    where a.partner_id = ${partnerId}::uuid and a.id = r."accountId"`.execute(db);
}

/** Customers of a connection that wait for their first data, by id after `after`. */
export async function listPending(
  db: ScopedDb,
  partnerId: string,
  { connectionId, onlyAccounts }: RunReach,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select o.customer_id as id from customer_overview o
    where o.partner_id = ${partnerId}::uuid and o.status = 'sync_pending' and (${after}::uuid is null or o.customer_id > ${after}::uuid)
      and exists (select from vendor_account a where a.partner_id = o.partner_id and a.customer_id = o.customer_id and a.connection_id = ${connectionId}::uuid
          and (${onlyAccounts}::text[] is null or a.external_id = any(${onlyAccounts}::text[])))
    order by o.customer_id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Accounts of a connection with their customers, by id after `after`; `notSeen`: only those not among these external ids. */
export async function listAccountPage(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  after: string | null,
  limit: number,
): Promise<AccountRow[]> {
  let query = db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("linkState", "<>", "not_linked");
  if (after !== null) query = query.where("id", ">", after);
  return query.select(["id", "externalId", "customerId"]).orderBy("id").limit(limit).execute();
}

/** Does a vendor know this customer? */
export async function hasAccount(db: ScopedDb, partnerId: string, customerId: string): Promise<boolean> {
  const found = await db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("linkState", "<>", "not_linked")
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
