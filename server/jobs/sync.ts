// The job that reads one connection: from the vendor through the connector into batches of ingest, with its progress.
import { Cancelled, emptyBatch, isFull, type Progress, scoped, take, write } from "./sync-batch.ts";
import { appendAudit } from "#server/audit/append.ts";
import { env } from "#server/env.ts";
import { VendorError } from "#server/http/errors.ts";
import { log } from "#server/log.ts";
import { refreshOverview } from "#server/overview/service.ts";
import { unseal } from "#server/secrets/seal.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import { listAccountPage, listPending, recordRefusal } from "#server/sync/queries.ts";
import {
  claimRun,
  type ConnectionRow,
  finishRun,
  getConnection,
  hasFailing,
  updateConnection,
} from "#server/sync/queries-runs.ts";
import { CYCLE_HOURS, passingCodes, retrySeconds } from "#server/sync/rules.ts";
import { requestSync, type Source } from "#server/sync/service.ts";
import type { Credentials, VendorErrorCode } from "#server/sync/snapshot.ts";

const REFRESH_PAGE = 500;

export type SyncJob = { partnerId: string; runId: string };

/** Runs one queued synchronisation; doing it again after a crash is harmless. Aborting leaves the run to be claimed again. */
export async function runSync({ partnerId, runId }: SyncJob, signal: AbortSignal): Promise<void> {
  const run = await scoped(partnerId, (db) => claimRun(db, partnerId, runId, new Date()));
  if (!run) return;
  const connection = await scoped(partnerId, (db) => getConnection(db, partnerId, run.connectionId));
  const source: Source = {
    partnerId,
    connectionId: connection.id,
    vendor: connection.vendor,
    customerId: connection.customerId,
  };
  const seen = new Set<string>();
  const outcome = { done: 0, refused: 0, passing: 0 };
  await refreshPending(source);
  try {
    await read(source, connection, run.onlyAccounts, { runId, seen, outcome, signal });
    await markVanished(source, seen, run.onlyAccounts);
    await finish(source, runId, connection, run.onlyAccounts === null, outcome);
  } catch (error) {
    // A stopping worker gives the job back to the queue; whoever claims the run begins it anew.
    if (!(error instanceof Cancelled) && (signal.aborted || !(error instanceof VendorError))) throw error;
    if (error instanceof VendorError) await fail(source, runId, connection, error);
  }
  await refreshPending(source);
}

function credentialsOf(connection: ConnectionRow): Credentials {
  const key = env().KEY_PRIVATE;
  if (!connection.secret || !key) throw new VendorError("vendor.credentials", "no credentials are stored");
  try {
    return JSON.parse(
      unseal(connection.secret, key, { table: "connection", column: "secret", row: connection.id }),
    ) as Credentials;
  } catch (cause) {
    throw new VendorError("vendor.credentials", "the stored credentials cannot be opened with this key", {
      cause,
    });
  }
}

export type SyncRequestJob = { partnerId: string; customerId: string; userId: string };

/** Makes the runs that a customer's user asked for. */
export async function requestForCustomer({ partnerId, customerId, userId }: SyncRequestJob): Promise<void> {
  await scoped(partnerId, (db) =>
    requestSync(db, partnerId, { cause: "person", requestedBy: userId, customerId }, new Date()),
  );
}

async function read(
  source: Source,
  connection: ConnectionRow,
  only: string[] | null,
  progress: Progress,
): Promise<void> {
  const connector = connectors[connection.vendor];
  if (!connector) throw new VendorError("vendor.wrongKind", `no connector for ${connection.vendor}`);
  const input = {
    credentials: credentialsOf(connection),
    settings: connection.settings,
    now: new Date(),
    signal: progress.signal,
    allowLoopback: env().allowLoopback,
  };
  let total: number | null = null;
  let batch = emptyBatch();
  const flush = async () => {
    const full = batch;
    batch = emptyBatch();
    await write(source, full, total, progress);
  };
  for await (const event of connector.read(only === null ? input : { ...input, only })) {
    if (event.kind === "total") {
      total = event.accounts;
      continue;
    }
    take(event, batch, progress.seen);
    if (isFull(batch)) await flush();
  }
  await flush();
}

