// Every query of connections, batches and runs: what is due, what runs, how it went.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { LiveRun } from "./schema.ts";

export type ConnectionRow = {
  id: string;
  customerId: string | null;
  vendor: string;
  name: string;
  settings: Record<string, string>;
  secret: Buffer | null;
  failures: number;
};

export async function getConnection(db: ScopedDb, partnerId: string, id: string): Promise<ConnectionRow> {
  const row = await db
    .selectFrom("connection")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .select(["id", "customerId", "vendor", "name", "settings", "secret", "failures"])
    .executeTakeFirstOrThrow();
  return { ...row, settings: row.settings as Record<string, string> };
}

/** Enabled connections; with a customer those that hold an account of it, with the account ids. */
export async function listConnections(
  db: ScopedDb,
  partnerId: string,
  customerId: string | null,
): Promise<{ id: string; accounts: string[] | null }[]> {
  const enabled = db
    .selectFrom("connection as c")
    .where("c.partnerId", "=", partnerId)
    .where("c.isEnabled", "=", true);
  if (customerId === null)
    return (await enabled.select("c.id").execute()).map(({ id }) => ({ id, accounts: null }));
  return enabled
    .innerJoin("vendorAccount as a", (join) =>
      join.onRef("a.partnerId", "=", "c.partnerId").onRef("a.connectionId", "=", "c.id"),
    )
    .where("a.customerId", "=", customerId)
    .where("a.linkState", "<>", "not_linked")
    .groupBy("c.id")
    .select(["c.id", sql<string[]>`array_agg(a.external_id)`.as("accounts")])
    .execute();
}

/** Connections to read now: the whole of those whose cycle is over, else the accounts that failed for a passing reason. */
export async function listDueConnections(
  db: ScopedDb,
  partnerId: string,
  now: Date,
  passing: readonly string[],
): Promise<{ id: string; accounts: string[] | null }[]> {
  const rows = await db
    .selectFrom("connection as c")
    .where("c.partnerId", "=", partnerId)
    .where("c.isEnabled", "=", true)
    .where((eb) => eb.or([eb("c.nextRunAt", "<=", now), eb("c.retryAt", "<=", now)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("syncRun as r")
            .whereRef("r.partnerId", "=", "c.partnerId")
            .whereRef("r.connectionId", "=", "c.id")
            .where("r.state", "in", ["queued", "running"]),
        ),
      ),
    )
    .select((eb) => [
      "c.id",
      sql<boolean>`c.next_run_at <= ${now}`.as("isCycle"),
      eb
        .selectFrom("vendorAccount as a")
        .whereRef("a.partnerId", "=", "c.partnerId")
        .whereRef("a.connectionId", "=", "c.id")
        .where("a.linkState", "<>", "not_linked")
        .where("a.errorCode", "in", [...passing])
        .select(sql<string[] | null>`array_agg(a.external_id)`.as("ids"))
        .as("failing"),
    ])
    .execute();
  return rows.map((row) => ({ id: row.id, accounts: row.isCycle ? null : (row.failing ?? []) }));
}

