// Pinned customers of the member who asks: which there are, one more, one less.
import { z } from "zod";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { listPins } from "./queries.ts";
import { Pinned, PinnedInput } from "./schema.ts";
import { pinCustomer, readPinned, unpinCustomers } from "./service.ts";

const Done = z.object({ isPinned: z.boolean() });

export const pinsRouter = router({
  list: procedure("customer:list")
    .input(z.strictObject({}))
    .output(z.array(z.uuid()))
    .query(({ ctx }) => listPins(ctx.db, ctx.actor.partnerId, ctx.actor.membershipId)),
  rows: procedure("customer:list")
    .input(PinnedInput)
    .output(Pinned)
    .query(({ ctx, input }) => readPinned(ctx, input)),
  pin: customerProcedure("customer:pin")
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await pinCustomer(ctx, input.customerId);
      return { isPinned: true };
    }),
  unpin: customerProcedure("customer:pin")
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await unpinCustomers(ctx, [input.customerId]);
      return { isPinned: false };
    }),
});
