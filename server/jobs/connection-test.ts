// The jobs on connections: trying credentials, which only the worker can open, and letting go of a removed one's accounts.
import { withScope } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import { cancelRuns } from "#server/connections/queries.ts";
import {
  findTestSubject,
  recordTest,
  type TestOutcome,
  unlinkAccounts,
} from "#server/connections/queries-test.ts";
import { VendorError } from "#server/http/errors.ts";
import { log } from "#server/log.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import { queueRuns } from "#server/sync/service.ts";
import type { CallLimit } from "#server/sync/rules.ts";
import { connectorInput } from "./connector-input.ts";
import { scoped } from "./scoped.ts";

/** Nobody waits longer for a button. */
const TEST_SECONDS = 20;
const UNLINK_PAGE = 200;

export type ConnectionJob = { partnerId: string; connectionId: string };
type Subject = NonNullable<Awaited<ReturnType<typeof findTestSubject>>>;

/**
 * Tests a connection: new credentials where some wait, else the stored ones. The first success of a connection, and one
 * that ends a refusal of its credentials, has it read at once. Running it again after a crash is harmless.
 */
export async function testConnection(
  { partnerId, connectionId }: ConnectionJob,
  signal: AbortSignal,
): Promise<void> {
  const subject = await withScope(
    { partnerId },
    "read only",
    (db) => findTestSubject(db, partnerId, connectionId),
    "worker",
  );
  const askedAt = subject?.testAskedAt;
  if (!subject || !askedAt || (subject.testedAt && subject.testedAt >= askedAt)) return;
  const outcome = await tryCredentials(partnerId, subject, signal);
  await scoped(partnerId, async (db) => {
    const now = new Date();
    if (!(await recordTest(db, partnerId, connectionId, askedAt, outcome, now))) return;
    const wasRefused = subject.errorCode === "vendor.credentials" || subject.errorCode === "vendor.wrongKind";
    if (outcome.code === null && subject.isEnabled && (subject.lastSuccessAt === null || wasRefused))
      await queueRuns(
        db,
        partnerId,
        [{ id: connectionId, accounts: null }],
        { cause: subject.lastSuccessAt === null ? "first" : "person", requestedBy: null },
        now,
      );
    await appendAudit(
      db,
      { job: "connectionTest" },
      {
        action: "connection:test",
        entity: `connection ${connectionId}`,
        customerId: subject.customerId,
        outcome: outcome.code === null ? "done" : "failed",
        detail: { isRotation: subject.candidateSecret !== null, code: outcome.code },
      },
    );
  });
  log.info({ connection: connectionId, code: outcome.code }, "tested a connection");
}

/** What the vendor says to the credentials. Throws only when the worker stops: then the job is done again. */
async function tryCredentials(
  partnerId: string,
  subject: Subject,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const cap = AbortSignal.timeout(TEST_SECONDS * 1000);
  try {
    const connector = connectors[subject.vendor];
    if (!connector) throw new VendorError("vendor.wrongKind", `no connector for ${subject.vendor}`);
    const { kind, id } = await connector.test(
      connectorInput(
        partnerId,
        {
          ...subject,
          secret: subject.candidateSecret ?? subject.secret,
          settings: subject.settings as Record<string, string>,
          limits: subject.limits as CallLimit[],
        },
        AbortSignal.any([signal, cap]),
      ),
    );
    return { code: null, detail: `${kind} ${id}`.slice(0, 300) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VendorError) return { code: error.code, detail: error.detail };
    if (cap.aborted) return { code: "vendor.unreachable", detail: `no answer within ${TEST_SECONDS} s` };
    log.error({ err: error, connection: subject.id }, "a connection could not be tested");
    return { code: "unexpected", detail: "" };
  }
}

export type RemovalJob = ConnectionJob & { by: string };
/**
 * Ends what still reads a connection that a person removed (a customer's user reaches no runs) and unlinks its accounts, a
 * page per transaction; stopped, it goes on where it was.
 */
export async function letGo({ partnerId, connectionId, by }: RemovalJob, signal: AbortSignal): Promise<void> {
  await scoped(partnerId, (db) => cancelRuns(db, partnerId, connectionId, by, new Date()));
  for (let left = UNLINK_PAGE; left === UNLINK_PAGE;) {
    signal.throwIfAborted();
    left = await scoped(partnerId, (db) => unlinkAccounts(db, partnerId, connectionId, by, UNLINK_PAGE));
  }
}
