// Whether who reads for long (a download) may still see what they began to read: compared, not remembered.
import { sql } from "kysely";
import { type Statement, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import type { Actor } from "#server/permissions.ts";

/** An end of access that is committed late may carry an instant from before; nothing takes longer to commit. */
const MARGIN_MS = 5 * 60_000;

/**
 * One text that changes as soon as access ends anywhere in the partner since `since`, or the member's scope changes: asked in
 * the snapshot of the download and, outside it, again and again.
 */
export function standingStatement(
  { partnerId, membershipId, memberAll }: Pick<Actor, "partnerId" | "membershipId" | "memberAll">,
  since: Date,
): Statement & { execute: ReturnType<typeof sql<{ standing: string }>>["execute"] } {
  const from = new Date(since.getTime() - MARGIN_MS);
  const scope = memberAll
    ? sql`''`
    : sql`(select count(*) || ' ' || coalesce(bit_xor(hashtextextended(concat_ws(' ', s.kind, s.customer_id, s.group_id, g.customer_id), 0)), 0)
        from membership_scope s left join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
        where s.partner_id = ${partnerId} and s.membership_id = ${membershipId})`;
  return sql<{
    standing: string;
  }>`select (select count(*) from access_grant a where a.partner_id = ${partnerId} and a.ended_at > ${from}::timestamptz)
    || ' ' || (select count(*) from access_grant a where a.partner_id = ${partnerId} and a.state = 'active'
      and a.until_at > ${from}::timestamptz and a.until_at <= clock_timestamp())
    || ' ' || ${scope} as standing`;
}

/** The same as it is now. */
export const readStanding = (actor: Actor, since: Date): Promise<string | undefined> =>
  withScope(scopeOf(actor), "read only", async (db) => {
    const { rows } = await standingStatement(actor, since).execute(db);
    return rows[0]?.standing;
  });
