// Queries of batches with their runs as people see and end them: only what lies in the member's scope.
import { sql } from "kysely";
import { executeKept, type ScopedDb } from "#db/client.ts";
import { readsGroup } from "#server/connections/queries.ts";
import type { LiveRun } from "./schema.ts";

/** The connection `c` is the partner's own, or that of a customer in scope. */
const isInScope = sql<boolean>`(c.customer_id is null or exists (select from visible_customer v where v.partner_id = c.partner_id and v.id = c.customer_id))`;

export type BatchRow = {
  id: string;
  cause: "schedule" | "person" | "first";
  requestedName: string;
  createdAt: Date;
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
};

/** Batches with at least one run in scope, and of the group, the newest first, those before `before` (a batch's id). */
export async function listBatches(
  db: ScopedDb,
  partnerId: string,
  { before, group }: { before: string | null; group: string | undefined },
  limit: number,
): Promise<BatchRow[]> {
  const state = (name: string) => sql<number>`count(*) filter (where r.state = ${name})::int`.as(name);
  const rows = await db
    .selectFrom("syncBatch as b")
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom("syncRun as r")
          .innerJoin("connection as c", (join) =>
            join.onRef("c.partnerId", "=", "r.partnerId").onRef("c.id", "=", "r.connectionId"),
          )
          .whereRef("r.partnerId", "=", "b.partnerId")
          .whereRef("r.batchId", "=", "b.id")
          .where(isInScope)
          .$if(group !== undefined, (every) => every.where(readsGroup(group)))
          .select(["queued", "running", "succeeded", "failed", "cancelled"].map(state))
          .having(sql<boolean>`count(*) > 0`)
          .as("n"),
      (join) => join.onTrue(),
    )
    .where("b.partnerId", "=", partnerId)
    .where(
      sql<boolean>`(${before}::uuid is null or (b.created_at, b.id) <
        (select o.created_at, o.id from sync_batch o where o.partner_id = ${partnerId} and o.id = ${before}::uuid))`,
    )
    .select(["b.id", "b.cause", "b.requestedName", "b.createdAt"])
    .select([
      sql<number>`n.queued`.as("queued"),
      sql<number>`n.running`.as("running"),
      sql<number>`n.succeeded`.as("succeeded"),
      sql<number>`n.failed`.as("failed"),
      sql<number>`n.cancelled`.as("cancelled"),
    ])
    .orderBy("b.createdAt", "desc")
    .orderBy("b.id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, cause: row.cause as BatchRow["cause"] }));
}

export type RunState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
export type RunRow = {
  id: string;
  batchId: string;
  connectionId: string;
  connection: string;
  vendor: string;
  /** Whose connection; null: the partner's own. */
  customerName: string | null;
  state: RunState;
  isPartial: boolean;
  accountsTotal: number | null;
  accountsDone: number;
  accountsRefused: number;
  errorCode: string | null;
  cancelledBy: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Nothing is asked of its vendor until then. */
  circuitOpenUntil: Date | null;
};

/** The runs of these batches, at most `each` of one: those that are live first, then the failed ones. */
export async function listRunsOf(
  db: ScopedDb,
  partnerId: string,
  batchIds: readonly string[],
  group: string | undefined,
  each: number,
): Promise<RunRow[]> {
  if (batchIds.length === 0) return [];
  const { rows } = await sql<RunRow>`
    select * from (
      select r.id, r.batch_id, r.connection_id, c.name as connection, c.vendor, o.name_shown as customer_name, r.state,
        r.only_accounts is not null as is_partial, r.accounts_total, r.accounts_done, r.accounts_refused, r.error_code,
        r.cancelled_by, r.started_at, r.finished_at, c.circuit_open_until,
        row_number() over (partition by r.batch_id
          order by array_position(array['running', 'queued', 'failed', 'cancelled', 'succeeded'], r.state), c.name, r.id) as place
      from sync_run r
      join connection c on c.partner_id = r.partner_id and c.id = r.connection_id
      left join visible_customer o on o.partner_id = c.partner_id and o.id = c.customer_id
      where r.partner_id = ${partnerId}::uuid and r.batch_id = any(${batchIds}::uuid[]) and ${isInScope}
        and ${group === undefined ? sql`true` : readsGroup(group)}
    ) of_batch where place <= ${each} order by batch_id, place`.execute(db);
  return rows;
}

