// Groups as a filter of other pages.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import type { GroupChoice } from "./schema.ts";

/** The groups that a member may narrow a page to: all of the partner's, or those of the member's own scope. */
export async function listGroupChoices(
  db: ScopedDb,
  { partnerId, membershipId, memberAll }: Pick<Actor, "partnerId" | "membershipId" | "memberAll">,
): Promise<GroupChoice[]> {
  const { rows } = await sql<GroupChoice>`
    select g.id, g.name from customer_group g
    where g.partner_id = ${partnerId}::uuid and (${memberAll}::boolean
      or exists (select from membership m where m.partner_id = g.partner_id and m.id = ${membershipId}::uuid and m.scope_all)
      or exists (select from membership_scope s where s.partner_id = g.partner_id and s.membership_id = ${membershipId}::uuid and s.group_id = g.id))
    order by g.name limit 500`.execute(db);
  return rows;
}
