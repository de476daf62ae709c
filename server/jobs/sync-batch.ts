// Batches of what a connector yields, written whole or, where that fails, account by account.
import { log } from "#server/log.ts";
import { isPassing } from "#server/sync/rules.ts";
import { ingest, type Source, type Refused } from "#server/sync/service.ts";
import { advanceRun } from "#server/sync/queries-runs.ts";
import { Snapshot, type ConnectorEvent, AccountIdentity } from "#server/sync/snapshot.ts";
import { type Hold, RunLost } from "./run-hold.ts";
import { scoped } from "./scoped.ts";

/** A batch is written when it holds this many accounts, or this many rows of all parts together. */
export const BATCH_ACCOUNTS = 50;
const BATCH_ROWS = 4_000;

export type Batch = { snapshots: Snapshot[]; refused: Refused[]; rows: number };
export const emptyBatch = (): Batch => ({ snapshots: [], refused: [], rows: 0 });
export const isFull = ({ snapshots, refused, rows }: Batch): boolean =>
  snapshots.length + refused.length >= BATCH_ACCOUNTS || rows >= BATCH_ROWS;

const rowsOf = ({ devices, licences, alerts, applications, saas }: Snapshot): number =>
  [devices, licences, alerts, applications, saas && saas.applications].reduce(
    (rows, part) => rows + (part?.length ?? 0),
    0,
  );

/** Accounts of a run: read or refused, refused, and refused for a reason that passes. */
export type Outcome = { done: number; refused: number; passing: number };

/** A snapshot that is not what the contract says costs its account the freshness, never the run. */
export function take(
  event: Exclude<ConnectorEvent, { kind: "total" }>,
  batch: Batch,
  seen: Set<string>,
): void {
  const identity = AccountIdentity.safeParse(
    event.kind === "snapshot" ? event.snapshot.account : event.account,
  );
  if (!identity.success)
    return log.warn(
      { issues: identity.error.issues.map(({ path, code }) => ({ path, code })) },
      "an account without a usable identity",
    );
  if (seen.has(identity.data.externalId)) return;
  seen.add(identity.data.externalId);
  if (event.kind === "refused") {
    batch.refused.push({ account: identity.data, code: event.code, detail: event.detail });
    return;
  }
  const parsed = Snapshot.safeParse(event.snapshot);
  if (parsed.success) {
    batch.snapshots.push(parsed.data);
    batch.rows += rowsOf(parsed.data);
  } else {
    const [issue] = parsed.error.issues;
    batch.refused.push({
      account: identity.data,
      code: "vendor.malformed",
      detail: `${issue?.path.join(".") ?? ""} ${issue?.code ?? ""}`.trim(),
    });
  }
}

/**
 * One transaction for the batch with its progress; where that fails, one for each account, so that one bad account harms
 * no other. Throws RunLost, and writes nothing, once the run is cancelled or another worker's.
 */
export async function write(hold: Hold, source: Source, batch: Batch, outcome: Outcome): Promise<void> {
  const size = batch.snapshots.length + batch.refused.length;
  if (size === 0) return;
  let { refused } = batch;
  try {
    await writeHeld(hold, source, batch);
  } catch (error) {
    if (error instanceof RunLost) throw error;
    log.warn({ err: error, connection: source.connectionId }, "a batch could not be written whole");
    refused = [...refused, ...(await writeSingly(hold, source, batch))];
  }
  outcome.done += size;
  outcome.refused += refused.length;
  outcome.passing += refused.filter((one) => isPassing(one.code)).length;
}

type Part = Pick<Batch, "snapshots" | "refused">;

async function writeHeld(hold: Hold, source: Source, { snapshots, refused }: Part): Promise<void> {
  const { partnerId } = hold;
  const step = { total: null, done: snapshots.length + refused.length, refused: refused.length };
  await scoped(partnerId, async (db) => {
    const now = new Date();
    // First, so that nobody can take the run away before this commits.
    if (!(await advanceRun(db, partnerId, hold, step, now))) throw new RunLost();
    await ingest(db, source, snapshots, refused, now);
  });
}

async function writeSingly(hold: Hold, source: Source, batch: Batch): Promise<Refused[]> {
  const bad: Refused[] = [];
  for (const refusal of batch.refused) {
    try {
      await writeHeld(hold, source, { snapshots: [], refused: [refusal] });
    } catch (error) {
      if (error instanceof RunLost) throw error;
      log.error(
        { err: error, account: refusal.account.externalId },
        "a refused account could not be recorded",
      );
    }
  }
  for (const snapshot of batch.snapshots) {
    try {
      await writeHeld(hold, source, { snapshots: [snapshot], refused: [] });
    } catch (error) {
      if (error instanceof RunLost) throw error;
      log.error({ err: error, account: snapshot.account.externalId }, "an account could not be written");
      const refusal: Refused = {
        account: snapshot.account,
        code: "vendor.malformed",
        detail: "the data could not be stored",
      };
      await writeHeld(hold, source, { snapshots: [], refused: [refusal] });
      bad.push(refusal);
    }
  }
  return bad;
}
