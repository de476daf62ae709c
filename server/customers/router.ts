// The public face of customers: who may, what comes in, what is called.
import { CustomerDetails, detailsInput } from "#server/customer/schema.ts";
import { getCustomerDetails } from "#server/customer/service.ts";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { CustomerList, CustomerListInput } from "./schema.ts";
import { listCustomers } from "./service.ts";

export const customersRouter = router({
  list: procedure("customer:list")
    .input(CustomerListInput)
    .output(CustomerList)
    .query(({ ctx, input }) => listCustomers(ctx.db, ctx.actor, input, new Date())),
  byId: customerProcedure("customer:open", detailsInput)
    .output(CustomerDetails)
    .query(({ ctx, input }) => getCustomerDetails(ctx.db, ctx.actor, ctx.customer, input, new Date())),
});
