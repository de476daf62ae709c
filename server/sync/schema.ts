// Inputs and outputs of synchronisation.
import { z } from "zod";

export const LiveRuns = z.array(
  z.object({
    id: z.uuid(),
    connection: z.string(),
    vendor: z.string(),
    state: z.enum(["queued", "running"]),
    accountsTotal: z.number().nullable(),
    accountsDone: z.number(),
  }),
);
export type LiveRun = z.infer<typeof LiveRuns>[number];
export const SyncAnswer = z.object({ answer: z.enum(["sync.started", "sync.joined"]) });

/** The form of *Sync now*: one customer, or all; `return` is the page to go back to. */
export const SyncForm = z.object({
  customerId: z.uuid().optional(),
  all: z.literal("1").optional(),
  return: z.string().max(2000).optional(),
});
