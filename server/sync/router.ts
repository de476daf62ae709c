// The public face of synchronisation: start it, watch it, end it.
import {
  cancelSync,
  redriveJob,
  retryBatch,
  startConnection,
  startGroup,
  startSome,
} from "#server/jobs/control.ts";
import { readOverview, readProgress } from "#server/jobs/progress.ts";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { listLiveRuns } from "./queries-batches.ts";
import {
  GroupAnswer,
  LiveRuns,
  MOST_AT_ONCE,
  SomeAnswer,
  SyncAnswer,
  SyncOverview,
  SyncOverviewInput,
  SyncProgress,
} from "./schema.ts";
import { startSync } from "./service.ts";
import { z } from "zod";

const Cancelled = z.object({ cancelled: z.number() });

export const syncRouter = router({
  live: procedure("sync:read")
    .input(z.strictObject({}))
    .output(LiveRuns)
    .query(({ ctx }) => listLiveRuns(ctx.db, ctx.actor.partnerId)),
  progress: procedure("sync:read")
    .input(z.strictObject({}))
    .output(SyncProgress)
    .query(({ ctx }) => readProgress(ctx)),
  overview: procedure("sync:read")
    .input(SyncOverviewInput)
    .output(SyncOverview)
    .query(({ ctx, input }) => readOverview(ctx, input, new Date())),
  start: customerProcedure("sync:start")
    .output(SyncAnswer)
    .mutation(({ ctx, input }) => startSync(ctx, input.customerId, new Date())),
  startAll: procedure("sync:startAll")
    .input(z.strictObject({}))
    .output(SyncAnswer)
    .mutation(({ ctx }) => startSync(ctx, null, new Date())),
  // Each customer is asked for by itself, as sync.start does.
  startSome: procedure("sync:startAll")
    .input(z.strictObject({ customerIds: z.array(z.uuid()).max(MOST_AT_ONCE).default([]) }))
    .output(SomeAnswer)
    .mutation(({ ctx, input }) => startSome(ctx, input.customerIds, new Date())),
  startGroup: procedure("sync:startAll")
    .input(z.strictObject({ groupId: z.uuid() }))
    .output(GroupAnswer)
    .mutation(({ ctx, input }) => startGroup(ctx, input.groupId, new Date())),
  startConnection: procedure("sync:startAll")
    .input(z.strictObject({ connectionId: z.uuid() }))
    .output(SyncAnswer)
    .mutation(({ ctx, input }) => startConnection(ctx, input.connectionId, new Date())),
  retryBatch: procedure("sync:startAll")
    .input(z.strictObject({ batchId: z.uuid() }))
    .output(SyncAnswer)
    .mutation(({ ctx, input }) => retryBatch(ctx, input.batchId, new Date())),
  cancelRun: procedure("sync:cancel")
    .input(z.strictObject({ runId: z.uuid() }))
    .output(Cancelled)
    .mutation(({ ctx, input }) => cancelSync(ctx, { runId: input.runId }, new Date())),
  cancelBatch: procedure("sync:cancel")
    .input(z.strictObject({ batchId: z.uuid() }))
    .output(Cancelled)
    .mutation(({ ctx, input }) => cancelSync(ctx, { batchId: input.batchId }, new Date())),
  redrive: procedure("sync:startAll")
    .input(z.strictObject({ jobId: z.uuid() }))
    .output(z.object({}))
    .mutation(({ ctx, input }) => redriveJob(ctx, input.jobId, new Date()).then(() => ({}))),
});
