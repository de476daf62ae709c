// Inputs and outputs of actions on many customers; the registry of what can be done, by whom, and whether it can be undone.
import { z } from "zod";
import { CustomerListInput } from "#server/customers/schema.ts";
import { GroupChoice } from "#server/groups/schema.ts";
import { readName } from "#server/names/rules.ts";
import { capabilities, type CustomerPermission, type PartnerPermission } from "#server/permissions.ts";

type Definition = {
  permission: CustomerPermission | PartnerPermission;
  /** What the person must say beside the customers. */
  asks?: "group" | "tag" | "request";
  /** What takes it back, with the same options. */
  undo?: string;
  /** Cannot be undone: asks for the typed word. */
  isDestructive?: true;
  /** Each customer in a transaction of its own. */
  isSingle?: true;
};
/** In the order in which people are offered them. */
export const bulkActions = {
  sync: { permission: "sync:start" },
  groupAdd: { permission: "group:manage", asks: "group", undo: "groupRemove" },
  groupRemove: { permission: "group:manage", asks: "group", undo: "groupAdd" },
  pin: { permission: "customer:pin", undo: "unpin" },
  unpin: { permission: "customer:pin", undo: "pin" },
  tag: { permission: "customer:edit", asks: "tag", undo: "untag" },
  untag: { permission: "customer:edit", asks: "tag", undo: "tag" },
  convertTrial: { permission: "trial:convert", isSingle: true },
  requestAccess: { permission: "access:request", asks: "request" },
  unlink: { permission: "customer:unlink", isDestructive: true, isSingle: true },
  export: { permission: "customer:export" },
} as const satisfies Record<string, Definition>;
export type BulkAction = keyof typeof bulkActions;
export const actionIds = Object.keys(bulkActions) as [BulkAction, ...BulkAction[]];
export const definitionOf = (action: BulkAction): Definition => bulkActions[action];

/** So many are chosen by hand at most; more are chosen by a filter. */
export const MOST_CHOSEN = 1_000;
export const MOST_TAGS = 20;
const MOST_TAG = 40;
/** What imports part tags by cannot be in one, and what nobody can see is none. */
export const Tag = z
  .string()
  .trim()
  .regex(/^[^;\p{Cc}]*$/u)
  .transform((typed) => readName(typed, MOST_TAG))
  .pipe(z.string());

/** What the list is filtered by, without its page and order. */
export const BulkFilter = CustomerListInput.omit({ after: true, pageSize: true, sort: true }).strict();
export type BulkFilter = z.infer<typeof BulkFilter>;

/** The same as the list takes it; nothing is paged here. */
export const listInputOf = (filter: BulkFilter): CustomerListInput => ({ ...filter, pageSize: 50 });

/** The form on the list: customers by `id`, or `all` that `filter` (JSON) matches; `key` makes a double click one job. */
export const ChooseForm = z.object({
  action: z.enum(actionIds),
  id: z.array(z.uuid()).default([]),
  all: z.literal("1").optional(),
  filter: z.string().max(4_000).optional(),
  key: z.string().max(100).default(""),
});

export const BulkOptions = z.object({
  groupId: z.uuid().optional(),
  tag: z.string().optional(),
  capabilities: z.array(z.enum(capabilities)).optional(),
  why: z.string().trim().max(500).optional(),
});
export type BulkOptions = z.infer<typeof BulkOptions>;

/** The form that starts a job: its options, and the word that confirms what cannot be undone. */
export const StartForm = z.object({
  groupId: z.union([z.uuid(), z.literal("")]).optional(),
  tag: z.string().max(200).optional(),
  capability: z.array(z.enum(capabilities)).default([]),
  why: z.string().max(2_000).optional(),
  word: z.string().max(100).default(""),
});
export type StartForm = z.infer<typeof StartForm>;

