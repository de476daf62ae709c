// Every query of a customer's chosen name: who bears it, the change, and its way to each vendor account.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export type NameRecord = { name: string; nameShown: string; isNameChosen: boolean };
/** The names of a customer, held to the end of the transaction: two who rename it do so one after the other. */
export function lockName(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<NameRecord | undefined> {
  return db
    .selectFrom("customer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select(["name", "nameShown", "isNameChosen"])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Whether another of the partner's customers is shown by this name, whatever its case and accents. */
export async function isNameTaken(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  name: string,
): Promise<boolean> {
  const { rows } = await sql<{ isTaken: boolean }>`
    select app.name_is_taken(${partnerId}::uuid, ${customerId}::uuid, ${name}) as is_taken`.execute(db);
  return rows[0]?.isTaken === true;
}

export async function updateName(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  to: { nameShown: string; isNameChosen: boolean },
  now: Date,
): Promise<void> {
  await db
    .updateTable("customer")
    .set((eb) => ({ ...to, version: eb("version", "+", 1), updatedAt: now }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .execute();
}

/** The linked vendor accounts of a customer whose connection was not removed, oldest first. */
export function listNamedAccounts(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("vendorAccount as a")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.connectionId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.customerId", "=", customerId)
    .where("a.linkState", "<>", "not_linked")
    .where("c.removedAt", "is", null)
    .select(["a.id", "a.vendor", "a.externalId", "a.name"])
    .orderBy("a.createdAt")
    .orderBy("a.id")
    .execute();
}

/** What was asked for earlier is no longer wanted. */
export async function supersedeRenames(db: ScopedDb, partnerId: string, customerId: string): Promise<void> {
  await db
    .updateTable("customerRename")
    .set({ state: "superseded" })
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("state", "in", ["waiting", "by_hand", "refused"])
    .execute();
}

export type Rename = { customerId: string; name: string; askedBy: string };
/** One intent per account, each with the account's next number. */
export async function insertRenames(
  db: ScopedDb,
  partnerId: string,
  accountIds: readonly string[],
  { customerId, name, askedBy }: Rename,
  now: Date,
): Promise<{ id: string; vendorAccountId: string }[]> {
  const { rows } = await sql<{ id: string; vendorAccountId: string }>`
    insert into customer_rename (partner_id, customer_id, vendor_account_id, number, name, asked_by, asked_at)
    select ${partnerId}::uuid, ${customerId}::uuid, a.id,
      coalesce((select max(r.number) from customer_rename r where r.partner_id = ${partnerId}::uuid and r.vendor_account_id = a.id), 0) + 1,
      ${name}, ${askedBy}, ${now}
    from unnest(${[...accountIds]}::uuid[]) a (id)
    returning id, vendor_account_id`.execute(db);
  return rows;
}

/** The latest intent of each of the customer's accounts. */
export async function listRenames(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("customerRename")
    .distinctOn("vendorAccountId")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select([
      "vendorAccountId",
      "name",
      "state",
      "errorCode",
      "errorDetail",
      "nextTryAt",
      "askedAt",
      "settledAt",
    ])
    .orderBy("vendorAccountId")
    .orderBy("number", "desc")
    .execute();
}

/** Asks again for what an account refused; undefined where nothing is refused. */
export function reopenRename(db: ScopedDb, partnerId: string, customerId: string, accountId: string) {
  return db
    .updateTable("customerRename")
    .set({
      state: "waiting",
      attempts: 0,
      errorCode: null,
      errorDetail: null,
      nextTryAt: null,
      settledAt: null,
    })
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("vendorAccountId", "=", accountId)
    .where("state", "=", "refused")
    .returning(["id", "name"])
    .executeTakeFirst();
}

/** What the worker needs to send one intent; undefined when it is settled, or its account left the customer. */
export function findWaiting(db: ScopedDb, partnerId: string, id: string) {
  return db
    .selectFrom("customerRename as r")
    .innerJoin("vendorAccount as a", (join) =>
      join
        .onRef("a.partnerId", "=", "r.partnerId")
        .onRef("a.id", "=", "r.vendorAccountId")
        .onRef("a.customerId", "=", "r.customerId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where("r.id", "=", id)
    .where("r.state", "=", "waiting")
    .where("a.linkState", "<>", "not_linked")
    .select(["r.id", "r.name", "r.customerId", "r.attempts", "a.id as accountId"])
    .select(["a.externalId", "a.connectionId", "a.vendor"])
    .executeTakeFirst();
}

export type Settlement = {
  state: "by_hand" | "sent" | "refused";
  errorCode: string | null;
  errorDetail: string | null;
};
/** False: somebody has chosen another name meanwhile. */
export async function settleRename(
  db: ScopedDb,
  partnerId: string,
  id: string,
  settlement: Settlement,
  now: Date,
): Promise<boolean> {
  return isWaitingSet(db, partnerId, id, { ...settlement, nextTryAt: null, settledAt: now });
}

/** Notes a failed try that is repeated. False: somebody has chosen another name meanwhile. */
export async function postponeRename(
  db: ScopedDb,
  partnerId: string,
  id: string,
  to: { attempts: number; errorCode: string; errorDetail: string; nextTryAt: Date },
): Promise<boolean> {
  return isWaitingSet(db, partnerId, id, to);
}

async function isWaitingSet(
  db: ScopedDb,
  partnerId: string,
  id: string,
  values: Partial<Settlement> & { attempts?: number; nextTryAt: Date | null; settledAt?: Date },
): Promise<boolean> {
  const changed = await db
    .updateTable("customerRename")
    .set(values)
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
