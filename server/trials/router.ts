// What can be converted at a customer, to be read; forms convert it (handler.ts).
import { z } from "zod";
import { customerProcedure, router } from "#server/trpc.ts";
import { listRefusing } from "./queries.ts";
import { TrialDetails } from "./schema.ts";
import { getTrialDetails } from "./service.ts";

export const trialsRouter = router({
  /** Early access programmes that mind the customer's monthly licences. */
  refusing: customerProcedure("licence:read")
    .output(z.array(z.string()))
    .query(({ ctx }) => listRefusing(ctx.db, ctx.actor.partnerId, ctx.customer.id)),
  byCustomer: customerProcedure("trial:convert")
    .output(TrialDetails)
    .query(({ ctx }) => getTrialDetails(ctx.db, ctx.actor, ctx.customer, new Date())),
});
