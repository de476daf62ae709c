// The job that deletes what the portal holds of a removed customer, a piece per transaction; stopped, it goes on where it was.
import { setTimeout as pause } from "node:timers/promises";
import { withScope } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import {
  countLedgerProblems,
  finishDisconnect,
  forgetSome,
  listDisconnects,
} from "#server/disconnects/queries.ts";
import { log } from "#server/log.ts";
import { scoped } from "./scoped.ts";

/** Rows of one table and transaction: short enough that nobody waits for a lock. */
const PIECE = 5_000;
/** Others come first. */
const PAUSE_MS = 20;

export type DisconnectJob = { partnerId: string; customerId: string };

/** Running it again deletes nothing twice. Its ledger is verified at the end, and what was found is noted. */
export async function disconnectCustomer(
  { partnerId, customerId }: DisconnectJob,
  signal: AbortSignal,
): Promise<void> {
  const [asked] = await scoped(partnerId, (db) => listDisconnects(db, partnerId, customerId));
  if (!asked || asked.state === "done") return;
  while ((await scoped(partnerId, (db) => forgetSome(db, partnerId, customerId, PIECE))) > 0) {
    signal.throwIfAborted();
    await pause(PAUSE_MS);
  }
  // In the customer's own scope, so that only its ledger is walked.
  const problems = await withScope(
    { partnerId, customerId },
    "read only",
    (db) => countLedgerProblems(db, partnerId),
    "worker",
  );
  await scoped(partnerId, async (db) => {
    if (!(await finishDisconnect(db, partnerId, customerId, problems, new Date()))) return;
    await appendAudit(
      db,
      { job: "disconnect" },
      {
        action: "customer:disconnected",
        entity: `customer ${customerId}`,
        customerId: null,
        outcome: problems === 0 ? "done" : "failed",
        detail: { name: asked.name, ledgerProblems: problems },
      },
    );
  });
  log.info({ customer: customerId, problems }, "a customer is gone from the portal");
}
