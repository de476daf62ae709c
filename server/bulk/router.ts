// The public face of actions on many customers: which there were, what one would do, how far it is and what came of it.
import { readJob, readJobs, readPreview, readRows } from "#server/jobs/bulk-progress.ts";
import { procedure, router } from "#server/trpc.ts";
import {
  BulkDetails,
  BulkId,
  BulkJobs,
  BulkPreview,
  BulkRows,
  JobsInput,
  PreviewInput,
  RowsInput,
} from "./schema.ts";

export const bulkRouter = router({
  list: procedure("customer:list")
    .input(JobsInput)
    .output(BulkJobs)
    .query(({ ctx, input }) => readJobs(ctx, input.group)),
  byId: procedure("customer:list")
    .input(BulkId)
    .output(BulkDetails)
    .query(({ ctx, input }) => readJob(ctx, input.bulkId)),
  preview: procedure("customer:list")
    .input(PreviewInput)
    .output(BulkPreview)
    .query(({ ctx, input }) => readPreview(ctx, input, new Date())),
  rows: procedure("customer:list")
    .input(RowsInput)
    .output(BulkRows)
    .query(({ ctx, input }) => readRows(ctx, input)),
});
