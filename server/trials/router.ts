// What can be converted at a customer, to be read; forms convert it (handler.ts).
import { customerProcedure, router } from "#server/trpc.ts";
import { TrialDetails } from "./schema.ts";
import { getTrialDetails } from "./service.ts";

export const trialsRouter = router({
  byCustomer: customerProcedure("trial:convert")
    .output(TrialDetails)
    .query(({ ctx }) => getTrialDetails(ctx.db, ctx.actor, ctx.customer, new Date())),
});
