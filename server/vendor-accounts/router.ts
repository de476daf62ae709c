// The public face of vendor accounts: the queue, one account, links, merges and splits.
import { z } from "zod";
import {
  cancelUnlink,
  linkAccount,
  mergeCustomers,
  setAside,
  splitAccount,
  unlinkAccount,
} from "#server/links/service.ts";
import { procedure, router } from "#server/trpc.ts";
import {
  AccountDetails,
  AccountInput,
  AccountList,
  AccountListInput,
  LinkInput,
  MergeInput,
} from "./schema.ts";
import { getAccountDetails, getAccountList } from "./service.ts";

const OneAccount = z.strictObject({ accountId: z.uuid() });

export const vendorAccountsRouter = router({
  list: procedure("account:link")
    .input(AccountListInput)
    .output(AccountList)
    .query(({ ctx, input }) => getAccountList(ctx.db, ctx.actor, input, new Date())),
  byId: procedure("account:link")
    .input(AccountInput)
    .output(AccountDetails)
    .query(({ ctx, input }) => getAccountDetails(ctx.db, ctx.actor, input, new Date())),
  link: procedure("account:link")
    .input(LinkInput)
    .output(z.void())
    .mutation(({ ctx, input }) => linkAccount(ctx, input)),
  split: procedure("account:link")
    .input(OneAccount)
    .output(z.object({ customerId: z.uuid() }))
    .mutation(({ ctx, input }) => splitAccount(ctx, input.accountId, new Date())),
  merge: procedure("account:link")
    .input(MergeInput)
    .output(z.void())
    .mutation(({ ctx, input }) => mergeCustomers(ctx, input)),
  unlink: procedure("account:link")
    .input(OneAccount)
    .output(z.object({ answer: z.enum(["account.unlinked", "account.unlinkScheduled"]) }))
    .mutation(({ ctx, input }) => unlinkAccount(ctx, input.accountId, new Date())),
  cancelUnlink: procedure("account:link")
    .input(OneAccount)
    .output(z.void())
    .mutation(({ ctx, input }) => cancelUnlink(ctx, input.accountId)),
  setAside: procedure("account:link")
    .input(OneAccount.extend({ isSetAside: z.boolean() }))
    .output(z.void())
    .mutation(({ ctx, input }) => setAside(ctx, input.accountId, input.isSetAside)),
});
