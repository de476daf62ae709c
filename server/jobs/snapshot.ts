// The job that takes pushed snapshots in: per account one after the other by the time they were taken.
import { withScope } from "#db/client.ts";
import { log } from "#server/log.ts";
import {
  type AccountKey,
  deleteFinished,
  findNextWaiting,
  findWaitingAccount,
  finishPushed,
  listLost,
  lockAccount,
} from "#server/snapshots/queries.ts";
import { applyPush } from "#server/snapshots/service.ts";
import { enqueue } from "./queue.ts";

export type SnapshotJob = { partnerId: string; snapshotId: string };

/** The answers of finished pushes are kept for a day: so long a repeated key is known. */
const KEPT_HOURS = 24;
/** Longer than all tries of a job take. */
const LOST_MINUTES = 15;
const LOST_AT_ONCE = 500;

const scopeFor = (partnerId: string) => ({ partnerId, memberAll: true });

/**
 * Takes in what the account of this push has waiting, the oldest first. Each is one transaction that also ends it, so a
 * killed job is harmless and goes on where it was. At its last try (`isLastTry`) the push itself has failed.
 */
export async function runSnapshot(
  { partnerId, snapshotId }: SnapshotJob,
  isLastTry: boolean,
  signal: AbortSignal,
): Promise<void> {
  const account = await withScope(
    scopeFor(partnerId),
    "read only",
    (db) => findWaitingAccount(db, partnerId, snapshotId),
    "worker",
  );
  if (!account) return;
  do signal.throwIfAborted();
  while (await takeNext(partnerId, account, isLastTry ? snapshotId : undefined));
}

/** Ends the oldest push of the account that waits, false when none does. One that is on its `lastTry` and throws has failed. */
async function takeNext(
  partnerId: string,
  account: AccountKey,
  lastTry: string | undefined,
): Promise<boolean> {
  const tried: { id?: string } = {};
  try {
    return await withScope(
      scopeFor(partnerId),
      "read write",
      async (db) => {
        await lockAccount(db, partnerId, account);
        const next = await findNextWaiting(db, partnerId, account);
        if (!next) return false;
        tried.id = next.id;
        await applyPush(db, partnerId, account, next, new Date());
        return true;
      },
      "worker",
    );
  } catch (error) {
    if (lastTry === undefined || tried.id !== lastTry) throw error;
    log.error({ err: error, snapshot: lastTry }, "a pushed snapshot could not be taken in");
    await withScope(
      scopeFor(partnerId),
      "read write",
      (db) => finishPushed(db, partnerId, lastTry, { state: "failed", errorCode: "unexpected" }, new Date()),
      "worker",
    );
    return true;
  }
}

/** Drops the answers of yesterday and queues again what has lost its job; the minute job calls it for each partner. */
export async function tidySnapshots(partnerId: string, now: Date): Promise<void> {
  await withScope(
    { partnerId },
    "read write",
    async (db) => {
      await deleteFinished(db, partnerId, new Date(now.getTime() - KEPT_HOURS * 3_600_000));
      const lost = await listLost(
        db,
        partnerId,
        new Date(now.getTime() - LOST_MINUTES * 60_000),
        LOST_AT_ONCE,
      );
      for (const snapshotId of lost)
        await enqueue(db, "snapshot", { partnerId, snapshotId }, { singletonKey: snapshotId });
    },
    "worker",
  );
}
