// Every query of monthly accounts: drafts of the wizard, their creation, and what becomes of them at the vendor.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** Drafts of one membership, or (null) everybody's: they name people who are no customers yet. */
export type Owner = string | null;
const columns = [
  "id",
  "createdBy",
  "details",
  "lines",
  "termsVersion",
  "termsBy",
  "termsAt",
  "customerId",
  "opening",
  "connectionId",
  "openingCode",
  "openingDetail",
  "openingAt",
  "updatedAt",
] as const;

export function findMonthly(
  db: ScopedDb,
  partnerId: string,
  owner: Owner,
  id: string,
  mode: "read" | "lock" = "read",
) {
  let query = db.selectFrom("monthlyAccount").where("partnerId", "=", partnerId).where("id", "=", id);
  if (owner !== null) query = query.where("createdBy", "=", owner);
  return (mode === "lock" ? query.forUpdate() : query).select(columns).executeTakeFirst();
}
export type MonthlyRecord = NonNullable<Awaited<ReturnType<typeof findMonthly>>>;

export function listDrafts(db: ScopedDb, partnerId: string, createdBy: string) {
  return db
    .selectFrom("monthlyAccount")
    .where("partnerId", "=", partnerId)
    .where("createdBy", "=", createdBy)
    .where("customerId", "is", null)
    .select(["id", "details", "updatedAt"])
    .orderBy("updatedAt", "desc")
    .limit(10)
    .execute();
}

/** Begins an account; one that is there already stays as it is. */
export async function insertDraft(
  db: ScopedDb,
  partnerId: string,
  id: string,
  createdBy: string,
): Promise<void> {
  await db
    .insertInto("monthlyAccount")
    .values({ partnerId, id, createdBy })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

export type DraftChange = {
  details?: Record<string, string>;
  lines?: readonly { code: string; quantity: string }[];
  terms?: { version: string; by: string; at: Date } | null;
};
export async function updateDraft(
  db: ScopedDb,
  partnerId: string,
  id: string,
  { details, lines, terms }: DraftChange,
  now: Date,
): Promise<void> {
  await db
    .updateTable("monthlyAccount")
    .set({
      updatedAt: now,
      ...(details && { details: JSON.stringify(details) }),
      ...(lines && { lines: JSON.stringify(lines) }),
      ...(terms !== undefined && {
        termsVersion: terms?.version ?? null,
        termsBy: terms?.by ?? null,
        termsAt: terms?.at ?? null,
      }),
    })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

export async function deleteDraft(db: ScopedDb, partnerId: string, id: string): Promise<void> {
  await db
    .deleteFrom("monthlyAccount")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("customerId", "is", null)
    .execute();
}

export type Opening = {
  opening: "by_hand" | "waiting" | "sending" | "opened" | "refused";
  code?: string | null;
  detail?: string | null;
};
/** What became of the account, here (`customerId`, `connectionId`) and at the vendor. */
export async function updateOpening(
  db: ScopedDb,
  partnerId: string,
  id: string,
  { opening, code = null, detail = null }: Opening,
  now: Date,
  created?: { customerId: string; connectionId: string | null },
): Promise<void> {
  await db
    .updateTable("monthlyAccount")
    .set({ opening, openingCode: code, openingDetail: detail, openingAt: now, updatedAt: now, ...created })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** Products of a vendor, as it ever named them. */
export function listProducts(db: ScopedDb, partnerId: string, vendor: string) {
  return db
    .selectFrom("product as p")
    .innerJoin("partner as o", (join) => join.on("o.id", "=", partnerId))
    .where("p.vendor", "=", vendor)
    .select(["p.code", "p.name", "p.category"])
    .orderBy("p.category")
    .orderBy("p.name")
    .orderBy("p.code")
    .limit(500)
    .execute();
}

/** The partner's own connection that could open an account at a vendor: the oldest that is read. */
export async function findOpeningConnection(
  db: ScopedDb,
  partnerId: string,
  vendor: string,
): Promise<string | null> {
  const row = await db
    .selectFrom("connection")
    .where("partnerId", "=", partnerId)
    .where("vendor", "=", vendor)
    .where("customerId", "is", null)
    .where("removedAt", "is", null)
    .where("isEnabled", "=", true)
    .select("id")
    .orderBy("createdAt")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

export type NewMonthlyCustomer = {
  id: string;
  name: string;
  domain: string | null;
  country: string;
  region: string;
  since: string;
  address: { street: string; city: string; postalCode: string };
  contact: { firstName: string; lastName: string; email: string };
};
/** A customer whose record is a person's word, with its contact. */
export async function insertMonthlyCustomer(
  db: ScopedDb,
  partnerId: string,
  { contact, address, name, ...customer }: NewMonthlyCustomer,
): Promise<void> {
  const record = { partnerId, ...customer, name, nameShown: name, address: JSON.stringify(address) };
  await db
    .insertInto("customer")
    .values({ ...record, relationship: "delegated", origin: "person" })
    .execute();
  await db
    .insertInto("contact")
    .values({ partnerId, customerId: customer.id, role: "administrator", source: "person", ...contact })
    .execute();
}

export type TwinRow = { id: string; name: string; sameName: boolean; sameDomain: boolean };
/** Visible customers that may be the same organisation: with this name, accents and case aside, or this domain. */
export async function listTwins(
  db: ScopedDb,
  partnerId: string,
  { name, domain }: { name: string; domain: string | null },
): Promise<TwinRow[]> {
  const { rows } = await sql<TwinRow>`
    with same as (
      (select customer_id as id, true as by_name from readable_overview
        where partner_id = ${partnerId}::uuid and name_sort = left(app.plain(${name}), 200) limit 5)
      union all (select id, false from visible_customer where partner_id = ${partnerId}::uuid and domain = ${domain} limit 5))
    select v.id, v.name_shown as name, bool_or(s.by_name) as "sameName", not bool_and(s.by_name) as "sameDomain"
    from same s join visible_customer v on v.partner_id = ${partnerId}::uuid and v.id = s.id
    group by v.id, v.name_shown order by v.name_shown, v.id`.execute(db);
  return rows;
}
