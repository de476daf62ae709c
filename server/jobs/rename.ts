// The job that sends a customer's chosen name to one vendor account, as the vendor's connector can.
import { appendAudit } from "#server/audit/append.ts";
import { VendorError } from "#server/http/errors.ts";
import { log } from "#server/log.ts";
import { findWaiting, postponeRename, settleRename, type Settlement } from "#server/renames/queries.ts";
import { nextTry } from "#server/renames/rules.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import { type ConnectionRow, getConnection } from "#server/sync/queries-runs.ts";
import type { Connector } from "#server/sync/snapshot.ts";
import { connectorInput } from "./connector-input.ts";
import { enqueue } from "./queue.ts";
import { scoped } from "./scoped.ts";

/** Longer than any answer; what takes more is tried again. */
const SEND_SECONDS = 60;

export type RenameJob = { partnerId: string; renameId: string; accountId: string };
type Waiting = NonNullable<Awaited<ReturnType<typeof findWaiting>>>;

/**
 * Sends one name; running it again after a crash sends the same name again, which changes nothing. A vendor without a
 * documented way leaves it to a person, who reads how; passing trouble is tried again at the vendor's pace.
 */
export async function sendRename(
  job: RenameJob,
  signal: AbortSignal,
  of: Readonly<Record<string, Connector>> = connectors,
): Promise<void> {
  const { partnerId, renameId } = job;
  const found = await scoped(partnerId, async (db) => {
    const waiting = await findWaiting(db, partnerId, renameId);
    return waiting && { waiting, connection: await getConnection(db, partnerId, waiting.connectionId) };
  });
  // Another name was chosen meanwhile, or the account has left the customer.
  if (!found) return;
  const { waiting, connection } = found;
  const connector = of[waiting.vendor];
  if (!connector?.rename)
    return settle(job, waiting, { state: "by_hand", errorCode: null, errorDetail: null });
  if (!connection.isEnabled)
    return settle(job, waiting, { state: "refused", errorCode: "rename.connectionOff", errorDetail: null });
  const { circuitOpenUntil: until } = connection;
  if (until !== null && until > new Date())
    return postpone(job, { attempts: waiting.attempts, ...reasonOf(connection), nextTryAt: until });
  const failure = await trySending(partnerId, waiting, connection, connector.rename.bind(connector), signal);
  if (!failure) return settle(job, waiting, { state: "sent", errorCode: null, errorDetail: null });
  const attempts = waiting.attempts + 1;
  const reason = { errorCode: failure.code, errorDetail: failure.detail };
  const nextTryAt = nextTry(failure, attempts, new Date());
  if (nextTryAt === null) return settle(job, waiting, { state: "refused", ...reason });
  await postpone(job, { attempts, ...reason, nextTryAt });
}

const reasonOf = ({ errorCode }: ConnectionRow) => ({
  errorCode: errorCode ?? "vendor.unreachable",
  errorDetail: "",
});

type Failure = Parameters<typeof nextTry>[0] & { detail: string };
/** What the vendor says to it; undefined: it took the name. Throws only when the worker stops: then it is done again. */
async function trySending(
  partnerId: string,
  { externalId, name, accountId }: Waiting,
  connection: ConnectionRow,
  rename: NonNullable<Connector["rename"]>,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const cap = AbortSignal.timeout(SEND_SECONDS * 1_000);
  try {
    const input = connectorInput(partnerId, connection, AbortSignal.any([signal, cap]));
    await rename(input, { externalId, name });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VendorError) return error;
    if (cap.aborted) return new VendorError("vendor.unreachable", `no answer within ${SEND_SECONDS} s`);
    log.error({ err: error, account: accountId }, "a name could not be sent");
    return { code: "unexpected", detail: "", retryAfterSeconds: null };
  }
}

async function settle({ partnerId }: RenameJob, waiting: Waiting, settlement: Settlement): Promise<void> {
  const { id, customerId, accountId, name } = waiting;
  const { state, errorCode: code } = settlement;
  await scoped(partnerId, async (db) => {
    if (!(await settleRename(db, partnerId, id, settlement, new Date()))) return;
    await appendAudit(
      db,
      { job: "rename" },
      {
        action: "customer:rename",
        entity: `vendor account ${accountId}`,
        customerId,
        outcome: state === "refused" ? "failed" : "done",
        detail: { name, state, code },
      },
    );
  });
}

async function postpone(
  job: RenameJob,
  to: { attempts: number; errorCode: string; errorDetail: string; nextTryAt: Date },
): Promise<void> {
  const { partnerId, renameId, accountId } = job;
  await scoped(partnerId, async (db) => {
    if (!(await postponeRename(db, partnerId, renameId, to))) return;
    const when = { singletonKey: accountId, startAfter: to.nextTryAt };
    await enqueue(db, "rename", { partnerId, renameId, accountId }, when);
  });
}
