// How the reasons of a customer's status are handled, to be read; forms change it (handler.ts).
import { customerProcedure, router } from "#server/trpc.ts";
import { Warnings } from "./schema.ts";
import { readWarnings } from "./service.ts";

export const warningsRouter = router({
  byCustomer: customerProcedure("customer:open")
    .output(Warnings)
    .query(({ ctx }) => readWarnings(ctx, ctx.customer, new Date())),
});