export async function insertBatch(
  db: ScopedDb,
  partnerId: string,
  cause: "schedule" | "person" | "first",
  requestedBy: string | null,
): Promise<string> {
  const { id } = await db
    .insertInto("syncBatch")
    .values({ partnerId, cause, requestedBy })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Queues a run; undefined when one of the connection is already queued or running (then join it). */
export async function insertRun(
  db: ScopedDb,
  partnerId: string,
  run: { batchId: string; connectionId: string; onlyAccounts: string[] | null },
): Promise<string | undefined> {
  const row = await db
    .insertInto("syncRun")
    .values({ partnerId, ...run })
    .onConflict((oc) =>
      oc.columns(["partnerId", "connectionId"]).where("state", "in", ["queued", "running"]).doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** More is wanted (null: every account) than a live partial run reads: the connection is read again as soon as that one is done. */
export async function askForFollowUp(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  accounts: readonly string[] | null,
  now: Date,
): Promise<void> {
  const live = await db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("state", "in", ["queued", "running"])
    .where("onlyAccounts", "is not", null)
    .where(sql<boolean>`${accounts}::text[] is null or not only_accounts @> ${accounts}::text[]`)
    .select("id")
    .executeTakeFirst();
  if (live)
    await db
      .updateTable("connection")
      .set({ nextRunAt: now })
      .where("partnerId", "=", partnerId)
      .where("id", "=", connectionId)
      .execute();
}

/** Takes a run to work on, also one whose worker died; undefined when it is finished or cancelled. */
export function claimRun(db: ScopedDb, partnerId: string, runId: string, now: Date) {
  return db
    .updateTable("syncRun")
    .set((eb) => ({
      state: "running",
      startedAt: eb.fn.coalesce("startedAt", eb.val(now)),
      heartbeatAt: now,
      accountsDone: 0,
      accountsRefused: 0,
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", runId)
    .where("state", "in", ["queued", "running"])
    .returning(["id", "connectionId", "onlyAccounts"])
    .executeTakeFirst();
}

/** Adds to a run's progress; false when it was cancelled meanwhile. */
export async function advanceRun(
  db: ScopedDb,
  partnerId: string,
  runId: string,
  step: { total: number | null; done: number; refused: number },
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("syncRun")
    .set((eb) => ({
      accountsTotal: step.total,
      accountsDone: eb("accountsDone", "+", step.done),
      accountsRefused: eb("accountsRefused", "+", step.refused),
      heartbeatAt: now,
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", runId)
    .where("state", "=", "running")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export type RunEnd = { state: "succeeded" | "failed"; errorCode: string | null; errorDetail: string | null };
export async function finishRun(
  db: ScopedDb,
  partnerId: string,
  runId: string,
  end: RunEnd,
  now: Date,
): Promise<void> {
  await db
    .updateTable("syncRun")
    .set({ ...end, finishedAt: now, heartbeatAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", runId)
    .where("state", "=", "running")
    .execute();
}

/** Does an account of this connection still wait to be read again after one of these faults? */
export async function hasFailing(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  codes: readonly string[],
): Promise<boolean> {
  const row = await db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("linkState", "<>", "not_linked")
    .where("errorCode", "in", [...codes])
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export type ConnectionResult = {
  errorCode: string | null;
  errorDetail: string | null;
  failures: number;
  nextRunAt?: Date;
  retryAt?: Date | null;
  lastSuccessAt?: Date;
};
/** What a run leaves on its connection; `errorSince` stays while the trouble goes on. */
export async function updateConnection(
  db: ScopedDb,
  partnerId: string,
  id: string,
  result: ConnectionResult,
  now: Date,
): Promise<void> {
  await db
    .updateTable("connection")
    .set((eb) => ({
      ...result,
      errorSince: result.errorCode === null ? null : eb.fn.coalesce("errorSince", eb.val(now)),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/**
 * Runs whose worker has given no sign of life since `before.running`, or that nobody took since `before.queued`, are
 * failed and their connections read anew. A queue may be long: waiting in it is no fault.
 */
export async function failSilentRuns(
  db: ScopedDb,
  partnerId: string,
  before: { running: Date; queued: Date },
  now: Date,
): Promise<void> {
  const runs = await db
    .updateTable("syncRun")
    .set({ state: "failed", errorCode: "unexpected", finishedAt: now })
    .where("partnerId", "=", partnerId)
    .where((eb) =>
      eb.or([
        eb.and([eb("state", "=", "running"), eb("heartbeatAt", "<", before.running)]),
        eb.and([eb("state", "=", "queued"), eb("createdAt", "<", before.queued)]),
      ]),
    )
    .returning("connectionId")
    .execute();
  if (runs.length === 0) return;
  await db
    .updateTable("connection")
    .set({ nextRunAt: now })
    .where("partnerId", "=", partnerId)
    .where(
      "id",
      "in",
      runs.map((run) => run.connectionId),
    )
    .execute();
}

/** The newest runs, for the list's "synchronising" note. */
export async function listLiveRuns(db: ScopedDb, partnerId: string): Promise<LiveRun[]> {
  const rows = await db
    .selectFrom("syncRun as r")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "r.partnerId").onRef("c.id", "=", "r.connectionId"),
    )
    .where("r.partnerId", "=", partnerId)
    .where("r.state", "in", ["queued", "running"])
    .select(["r.id", "c.name as connection", "c.vendor", "r.state", "r.accountsTotal", "r.accountsDone"])
    .orderBy("r.createdAt")
    .execute();
  return rows.map((row) => ({ ...row, state: row.state as LiveRun["state"] }));
}
