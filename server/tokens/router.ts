// The public face of API tokens for pages: which there are, and what can be made.
import { z } from "zod";
import { procedure, router } from "#server/trpc.ts";
import { TokenOptions, TokenRow } from "./schema.ts";
import { getOptions, getTokens } from "./service.ts";

const nothing = z.strictObject({}).optional();

export const tokensRouter = router({
  list: procedure("token:manageOwn")
    .input(nothing)
    .output(z.array(TokenRow))
    .query(({ ctx }) => getTokens(ctx.db, ctx.actor, new Date())),
  options: procedure("token:manageOwn")
    .input(nothing)
    .output(TokenOptions)
    .query(({ ctx }) => getOptions(ctx.db, ctx.actor)),
});
