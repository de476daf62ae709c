// Every query of vendor accounts: the queue, candidates for a link, links and their history.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { AccountListInput, linkKinds } from "./schema.ts";

export type LinkKind = (typeof linkKinds)[number];
type Scope = { partnerId: string; seesAll: boolean; group?: string | undefined };

/**
 * Accounts in the actor's scope: those of customers they see; what belongs to nobody only for who sees all customers.
 * An account that a person unlinked waits like one that nobody matched. `group` narrows to its customers.
 */
function accounts(db: ScopedDb, { partnerId, seesAll, group }: Scope) {
  return db
    .selectFrom("vendorAccount as a")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.connectionId"),
    )
    .leftJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "a.partnerId").onRef("v.id", "=", "a.customerId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("c.removedAt", "is", null)
    .where("a.namePlain", "is not", null)
    .where((eb) =>
      eb.or([eb("v.id", "is not", null), eb.and([eb("a.customerId", "is", null), eb.lit(seesAll)])]),
    )
    .$if(group !== undefined, (query) =>
      query.where(
        sql<boolean>`exists (select from customer_group_member m where m.partner_id = a.partner_id and m.group_id = ${group}::uuid
          and m.customer_id = a.customer_id)`,
      ),
    );
}

/** Names that another account of the same vendor has as well. */
const isNameTwice = sql<boolean>`exists (select from vendor_account t where t.partner_id = a.partner_id and t.name_plain = a.name_plain
  and t.id <> a.id and t.vendor = a.vendor)`;
/** Another visible customer with the domain of the account's customer, which came by itself: they may be one. */
const mayBeTwice = sql<boolean>`a.linked_by = 'arrival' and v.domain is not null and exists (select from visible_customer t
  where t.partner_id = a.partner_id and t.domain = v.domain and t.id <> v.id)`;

const columns = [
  "a.id",
  "a.vendor",
  "c.name as connection",
  "a.externalId",
  "a.name",
  "a.domain",
  "a.region",
  "a.customerId",
  "v.nameShown as customerName",
  "a.linkState",
  "a.linkedBy",
  "a.unlinkOn",
  "a.lastSuccessAt",
  "a.errorCode",
  "a.createdAt",
  "a.identity",
  "a.isSetAside",
  "a.billing",
] as const;

/** A page of a view by name, after (`name`, `id`); duplicates among the newest 5,000 that came by themselves. */
export function listAccountRows(
  db: ScopedDb,
  scope: Scope,
  { view, q }: Pick<AccountListInput, "view" | "q">,
  after: { name: string; id: string } | undefined,
  limit: number,
) {
  let query = accounts(db, scope);
  if (view === "unmatched") query = query.where("a.customerId", "is", null).where("a.isSetAside", "=", false);
  if (view === "setAside") query = query.where("a.customerId", "is", null).where("a.isSetAside", "=", true);
  if (view === "linked") query = query.where("a.customerId", "is not", null);
  if (view === "duplicates") query = query.where(mayBeTwice);
  if (q) {
    const pattern = `%${q.replaceAll(/[\\%_]/g, "\\$&")}%`;
    query = query.where(
      sql<boolean>`(a.name_plain like app.plain(${pattern}) or a.external_id = ${q} or a.domain like ${pattern.toLowerCase()})`,
    );
  }
  if (after) query = query.where(sql<boolean>`(a.name_plain, a.id) > (${after.name}, ${after.id}::uuid)`);
  return query
    .select([...columns, "a.namePlain", isNameTwice.as("isNameTwice")])
    .orderBy("a.namePlain")
    .orderBy("a.id")
    .limit(limit)
    .execute();
}
export type AccountRecord = Awaited<ReturnType<typeof listAccountRows>>[number];

/** One account in scope; with "lock" nobody else moves it until the transaction ends. */
export async function findAccount(
  db: ScopedDb,
  scope: Scope,
  accountId: string,
  lock?: "lock",
): Promise<AccountRecord | undefined> {
  const query = accounts(db, scope)
    .where("a.id", "=", accountId)
    .select([...columns, "a.namePlain", isNameTwice.as("isNameTwice")]);
  return (lock ? query.forUpdate("a") : query).executeTakeFirst();
}

/** How many accounts each view holds, counted up to 1,000. */
export async function countViews(
  db: ScopedDb,
  scope: Scope,
): Promise<{ unmatched: number; duplicates: number; linked: number; setAside: number }> {
  const count = async (view: AccountListInput["view"]) => {
    let query = accounts(db, scope);
    if (view === "linked") query = query.where("a.customerId", "is not", null);
    else if (view === "duplicates") query = query.where(mayBeTwice);
    else query = query.where("a.customerId", "is", null).where("a.isSetAside", "=", view === "setAside");
    const { n } = await db
      .selectFrom(query.select("a.id").limit(1_000).as("some"))
      .select((eb) => eb.fn.countAll<string>().as("n"))
      .executeTakeFirstOrThrow();
    return Number(n);
  };
  return {
    unmatched: await count("unmatched"),
    duplicates: await count("duplicates"),
    linked: await count("linked"),
    setAside: await count("setAside"),
  };
}

