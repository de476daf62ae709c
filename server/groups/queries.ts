// Every query of customer groups.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export async function insertGroup(db: ScopedDb, partnerId: string, name: string): Promise<string> {
  const { id } = await db
    .insertInto("customerGroup")
    .values({ partnerId, name })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Puts customers that are visible to the actor into a group; returns how many were not in it yet. */
export async function insertMembers(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  customerIds: readonly string[],
): Promise<number> {
  const result = await db
    .insertInto("customerGroupMember")
    .columns(["partnerId", "groupId", "customerId"])
    .expression((eb) =>
      eb
        .selectFrom("visibleCustomer as v")
        .where("v.partnerId", "=", partnerId)
        .where(sql<boolean>`v.id = any(${[...customerIds]}::uuid[])`)
        .select((inner) => [
          inner.ref("v.partnerId").as("partnerId"),
          sql<string>`${groupId}::uuid`.as("groupId"),
          inner.ref("v.id").as("customerId"),
        ]),
    )
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}
