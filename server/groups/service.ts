// Making groups and filling them, each with its entry in the partner's audit.
import type { Guarded } from "#server/trpc.ts";
import { insertGroup, insertMembers } from "./queries.ts";

export async function createGroup({ db, actor, audit }: Guarded, name: string): Promise<string> {
  const id = await insertGroup(db, actor.partnerId, name);
  await audit({ action: "group:create", entity: `group ${id}`, customerId: null, detail: { name } });
  return id;
}

/** Adds customers to a group; those already in it, or not visible to the actor, are left as they are. */
export async function addToGroup(
  { db, actor, audit }: Guarded,
  groupId: string,
  customerIds: readonly string[],
): Promise<number> {
  const added = await insertMembers(db, actor.partnerId, groupId, customerIds);
  await audit({
    action: "group:add",
    entity: `group ${groupId}`,
    customerId: null,
    detail: { asked: customerIds.length, added },
  });
  return added;
}
