// Every query of API tokens and of the sources that they push into.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** Whose tokens: those of one membership, or (null) all of the partner. */
export type Owner = string | null;

export type StoredToken = {
  id: string;
  name: string;
  permissions: string[];
  membershipId: string;
  source: string | null;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedFrom: string;
};

/** The newest first; those that are over at the end. */
export async function listTokens(
  db: ScopedDb,
  partnerId: string,
  owner: Owner,
  now: Date,
  most: number,
): Promise<StoredToken[]> {
  let query = db
    .selectFrom("apiToken as t")
    .leftJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "t.partnerId").onRef("c.id", "=", "t.connectionId"),
    )
    .where("t.partnerId", "=", partnerId);
  if (owner !== null) query = query.where("t.membershipId", "=", owner);
  return query
    .select(["t.id", "t.name", "t.permissions", "t.membershipId", "c.name as source", "t.createdAt"])
    .select(["t.expiresAt", "t.revokedAt", "t.lastUsedAt", "t.lastUsedFrom"])
    .orderBy((eb) => eb.or([eb("t.revokedAt", "is not", null), eb("t.expiresAt", "<=", now)]))
    .orderBy("t.createdAt", "desc")
    .orderBy("t.id")
    .limit(most)
    .execute();
}

export async function insertToken(
  db: ScopedDb,
  partnerId: string,
  token: {
    membershipId: string;
    name: string;
    tokenHash: Buffer;
    permissions: string[];
    connectionId: string | null;
    expiresAt: Date;
  },
): Promise<string> {
  const { id } = await db
    .insertInto("apiToken")
    .values({ partnerId, ...token })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Ends a token; undefined where there is none to see, false for one that was ended before. */
export async function revokeToken(
  db: ScopedDb,
  partnerId: string,
  owner: Owner,
  id: string,
  now: Date,
): Promise<{ name: string; isNew: boolean } | undefined> {
  let change = db
    .updateTable("apiToken")
    .set({ revokedAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("revokedAt", "is", null);
  let query = db.selectFrom("apiToken").where("partnerId", "=", partnerId).where("id", "=", id);
  if (owner !== null) {
    change = change.where("membershipId", "=", owner);
    query = query.where("membershipId", "=", owner);
  }
  const ended = await change.returning("name").executeTakeFirst();
  if (ended) return { name: ended.name, isNew: true };
  const found = await query.select("name").executeTakeFirst();
  return found && { name: found.name, isNew: false };
}

/** The sources that can be pushed into: the partner's own, and those of customers that the member sees. */
export async function listPushSources(
  db: ScopedDb,
  partnerId: string,
): Promise<{ id: string; name: string; customerId: string | null; customerName: string | null }[]> {
  return db
    .selectFrom("connection as c")
    .leftJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "c.partnerId").onRef("v.id", "=", "c.customerId"),
    )
    .where("c.partnerId", "=", partnerId)
    .where("c.vendor", "=", "push")
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where((eb) => eb.or([eb("c.customerId", "is", null), eb("v.id", "is not", null)]))
    .select(["c.id", "c.name", "c.customerId", "v.nameShown as customerName"])
    .orderBy("c.customerId", (order) => order.nullsFirst())
    .orderBy("c.name")
    .orderBy("c.id")
    .limit(500)
    .execute();
}

/** A source of the partner's own. Nothing reads it, so its next run never comes. */
export async function insertPushSource(db: ScopedDb, partnerId: string, name: string): Promise<string> {
  const { id } = await db
    .insertInto("connection")
    .values({ partnerId, name, vendor: "push", nextRunAt: sql<Date>`'infinity'` })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
