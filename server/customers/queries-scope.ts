// The customers that a member's scope names, where these are few enough to be named.
import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import { COUNT_LIMIT } from "./schema.ts";

/** Up to so many known customers are fetched and sorted; among more, the index of the sort is walked. */
export const FEW_CUSTOMERS = 5_000;

/** Customers that a member's scope names: all of them, or the first so many where `isMore`. The view still decides. */
export type NamedScope = { ids: readonly string[]; isMore: boolean };

/** At most COUNT_LIMIT + 1 customers that a member's scope names; undefined: it names none because it is all. */
export async function findScope(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "memberAll" | "membershipId" | "customerId">,
): Promise<NamedScope | undefined> {
  if (actor.memberAll) return undefined;
  if (actor.customerId !== null) return { ids: [actor.customerId], isMore: false };
  const { rows } = await sql<{ scopeAll: boolean; ids: string[] }>`
    select m.scope_all, array(
      select s.customer_id from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'customer'
      union
      select g.customer_id from membership_scope s join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
        where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group'
      limit ${COUNT_LIMIT + 1}) as ids
    from membership m where m.partner_id = ${actor.partnerId} and m.id = ${actor.membershipId}`.execute(db);
  const { scopeAll, ids } = rows[0] ?? { scopeAll: false, ids: [] };
  return scopeAll ? undefined : { ids, isMore: ids.length > COUNT_LIMIT };
}

/** The customers of the scope where it names them all. */
export const everyIdOf = (scope: NamedScope | undefined): readonly string[] | undefined =>
  scope?.isMore ? undefined : scope?.ids;

/** These customers, looked up one by one by their key; `= any` lets the planner go through an index of another order. */
export const amongIds = (column: RawBuilder<unknown>, ids: readonly string[]): RawBuilder<SqlBool> =>
  sql<SqlBool>`${column} in (select unnest(${[...ids]}::uuid[]))`;
