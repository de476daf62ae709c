// Inputs and outputs of Home: the queue of work, and the partner's people who see a customer.
import { z } from "zod";
import { Reason } from "#server/customers/schema.ts";
import { GroupChoice } from "#server/groups/schema.ts";

/** Kinds of work in the order in which they are shown: what stops many first. Texts: home.json `kind`. */
export const workKinds = [
  "connection",
  "stuck",
  "warning",
  "request",
  "access_end",
  "licence_end",
  "over_use",
  "account",
] as const;
export type WorkKind = (typeof workKinds)[number];

/** A warning is new, or has grown, for so many days; what ends within so many days waits. */
export const NEWS_DAYS = 7;
export const ENDING_DAYS = 30;

/** Strict, for procedures. `of`: everything, or what is assigned to who asks; `kind`: that kind alone, page by page. */
export const QueueInput = z.strictObject({
  of: z.enum(["team", "mine"]).default("team"),
  group: z.uuid().optional(),
  kind: z.enum(workKinds).optional(),
  after: z.string().max(600).optional(),
  /** A member whose name the page needs: who has the work that a form was refused. */
  about: z.uuid().optional(),
});
export type QueueInput = z.output<typeof QueueInput>;

/** Lenient, for the page's address: what is wrong falls back to its default (decision 15). */
export function readHomeAddress(query: Record<string, string | string[] | undefined>): QueueInput {
  const entries = Object.entries(QueueInput.shape).flatMap(([name, field]) => {
    const parsed = field.safeParse([query[name]].flat()[0]);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
  });
  return QueueInput.parse(Object.fromEntries(entries));
}

export const WorkItem = z.object({
  kind: z.enum(workKinds),
  /** What it is about: the customer, the vendor account or the connection. */
  subjectId: z.uuid(),
  customer: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Of an account or a connection: its own name and its vendor. */
  name: z.string().nullable(),
  vendor: z.string().nullable(),
  /** Why it waits, where that is a reason of the customer's status, and what tells it from others of its code. */
  reason: Reason.nullable(),
  subject: z.string(),
  /** Since when it waits; null: it is about to end. */
  since: z.string().nullable(),
  /** The instant or the day (YYYY-MM-DD) on which it ends. */
  until: z.string().nullable(),
  /** The amount grew, when and from what; else a warning is new until NEWS_DAYS after it came. */
  grown: z.object({ at: z.string(), from: z.number() }).nullable(),
  isNew: z.boolean(),
  errorCode: z.string().nullable(),
  assignee: z.object({ id: z.uuid(), name: z.string(), isMe: z.boolean() }).nullable(),
  /** The membership that has it, also one that has left: whom a form takes it over from. */
  assignedTo: z.uuid().nullable(),
  /** Whether the actor may take it on, or give it back. */
  mayTake: z.boolean(),
  /** What `due` an assignment names (work_assignment). */
  due: z.string().nullable(),
});
export type WorkItem = z.infer<typeof WorkItem>;

export const WorkQueue = z.object({
  /** One per kind that the actor may know of, empty ones too; `isMore`: counting stopped at `total`. */
  sections: z.array(
    z.object({
      kind: z.enum(workKinds),
      total: z.number(),
      isMore: z.boolean(),
      items: z.array(WorkItem),
      /** Cursor of the next page of this kind; null on the last, and beside other kinds. */
      next: z.string().nullable(),
    }),
  ),
  groups: z.array(GroupChoice),
  /** The name of the member whom `about` asks for. */
  about: z.string().nullable(),
  now: z.string(),
});
export type WorkQueue = z.infer<typeof WorkQueue>;

export const People = z.array(
  z.object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    role: z.enum(["superAdmin", "admin", "helpDesk", "business", "readOnly"]),
  }),
);
export type People = z.infer<typeof People>;

/** Takes a piece of work on (`to` me) or gives one's own back (`to` nobody). `from`: who had it when the page was shown, "" for nobody. */
export const TakeForm = z.object({
  kind: z.enum(["access_end", "licence_end", "over_use", "account", "connection"]),
  subjectId: z.uuid(),
  due: z.union([z.literal("infinity"), z.iso.date()]).default("infinity"),
  to: z.enum(["me", "nobody"]),
  from: z.union([z.literal(""), z.uuid()]).default(""),
  return: z.string().max(2000).optional(),
});
export type TakeForm = z.output<typeof TakeForm>;
