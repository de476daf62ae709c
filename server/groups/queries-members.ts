// The queries of which customers are in a group.
import { sql, type SqlBool } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** A group that people fill: of one with a rule the rule alone says who belongs. */
const isFilledByPeople = (partnerId: string, groupId: string) =>
  sql<SqlBool>`exists (select from customer_group g where g.partner_id = ${partnerId} and g.id = ${groupId} and g.rule_match is null)`;

/** Puts customers that are visible to the actor, and no orders, into a group; the ids of those that were not in it yet. */
export async function insertMembers(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const rows = await db
    .insertInto("customerGroupMember")
    .columns(["partnerId", "groupId", "customerId"])
    .expression((eb) =>
      eb
        .selectFrom("visibleCustomer as v")
        .where("v.partnerId", "=", partnerId)
        .where(sql<SqlBool>`v.id = any(${[...customerIds]}::uuid[])`)
        .where("v.relationship", "<>", "order_only")
        .where(isFilledByPeople(partnerId, groupId))
        .select((inner) => [
          inner.ref("v.partnerId").as("partnerId"),
          sql<string>`${groupId}::uuid`.as("groupId"),
          inner.ref("v.id").as("customerId"),
        ])
        .orderBy("v.id"),
    )
    .onConflict((oc) => oc.doNothing())
    .returning("customerId")
    .execute();
  return rows.map((row) => row.customerId);
}

/** Takes visible customers out of a group; the ids of those that were in it. */
export async function deleteMembers(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const rows = await db
    .deleteFrom("customerGroupMember as m")
    .where("m.partnerId", "=", partnerId)
    .where("m.groupId", "=", groupId)
    .where(isFilledByPeople(partnerId, groupId))
    .where((eb) =>
      eb(
        "m.customerId",
        "in",
        eb
          .selectFrom("visibleCustomer as v")
          .where("v.partnerId", "=", partnerId)
          .where(sql<SqlBool>`v.id = any(${[...customerIds]}::uuid[])`)
          .select("v.id")
          .$castTo<{ id: string }>(),
      ),
    )
    .returning("m.customerId")
    .execute();
  return rows.map((row) => row.customerId);
}

/** Of these customers: how many the actor sees, and how many of them are orders, which belong to no group. */
export async function countChosen(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<{ visible: number; orders: number }> {
  const { visible, orders } = await db
    .selectFrom("visibleCustomer as v")
    .where("v.partnerId", "=", partnerId)
    .where(sql<SqlBool>`v.id = any(${[...customerIds]}::uuid[])`)
    .select((eb) => [
      eb.fn.countAll<string>().as("visible"),
      eb.fn.countAll<string>().filterWhere("v.relationship", "=", "order_only").as("orders"),
    ])
    .executeTakeFirstOrThrow();
  return { visible: Number(visible), orders: Number(orders) };
}

/** The groups one visible customer is in, and those of people it is not in yet. */
export async function listGroupsOf(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  limit: number,
): Promise<{ id: string; name: string; isMember: boolean; isByRule: boolean }[]> {
  return db
    .selectFrom("customerGroup as g")
    .where("g.partnerId", "=", partnerId)
    .select((eb) => [
      "g.id",
      "g.name",
      eb("g.ruleMatch", "is not", null).$castTo<boolean>().as("isByRule"),
      eb
        .exists(
          eb
            .selectFrom("customerGroupMember as m")
            .innerJoin("visibleCustomer as v", (join) =>
              join.onRef("v.partnerId", "=", "m.partnerId").onRef("v.id", "=", "m.customerId"),
            )
            .whereRef("m.partnerId", "=", "g.partnerId")
            .whereRef("m.groupId", "=", "g.id")
            .where("m.customerId", "=", customerId)
            .select("m.customerId"),
        )
        .$castTo<boolean>()
        .as("isMember"),
    ])
    .orderBy("g.name")
    .limit(limit)
    .execute();
}
