// The customers that a member's scope names, where these are few enough to be named.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import { COUNT_LIMIT } from "./schema.ts";

/** Up to so many known customers are fetched and sorted; among more, the index of the sort is walked. */
export const FEW_CUSTOMERS = 5_000;

/** Ids that a member's scope names, at most COUNT_LIMIT + 1; undefined: it names none because it is all. The view still decides. */
export async function findScopeIds(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "memberAll" | "membershipId" | "customerId">,
): Promise<string[] | undefined> {
  if (actor.memberAll) return undefined;
  if (actor.customerId !== null) return [actor.customerId];
  const { rows } = await sql<{ scopeAll: boolean; ids: string[] }>`
    select m.scope_all, array(
      select s.customer_id from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'customer'
      union all
      select g.customer_id from membership_scope s join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
        where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group'
      limit ${COUNT_LIMIT + 1}) as ids
    from membership m where m.partner_id = ${actor.partnerId} and m.id = ${actor.membershipId}`.execute(db);
  const [scope] = rows;
  if (!scope) return [];
  return scope.scopeAll || scope.ids.length > COUNT_LIMIT ? undefined : scope.ids;
}
