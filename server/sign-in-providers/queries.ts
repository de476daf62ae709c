// Every query of identity providers: a partner's own, or one customer's, never both.
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { DB } from "#db/types.ts";

/** Whose providers: the partner's own (null), or those of one customer. */
export type Owner = { partnerId: string; customerId: string | null };

const isOwn = ({ customerId }: Owner) => sql<boolean>`customer_id is not distinct from ${customerId}::uuid`;
const columns = ["id", "name", "issuer", "clientId", "isEnabled", "createdAt"] as const;
const hasSecret = sql<boolean>`secret is not null`.as("hasSecret");

const own = (db: Kysely<DB>, owner: Owner) =>
  db
    .selectFrom("oidcIssuer")
    .where("partnerId", "=", owner.partnerId)
    .where(isOwn(owner))
    .select(columns)
    .select(hasSecret);

export const listProviders = (db: ScopedDb, owner: Owner) =>
  own(db, owner).orderBy("name").orderBy("id").execute();

export const findProvider = (db: ScopedDb, owner: Owner, id: string) =>
  own(db, owner).where("id", "=", id).executeTakeFirst();

/** False when the same issuer and client are there already. */
export async function insertProvider(
  db: ScopedDb,
  { partnerId, customerId }: Owner,
  values: { id: string; name: string; issuer: string; clientId: string; secret: Buffer | null },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("oidcIssuer")
    .values({ partnerId, customerId, ...values })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function updateProvider(
  db: ScopedDb,
  owner: Owner,
  id: string,
  values: { secret?: Buffer | null; isEnabled?: boolean },
): Promise<void> {
  await db
    .updateTable("oidcIssuer")
    .set(values)
    .where("partnerId", "=", owner.partnerId)
    .where(isOwn(owner))
    .where("id", "=", id)
    .execute();
}

export async function deleteProvider(db: ScopedDb, owner: Owner, id: string): Promise<void> {
  await db
    .deleteFrom("oidcIssuer")
    .where("partnerId", "=", owner.partnerId)
    .where(isOwn(owner))
    .where("id", "=", id)
    .execute();
}
