// Inputs and outputs of converting trials into monthly licences, and of the early access programmes that refuse these.
import { z } from "zod";

export const MOST_UNITS = 1_000_000;

const Trial = z.object({
  /** The vendor's key of the licence within its account. */
  key: z.string(),
  product: z.string(),
  quantity: z.string().nullable(),
  used: z.string().nullable(),
  isUnlimited: z.boolean(),
  endsOn: z.string().nullable(),
  /** What the monthly licence would be for, unless the form says otherwise; null: unlimited. */
  suggested: z.number().nullable(),
});
export type Trial = z.infer<typeof Trial>;

const Programme = z.object({ id: z.uuid(), programme: z.string(), takesMonthly: z.boolean() });

export const TrialDetails = z.object({
  name: z.string(),
  isFlex: z.boolean(),
  /** The partner's zone and its day, on which a conversion made now begins. */
  timeZone: z.string(),
  today: z.string(),
  /** The day before: the last one of the trials that are converted now. */
  lastTrialDay: z.string(),
  /** Accounts with running trials; `refused`: they are the customer's own, which it does not open. */
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      vendor: z.string(),
      refused: z.boolean(),
      trials: z.array(Trial),
    }),
  ),
  programmes: z.array(Programme),
  converted: z.array(
    z.object({
      at: z.string(),
      on: z.string(),
      byName: z.string(),
      account: z.string(),
      products: z.array(z.string()),
      /** The vendor bills the account monthly by now. */
      isKnown: z.boolean(),
    }),
  ),
  /** A name for one conversion: whatever comes twice under it is one. */
  conversionId: z.uuid(),
});
export type TrialDetails = z.infer<typeof TrialDetails>;

export const Conversion = z.strictObject({
  conversionId: z.uuid(),
  accountId: z.uuid(),
  /** The trials that the person saw, each with what is ordered in its place (null: unlimited). */
  trials: z
    .array(z.strictObject({ key: z.string().max(200), quantity: z.int().min(1).max(MOST_UNITS).nullable() }))
    .min(1)
    .max(500),
});
export type Conversion = z.infer<typeof Conversion>;

export const TrialForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("convert"), conversionId: z.uuid(), accountId: z.uuid() }),
  z.object({
    action: z.literal("addProgramme"),
    programme: z.string().trim().max(100),
    takesMonthly: z.enum(["on"]).optional(),
  }),
  z.object({ action: z.literal("removeProgramme"), programmeId: z.uuid() }),
]);
