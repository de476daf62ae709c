// A customer's record, to be read; forms change it (handler.ts).
import { z } from "zod";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { unpackTyped } from "./rules.ts";
import { CustomerRecord, RecordEditor } from "./schema.ts";
import { findListed, readRecord } from "./service.ts";

export const recordsRouter = router({
  byCustomer: customerProcedure("customer:open")
    .output(CustomerRecord)
    .query(({ ctx }) => readRecord(ctx, ctx.customer, new Date())),
  /** With what a refused form has carried back in its address. */
  editor: customerProcedure("contact:edit", { typed: z.string().max(20_000).optional() })
    .output(RecordEditor)
    .query(async ({ ctx, input }) => ({
      record: await readRecord(ctx, ctx.customer, new Date()),
      typed: unpackTyped(input.typed),
    })),
  /** What a list's address says of its panel, so it is lenient: null where that is no customer whom the reader may open. */
  listed: procedure("customer:list")
    .input(z.strictObject({ panel: z.string().max(100) }))
    .output(CustomerRecord.nullable())
    .query(({ ctx, input }) => findListed(ctx, input.panel, new Date())),
});
