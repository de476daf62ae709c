// What unlinking a customer would do, and whom it is about, to be read; forms do it (handler.ts).
import { getCustomerName } from "#server/vendor-accounts/queries.ts";
import { customerProcedure, router } from "#server/trpc.ts";
import { Subject, UnlinkDetails } from "./schema.ts";
import { getUnlinkDetails } from "./service.ts";

export const unlinksRouter = router({
  subject: customerProcedure("customer:open")
    .output(Subject)
    .query(async ({ ctx }) => ({
      name: await getCustomerName(ctx.db, ctx.actor.partnerId, ctx.customer.id),
      relationship: ctx.customer.relationship,
    })),
  byCustomer: customerProcedure("customer:unlink")
    .output(UnlinkDetails)
    .query(({ ctx }) => getUnlinkDetails(ctx.db, ctx.actor, ctx.customer.id, new Date())),
});
