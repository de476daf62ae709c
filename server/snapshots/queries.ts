// Every query of pushed snapshots: storing, finding by key, taking in one after the other, dropping what is done.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Snapshot } from "#server/sync/snapshot.ts";
import type { SnapshotState } from "./schema.ts";

export type Pushed = {
  id: string;
  state: SnapshotState;
  accountExternalId: string;
  takenAt: Date;
  createdAt: Date;
  finishedAt: Date | null;
  errorCode: string | null;
};
const shown = [
  "id",
  "state",
  "accountExternalId",
  "takenAt",
  "createdAt",
  "finishedAt",
  "errorCode",
] as const;

/** A connection that snapshots are pushed into; of a customer's only where the actor sees that customer. */
export type PushSource = { id: string; vendor: string; customerId: string | null };
export async function findPushSource(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
): Promise<PushSource | undefined> {
  return db
    .selectFrom("connection as c")
    .leftJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "c.partnerId").onRef("v.id", "=", "c.customerId"),
    )
    .where("c.partnerId", "=", partnerId)
    .where("c.id", "=", connectionId)
    .where("c.vendor", "=", "push")
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where((eb) => eb.or([eb("c.customerId", "is", null), eb("v.id", "is not", null)]))
    .select(["c.id", "c.vendor", "c.customerId"])
    .executeTakeFirst();
}

/** When the stored data of an account were taken; undefined while there are none. */
export async function findTakenAt(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  externalId: string,
): Promise<Date | undefined> {
  const row = await db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("externalId", "=", externalId)
    .select("lastSuccessAt")
    .executeTakeFirst();
  return row?.lastSuccessAt ?? undefined;
}

export type NewPushed = {
  connectionId: string;
  tokenId: string;
  idempotencyKey: string;
  requestHash: Buffer;
  accountExternalId: string;
  takenAt: string;
  /** null: there is newer data already, it is not kept. */
  snapshot: Snapshot | null;
};
/** Stores a push; undefined when the token has used the key before. */
export async function insertPushed(
  db: ScopedDb,
  partnerId: string,
  { snapshot, ...pushed }: NewPushed,
  now: Date,
): Promise<string | undefined> {
  const row = await db
    .insertInto("pushedSnapshot")
    .values({
      ...pushed,
      partnerId,
      snapshot: snapshot && JSON.stringify(snapshot),
      ...(snapshot === null && { state: "superseded", finishedAt: now }),
    })
    .onConflict((oc) => oc.columns(["partnerId", "tokenId", "idempotencyKey"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function findByKey(
  db: ScopedDb,
  partnerId: string,
  tokenId: string,
  idempotencyKey: string,
): Promise<(Pushed & { requestHash: Buffer }) | undefined> {
  const row = await db
    .selectFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("tokenId", "=", tokenId)
    .where("idempotencyKey", "=", idempotencyKey)
    .select([...shown, "requestHash"])
    .executeTakeFirst();
  return row && { ...row, state: row.state as SnapshotState };
}

/** A push of this token. */
export async function findPushed(
  db: ScopedDb,
  partnerId: string,
  tokenId: string,
  id: string,
): Promise<Pushed | undefined> {
  const row = await db
    .selectFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("tokenId", "=", tokenId)
    .where("id", "=", id)
    .select(shown)
    .executeTakeFirst();
  return row && { ...row, state: row.state as SnapshotState };
}

/** The account of a push that waits; undefined once it is done or gone. */
export type AccountKey = { connectionId: string; accountExternalId: string };
export async function findWaitingAccount(
  db: ScopedDb,
  partnerId: string,
  id: string,
): Promise<AccountKey | undefined> {
  return db
    .selectFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .select(["connectionId", "accountExternalId"])
    .executeTakeFirst();
}

/** One at a time takes in the pushes of an account; held to the end of the transaction. */
export async function lockAccount(db: ScopedDb, partnerId: string, account: AccountKey): Promise<void> {
  const name = `push ${partnerId} ${account.connectionId} ${account.accountExternalId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
}

export type WaitingPush = { id: string; snapshot: Snapshot; takenAt: Date };
/** The oldest push of an account that waits. */
export async function findNextWaiting(
  db: ScopedDb,
  partnerId: string,
  { connectionId, accountExternalId }: AccountKey,
): Promise<WaitingPush | undefined> {
  const row = await db
    .selectFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("accountExternalId", "=", accountExternalId)
    .where("state", "=", "waiting")
    .select(["id", "snapshot", "takenAt"])
    .orderBy("takenAt")
    .orderBy("createdAt")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row && { ...row, snapshot: row.snapshot as unknown as Snapshot };
}

/** The end of a push: its content goes, its answer stays for a day. */
export async function finishPushed(
  db: ScopedDb,
  partnerId: string,
  id: string,
  end: { state: Exclude<SnapshotState, "waiting">; errorCode: string | null },
  now: Date,
): Promise<void> {
  await db
    .updateTable("pushedSnapshot")
    .set({ ...end, snapshot: null, finishedAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .execute();
}

/** A source that pushed what could be taken in is well. */
export async function updateHealth(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  now: Date,
): Promise<void> {
  await db
    .updateTable("connection")
    .set({ lastSuccessAt: now, errorCode: null, errorDetail: null, errorSince: null, failures: 0 })
    .where("partnerId", "=", partnerId)
    .where("id", "=", connectionId)
    .execute();
}

export async function deleteFinished(db: ScopedDb, partnerId: string, before: Date): Promise<void> {
  await db
    .deleteFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("finishedAt", "<", before)
    .execute();
}

/** Pushes that have waited for so long that their job must be lost. */
export async function listLost(
  db: ScopedDb,
  partnerId: string,
  before: Date,
  most: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("pushedSnapshot")
    .where("partnerId", "=", partnerId)
    .where("state", "=", "waiting")
    .where("createdAt", "<", before)
    .select("id")
    .orderBy("createdAt")
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}
