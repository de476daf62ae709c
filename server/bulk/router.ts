// The public face of actions on many customers: which there were, what one would do, how far it is and what came of it.
import { z } from "zod";
import { readJob, readJobs, readPreview, readRows } from "#server/jobs/bulk-progress.ts";
import { procedure, router } from "#server/trpc.ts";
import { BulkDetails, BulkId, BulkPreview, BulkRows, BulkSummary, RowsInput } from "./schema.ts";

export const bulkRouter = router({
  list: procedure("customer:list")
    .input(z.strictObject({}))
    .output(z.array(BulkSummary))
    .query(({ ctx }) => readJobs(ctx)),
  byId: procedure("customer:list")
    .input(BulkId)
    .output(BulkDetails)
    .query(({ ctx, input }) => readJob(ctx, input.bulkId)),
  preview: procedure("customer:list")
    .input(BulkId)
    .output(BulkPreview)
    .query(({ ctx, input }) => readPreview(ctx, input.bulkId, new Date())),
  rows: procedure("customer:list")
    .input(RowsInput)
    .output(BulkRows)
    .query(({ ctx, input }) => readRows(ctx, input)),
});
