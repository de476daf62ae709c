// How many customers there are: kept counts where they answer it, else counted up to a limit.
import type { ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import { COUNT_LIMIT, filtered } from "./queries.ts";
import { type Status, statuses } from "./schema.ts";

export type StatusCounts = { total: number; byStatus: Record<Status, number>; isMore: boolean };

/** How many customers a group has, at most COUNT_LIMIT + 1; for who sees all customers. */
export async function countGroup(db: ScopedDb, partnerId: string, group: string): Promise<number> {
  const bounded = db
    .selectFrom("customerGroupMember")
    .where("partnerId", "=", partnerId)
    .where("groupId", "=", group)
    .select("customerId")
    .limit(COUNT_LIMIT + 1);
  const { n } = await db
    .selectFrom(bounded.as("m"))
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Customers per status: kept counts for who sees all, else counted over at most COUNT_LIMIT rows. */
export async function countByStatus(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "memberAll">,
  scopeIds?: readonly string[],
): Promise<StatusCounts> {
  if (actor.memberAll) {
    const kept = await db
      .selectFrom("customerCount")
      .where("partnerId", "=", actor.partnerId)
      .selectAll()
      .executeTakeFirst();
    const byStatus = {
      warning: Number(kept?.warning ?? 0),
      sync_pending: Number(kept?.syncPending ?? 0),
      access_disabled: Number(kept?.accessDisabled ?? 0),
      synced: Number(kept?.synced ?? 0),
      not_applicable: Number(kept?.notApplicable ?? 0),
    };
    return { total: Number(kept?.total ?? 0), byStatus, isMore: false };
  }
  const bounded = filtered(db, actor.partnerId, scopeIds ? { ids: scopeIds } : {})
    .select("o.status")
    .limit(COUNT_LIMIT + 1);
  const rows = await db
    .selectFrom(bounded.as("m"))
    .select(["status", (eb) => eb.fn.countAll<string>().as("n")])
    .groupBy("status")
    .execute();
  const found = new Map(rows.map((row) => [row.status, Number(row.n)]));
  const byStatus = Object.fromEntries(statuses.map((status) => [status, found.get(status) ?? 0])) as Record<
    Status,
    number
  >;
  const all = [...found.values()].reduce((sum, n) => sum + n, 0);
  return { total: Math.min(all, COUNT_LIMIT), byStatus, isMore: all > COUNT_LIMIT };
}
