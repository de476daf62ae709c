// Every query of how a connection fares: its accounts by the age of their data, its runs, the jobs that died.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { AccountFilter } from "./schema.ts";

/** Accounts of customers that the actor sees; what belongs to nobody only for who sees all customers. */
export type Sight = { partnerId: string; customerId: string | null; seesAll: boolean };

function accounts(db: ScopedDb, { partnerId, seesAll }: Sight) {
  return db
    .selectFrom("vendorAccount as a")
    .leftJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "a.partnerId").onRef("v.id", "=", "a.customerId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where((eb) =>
      eb.or([eb("v.id", "is not", null), eb.and([eb("a.customerId", "is", null), eb.lit(seesAll)])]),
    );
}

export type AccountCounts = { connectionId: string; total: number; failing: number; unmatched: number };
/** Accounts per connection as far as the actor sees them; a connection without any is left out. */
export async function countAccounts(
  db: ScopedDb,
  sight: Sight,
  connectionIds: readonly string[],
): Promise<AccountCounts[]> {
  if (connectionIds.length === 0) return [];
  const rows = await accounts(db, sight)
    .where("a.connectionId", "in", [...connectionIds])
    .groupBy("a.connectionId")
    .select([
      "a.connectionId",
      sql<string>`count(*)`.as("total"),
      sql<string>`count(*) filter (where a.error_code is not null and a.link_state <> 'not_linked')`.as(
        "failing",
      ),
      sql<string>`count(*) filter (where a.customer_id is null and not a.is_set_aside)`.as("unmatched"),
    ])
    .execute();
  return rows.map(({ connectionId, total, failing, unmatched }) => ({
    connectionId,
    total: Number(total),
    failing: Number(failing),
    unmatched: Number(unmatched),
  }));
}

/** What was never read is older than everything else; the index has this very expression. */
const readAt = sql`coalesce(a.last_success_at, '-infinity'::timestamptz)`;

/** Accounts of a connection, the one with the oldest data first, after (`at`, `id`); `at` null: never read. */
export function listAccountAges(
  db: ScopedDb,
  sight: Sight,
  connectionId: string,
  filter: AccountFilter,
  staleBefore: Date,
  after: { at: string | null; id: string } | undefined,
  limit: number,
) {
  let query = accounts(db, sight).where("a.connectionId", "=", connectionId);
  if (filter === "failing")
    query = query.where("a.errorCode", "is not", null).where("a.linkState", "<>", "not_linked");
  if (filter === "stale") query = query.where(sql<boolean>`${readAt} < ${staleBefore}`);
  if (filter === "unmatched")
    query = query.where("a.customerId", "is", null).where("a.isSetAside", "=", false);
  if (after)
    query = query.where(
      sql<boolean>`(${readAt}, a.id) > (coalesce(${after.at}::timestamptz, '-infinity'), ${after.id}::uuid)`,
    );
  return query
    .select([
      "a.id",
      "a.name",
      "a.externalId",
      "a.customerId",
      "v.nameShown as customerName",
      "a.lastSuccessAt",
      "a.lastAttemptAt",
      "a.errorCode",
      "a.errorSince",
      sql<string | null>`to_char(a.last_success_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
        "exactAt",
      ),
    ])
    .orderBy(readAt)
    .orderBy("a.id")
    .limit(limit)
    .execute();
}

/** The runs of these connections that wait or go on. */
export function listLiveRunsOf(db: ScopedDb, partnerId: string, connectionIds: readonly string[]) {
  return db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("state", "in", ["queued", "running"])
    .where(sql<boolean>`connection_id = any(${[...connectionIds]}::uuid[])`)
    .select(["id", "connectionId", "state", "accountsTotal", "accountsDone"])
    .execute();
}

/** The latest runs of a connection, the newest first. */
export function listRecentRuns(db: ScopedDb, partnerId: string, connectionId: string, limit: number) {
  return db
    .selectFrom("syncRun as r")
    .innerJoin("syncBatch as b", (join) =>
      join.onRef("b.partnerId", "=", "r.partnerId").onRef("b.id", "=", "r.batchId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where("r.connectionId", "=", connectionId)
    .select([
      "r.id",
      "r.state",
      "b.cause",
      "b.requestedName",
      "r.accountsTotal",
      "r.accountsDone",
      "r.accountsRefused",
      "r.errorCode",
      "r.cancelledBy",
      "r.createdAt",
      "r.startedAt",
      "r.heartbeatAt",
      "r.finishedAt",
      sql<boolean>`r.only_accounts is not null`.as("isPartial"),
    ])
    .orderBy("r.createdAt", "desc")
    .limit(limit)
    .execute();
}

/** Jobs about this connection that failed for good and were not sent on their way again. */
export function listDeadJobsOf(db: ScopedDb, partnerId: string, connectionId: string, limit: number) {
  return db
    .selectFrom("deadJob as d")
    .where("d.partnerId", "=", partnerId)
    .where("d.redrivenAt", "is", null)
    .where(
      sql<boolean>`(d.payload ->> 'connectionId' = ${connectionId} or d.payload ->> 'runId' in (select r.id::text from sync_run r
        where r.partner_id = d.partner_id and r.connection_id = ${connectionId}::uuid))`,
    )
    .select(["d.id", "d.queue", "d.failedAt"])
    .orderBy("d.failedAt", "desc")
    .limit(limit)
    .execute();
}
