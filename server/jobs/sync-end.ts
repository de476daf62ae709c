// How a synchronisation run ends: what it leaves on the run, its connection, and the customers behind it.
import { appendAudit } from "#server/audit/append.ts";
import { log } from "#server/log.ts";
import { refreshOverview } from "#server/overview/service.ts";
import { listAccountPage, listPending, recordRefusal } from "#server/sync/queries.ts";
import { advanceRun, type ConnectionRow, finishRun, type RunReach } from "#server/sync/queries-runs.ts";
import { hasFailing, updateConnection } from "#server/sync/queries-schedule.ts";
import { CYCLE_HOURS, opensCircuit, passingCodes, pauseSeconds, retrySeconds } from "#server/sync/rules.ts";
import type { VendorErrorCode } from "#server/sync/snapshot.ts";
import type { Outcome } from "./sync-batch.ts";
import { type Hold, RunLost } from "./run-hold.ts";
import { scoped } from "./scoped.ts";

const REFRESH_PAGE = 500;
const nothing = { total: null, done: 0, refused: 0 };

/** Why a whole connection could not be read: the vendor's fault, or (unexpected) ours. */
export type WholeFault = {
  code: VendorErrorCode | "unexpected";
  detail: string;
  retryAfterSeconds: number | null;
  isWidespread: boolean;
};

/** Applies `code` to the accounts of a connection that `isMeant` names, a page of customers per transaction. */
async function markAccounts(
  hold: Hold,
  connectionId: string,
  code: WholeFault["code"],
  detail: string,
  isMeant: (externalId: string) => boolean,
): Promise<void> {
  const { partnerId } = hold;
  for (let after: string | null = null; ;) {
    const page = await scoped(partnerId, async (db) => {
      const now = new Date();
      if (!(await advanceRun(db, partnerId, hold, nothing, now))) throw new RunLost();
      const accounts = await listAccountPage(db, partnerId, connectionId, after, REFRESH_PAGE);
      const meant = accounts.filter((account) => isMeant(account.externalId));
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

/** Customers without data say whether they are being read: those of a run are told anew when it has begun and when it is over. */
export async function refreshPending(partnerId: string, reach: RunReach): Promise<void> {
  for (let after: string | null | undefined = null; after !== undefined;) {
    const last: string | null = after;
    after = await scoped(partnerId, async (db) => {
      const page = await listPending(db, partnerId, reach, last, REFRESH_PAGE);
      await refreshOverview(db, partnerId, page, new Date());
      return page.at(-1);
    });
  }
}

/** Accounts asked for (null: all) that a reading did not name are gone at the vendor: their customers keep the data and say why it ages. */
function markVanished(
  hold: Hold,
  connectionId: string,
  seen: ReadonlySet<string>,
  only: readonly string[] | null,
): Promise<void> {
  const asked = only === null ? null : new Set(only);
  return markAccounts(
    hold,
    connectionId,
    "vendor.notFound",
    "the vendor no longer lists this account",
    (externalId) => !seen.has(externalId) && (asked?.has(externalId) ?? true),
  );
}

/** The connection was read: accounts that failed for a passing reason are tried again soon, all of them in a day. */
export async function finish(
  hold: Hold,
  connection: ConnectionRow,
  only: readonly string[] | null,
  seen: ReadonlySet<string>,
  outcome: Outcome,
): Promise<void> {
  const { partnerId, id: runId } = hold;
  await markVanished(hold, connection.id, seen, only);
  await scoped(partnerId, async (db) => {
    const now = new Date();
    const end = { state: "succeeded", errorCode: null, errorDetail: null } as const;
    if (!(await finishRun(db, partnerId, hold, end, now))) throw new RunLost();
    // A partial run that went well leaves the other accounts' next try as it stands.
    const isOthersTurn =
      outcome.passing === 0 && (await hasFailing(db, partnerId, connection.id, passingCodes));
    const failures = outcome.passing > 0 ? connection.failures + 1 : isOthersTurn ? connection.failures : 0;
    await updateConnection(
      db,
      partnerId,
      connection.id,
      {
        errorCode: null,
        errorDetail: null,
        failures,
        circuitOpenUntil: null,
        lastSuccessAt: now,
        ...(!isOthersTurn && {
          retryAt: outcome.passing > 0 ? new Date(now.getTime() + retrySeconds(failures) * 1000) : null,
        }),
        ...(only === null && { nextRunAt: new Date(now.getTime() + CYCLE_HOURS * 3_600_000) }),
      },
      now,
    );
    await appendAudit(
      db,
      { job: "sync" },
      {
        action: "sync:run",
        entity: `connection ${connection.id}`,
        customerId: null,
        detail: { runId, ...outcome },
      },
    );
  });
  log.info({ connection: connection.id, runId, ...outcome }, "synchronised");
}

/** The connection as a whole could not be read: every customer behind it keeps its data and shows the reason. */
export async function fail(hold: Hold, connection: ConnectionRow, fault: WholeFault): Promise<void> {
  const { partnerId, id: runId } = hold;
  const { code, detail } = fault;
  const failures = connection.failures + 1;
  await markAccounts(hold, connection.id, code, detail, () => true);
  await scoped(partnerId, async (db) => {
    const now = new Date();
    if (
      !(await finishRun(db, partnerId, hold, { state: "failed", errorCode: code, errorDetail: detail }, now))
    )
      throw new RunLost();
    const next = new Date(now.getTime() + pauseSeconds(failures, fault.retryAfterSeconds) * 1000);
    await updateConnection(
      db,
      partnerId,
      connection.id,
      {
        errorCode: code,
        errorDetail: detail,
        failures,
        retryAt: null,
        nextRunAt: next,
        circuitOpenUntil: opensCircuit(fault, failures, connection.errorCode !== null) ? next : null,
      },
      now,
    );
    await appendAudit(
      db,
      { job: "sync" },
      {
        action: "sync:run",
        entity: `connection ${connection.id}`,
        customerId: null,
        outcome: "failed",
        detail: { runId, code },
      },
    );
  });
  log.warn({ connection: connection.id, runId, code, detail }, "synchronisation failed");
}