/** When a run of this partner last ended; null: never. Whoever shows what runs brought reads it anew then. */
export async function findLastEnd(db: ScopedDb, partnerId: string): Promise<Date | null> {
  const row = await db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("createdAt", ">", sql<Date>`now() - interval '2 days'`)
    .select((eb) => eb.fn.max("finishedAt").as("at"))
    .executeTakeFirst();
  return row?.at ?? null;
}

/** One run, or all of a batch. */
export type RunChoice = { runId: string } | { batchId: string };
const chosen = (choice: RunChoice) =>
  "runId" in choice ? sql<boolean>`r.id = ${choice.runId}` : sql<boolean>`r.batch_id = ${choice.batchId}`;

/** Whether the run or batch exists and holds something in scope. */
export async function hasRuns(db: ScopedDb, partnerId: string, choice: RunChoice): Promise<boolean> {
  const row = await db
    .selectFrom("syncRun as r")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "r.partnerId").onRef("c.id", "=", "r.connectionId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where(chosen(choice))
    .where(isInScope)
    .select("r.id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends what waits or goes on of a run or batch; its worker notices within seconds. */
export async function cancelRuns(
  db: ScopedDb,
  partnerId: string,
  choice: RunChoice,
  by: string,
  now: Date,
): Promise<{ id: string; connectionId: string }[]> {
  return db
    .updateTable("syncRun as r")
    .from("connection as c")
    .set({ state: "cancelled", finishedAt: now, cancelledBy: by })
    .where("r.partnerId", "=", partnerId)
    .whereRef("c.partnerId", "=", "r.partnerId")
    .whereRef("c.id", "=", "r.connectionId")
    .where(chosen(choice))
    .where("r.state", "in", ["queued", "running"])
    .where(isInScope)
    .returning(["r.id", "r.connectionId"])
    .execute();
}

/** What the failed runs of a batch were to read, of connections that can still be read. */
export async function listFailed(
  db: ScopedDb,
  partnerId: string,
  batchId: string,
): Promise<{ id: string; accounts: string[] | null; circuitOpenUntil: Date | null }[]> {
  return db
    .selectFrom("syncRun as r")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "r.partnerId").onRef("c.id", "=", "r.connectionId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where("r.batchId", "=", batchId)
    .where("r.state", "=", "failed")
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where(isInScope)
    .select(["c.id", "r.onlyAccounts as accounts", "c.circuitOpenUntil"])
    .execute();
}

/** A connection in scope that can be read; undefined: there is none. */
export async function findReadable(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
): Promise<{ id: string; accounts: null; circuitOpenUntil: Date | null } | undefined> {
  const row = await db
    .selectFrom("connection as c")
    .where("c.partnerId", "=", partnerId)
    .where("c.id", "=", connectionId)
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where("c.vendor", "<>", "push")
    .where(isInScope)
    .select(["c.id", "c.circuitOpenUntil"])
    .executeTakeFirst();
  return row && { ...row, accounts: null };
}

const MOST_LIVE = 20;

/** What is being read now, the longest first; of customers' own connections only those of customers in scope. */
export async function listLiveRuns(db: ScopedDb, partnerId: string): Promise<LiveRun[]> {
  const live = db
    .selectFrom("syncRun as r")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "r.partnerId").onRef("c.id", "=", "r.connectionId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where("r.state", "in", ["queued", "running"])
    .where(isInScope)
    .select(["r.id", "c.name as connection", "c.vendor", "r.state", "r.accountsTotal", "r.accountsDone"])
    .select((eb) =>
      eb
        .case()
        .when("c.circuitOpenUntil", ">", sql<Date>`now()`)
        .then(eb.ref("c.circuitOpenUntil"))
        .end()
        .as("waitsUntil"),
    )
    .orderBy("r.state", "desc")
    .orderBy("r.createdAt")
    .limit(MOST_LIVE);
  return (await executeKept(db, live.compile())).map((row) => ({
    ...row,
    state: row.state as LiveRun["state"],
    waitsUntil: row.state === "queued" ? (row.waitsUntil?.toISOString() ?? null) : null,
  }));
}
