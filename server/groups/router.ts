// Groups of customers, to be read; they are changed by forms (handler.ts).
import { z } from "zod";
import { procedure, router } from "#server/trpc.ts";
import { Count, GroupDetails, GroupList, GroupListInput, GroupsOf, Rule, RuleOptions } from "./schema.ts";
import { countMeant, readGroup, readGroups, readGroupsOf, readRuleOptions } from "./service.ts";

export const groupsRouter = router({
  list: procedure("group:manage")
    .input(GroupListInput)
    .output(GroupList)
    .query(({ ctx, input }) => readGroups(ctx, input)),
  byId: procedure("group:manage")
    .input(z.strictObject({ id: z.uuid() }))
    .output(GroupDetails)
    .query(({ ctx, input }) => readGroup(ctx, input.id, new Date())),
  options: procedure("group:manage")
    .input(z.strictObject({}).optional())
    .output(RuleOptions)
    .query(({ ctx }) => readRuleOptions(ctx)),
  /** How many customers a rule means now. */
  count: procedure("group:manage")
    .input(z.strictObject({ rule: Rule }))
    .output(Count)
    .query(({ ctx, input }) => countMeant(ctx, input.rule)),
  /** The groups of one customer, and those it may be put in. */
  ofCustomer: procedure("group:manage")
    .input(z.strictObject({ of: z.uuid() }))
    .output(GroupsOf)
    .query(({ ctx, input }) => readGroupsOf(ctx, input.of)),
});