/** Applies `code` to the accounts of a connection that `isMeant` names, a page of customers per transaction. */
async function markAccounts(
  source: Source,
  code: VendorErrorCode,
  detail: string,
  isMeant: (externalId: string) => boolean,
): Promise<void> {
  const { partnerId, connectionId } = source;
  for (let after: string | null = null; ;) {
    const page = await scoped(partnerId, async (db) => {
      const accounts = await listAccountPage(db, partnerId, connectionId, after, REFRESH_PAGE);
      const meant = accounts.filter((account) => isMeant(account.externalId));
      const now = new Date();
      await recordRefusal(
        db,
        partnerId,
        meant.map((account) => ({ accountId: account.id, code, detail })),
        now,
      );
      await refreshOverview(
        db,
        partnerId,
        [...new Set(meant.map((account) => account.customerId).filter((id) => id !== null))],
        now,
      );
      return accounts;
    });
    const last = page.at(-1);
    if (!last || page.length < REFRESH_PAGE) return;
    after = last.id;
  }
}

/** Customers without data say whether they are being read: told anew when a run has begun and when it is over. */
async function refreshPending({ partnerId, connectionId }: Source): Promise<void> {
  for (let after: string | null | undefined = null; after !== undefined;) {
    const last: string | null = after;
    after = await scoped(partnerId, async (db) => {
      const page = await listPending(db, partnerId, connectionId, last, REFRESH_PAGE);
      await refreshOverview(db, partnerId, page, new Date());
      return page.at(-1);
    });
  }
}

/** Accounts asked for (null: all) that a reading did not name are gone at the vendor: their customers keep the data and say why it ages. */
function markVanished(
  source: Source,
  seen: ReadonlySet<string>,
  only: readonly string[] | null,
): Promise<void> {
  const asked = only === null ? null : new Set(only);
  return markAccounts(
    source,
    "vendor.notFound",
    "the vendor no longer lists this account",
    (externalId) => !seen.has(externalId) && (asked?.has(externalId) ?? true),
  );
}

async function finish(
  source: Source,
  runId: string,
  connection: ConnectionRow,
  isWhole: boolean,
  outcome: { done: number; refused: number; passing: number },
): Promise<void> {
  const { partnerId } = source;
  await scoped(partnerId, async (db) => {
    const now = new Date();
    // A partial run that went well leaves the other accounts' next try as it stands.
    const isOthersTurn =
      outcome.passing === 0 && (await hasFailing(db, partnerId, source.connectionId, passingCodes));
    const failures = outcome.passing > 0 ? connection.failures + 1 : isOthersTurn ? connection.failures : 0;
    await finishRun(db, partnerId, runId, { state: "succeeded", errorCode: null, errorDetail: null }, now);
    await updateConnection(
      db,
      partnerId,
      source.connectionId,
      {
        errorCode: null,
        errorDetail: null,
        failures,
        lastSuccessAt: now,
        ...(!isOthersTurn && {
          retryAt: outcome.passing > 0 ? new Date(now.getTime() + retrySeconds(failures) * 1000) : null,
        }),
        ...(isWhole && { nextRunAt: new Date(now.getTime() + CYCLE_HOURS * 3_600_000) }),
      },
      now,
    );
    await appendAudit(
      db,
      { job: "sync" },
      {
        action: "sync:run",
        entity: `connection ${source.connectionId}`,
        customerId: null,
        detail: { runId, ...outcome },
      },
    );
  });
  log.info({ connection: source.connectionId, runId, ...outcome }, "synchronised");
}

/** The vendor as a whole could not be read: every customer behind it keeps its data and shows the reason. */
async function fail(
  source: Source,
  runId: string,
  connection: ConnectionRow,
  error: VendorError,
): Promise<void> {
  const { partnerId } = source;
  const failures = connection.failures + 1;
  await markAccounts(source, error.code, error.detail, () => true);
  await scoped(partnerId, async (db) => {
    const now = new Date();
    await finishRun(
      db,
      partnerId,
      runId,
      { state: "failed", errorCode: error.code, errorDetail: error.detail },
      now,
    );
    await updateConnection(
      db,
      partnerId,
      source.connectionId,
      {
        errorCode: error.code,
        errorDetail: error.detail,
        failures,
        retryAt: null,
        nextRunAt: new Date(now.getTime() + retrySeconds(failures) * 1000),
      },
      now,
    );
    await appendAudit(
      db,
      { job: "sync" },
      {
        action: "sync:run",
        entity: `connection ${source.connectionId}`,
        customerId: null,
        outcome: "failed",
        detail: { runId, code: error.code },
      },
    );
  });
  log.warn(
    { connection: source.connectionId, runId, code: error.code, detail: error.detail },
    "synchronisation failed",
  );
}
