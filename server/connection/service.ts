// Making and changing connections: what was entered is checked, secrets are sealed, each change is in the audit.
import { v7 as uuidv7 } from "uuid";
import type { ScopedDb } from "#db/client.ts";
import { requireFresh } from "#server/auth/proof.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import { isConfirmed } from "#server/http/typed-word.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Actor } from "#server/permissions.ts";
import { seal } from "#server/secrets/seal.ts";
import { CYCLE_HOURS } from "#server/sync/rules.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  askForTest,
  cancelRuns,
  changeConnection,
  type ConnectionRecord,
  findConnection,
  insertConnection,
  revokeTokens,
} from "#server/connections/queries.ts";
import {
  type Faults,
  isVendor,
  orderLimits,
  ownerFault,
  readSettings,
  testState,
} from "#server/connections/rules.ts";
import { type ConnectionChange, type NewConnection, vendors } from "#server/connections/schema.ts";

const invalid = (faults: Faults) => new AppError("request.invalid", { fields: faults });

/** Seals credentials for the column "secret" of a connection, also those that wait beside it for their test. */
function sealCredentials(id: string, credentials: { clientId: string; clientSecret: string }): Buffer {
  const key = env().KEY_PUBLIC;
  if (!key) throw new Error("KEY_PUBLIC is missing: this process cannot seal a secret.");
  return seal(JSON.stringify(credentials), key, { table: "connection", column: "secret", row: id });
}

const queueTest = (db: ScopedDb, partnerId: string, connectionId: string) =>
  enqueue(db, "connectionTest", { partnerId, connectionId }, { singletonKey: connectionId });

/**
 * Makes a connection and has it tested at once; its first synchronisation follows a test that went well. The customer, if
 * any, was checked by the caller. Returns its id; throws request.invalid with the faults of its fields.
 */
export async function createConnection(
  { db, actor, audit }: Guarded,
  wish: NewConnection,
  now: Date,
): Promise<string> {
  requireFresh(actor);
  const { vendor, customerId } = wish;
  const { hasCredentials } = vendors[vendor];
  const read = readSettings(vendor, wish.settings, env().allowLoopback);
  const owner = ownerFault(vendor, customerId);
  const faults: Faults = {
    ...(!read.ok && read.faults),
    ...(owner && { customerId: owner }),
    ...(hasCredentials && wish.clientId === "" && { clientId: "required" }),
    ...(hasCredentials && wish.clientSecret === "" && { clientSecret: "required" }),
  };
  // Customers' admins connect systems of theirs; what sends by itself needs a token, which they cannot make.
  if (actor.customerId !== null && vendors[vendor].owner !== "customer") faults["vendor"] = "partnerOnly";
  if (!read.ok || Object.keys(faults).length > 0) throw invalid(faults);
  const id = uuidv7();
  await insertConnection(
    db,
    actor.partnerId,
    {
      id,
      customerId,
      vendor,
      name: wish.name,
      settings: read.settings,
      limits: orderLimits(wish.limits),
      secret: hasCredentials ? sealCredentials(id, wish) : null,
      // Its first run is the one that follows the test.
      nextRunAt: hasCredentials ? new Date(now.getTime() + CYCLE_HOURS * 3_600_000) : null,
    },
    now,
  );
  if (hasCredentials) await queueTest(db, actor.partnerId, id);
  await audit({
    action: "connection:create",
    entity: `connection ${id}`,
    customerId,
    detail: { vendor, name: wish.name, settings: read.settings, limits: orderLimits(wish.limits) },
  });
  return id;
}

/** The connection with a lock, as long as the actor reaches it; throws connection.notFound. */
async function lockConnection({ db, actor }: Guarded, id: string): Promise<ConnectionRecord> {
  const found = await findConnection(db, actor, id, "lock");
  if (!found) throw new AppError("connection.notFound");
  return found;
}

/**
 * Carries out a change of a connection that a person asked for. Throws connection.notFound, request.invalid with faults, request.conflict when another change or a test came in between.
 */
export async function applyChange(
  guarded: Guarded,
  id: string,
  change: ConnectionChange,
  now: Date,
): Promise<void> {
  const { db, actor, audit } = guarded;
  if (change.action === "secret" || change.action === "remove") requireFresh(actor);
  const found = await lockConnection(guarded, id);
  if ("version" in change && change.version !== found.version) throw new AppError("request.conflict");
  const record = (detail: Record<string, unknown>) =>
    audit({
      action: `connection:${change.action}`,
      entity: `connection ${id}`,
      customerId: found.customerId,
      detail,
    });
  const { partnerId } = actor;
  switch (change.action) {
    case "edit":
      await record(await edit(db, partnerId, found, change));
      return;
    case "enable":
    case "disable":
      await changeConnection(db, partnerId, id, { isEnabled: change.action === "enable" });
      await record({ name: found.name });
      return;
    case "secret":
      assertTestable(found, now);
      await changeConnection(db, partnerId, id, {
        candidateSecret: sealCredentials(id, change),
        testAskedAt: now,
        testIsRotation: true,
      });
      await queueTest(db, partnerId, id);
      await record({ name: found.name });
      return;
    case "test":
      await askForTest(
        db,
        partnerId,
        id,
        assertTestable(found, now) === "silent" && found.testIsRotation,
        now,
      );
      await queueTest(db, partnerId, id);
      await record({ name: found.name });
      return;
    case "cancel":
      await record({ name: found.name, cancelled: await cancelRuns(db, partnerId, id, actor.name, now) });
      return;
    case "remove":
      if (!isConfirmed(change.word)) throw invalid({ word: "word" });
      await remove(db, actor, id, now);
      await record({ name: found.name, vendor: found.vendor });
  }
}

/** Throws where there is nothing to test, or (request.conflict) while a test goes on. */
function assertTestable(found: ConnectionRecord, now: Date): ReturnType<typeof testState> {
  if (!isVendor(found.vendor) || !vendors[found.vendor].hasCredentials) throw new AppError("request.invalid");
  const state = testState(found, now);
  if (state === "waiting") throw new AppError("request.conflict");
  return state;
}

/** Changes name, limits and the vendor's settings; settings that no form shows stay. Returns what was and what is. */
async function edit(
  db: ScopedDb,
  partnerId: string,
  found: ConnectionRecord,
  change: Extract<ConnectionChange, { action: "edit" }>,
): Promise<Record<string, unknown>> {
  if (!isVendor(found.vendor)) throw new AppError("request.invalid");
  const read = readSettings(found.vendor, change.settings, env().allowLoopback);
  if (!read.ok) throw invalid(read.faults);
  const shown = vendors[found.vendor].settings.map((setting) => setting.name);
  const before = found.settings as Record<string, string>;
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => !shown.includes(name)));
  const after = {
    name: change.name,
    settings: { ...kept, ...read.settings },
    limits: orderLimits(change.limits),
  };
  await changeConnection(db, partnerId, found.id, after);
  return { before: { name: found.name, settings: before, limits: found.limits }, after };
}

/** The secret goes at once and nothing is read any more; the worker lets go of the accounts. Runs and history stay. */
async function remove(db: ScopedDb, actor: Actor, id: string, now: Date): Promise<void> {
  const { partnerId } = actor;
  await changeConnection(db, partnerId, id, {
    removedAt: now,
    isEnabled: false,
    secret: null,
    candidateSecret: null,
  });
  await cancelRuns(db, partnerId, id, actor.name, now);
  await revokeTokens(db, partnerId, id, now);
  await enqueue(
    db,
    "connectionRemoval",
    { partnerId, connectionId: id, by: actor.name },
    { singletonKey: id },
  );
}
