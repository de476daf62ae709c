// What a disconnect would take and leave, and those that were made, to be read; a form makes one (handler.ts).
import { z } from "zod";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { Disconnected, DisconnectDetails } from "./schema.ts";
import { getDisconnectDetails, getDisconnected } from "./service.ts";

export const disconnectsRouter = router({
  byCustomer: customerProcedure("customer:disconnect")
    .output(DisconnectDetails)
    .query(({ ctx }) => getDisconnectDetails(ctx.db, ctx.actor, ctx.customer)),
  list: procedure("account:link")
    .input(z.strictObject({}))
    .output(Disconnected)
    .query(({ ctx }) => getDisconnected(ctx.db, ctx.actor, new Date())),
});
