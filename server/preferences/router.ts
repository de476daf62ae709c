// How the acting member has laid out the list of customers.
import { z } from "zod";
import { Layout } from "#server/columns/schema.ts";
import { procedure, router } from "#server/trpc.ts";
import { getLayout } from "./service.ts";

export const preferencesRouter = router({
  layout: procedure("customer:list")
    .input(z.strictObject({}))
    .output(Layout)
    .query(({ ctx }) => getLayout(ctx)),
});