export type Candidate = {
  id: string;
  name: string;
  externalId: string | null;
  domain: string | null;
  country: string | null;
  likeness: number;
};
/**
 * Visible customers that may be who an account is: those with one of its identifiers or domains, and those that search
 * finds by its name; `likeness` compares names by their trigrams. Orders take no account.
 */
export async function listCandidates(
  db: ScopedDb,
  partnerId: string,
  of: {
    name: string;
    externalIds: readonly string[];
    domains: readonly string[];
    notCustomer: string | null;
  },
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    with named as (select customer_id as id from app.search_customers(${of.name}, 10)),
    known as (
      (select id from visible_customer where partner_id = ${partnerId}::uuid and external_id = any(${[...of.externalIds]}::text[]) limit 10)
      union (select id from visible_customer where partner_id = ${partnerId}::uuid and domain = any(${[...of.domains]}::text[]) limit 10)
      union select id from named)
    select v.id, v.name_shown as name, v.external_id as "externalId", v.domain, v.country,
      similarity(app.plain(v.name_shown), app.plain(${of.name}))::float8 as likeness
    from visible_customer v
    where v.partner_id = ${partnerId}::uuid and v.id in (select id from known) and v.relationship <> 'order_only'
      and v.id is distinct from ${of.notCustomer}::uuid
    order by v.name_shown, v.id`.execute(db);
  return rows;
}

/** The name of a visible customer. */
export async function getCustomerName(db: ScopedDb, partnerId: string, customerId: string): Promise<string> {
  const { nameShown } = await db
    .selectFrom("visibleCustomer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select("nameShown")
    .executeTakeFirstOrThrow();
  return nameShown ?? "";
}

/** Licences of one account, for the plan of its unlinking. */
export function listAccountLicences(db: ScopedDb, partnerId: string, accountId: string) {
  return db
    .selectFrom("licence as l")
    .innerJoin("product as p", (join) =>
      join.onRef("p.vendor", "=", "l.vendor").onRef("p.code", "=", "l.productCode"),
    )
    .where("l.partnerId", "=", partnerId)
    .where("l.vendorAccountId", "=", accountId)
    .select([
      "p.name as product",
      "l.kind",
      "l.owner",
      "l.isSuspended",
      "l.isUnlimited",
      "l.quantity",
      "l.used",
    ])
    .select(["l.startsOn", "l.endsOn"])
    .orderBy("l.endsOn")
    .execute();
}

export function listLinks(db: ScopedDb, partnerId: string, accountId: string) {
  return db
    .selectFrom("accountLink")
    .where("partnerId", "=", partnerId)
    .where("vendorAccountId", "=", accountId)
    .select(["at", "kind", "fromName", "toName", "actorName"])
    .orderBy("at", "desc")
    .limit(100)
    .execute();
}

export type NewLink = {
  vendorAccountId: string;
  kind: LinkKind;
  fromCustomer: string | null;
  fromName: string;
  toCustomer: string | null;
  toName: string;
  actorName: string;
};
export async function insertLinks(db: ScopedDb, partnerId: string, links: readonly NewLink[]): Promise<void> {
  if (links.length === 0) return;
  await db
    .insertInto("accountLink")
    .values(links.map((link) => ({ partnerId, ...link })))
    .execute();
}

/** Gives an account with all it told to a customer, or (null) to nobody. */
export async function updateOwner(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
  customerId: string | null,
): Promise<void> {
  await sql`select app.move_account(${partnerId}::uuid, ${accountId}::uuid, ${customerId}::uuid)`.execute(db);
}

export async function mergeInto(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  intoCustomerId: string,
): Promise<void> {
  await sql`select app.merge_customer(${partnerId}::uuid, ${customerId}::uuid, ${intoCustomerId}::uuid)`.execute(
    db,
  );
}

/** Sets or (null) takes back the day on which the link ends. */
export async function updateUnlinkOn(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
  unlinkOn: string | null,
): Promise<void> {
  await db
    .updateTable("vendorAccount")
    .set({ unlinkOn, linkState: unlinkOn === null ? "linked" : "unlink_scheduled" })
    .where("partnerId", "=", partnerId)
    .where("id", "=", accountId)
    .execute();
}

export async function updateSetAside(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
  isSetAside: boolean,
): Promise<void> {
  await db
    .updateTable("vendorAccount")
    .set({ isSetAside })
    .where("partnerId", "=", partnerId)
    .where("id", "=", accountId)
    .execute();
}

/** Links whose day has come, with the customer they leave. */
export function listDueUnlinks(db: ScopedDb, partnerId: string, today: string) {
  return db
    .selectFrom("vendorAccount as a")
    .leftJoin("customer as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.customerId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.linkState", "=", "unlink_scheduled")
    .where("a.unlinkOn", "<=", today)
    .select(["a.id", "a.customerId", "c.nameShown as customerName"])
    .orderBy("a.id")
    .limit(200)
    .execute();
}