export const bulkStates = ["draft", "queued", "running", "finished", "cancelled", "failed"] as const;
export type BulkState = (typeof bulkStates)[number];
export const rowOutcomes = ["changed", "unchanged", "refused", "failed"] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

export const BulkId = z.strictObject({ bulkId: z.uuid() });
/** `after`: the customer after which the page of samples begins. */
export const PreviewInput = BulkId.extend({ after: z.uuid().optional() });

const count = z.number();
export const BulkSummary = z.object({
  id: z.uuid(),
  action: z.enum(actionIds),
  isUndo: z.boolean(),
  state: z.enum(bulkStates),
  /** Who began it. */
  by: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  /** Customers chosen; null: "all that match", not counted yet. */
  total: count.nullable(),
  done: count,
  changed: count,
  unchanged: count,
  refused: count,
  failed: count,
});
export type BulkSummary = z.infer<typeof BulkSummary>;

export const JobsInput = z.strictObject({ group: z.uuid().optional() });
/** The latest jobs, and the groups that they can be narrowed to. */
export const BulkJobs = z.object({ jobs: z.array(BulkSummary), groups: z.array(GroupChoice) });
export type BulkJobs = z.infer<typeof BulkJobs>;

export const BulkDetails = BulkSummary.extend({
  /** What the selection is: customers by hand, a filter of the list, or those of an earlier job. */
  selection: z.enum(["chosen", "filter", "source"]),
  filter: BulkFilter.nullable(),
  selectedAt: z.string(),
  /** Its customers stand in its rows. */
  isListed: z.boolean(),
  sourceId: z.uuid().nullable(),
  options: BulkOptions,
  /** Of options.groupId, where the group still exists. */
  groupName: z.string().nullable(),
  errorCode: z.string().nullable(),
  cancelledBy: z.string().nullable(),
  /** A job that takes this one back, if there is one. */
  undoneBy: z.uuid().nullable(),
  may: z.object({ start: z.boolean(), cancel: z.boolean(), undo: z.boolean(), retry: z.boolean() }),
});
export type BulkDetails = z.infer<typeof BulkDetails>;

export const BulkPreview = z.object({
  /** Customers that were looked at; `isMore`: the first of more. */
  counted: count,
  isMore: z.boolean(),
  /** How many it would change, how many are so already, and how many are refused, by reason. */
  open: count,
  same: count,
  refusals: z.array(z.object({ code: z.string(), count })),
  /** How many trials end; null: the action ends none. */
  trials: count.nullable(),
  /** The groups to choose from; those with a rule fill themselves. */
  groups: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** The number of the first sample among all customers by name; 0: there is none. */
  from: count,
  /** The customer after which the next page of samples begins. */
  next: z.uuid().nullable(),
  /** What converting or unlinking would do at a page of customers, licence by licence. */
  samples: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      effect: z.enum(["convert", "now", "scheduled", "already", "refused"]),
      /** Why it is refused. */
      code: z.string().nullable(),
      /** The day it happens, or from which it is possible (YYYY-MM-DD). */
      on: z.string().nullable(),
      products: z.array(z.string()),
      /** Early access programmes that refuse monthly licences. */
      programmes: z.array(z.string()),
    }),
  ),
});
export type BulkPreview = z.infer<typeof BulkPreview>;

export const RowsInput = z.strictObject({
  bulkId: z.uuid(),
  /** `trouble`: refused and failed ones alone. */
  show: z.enum(["all", "trouble"]).default("all"),
  /** The customer after which the page begins. */
  after: z.uuid().optional(),
  pageSize: z.number().int().min(1).max(5_000).default(50),
});
export const BulkRows = z.object({
  rows: z.array(
    z.object({
      customerId: z.uuid(),
      /** null: not visible to the reader, or gone. */
      name: z.string().nullable(),
      outcome: z.enum(rowOutcomes).nullable(),
      code: z.string().nullable(),
    }),
  ),
  next: z.uuid().nullable(),
});
export type BulkRows = z.infer<typeof BulkRows>;
