// The job that reads one connection: from the vendor through the connector into batches of ingest, with its progress.
import { AppError } from "#server/errors.ts";
import { VendorError } from "#server/http/errors.ts";
import { log } from "#server/log.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import {
  advanceRun,
  claimRun,
  type ConnectionRow,
  findCancelled,
  finishRun,
  getConnection,
  releaseRun,
} from "#server/sync/queries-runs.ts";
import { requestSync, type Source } from "#server/sync/service.ts";
import type { ConnectorEvent } from "#server/sync/snapshot.ts";
import { connectorInput } from "./connector-input.ts";
import { enqueue } from "./queue.ts";
import { holdRun, type Hold, RunLost } from "./run-hold.ts";
import { scoped } from "./scoped.ts";
import { emptyBatch, isFull, type Outcome, take, write } from "./sync-batch.ts";
import { fail, finish, refreshPending } from "./sync-end.ts";

/** A slow vendor's accounts are shown as they come, not only in whole batches. */
const WRITE_MS = 2_000;

export type SyncJob = { partnerId: string; runId: string };

/** What a connector throws that is no VendorError: a fault of ours. */
class ConnectorFault extends Error {}

/**
 * Runs one queued synchronisation; doing it again after a crash is harmless. Aborting leaves the run to be claimed again.
 * Throws what the connector should not have thrown, once the run and its customers say so: the queue tries again.
 */
export async function runSync({ partnerId, runId }: SyncJob, signal: AbortSignal): Promise<void> {
  const taken = await takeRun(partnerId, runId);
  if (!taken) return;
  const { claim, connection } = taken;
  const hold = holdRun(partnerId, claim, signal);
  try {
    await refreshPending(partnerId, claim);
    await readWhole(hold, connection, claim.onlyAccounts);
  } catch (error) {
    const isLost = error instanceof RunLost || hold.isLost();
    // A stopping worker gives the job back to the queue; whoever claims the run begins it anew.
    if (!isLost) throw error;
    log.info({ connection: connection.id, runId }, "the run was cancelled or is another worker's");
  } finally {
    hold.release();
  }
  await refreshPending(partnerId, claim);
}

/** Claims the run; undefined when there is nothing to do: it is over, its connection is switched off, or its vendor is ill. */
async function takeRun(partnerId: string, runId: string) {
  const cancelled = await scoped(partnerId, (db) => findCancelled(db, partnerId, runId));
  // Its worker may have died before it could tell the customers.
  if (cancelled !== undefined) return void (await refreshPending(partnerId, cancelled));
  return scoped(partnerId, async (db) => {
    const now = new Date();
    const claim = await claimRun(db, partnerId, runId, now);
    if (!claim) return undefined;
    const connection = await getConnection(db, partnerId, claim.connectionId);
    if (!connection.isEnabled) {
      await finishRun(db, partnerId, claim, { state: "cancelled", errorCode: null, errorDetail: null }, now);
      return undefined;
    }
    const { circuitOpenUntil: until } = connection;
    if (until !== null && until > now) {
      await releaseRun(db, partnerId, claim);
      await enqueue(db, "sync", { partnerId, runId }, { startAfter: until });
      return undefined;
    }
    return { claim, connection };
  });
}

async function readWhole(hold: Hold, connection: ConnectionRow, only: string[] | null): Promise<void> {
  const seen = new Set<string>();
  const outcome: Outcome = { done: 0, refused: 0, passing: 0 };
  try {
    await read(hold, connection, only, seen, outcome);
  } catch (error) {
    if (hold.signal.aborted) throw error instanceof ConnectorFault ? error.cause : error;
    if (error instanceof VendorError) return fail(hold, connection, error);
    if (!(error instanceof ConnectorFault)) throw error;
    log.error({ err: error.cause, connection: connection.id, runId: hold.id }, "a connector failed");
    await fail(hold, connection, {
      code: "unexpected",
      detail: `run ${hold.id}`,
      retryAfterSeconds: null,
      isWidespread: false,
    });
    throw error.cause;
  }
  await finish(hold, connection, only, seen, outcome);
}

async function read(
  hold: Hold,
  connection: ConnectionRow,
  only: string[] | null,
  seen: Set<string>,
  outcome: Outcome,
): Promise<void> {
  const connector = connectors[connection.vendor];
  if (!connector) throw new VendorError("vendor.wrongKind", `no connector for ${connection.vendor}`);
  const { partnerId, signal } = hold;
  const source: Source = {
    partnerId,
    connectionId: connection.id,
    vendor: connection.vendor,
    customerId: connection.customerId,
  };
  const input = connectorInput(partnerId, connection, signal);
  // The vendor was ill: one cheap call tells whether it is well again.
  if (connection.circuitOpenUntil !== null) await ours(connector.test(input));
  let batch = emptyBatch();
  let writtenAt = performance.now();
  const flush = async () => {
    const full = batch;
    batch = emptyBatch();
    await write(hold, source, full, outcome);
    writtenAt = performance.now();
  };
  for await (const event of faultsOf(connector.read(only === null ? input : { ...input, only }))) {
    if (event.kind === "total") {
      const step = { total: event.accounts, done: 0, refused: 0 };
      if (!(await scoped(partnerId, (db) => advanceRun(db, partnerId, hold, step, new Date()))))
        throw new RunLost();
      continue;
    }
    take(event, batch, seen);
    if (isFull(batch) || performance.now() - writtenAt > WRITE_MS) await flush();
  }
  await flush();
}

/** What the connector throws, told from what writing throws. */
async function* faultsOf(events: AsyncGenerator<ConnectorEvent>): AsyncGenerator<ConnectorEvent> {
  try {
    yield* events;
  } catch (cause) {
    throw faultOf(cause);
  }
}
const ours = <T>(work: Promise<T>): Promise<T> =>
  work.catch((cause: unknown) => {
    throw faultOf(cause);
  });
const faultOf = (cause: unknown): Error =>
  cause instanceof VendorError ? cause : new ConnectorFault("a connector failed", { cause });

export type SyncRequestJob = { partnerId: string; customerId: string; userId: string };

/**
 * Makes the runs that customers' users and new grants ask for: those that wait at the same time are one batch of their
 * partner. A customer without a source has nothing to be read.
 */
export async function requestForCustomers(wishes: readonly SyncRequestJob[]): Promise<void> {
  for (const [partnerId, all] of Map.groupBy(wishes, (wish) => wish.partnerId)) {
    const [first, ...others] = new Set(all.map(({ userId }) => userId));
    const requestedBy = first !== undefined && others.length === 0 ? first : null;
    const customerIds = all.map(({ customerId }) => customerId);
    try {
      await scoped(partnerId, (db) =>
        requestSync(db, partnerId, { cause: "person", requestedBy, customerIds }, new Date()),
      );
    } catch (error) {
      if (!(error instanceof AppError && error.code === "sync.noSource")) throw error;
    }
  }
}
