// The public face of identity providers: a partner's, and those of a customer's own admin.
import { z } from "zod";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import { DraftInput, SignInProviders } from "./schema.ts";
import { getProviders } from "./service.ts";

export const signInProvidersRouter = router({
  list: procedure("partner:settings")
    .input(z.strictObject(DraftInput))
    .output(SignInProviders)
    .query(({ ctx, input }) => getProviders(ctx, input.draft)),
  listOwn: customerProcedure("team:manageOwn", DraftInput)
    .output(SignInProviders)
    .query(({ ctx, input }) => getProviders(ctx, input.draft)),
});
