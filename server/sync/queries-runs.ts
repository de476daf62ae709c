// Queries of a run's life: made, claimed by a worker, going on, ended.
import type { ScopedDb } from "#db/client.ts";
import type { CallLimit } from "./rules.ts";

export type ConnectionRow = {
  id: string;
  customerId: string | null;
  vendor: string;
  name: string;
  settings: Record<string, string>;
  secret: Buffer | null;
  failures: number;
  /** Neither switched off nor removed. */
  isEnabled: boolean;
  limits: CallLimit[];
  circuitOpenUntil: Date | null;
  /** Why the latest reading failed as a whole; null: it did not. */
  errorCode: string | null;
};

export async function getConnection(db: ScopedDb, partnerId: string, id: string): Promise<ConnectionRow> {
  const row = await db
    .selectFrom("connection")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .select(["id", "customerId", "vendor", "name", "settings", "secret", "failures", "limits", "errorCode"])
    .select((eb) => [
      "circuitOpenUntil",
      eb.and([eb("isEnabled", "=", true), eb("removedAt", "is", null)]).as("isEnabled"),
    ])
    .executeTakeFirstOrThrow();
  return {
    ...row,
    isEnabled: row.isEnabled === true,
    settings: row.settings as Record<string, string>,
    limits: row.limits as unknown as CallLimit[],
  };
}

/** `requestedName`: of the partner's person who asked; '' for the clock and for customers' users. */
export type BatchCause = {
  cause: "schedule" | "person" | "first";
  requestedBy: string | null;
  requestedName?: string;
};

export async function insertBatch(db: ScopedDb, partnerId: string, wish: BatchCause): Promise<string> {
  const { cause, requestedBy, requestedName = "" } = wish;
  const { id } = await db
    .insertInto("syncBatch")
    .values({ partnerId, cause, requestedBy, requestedName })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Queues runs; a connection that is already queued or running gets none (then join it). */
export async function insertRuns(
  db: ScopedDb,
  partnerId: string,
  batchId: string,
  wanted: readonly { connectionId: string; onlyAccounts: string[] | null }[],
): Promise<{ id: string; connectionId: string }[]> {
  if (wanted.length === 0) return [];
  return db
    .insertInto("syncRun")
    .values((eb) =>
      wanted.map((run) => ({
        partnerId,
        batchId,
        ...run,
        customerId: eb
          .selectFrom("connection as c")
          .where("c.partnerId", "=", partnerId)
          .where("c.id", "=", run.connectionId)
          .select("c.customerId"),
      })),
    )
    .onConflict((oc) =>
      oc.columns(["partnerId", "connectionId"]).where("state", "in", ["queued", "running"]).doNothing(),
    )
    .returning(["id", "connectionId"])
    .execute();
}

/** A worker's claim on a run: `attempt` tells it from those before it. */
export type Claim = { id: string; attempt: number };

/**
 * Takes a run to work on: one that waits, one whose worker died, one that ended by a fault of ours. Undefined when there
 * is nothing to do any more, or when another run of the connection has taken its place.
 */
export function claimRun(db: ScopedDb, partnerId: string, runId: string, now: Date) {
  return db
    .updateTable("syncRun as r")
    .set((eb) => ({
      state: "running",
      attempt: eb("r.attempt", "+", 1),
      startedAt: eb.fn.coalesce("r.startedAt", eb.val(now)),
      heartbeatAt: now,
      finishedAt: null,
      errorCode: null,
      errorDetail: null,
      accountsDone: 0,
      accountsRefused: 0,
    }))
    .where("r.partnerId", "=", partnerId)
    .where("r.id", "=", runId)
    .where((eb) =>
      eb.or([
        eb("r.state", "in", ["queued", "running"]),
        eb.and([
          eb("r.state", "=", "failed"),
          eb("r.errorCode", "=", "unexpected"),
          eb.not(
            eb.exists(
              eb
                .selectFrom("syncRun as live")
                .whereRef("live.partnerId", "=", "r.partnerId")
                .whereRef("live.connectionId", "=", "r.connectionId")
                .where("live.state", "in", ["queued", "running"])
                .select("live.id"),
            ),
          ),
        ]),
      ]),
    )
    .returning(["r.id", "r.attempt", "r.connectionId", "r.onlyAccounts"])
    .executeTakeFirst();
}

const held = (db: ScopedDb, partnerId: string, claim: Claim) =>
  db
    .updateTable("syncRun")
    .where("partnerId", "=", partnerId)
    .where("id", "=", claim.id)
    .where("attempt", "=", claim.attempt)
    .where("state", "=", "running");

/**
 * Adds to a run's progress, which is a sign of life too; false when it was cancelled or claimed by another worker. Within
 * a transaction that writes what was read, it holds the run until that commits: a worker that lost it writes nothing.
 */
export async function advanceRun(
  db: ScopedDb,
  partnerId: string,
  claim: Claim,
  step: { total: number | null; done: number; refused: number },
  now: Date,
): Promise<boolean> {
  const result = await held(db, partnerId, claim)
    .set((eb) => ({
      ...(step.total !== null && { accountsTotal: step.total }),
      accountsDone: eb("accountsDone", "+", step.done),
      accountsRefused: eb("accountsRefused", "+", step.refused),
      heartbeatAt: now,
    }))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export type RunEnd = {
  state: "succeeded" | "failed" | "cancelled";
  errorCode: string | null;
  errorDetail: string | null;
};
/** Ends a run; false when it was cancelled or claimed by another worker. */
export async function finishRun(
  db: ScopedDb,
  partnerId: string,
  claim: Claim,
  end: RunEnd,
  now: Date,
): Promise<boolean> {
  const result = await held(db, partnerId, claim)
    .set({ ...end, finishedAt: now, heartbeatAt: now })
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Puts a claimed run back among those that wait. */
export async function releaseRun(db: ScopedDb, partnerId: string, claim: Claim): Promise<void> {
  await held(db, partnerId, claim).set({ state: "queued", startedAt: null, heartbeatAt: null }).execute();
}

/** What a run reads: a connection, or these accounts of it alone. */
export type RunReach = { connectionId: string; onlyAccounts: string[] | null };

/** The connection of a run that was cancelled, so that its customers can be told; undefined: it was not cancelled. */
export async function findCancelled(
  db: ScopedDb,
  partnerId: string,
  runId: string,
): Promise<RunReach | undefined> {
  return db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("id", "=", runId)
    .where("state", "=", "cancelled")
    .select(["connectionId", "onlyAccounts"])
    .executeTakeFirst();
}

/** A run whose job is dead is failed, and its connection is read anew at `next`. */
export async function failRun(
  db: ScopedDb,
  partnerId: string,
  runId: string,
  now: Date,
  next: Date,
): Promise<void> {
  const run = await db
    .updateTable("syncRun")
    .set({ state: "failed", errorCode: "unexpected", finishedAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", runId)
    .where("state", "in", ["queued", "running"])
    .returning("connectionId")
    .executeTakeFirst();
  if (run) await readAnew(db, partnerId, [run.connectionId], next);
}

async function readAnew(
  db: ScopedDb,
  partnerId: string,
  connectionIds: readonly string[],
  at: Date,
): Promise<void> {
  if (connectionIds.length === 0) return;
  await db
    .updateTable("connection")
    .set({ nextRunAt: at })
    .where("partnerId", "=", partnerId)
    .where("id", "in", [...connectionIds])
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
  await readAnew(
    db,
    partnerId,
    runs.map((run) => run.connectionId),
    now,
  );
}
