// Every query of importing customers: the uploaded lists, the customers a row may mean, what a chunk of rows writes.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { RoleName } from "#server/permissions.ts";
import type { Candidate, CustomerRecord, NamedRow } from "./rules.ts";
import type { Column, ImportDetails, ImportRow, Rejected } from "./schema.ts";

/** Whose uploads: those of one membership, or (null) all of the partner, for who sees all customers anyway. */
export type Owner = string | null;

const details = ["id", "fileName", "state", "createdBy", "createdAt", "finishedAt", "rowsTotal", "rowsDone", "rowsCreated", "rowsChanged", "rowsUnchanged", "encoding", "delimiter", "mapping"] as const;
const imports = (db: ScopedDb, partnerId: string, owner: Owner) => {
  const query = db.selectFrom("customerImport").where("partnerId", "=", partnerId);
  return owner === null ? query : query.where("createdBy", "=", owner);
};

export type StoredImport = Omit<ImportDetails, "samples"> & { createdBy: string };
type Raw = { [C in (typeof details)[number]]: unknown };

function toImport(raw: Raw): StoredImport {
  const { rowsCreated, rowsChanged, rowsUnchanged, mapping, createdAt, finishedAt, ...same } = raw as Omit<Raw, "createdAt" | "finishedAt"> & {
    rowsCreated: number; rowsChanged: number; rowsUnchanged: number; rowsDone: number; createdAt: Date; finishedAt: Date | null;
  };
  return {
    ...(same as Omit<ImportRow, "created" | "changed" | "unchanged" | "rejected"> & Pick<StoredImport, "createdBy" | "encoding" | "delimiter">),
    columns: mapping as Column[],
    created: rowsCreated,
    changed: rowsChanged,
    unchanged: rowsUnchanged,
    rejected: same.rowsDone - rowsCreated - rowsChanged - rowsUnchanged,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export async function insertImport(
  db: ScopedDb, partnerId: string,
  file: { createdBy: string; fileName: string; content: Buffer; encoding: string; delimiter: string; columns: readonly Column[]; rowsTotal: number },
): Promise<string> {
  const { columns, ...row } = file;
  const { id } = await db.insertInto("customerImport").values({ ...row, partnerId, mapping: JSON.stringify(columns) }).returning("id").executeTakeFirstOrThrow();
  return id;
}

export async function findImport(db: ScopedDb, partnerId: string, owner: Owner, id: string, mode: "read" | "lock" = "read"): Promise<StoredImport | undefined> {
  const query = imports(db, partnerId, owner).where("id", "=", id).select(details);
  const row = await (mode === "lock" ? query.forUpdate() : query).executeTakeFirst();
  return row && toImport(row);
}

export async function listImports(db: ScopedDb, partnerId: string, owner: Owner, most: number): Promise<StoredImport[]> {
  const rows = await imports(db, partnerId, owner).select(details).orderBy("createdAt", "desc").orderBy("id").limit(most).execute();
  return rows.map(toImport);
}

/** Bytes travel as text twice their length, so a large list is fetched in parts. */
const PART_BYTES = 4 * 1024 * 1024;

/** The uploaded bytes; `most`: only the first so many. */
export async function getContent(db: ScopedDb, partnerId: string, id: string, most = Number.MAX_SAFE_INTEGER): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 0; at < most; at += PART_BYTES) {
    const { rows } = await sql<{ part: Buffer }>`
      select substring(content from ${at + 1}::int for ${Math.min(PART_BYTES, most - at)}::int) as part
      from customer_import where partner_id = ${partnerId} and id = ${id}`.execute(db);
    const part = rows[0]?.part;
    if (part) parts.push(part);
    if (!part || part.length < PART_BYTES) break;
  }
  return Buffer.concat(parts);
}

export async function getRejected(db: ScopedDb, partnerId: string, id: string): Promise<Rejected[]> {
  const row = await imports(db, partnerId, null).where("id", "=", id).select("rejected").executeTakeFirstOrThrow();
  return (row.rejected as unknown as Rejected[]).sort((a, b) => a.line - b.line);
}

