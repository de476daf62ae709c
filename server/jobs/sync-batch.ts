// Batches of what a connector yields, written whole or, where that fails, account by account.
import { withScope } from "#db/client.ts";
import { log } from "#server/log.ts";
import { isPassing } from "#server/sync/rules.ts";
import { ingest, type Source, type Refused } from "#server/sync/service.ts";
import { advanceRun } from "#server/sync/queries-runs.ts";
import { Snapshot, type ConnectorEvent, AccountIdentity } from "#server/sync/snapshot.ts";

/** A batch is written when it holds this many accounts, or this many rows of devices and alerts. */
const BATCH_ACCOUNTS = 50;
const BATCH_ROWS = 4_000;

export type Batch = { snapshots: Snapshot[]; refused: Refused[]; rows: number };
export const emptyBatch = (): Batch => ({ snapshots: [], refused: [], rows: 0 });
export const isFull = ({ snapshots, refused, rows }: Batch): boolean =>
  snapshots.length + refused.length >= BATCH_ACCOUNTS || rows >= BATCH_ROWS;

/** The run was cancelled while it went on. */
export class Cancelled extends Error {}

export type Progress = {
  runId: string;
  seen: Set<string>;
  outcome: { done: number; refused: number; passing: number };
  signal: AbortSignal;
};

export const scoped = <T>(partnerId: string, work: Parameters<typeof withScope<T>>[2]) =>
  withScope({ partnerId }, "read write", work, "worker");

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
    batch.rows += (parsed.data.devices?.length ?? 0) + (parsed.data.alerts?.length ?? 0);
  } else {
    const [issue] = parsed.error.issues;
    batch.refused.push({
      account: identity.data,
      code: "vendor.malformed",
      detail: `${issue?.path.join(".") ?? ""} ${issue?.code ?? ""}`.trim(),
    });
  }
}

/** One transaction for the batch; where that fails, one for each account, so that one bad account harms no other. */
export async function write(
  source: Source,
  batch: Batch,
  total: number | null,
  progress: Progress,
): Promise<void> {
  const { partnerId } = source;
  const size = batch.snapshots.length + batch.refused.length;
  if (size === 0) return;
  let { refused } = batch;
  try {
    await scoped(partnerId, (db) => ingest(db, source, batch.snapshots, batch.refused, new Date()));
  } catch (error) {
    log.warn({ err: error, connection: source.connectionId }, "a batch could not be written whole");
    const bad = await writeSingly(source, batch);
    refused = [...refused, ...bad];
  }
  progress.outcome.done += size;
  progress.outcome.refused += refused.length;
  progress.outcome.passing += refused.filter((one) => isPassing(one.code)).length;
  const goesOn = await scoped(partnerId, (db) =>
    advanceRun(db, partnerId, progress.runId, { total, done: size, refused: refused.length }, new Date()),
  );
  if (!goesOn) throw new Cancelled();
}

async function writeSingly(source: Source, batch: Batch): Promise<Refused[]> {
  const { partnerId } = source;
  const bad: Refused[] = [];
  for (const refusal of batch.refused) {
    try {
      await scoped(partnerId, (db) => ingest(db, source, [], [refusal], new Date()));
    } catch (error) {
      log.error(
        { err: error, account: refusal.account.externalId },
        "a refused account could not be recorded",
      );
    }
  }
  for (const snapshot of batch.snapshots) {
    try {
      await scoped(partnerId, (db) => ingest(db, source, [snapshot], [], new Date()));
    } catch (error) {
      log.error({ err: error, account: snapshot.account.externalId }, "an account could not be written");
      const refusal: Refused = {
        account: snapshot.account,
        code: "vendor.malformed",
        detail: "the data could not be stored",
      };
      await scoped(partnerId, (db) => ingest(db, source, [], [refusal], new Date()));
      bad.push(refusal);
    }
  }
  return bad;
}
