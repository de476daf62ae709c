// The public face of imports: where each one stands and what it would do.
import { z } from "zod";
import { previewImport } from "#server/import-preview/service.ts";
import { procedure, router } from "#server/trpc.ts";
import { ImportDetails, ImportId, ImportPreview, ImportRow, PreviewInput } from "./schema.ts";
import { getImport, getImports } from "./service.ts";

export const importsRouter = router({
  list: procedure("customer:import")
    .input(z.strictObject({}).optional())
    .output(z.array(ImportRow))
    .query(({ ctx }) => getImports(ctx.db, ctx.actor)),
  byId: procedure("customer:import")
    .input(ImportId)
    .output(ImportDetails)
    .query(({ ctx, input }) => getImport(ctx.db, ctx.actor, input.importId)),
  preview: procedure("customer:import")
    .input(PreviewInput)
    .output(ImportPreview)
    .query(({ ctx, input }) => previewImport(ctx.db, ctx.actor, input.importId, input.outcome)),
});
