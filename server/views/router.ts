// The public face of saved views: which there are, and what one opens; their forms are in handler.ts.
import { z } from "zod";
import { procedure, router } from "#server/trpc.ts";
import { OpenedView, ViewList } from "./schema.ts";
import { openView, readViews } from "./service.ts";

export const viewsRouter = router({
  list: procedure("view:save")
    .input(z.strictObject({ shown: z.string().max(4_000) }))
    .output(ViewList)
    .query(({ ctx, input }) => readViews(ctx, input.shown)),
  open: procedure("view:save")
    .input(z.strictObject({ id: z.uuid() }))
    .output(OpenedView.nullable())
    .query(({ ctx, input }) => openView(ctx, input.id)),
});
