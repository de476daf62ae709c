// Inputs and outputs of synchronisation.
import { z } from "zod";
import { GroupChoice } from "#server/groups/schema.ts";

export const LiveRuns = z.array(
  z.object({
    id: z.uuid(),
    connection: z.string(),
    vendor: z.string(),
    state: z.enum(["queued", "running"]),
    accountsTotal: z.number().nullable(),
    accountsDone: z.number(),
    /** It waits, because the vendor is ill, until then. */
    waitsUntil: z.string().nullable(),
  }),
);
export type LiveRun = z.infer<typeof LiveRuns>[number];
export const SyncAnswer = z.object({ answer: z.enum(["sync.started", "sync.joined", "sync.waiting"]) });

/** The form of *Sync now*: one customer, a group, or all; `return` is the page to go back to. */
export const SyncForm = z.object({
  customerId: z.uuid().optional(),
  groupId: z.uuid().optional(),
  all: z.literal("1").optional(),
  return: z.string().max(2000).optional(),
});

/** What streams send and pages begin with: the runs that are live, and when one last ended (what runs brought is new then). */
export const SyncProgress = z.object({ runs: LiveRuns, lastEndedAt: z.string().nullable() });
export type SyncProgress = z.infer<typeof SyncProgress>;

/** `customers` of the group are read; `left` are not: no access at present, or nothing to read them from. */
export const GroupAnswer = SyncAnswer.extend({ customers: z.number(), left: z.number() });
export type GroupAnswer = z.infer<typeof GroupAnswer>;

export const MOST_AT_ONCE = 1_000;
export const SomeAnswer = z.object({
  results: z.array(
    z.object({
      customerId: z.uuid(),
      outcome: z.enum(["started", "joined", "waiting", "refused"]),
      /** Why it was refused: customer.notFound, customer.accessDisabled or sync.noSource. */
      code: z.string().nullable(),
    }),
  ),
});
export type SomeAnswer = z.infer<typeof SomeAnswer>;

const SyncRun = z.object({
  id: z.uuid(),
  connectionId: z.uuid(),
  connection: z.string(),
  vendor: z.string(),
  /** Whose connection; null: the partner's own. */
  customerName: z.string().nullable(),
  state: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  isPartial: z.boolean(),
  accountsTotal: z.number().nullable(),
  accountsDone: z.number(),
  accountsRefused: z.number(),
  errorCode: z.string().nullable(),
  cancelledBy: z.string().nullable(),
  /** Whole seconds from its start to its end, or to now; null: it has not begun. */
  seconds: z.number().nullable(),
  /** It waits, because the vendor is ill, until then. */
  waitsUntil: z.string().nullable(),
});
export type SyncRun = z.infer<typeof SyncRun>;
const SyncBatch = z.object({
  id: z.uuid(),
  cause: z.enum(["schedule", "person", "first"]),
  /** The partner's person who asked; '': the clock or a customer's user. */
  by: z.string(),
  createdAt: z.string(),
  runs: z.array(SyncRun),
  /** Of all its runs, also of those that are not listed. */
  counts: z.object({
    queued: z.number(),
    running: z.number(),
    succeeded: z.number(),
    failed: z.number(),
    cancelled: z.number(),
  }),
});
export type SyncBatch = z.infer<typeof SyncBatch>;
const DeadJob = z.object({
  id: z.uuid(),
  queue: z.string(),
  /** The kind of the error; what it said stands in the log under the job's id. */
  error: z.string(),
  failedAt: z.string(),
  redrivenAt: z.string().nullable(),
});
export type DeadJob = z.infer<typeof DeadJob>;
export const SyncOverviewInput = z.strictObject({
  before: z.uuid().nullable().default(null),
  /** Runs of connections that read this group's customers. */
  group: z.uuid().optional(),
});
export type SyncOverviewInput = z.output<typeof SyncOverviewInput>;
export const SyncOverview = z.object({
  batches: z.array(SyncBatch),
  /** A batch's id: those before it are on the next page; null: there are none. */
  next: z.uuid().nullable(),
  groups: z.array(GroupChoice),
  deadJobs: z.array(DeadJob),
  may: z.object({ start: z.boolean(), cancel: z.boolean() }),
});
export type SyncOverview = z.infer<typeof SyncOverview>;

const back = { return: z.string().max(2000).optional() };
/** The forms of the page of synchronisations; `return` is the page to go back to. */
export const CancelForm = z.union([
  z.object({ runId: z.uuid(), ...back }),
  z.object({ batchId: z.uuid(), ...back }),
]);
export const RetryForm = z.union([
  z.object({ batchId: z.uuid(), ...back }),
  z.object({ connectionId: z.uuid(), ...back }),
]);
export const RedriveForm = z.object({ jobId: z.uuid(), ...back });
