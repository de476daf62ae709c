// Pushed snapshots from the body to the overview: read and check, store once per key, take in by the account's own order.
import { createHash } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import type { ScopedDb } from "#db/client.ts";
import type { Language } from "#locales/languages.ts";
import { appendAudit } from "#server/audit/append.ts";
import { AppError } from "#server/errors.ts";
import { decodeText, readBytes } from "#server/http/incoming.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Actor } from "#server/permissions.ts";
import { ingest } from "#server/sync/service.ts";
import type { Snapshot } from "#server/sync/snapshot.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  type AccountKey,
  findByKey,
  findPushSource,
  findTakenAt,
  finishPushed,
  insertPushed,
  type PushSource,
  updateHealth,
  type WaitingPush,
} from "./queries.ts";
import { checkSnapshot, isFuture, isIdempotencyKey, MOST_BYTES, sizeProblem } from "./rules.ts";
import type { SnapshotAccepted } from "./schema.ts";

/** A push as it was read: nothing is stored yet. */
export type ReadPush = { key: string; hash: Buffer; snapshot: Snapshot };

/**
 * Reads and checks the body of a push, in portions between which others have their turn. Throws snapshot.noKey,
 * request.unsupportedType, request.tooLarge, request.malformed, snapshot.tooManyItems, snapshot.invalid, snapshot.future.
 */
export async function readPush(request: Request, language: Language, now: Date): Promise<ReadPush> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("request.unsupportedType");
  const key = request.headers.get("idempotency-key");
  if (!isIdempotencyKey(key)) throw new AppError("snapshot.noKey");
  const bytes = await readBytes(request, MOST_BYTES);
  const problem = sizeProblem(bytes);
  if (problem) throw new AppError(problem === "many" ? "snapshot.tooManyItems" : "request.malformed");
  const checking = checkSnapshot(parse(decodeText(bytes)), language);
  let step = checking.next();
  for (; !step.done; step = checking.next()) await otherWork();
  if ("problems" in step.value) throw new AppError("snapshot.invalid", { fields: step.value.problems });
  const { snapshot } = step.value;
  if (isFuture(snapshot.takenAt, now))
    throw new AppError("snapshot.future", { fields: { "$.takenAt": snapshot.takenAt } });
  return { key, hash: createHash("sha256").update(bytes).digest(), snapshot };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("request.malformed", { cause });
  }
}

/**
 * The connection that a token pushes into. A partner's own reaches every customer, so its maker must see them all; a
 * customer's must be the maker's to see. Throws token.required, connection.notFound, token.scope.
 */
async function requirePushSource(db: ScopedDb, actor: Actor): Promise<PushSource> {
  if (!actor.apiToken) throw new AppError("token.required");
  const { connectionId } = actor.apiToken;
  const source = connectionId === null ? undefined : await findPushSource(db, actor.partnerId, connectionId);
  if (!source) throw new AppError("connection.notFound");
  if (source.customerId === null && !actor.memberAll) throw new AppError("token.scope");
  return source;
}

/**
 * Stores a push and queues its job in the caller's transaction. The same key with the same body gives the first answer
 * again, with another body it throws snapshot.keyReused. What is older than the stored data is answered and not kept.
 */
export async function acceptPush(
  { db, actor, audit }: Guarded,
  { key, hash, snapshot }: ReadPush,
  now: Date,
): Promise<SnapshotAccepted> {
  const source = await requirePushSource(db, actor);
  const tokenId = actor.apiToken?.id ?? "";
  const { partnerId } = actor;
  const { takenAt, account } = snapshot;
  const stored = await findTakenAt(db, partnerId, source.id, account.externalId);
  const isOld = stored !== undefined && Date.parse(takenAt) < stored.getTime();
  const id = await insertPushed(
    db,
    partnerId,
    {
      connectionId: source.id,
      tokenId,
      idempotencyKey: key,
      requestHash: hash,
      accountExternalId: account.externalId,
      takenAt,
      snapshot: isOld ? null : snapshot,
    },
    now,
  );
  const answer = (of: { id: string; state: SnapshotAccepted["state"] }, replayed: boolean) => ({
    id: of.id,
    state: of.state,
    statusUrl: `/api/v1/snapshots/${of.id}`,
    replayed,
  });
  const entry = { action: "snapshot:push", customerId: null };
  if (id === undefined) {
    const earlier = await findByKey(db, partnerId, tokenId, key);
    // Dropped between the two statements, a day after it was done: the next try stores it.
    if (!earlier) throw new AppError("request.unavailable");
    if (!earlier.requestHash.equals(hash)) throw new AppError("snapshot.keyReused");
    await audit({ ...entry, entity: `snapshot ${earlier.id}`, detail: { replayed: true } });
    return answer(earlier, true);
  }
  if (!isOld) await enqueue(db, "snapshot", { partnerId, snapshotId: id });
  const state = isOld ? ("superseded" as const) : ("waiting" as const);
  await audit({
    ...entry,
    entity: `snapshot ${id}`,
    detail: { connection: source.id, account: account.externalId, takenAt, state },
  });
  return answer({ id, state }, false);
}

/**
 * Takes one push in, in the caller's transaction, which holds the account's lock: the data, its state and the health of
 * its connection change together or not at all. What newer data has overtaken changes nothing.
 */
export async function applyPush(
  db: ScopedDb,
  partnerId: string,
  { connectionId, accountExternalId }: AccountKey,
  { id, snapshot, takenAt }: WaitingPush,
  now: Date,
): Promise<void> {
  const source = await findPushSource(db, partnerId, connectionId);
  const stored = await findTakenAt(db, partnerId, connectionId, accountExternalId);
  const isOld = stored !== undefined && takenAt < stored;
  const state = !source ? "failed" : isOld ? "superseded" : "applied";
  if (source && !isOld) {
    await ingest(db, { partnerId, connectionId, ...source }, [snapshot], [], now);
    await updateHealth(db, partnerId, connectionId, now);
  }
  const errorCode = source ? null : "connection.notFound";
  await finishPushed(db, partnerId, id, { state, errorCode }, now);
  await appendAudit(
    db,
    { job: "snapshot" },
    {
      action: "snapshot:apply",
      entity: `snapshot ${id}`,
      customerId: null,
      outcome: source ? "done" : "failed",
      detail: { connection: connectionId, account: accountExternalId, state },
    },
  );
}
