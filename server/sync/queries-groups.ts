// What can be read of the customers of one group.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { DueConnection } from "./queries-schedule.ts";

export type GroupSources = {
  /** Customers of the group in scope, and how many of them are open to their partner and have a source to be read. */
  customers: number;
  readable: number;
  /** Each with the accounts that these customers have there. */
  connections: DueConnection[];
};

/** The sources of a group's customers in the member's scope, as far as live access opens them now. */
export async function findGroupSources(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
): Promise<GroupSources> {
  const { rows } = await sql<{
    customers: number;
    readable: number;
    id: string | null;
    circuitOpenUntil: Date | null;
    accounts: string[];
  }>`
    with member as materialized (
      select v.id, v.relationship = 'managed' or (v.relationship = 'delegated' and exists (select from access_grant g
          where g.partner_id = v.partner_id and g.customer_id = v.id and g.state = 'active' and 'metrics' = any (g.capabilities)
            and g.from_at <= now() and (g.until_at is null or g.until_at > now()))) as is_open
      from customer_group_member m join visible_customer v on v.partner_id = m.partner_id and v.id = m.customer_id
      where m.partner_id = ${partnerId}::uuid and m.group_id = ${groupId}::uuid),
    account as materialized (
      select m.id as customer_id, a.external_id, c.id, c.circuit_open_until
      from member m
        join vendor_account a on a.partner_id = ${partnerId}::uuid and a.customer_id = m.id and a.link_state <> 'not_linked'
        join connection c on c.partner_id = a.partner_id and c.id = a.connection_id and c.is_enabled and c.removed_at is null and c.vendor <> 'push'
      where m.is_open)
    select t.customers, t.readable, c.* from (select (select count(*) from member)::int as customers,
        (select count(distinct customer_id) from account)::int as readable) t
      left join (select id, circuit_open_until as "circuitOpenUntil", array_agg(external_id) as accounts
        from account group by id, circuit_open_until) c on true`.execute(db);
  const [first] = rows;
  return {
    customers: first?.customers ?? 0,
    readable: first?.readable ?? 0,
    connections: rows.flatMap(({ id, circuitOpenUntil, accounts }) =>
      id === null ? [] : [{ id, circuitOpenUntil, accounts }],
    ),
  };
}
