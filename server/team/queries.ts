// Every query of members and their scopes.
import type { ScopedDb } from "#db/client.ts";

/** Which customers a member may see: all or groups ∪ single customers, minus the denied ones. */
export type MemberScope = {
  all: boolean;
  groups: readonly string[];
  customers: readonly string[];
  denied: readonly string[];
};

export async function replaceScope(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
  scope: MemberScope,
): Promise<void> {
  await db
    .updateTable("membership")
    .set({ scopeAll: scope.all })
    .where("partnerId", "=", partnerId)
    .where("id", "=", membershipId)
    .execute();
  await db
    .deleteFrom("membershipScope")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .execute();
  const rows = [
    ...scope.groups.map((groupId) => ({ kind: "group", groupId, customerId: null })),
    ...scope.customers.map((customerId) => ({ kind: "customer", groupId: null, customerId })),
    ...scope.denied.map((customerId) => ({ kind: "denied", groupId: null, customerId })),
  ];
  if (rows.length > 0)
    await db
      .insertInto("membershipScope")
      .values(rows.map((row) => ({ partnerId, membershipId, ...row })))
      .execute();
}
