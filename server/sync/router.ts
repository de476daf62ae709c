// The public face of synchronisation: start it, watch it.
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { listLiveRuns } from "./queries-runs.ts";
import { LiveRuns, SyncAnswer } from "./schema.ts";
import { startSync } from "./service.ts";
import { z } from "zod";

export const syncRouter = router({
  live: procedure("sync:read")
    .input(z.strictObject({}))
    .output(LiveRuns)
    .query(({ ctx }) => listLiveRuns(ctx.db, ctx.actor.partnerId)),
  start: customerProcedure("sync:start")
    .output(SyncAnswer)
    .mutation(({ ctx, input }) => startSync(ctx, input.customerId, new Date())),
  startAll: procedure("sync:startAll")
    .input(z.strictObject({}))
    .output(SyncAnswer)
    .mutation(({ ctx }) => startSync(ctx, null, new Date())),
});
