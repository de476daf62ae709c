// Inputs and outputs of unlinking a customer: what the rule table says of each licence, and what comes of each account.
import { z } from "zod";

/** Nothing is done yet: `already` is a link that is scheduled to end. */
const Plan = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("refused"),
    why: z.enum(["termLicence", "recentLicence"]),
    /** null: a licence that the customer owns and does not show. */
    product: z.string().nullable(),
    /** YYYY-MM-DD; null: a licence without an end. */
    possibleOn: z.string().nullable(),
  }),
  z.object({ kind: z.literal("scheduled"), on: z.string(), product: z.string().nullable() }),
  z.object({ kind: z.literal("now") }),
]);

/** Whom one of the pages that end something is about; of an order it says that nothing can be ended. */
export const Subject = z.object({
  name: z.string(),
  relationship: z.enum(["managed", "delegated", "order_only"]),
});

export const UnlinkDetails = Subject.extend({
  /** The partner's zone, whose calendar days count, and its present day. */
  timeZone: z.string(),
  today: z.string(),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      vendor: z.string(),
      name: z.string(),
      externalId: z.string(),
      connection: z.string(),
      /** The day on which a scheduled unlink happens; null: none is. */
      unlinkOn: z.string().nullable(),
      /** When a scheduled unlink was refused on its day and dropped; null: it was not, or something was decided since. */
      droppedAt: z.string().nullable(),
      plan: Plan,
      licences: z.array(
        z.object({
          product: z.string().nullable(),
          kind: z.enum(["term", "monthly", "trial"]),
          status: z.enum(["active", "trial", "not_started", "expired", "suspended"]),
          endsOn: z.string().nullable(),
          row: z.enum(["term", "recent", "monthly", "free"]),
          possibleOn: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type UnlinkDetails = z.infer<typeof UnlinkDetails>;

export const UnlinkForm = z.discriminatedUnion("action", [
  /** All accounts of the customer, or one. */
  z.object({ action: z.literal("unlink"), accountId: z.uuid().optional() }),
  z.object({ action: z.literal("cancel"), accountId: z.uuid().optional() }),
]);
