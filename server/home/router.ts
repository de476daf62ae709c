// Home, to be read; forms take work on (handler.ts).
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { People, QueueInput, WorkQueue } from "./schema.ts";
import { readPeople, readQueue } from "./service.ts";

export const homeRouter = router({
  queue: procedure("customer:list")
    .input(QueueInput)
    .output(WorkQueue)
    .query(({ ctx, input }) => readQueue(ctx, input, new Date())),
  people: customerProcedure("customer:open")
    .output(People)
    .query(({ ctx }) => readPeople(ctx.db, ctx.customer)),
});
