// Changing what a member may see, with its entry in the partner's audit.
import type { Guarded } from "#server/trpc.ts";
import { type MemberScope, replaceScope } from "./queries.ts";

export async function setScope(
  { db, actor, audit }: Guarded,
  membershipId: string,
  scope: MemberScope,
): Promise<void> {
  await replaceScope(db, actor.partnerId, membershipId, scope);
  await audit({
    action: "team:setScope",
    entity: `membership ${membershipId}`,
    customerId: null,
    detail: scope,
  });
}
