// Inputs and outputs of living with a warning: what people decide about the reasons of a customer's status.
import { z } from "zod";
import { Reason } from "#server/customers/schema.ts";
import { LocalTime } from "#server/settings/schema.ts";

export const acts = ["assign", "comment", "snooze", "accept", "reopen", "disallow"] as const;
export type Act = (typeof acts)[number];
export const snoozeTerms = ["day", "week", "month", "until"] as const;

/** Which reason: its code, and what tells reasons of one code apart (subjectOf). */
const which = { code: z.string().min(1).max(60), subject: z.string().max(200).default("") };
const Somebody = z.union([z.literal(""), z.uuid()]);
const Why = z.string().trim().min(1).max(500);

/** One form per act. `to`: a membership, "" for nobody; `from`: who had it when the page was shown; `until`: the wall clock of the actor's zone. */
export const WarningForm = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("assign"), ...which, to: Somebody, from: Somebody.default("") }),
  z.strictObject({ act: z.literal("comment"), ...which, text: z.string().trim().min(1).max(2000) }),
  z.strictObject({
    act: z.literal("snooze"),
    ...which,
    for: z.enum(snoozeTerms),
    until: z.union([z.literal(""), LocalTime]).optional(),
    why: Why,
  }),
  /** `denied`: the entries of the list of denied applications that are allowed here; of that reason alone. */
  z.strictObject({
    act: z.literal("accept"),
    ...which,
    why: Why,
    denied: z.array(z.uuid()).max(1000).default([]),
  }),
  z.strictObject({ act: z.literal("reopen"), ...which }),
  /** Takes an application's permission at this customer back. */
  z.strictObject({ act: z.literal("disallow"), denied: z.uuid() }),
]);
export type WarningForm = z.output<typeof WarningForm>;

export const WarningEvent = z.object({
  at: z.string(),
  code: z.string(),
  subject: z.string(),
  kind: z.enum(["assigned", "commented", "snoozed", "accepted", "reopened"]),
  actor: z.string(),
  text: z.string(),
  until: z.string().nullable(),
});
export type WarningEvent = z.infer<typeof WarningEvent>;

export const HandledReason = z.object({
  reason: Reason.omit({ muted: true }),
  subject: z.string(),
  /** Put aside: how, until when (null: for good), and to the partner's people in whose words and by whom. */
  muted: z
    .object({
      kind: z.enum(["snoozed", "accepted", "maintenance"]),
      until: z.string().nullable(),
      why: z.string().nullable(),
      by: z.string().nullable(),
    })
    .nullable(),
  assignee: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  comments: z.array(WarningEvent),
  /** What the actor may do about it. */
  acts: z.array(z.enum(acts)),
});
export type HandledReason = z.infer<typeof HandledReason>;

/** Beside the reasons everything is internal to the partner: empty for the customer's own users. */
export const Warnings = z.object({
  reasons: z.array(HandledReason),
  events: z.array(WarningEvent),
  /** Applications that are denied and allowed here. */
  allowed: z.array(
    z.object({ id: z.uuid(), pattern: z.string(), why: z.string(), by: z.string(), at: z.string() }),
  ),
  /** Denied applications that are installed here, by the entry that names them. */
  denied: z.array(z.object({ id: z.uuid(), pattern: z.string(), names: z.array(z.string()) })),
  /** Whom a reason can be assigned to: those of the team who see the customer. */
  team: z.array(z.object({ id: z.uuid(), name: z.string(), email: z.string() })),
  mayHandle: z.boolean(),
});
export type Warnings = z.infer<typeof Warnings>;