export async function updateMapping(db: ScopedDb, partnerId: string, id: string, read: { encoding: string; delimiter: string; columns: readonly Column[]; rowsTotal: number }): Promise<void> {
  const { columns, ...rest } = read;
  await db.updateTable("customerImport").set({ ...rest, mapping: JSON.stringify(columns) }).where("partnerId", "=", partnerId).where("id", "=", id).execute();
}

/** What is finished stays so: a second run of the same job changes nothing. */
export async function updateState(db: ScopedDb, partnerId: string, id: string, state: ImportRow["state"]): Promise<void> {
  await db.updateTable("customerImport").set({ state }).where("partnerId", "=", partnerId).where("id", "=", id).where("state", "!=", "finished").execute();
}

/** The list is in: what is left of it are the rows that did not go in. */
export async function finishImport(db: ScopedDb, partnerId: string, id: string, rejected: readonly Rejected[], now: Date): Promise<void> {
  await db
    .updateTable("customerImport")
    .set({ state: "finished", finishedAt: now, content: Buffer.alloc(0), rejected: sql`rejected || ${JSON.stringify(rejected)}::jsonb` })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

export type Progress = { done: number; created: number; changed: number; unchanged: number; rejected: readonly Rejected[] };

export async function addProgress(db: ScopedDb, partnerId: string, id: string, step: Progress): Promise<void> {
  await db
    .updateTable("customerImport")
    .set((eb) => ({
      rowsDone: eb("rowsDone", "+", step.done),
      rowsCreated: eb("rowsCreated", "+", step.created),
      rowsChanged: eb("rowsChanged", "+", step.changed),
      rowsUnchanged: eb("rowsUnchanged", "+", step.unchanged),
      ...(step.rejected.length > 0 && { rejected: sql`rejected || ${JSON.stringify(step.rejected)}::jsonb` }),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** The membership that uploaded a list, as it is now; undefined once it is gone or disabled. */
export async function findImporter(db: ScopedDb, partnerId: string, membershipId: string): Promise<{ role: RoleName; customerId: string | null; scopeAll: boolean; memberAll: boolean } | undefined> {
  const row = await db
    .selectFrom("membership as m")
    .where("m.partnerId", "=", partnerId)
    .where("m.id", "=", membershipId)
    .where("m.disabledAt", "is", null)
    .select(["m.role", "m.customerId", "m.scopeAll"])
    .select((eb) =>
      eb.exists(eb.selectFrom("membershipScope as s").whereRef("s.partnerId", "=", "m.partnerId").whereRef("s.membershipId", "=", "m.id").where("s.kind", "=", "denied").select("s.id")).as("hasDenied"),
    )
    .executeTakeFirst();
  return row && { role: row.role as RoleName, customerId: row.customerId, scopeAll: row.scopeAll, memberAll: row.scopeAll && !row.hasDenied };
}

/** Two imports of one partner take turns, chunk by chunk; otherwise both would create the same customer. */
export async function lockImports(db: ScopedDb, partnerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`import ${partnerId}`}, 0))`.execute(db);
}

/** Names as the database compares them, in the same order. */
export async function listPlainNames(db: ScopedDb, names: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ plain: string }>`
    select app.plain(name) as plain from unnest(${[...names]}::text[]) with ordinality as u (name, n) order by n`.execute(db);
  return rows.map((row) => row.plain);
}

/** Which of these names a visible customer is shown with. */
export async function listShownNames(db: ScopedDb, partnerId: string, plainNames: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom("readableOverview").where("partnerId", "=", partnerId).where("nameSort", "in", [...plainNames, ""]).select("nameSort").distinct().execute();
  return new Set(rows.flatMap((row) => row.nameSort ?? []));
}

/**
 * The customers that these rows may mean, by identifier, by domain and name, by name alone. Also those the member does
 * not see, because identifiers are unique in the partner; the rules never let them change.
 */
export async function listCandidates(db: ScopedDb, partnerId: string, rows: readonly NamedRow[], mode: "read" | "lock"): Promise<Candidate[]> {
  const ids = rows.flatMap(({ values }) => values.externalId ?? []);
  const withDomain = rows.filter(({ values }) => values.domain !== undefined);
  const bare = rows.filter(({ values }) => values.domain === undefined && values.externalId === undefined).map(({ plain }) => plain);
  // app.plain is not leakproof, so row-level security keeps an index on it from being used: domains narrow first. Each
  // "offset 0" keeps one index look-up per row, whatever the planner believes of a table that grows while it is read.
  const { rows: found } = await sql<{ id: string; plain: string; relationship: string; isVisible: boolean; record: CustomerRecord }>`
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
      json_build_object('name', c.name, 'nameShown', c.name_shown, 'domain', c.domain, 'externalId', c.external_id, 'country', c.country,
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
  jsonb_to_recordset(${JSON.stringify(rows.map(({ id, record }) => ({ id, ...record })))}::jsonb) as r (id uuid, name text, "nameShown" text, domain text,
    "externalId" text, country text, region text, language text, "accountManager" text, notes text, tags text[], since date, street text, city text, "postalCode" text)`;
const address = sql`case when r.street || r.city || r."postalCode" = '' then null
  else jsonb_build_object('street', r.street, 'city', r.city, 'postalCode', r."postalCode") end`;

/** New customers are managed: identity only, no source connected (decision 34). */
export async function insertCustomers(db: ScopedDb, partnerId: string, rows: readonly Written[]): Promise<void> {
  await sql`insert into customer (partner_id, id, relationship, name, name_shown, domain, external_id, country, region, language, account_manager, notes, tags, since, address)
    select ${partnerId}::uuid, r.id, 'managed', r.name, r."nameShown", r.domain, r."externalId", r.country, r.region, r.language, r."accountManager", r.notes, r.tags, r.since, ${address}
    from ${recordset(rows)}`.execute(db);
}

export async function updateCustomers(db: ScopedDb, partnerId: string, rows: readonly Written[], now: Date): Promise<void> {
  await sql`update customer c set name = r.name, name_shown = r."nameShown", domain = r.domain, external_id = r."externalId", country = r.country, region = r.region,
      language = r.language, account_manager = r."accountManager", notes = r.notes, tags = r.tags, since = r.since, address = nullif(coalesce(c.address, '{}') || coalesce(${address}, '{}'), '{}'), updated_at = ${now}
    from ${recordset(rows)} where c.partner_id = ${partnerId} and c.id = r.id`.execute(db);
}

/** One contact per customer comes from lists; whom a vendor or a person entered stays. */
export async function replaceContacts(db: ScopedDb, partnerId: string, rows: readonly Written[]): Promise<void> {
  const named = rows.filter(({ record }) => Object.values(record.contact).some((value) => value !== ""));
  if (named.length === 0) return;
  await sql`delete from contact where partner_id = ${partnerId} and source = 'import' and customer_id = any(${named.map(({ id }) => id)}::uuid[])`.execute(db);
  await sql`insert into contact (partner_id, customer_id, role, first_name, last_name, email, phone, source)
    select ${partnerId}::uuid, r.id, 'other', r."firstName", r."lastName", r.email, r.phone, 'import'
    from jsonb_to_recordset(${JSON.stringify(named.map(({ id, record }) => ({ id, ...record.contact })))}::jsonb)
      as r (id uuid, "firstName" text, "lastName" text, email text, phone text)`.execute(db);
}

/** Who sees only some customers also sees those they brought in. */
export async function insertScopes(db: ScopedDb, partnerId: string, membershipId: string, customerIds: readonly string[]): Promise<void> {
  await sql`insert into membership_scope (partner_id, membership_id, kind, customer_id)
    select ${partnerId}::uuid, ${membershipId}::uuid, 'customer', id from unnest(${[...customerIds]}::uuid[]) as u (id) on conflict do nothing`.execute(db);
}
