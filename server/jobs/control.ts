// What people do with synchronisations beyond starting one: some at once, cancel, try again, send dead jobs on their way.
import { DEAD_QUEUE, type QueueName, queues } from "#db/queues.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { can } from "#server/permissions.ts";
import {
  cancelRuns,
  findReadable,
  hasRuns,
  listFailed,
  type RunChoice,
} from "#server/sync/queries-batches.ts";
import { takeDeadJob } from "#server/sync/queries-dead.ts";
import { type DueConnection, listAccess, listAccountsOf, putOff } from "#server/sync/queries-schedule.ts";
import { findGroupSources } from "#server/sync/queries-groups.ts";
import { CYCLE_HOURS } from "#server/sync/rules.ts";
import type { GroupAnswer, SomeAnswer } from "#server/sync/schema.ts";
import { queueRuns, type SyncAnswer } from "#server/sync/service.ts";
import type { Guarded } from "#server/trpc.ts";
import { enqueue } from "./queue.ts";

const wishOf = ({ actor }: Guarded) =>
  ({ cause: "person", requestedBy: actor.userId, requestedName: actor.name }) as const;

/**
 * Cancels a run or a batch: what was read stays, what was not keeps its older data, and what was due comes with the next
 * cycle. Cancelling what is over cancels nothing. Throws sync.notFound.
 */
export async function cancelSync(ctx: Guarded, choice: RunChoice, now: Date): Promise<{ cancelled: number }> {
  const { db, actor, audit } = ctx;
  if (!(await hasRuns(db, actor.partnerId, choice))) throw new AppError("sync.notFound");
  const runs = await cancelRuns(db, actor.partnerId, choice, actor.name, now);
  await putOff(
    db,
    actor.partnerId,
    runs.map(({ connectionId }) => connectionId),
    now,
    new Date(now.getTime() + CYCLE_HOURS * 3_600_000),
  );
  await audit({
    action: "sync:cancel",
    entity: "runId" in choice ? `run ${choice.runId}` : `batch ${choice.batchId}`,
    customerId: null,
    detail: { cancelled: runs.length },
  });
  return { cancelled: runs.length };
}

/** *Sync* of some customers: each is judged by itself, and all that may be read are read in one batch. */
export async function startSome(
  ctx: Guarded,
  customerIds: readonly string[],
  now: Date,
): Promise<SomeAnswer> {
  const { db, actor, audit } = ctx;
  const { partnerId } = actor;
  const ids = [...new Set(customerIds)];
  const access = await listAccess(db, partnerId, ids);
  const allowed = ids.filter((id) => can(actor, "sync:start", access.get(id)) && access.has(id));
  const accounts = await listAccountsOf(db, partnerId, allowed);
  const connections = new Map<string, DueConnection & { accounts: string[] }>();
  for (const { connectionId: id, circuitOpenUntil, externalId } of accounts) {
    const connection = connections.get(id) ?? { id, circuitOpenUntil, accounts: [] };
    connection.accounts.push(externalId);
    connections.set(id, connection);
  }
  const queued =
    connections.size > 0 && (await queueRuns(db, partnerId, [...connections.values()], wishOf(ctx), now));
  const byCustomer = Map.groupBy(accounts, ({ customerId }) => customerId);
  const refuse = (code: AppErrorCode) => ({ outcome: "refused", code }) as const;
  const results = ids.map((customerId) => {
    const own = byCustomer.get(customerId) ?? [];
    const outcome = () => {
      if (!access.has(customerId)) return refuse("customer.notFound");
      if (!allowed.includes(customerId)) return refuse("customer.accessDisabled");
      if (own.length === 0 || !queued) return refuse("sync.noSource");
      if (own.every(({ circuitOpenUntil: until }) => (until ?? now) > now))
        return { outcome: "waiting", code: null } as const;
      const isNew = own.some(({ connectionId }) => queued.started.has(connectionId));
      return { outcome: isNew ? "started" : "joined", code: null } as const;
    };
    return { customerId, ...outcome() };
  });
  await audit({
    action: "sync:start",
    entity: "some customers",
    customerId: null,
    detail: {
      asked: ids.length,
      refused: results.filter(({ outcome }) => outcome === "refused").length,
      batchId: queued ? queued.batchId : null,
    },
  });
  return { results };
}

/**
 * *Sync* of a group: of its customers in scope all that live access opens, in one batch. Throws request.notFound where the
 * actor sees nobody of it, and sync.noSource where nobody can be read.
 */
export async function startGroup(ctx: Guarded, groupId: string, now: Date): Promise<GroupAnswer> {
  const { db, actor, audit } = ctx;
  const { customers, readable, connections } = await findGroupSources(db, actor.partnerId, groupId);
  if (customers === 0) throw new AppError("request.notFound");
  if (connections.length === 0) throw new AppError("sync.noSource");
  const { answer } = await queueRuns(db, actor.partnerId, connections, wishOf(ctx), now);
  const left = customers - readable;
  await audit({
    action: "sync:start",
    entity: `group ${groupId}`,
    customerId: null,
    detail: { answer, customers: readable, left },
  });
  return { answer, customers: readable, left };
}

/** Reads one connection whole. Throws connection.notFound, also when it is switched off. */
export async function startConnection(
  ctx: Guarded,
  connectionId: string,
  now: Date,
): Promise<{ answer: SyncAnswer }> {
  const { db, actor, audit } = ctx;
  const connection = await findReadable(db, actor.partnerId, connectionId);
  if (!connection) throw new AppError("connection.notFound");
  const { answer } = await queueRuns(db, actor.partnerId, [connection], wishOf(ctx), now);
  await audit({
    action: "sync:start",
    entity: `connection ${connectionId}`,
    customerId: null,
    detail: { answer },
  });
  return { answer };
}

/** Reads again what the failed runs of a batch were to read. Throws sync.notFound, also when none has failed. */
export async function retryBatch(ctx: Guarded, batchId: string, now: Date): Promise<{ answer: SyncAnswer }> {
  const { db, actor, audit } = ctx;
  const failed = await listFailed(db, actor.partnerId, batchId);
  if (failed.length === 0) throw new AppError("sync.notFound");
  const { answer } = await queueRuns(db, actor.partnerId, failed, wishOf(ctx), now);
  await audit({
    action: "sync:start",
    entity: `failed runs of batch ${batchId}`,
    customerId: null,
    detail: { answer, connections: failed.length },
  });
  return { answer };
}

const isQueue = (name: string): name is QueueName => Object.hasOwn(queues, name) && name !== DEAD_QUEUE;

/** Sends a dead job on its way again, once. Throws sync.notFound. */
export async function redriveJob({ db, actor, audit }: Guarded, jobId: string, now: Date): Promise<void> {
  const job = await takeDeadJob(db, actor.partnerId, jobId, now);
  if (!job || !isQueue(job.queue)) throw new AppError("sync.notFound");
  await enqueue(db, job.queue, job.payload);
  await audit({
    action: "sync:redrive",
    entity: `job ${jobId}`,
    customerId: null,
    detail: { queue: job.queue },
  });
}
