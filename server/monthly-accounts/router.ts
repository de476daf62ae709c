// The wizard of monthly accounts, to be read; its forms change it (handler.ts).
import { z } from "zod";
import { getFlexFacts } from "#server/trials/queries.ts";
import { procedure, router } from "#server/trpc.ts";
import { MonthlyAccount, Wizard } from "./schema.ts";
import { getMonthlyAccount, getWizard } from "./service.ts";

export const monthlyAccountsRouter = router({
  /** Whether the wizard is offered at all. */
  offer: procedure("account:create")
    .input(z.strictObject({}))
    .output(z.object({ isFlex: z.boolean() }))
    .query(async ({ ctx }) => ({ isFlex: (await getFlexFacts(ctx.db, ctx.actor.partnerId)).mspFlex })),
  wizard: procedure("account:create")
    .input(z.strictObject({}))
    .output(Wizard)
    .query(({ ctx }) => getWizard(ctx.db, ctx.actor, new Date())),
  byId: procedure("account:create")
    .input(z.strictObject({ id: z.uuid() }))
    .output(MonthlyAccount)
    .query(({ ctx, input }) => getMonthlyAccount(ctx.db, ctx.actor, input.id, new Date())),
});
