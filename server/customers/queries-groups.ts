// The groups of customers as pages show and filter by them.
import { sql, type SqlBool } from "kysely";
import { executeKept, type ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";

/** Names of the groups of each of these customers. */
export async function listGroupNames(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  if (customerIds.length === 0) return names;
  const ofCustomers = db
    .selectFrom("customerGroupMember as m")
    .innerJoin("customerGroup as g", (join) =>
      join.onRef("g.partnerId", "=", "m.partnerId").onRef("g.id", "=", "m.groupId"),
    )
    .where("m.partnerId", "=", partnerId)
    .where(sql<SqlBool>`m.customer_id = any(${[...customerIds]}::uuid[])`)
    .select(["m.customerId", "g.name"])
    .orderBy("g.name");
  for (const row of await executeKept(db, ofCustomers.compile()))
    names.set(row.customerId, [...(names.get(row.customerId) ?? []), row.name]);
  return names;
}

/** The groups an actor may filter by: all of the partner's, or those of the member's own scope. */
export function listGroups(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "memberAll" | "membershipId">,
): Promise<{ id: string; name: string }[]> {
  let query = db.selectFrom("customerGroup as g").where("g.partnerId", "=", actor.partnerId);
  if (!actor.memberAll) {
    query = query.where((eb) =>
      eb.or([
        eb.exists(
          eb
            .selectFrom("membership as m")
            .whereRef("m.partnerId", "=", "g.partnerId")
            .where("m.id", "=", actor.membershipId)
            .where("m.scopeAll", "=", true),
        ),
        eb.exists(
          eb
            .selectFrom("membershipScope as s")
            .whereRef("s.partnerId", "=", "g.partnerId")
            .where("s.membershipId", "=", actor.membershipId)
            .whereRef("s.groupId", "=", "g.id"),
        ),
      ]),
    );
  }
  return query.select(["g.id", "g.name"]).orderBy("g.name").limit(500).execute();
}
