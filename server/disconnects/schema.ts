// Outputs of disconnecting a customer: what goes for good, what stays, and how far it is.
import { z } from "zod";

/** What of a customer the portal holds, in the order in which it is named; 0 is not named. */
export const goingKinds = [
  "accounts",
  "licences",
  "devices",
  "applications",
  "alerts",
  "contacts",
  "people",
  "connections",
  "groups",
  "history",
] as const;

export const DisconnectDetails = z.object({
  name: z.string(),
  relationship: z.enum(["managed", "delegated", "order_only"]),
  goes: z.record(z.enum(goingKinds), z.number()),
  stays: z.object({
    /** Entries of the customer's own ledger. */
    ledger: z.number(),
    /** Months in which it had monthly licences of the partner's. */
    months: z.number(),
  }),
  /** Its accounts cannot be read through another customer afterwards, because it closed its access or decided about it. */
  isClosed: z.boolean(),
  /** Monthly licences that the vendor goes on billing. */
  billed: z.array(z.string()),
});
export type DisconnectDetails = z.infer<typeof DisconnectDetails>;

export const Disconnected = z.object({
  rows: z.array(
    z.object({
      customerId: z.uuid(),
      name: z.string(),
      byName: z.string(),
      state: z.enum(["queued", "done"]),
      rowsDeleted: z.number(),
      /** Entries of the customer's ledger that do not verify; null: not checked yet. */
      ledgerProblems: z.number().nullable(),
      createdAt: z.string(),
      finishedAt: z.string().nullable(),
    }),
  ),
  now: z.string(),
});
export type Disconnected = z.infer<typeof Disconnected>;

/** `word`: the typed word of the user's language. */
export const DisconnectForm = z.object({ word: z.string().max(40) });
