// Decisions of Home: which work a role knows of and may take on, and one row of the queue in the words of the page.
import { subjectOf } from "#server/customers/rules.ts";
import { AppError } from "#server/errors.ts";
import { type Actor, can, type Permission } from "#server/permissions.ts";
import type { WorkRow } from "./queries-work.ts";
import { NEWS_DAYS, type WorkItem, type WorkKind, workKinds } from "./schema.ts";

const DAY_MS = 86_400_000;

/** What the columns of each kind's order are; a cursor has one value of each. */
export const orderTypes: Record<WorkKind, readonly ("timestamptz" | "date" | "uuid" | "text")[]> = {
  connection: ["timestamptz", "uuid"],
  stuck: ["timestamptz", "uuid", "text", "text"],
  warning: ["timestamptz", "uuid", "text", "text"],
  request: ["timestamptz", "uuid"],
  access_end: ["timestamptz", "uuid"],
  licence_end: ["date", "uuid"],
  over_use: ["timestamptz", "uuid"],
  account: ["timestamptz", "uuid"],
};
const shapes = {
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  text: /^[^\0]{0,200}$/,
};
/** A day that the calendar has, with a time that the clock has. */
const isInstant = (text: string): boolean =>
  !Number.isNaN(Date.parse(text)) &&
  new Date(`${text.slice(0, 10)}T00:00:00Z`).toJSON()?.slice(0, 10) === text.slice(0, 10);
/** Whether this is the cursor of a row of the kind: as many values as its order has, each as the database writes it. */
export const isCursorOf =
  (kind: WorkKind) =>
  (value: unknown): value is string[] =>
    Array.isArray(value) &&
    value.length === orderTypes[kind].length &&
    orderTypes[kind].every((type, n) => {
      const text: unknown = value[n];
      if (typeof text !== "string" || !shapes[type].test(text)) return false;
      return type === "uuid" || type === "text" || isInstant(text);
    });

/** Who may know of a kind of work, and who, because they may settle it, may take it on. */
const asks: Record<WorkKind, { toSee: Permission; toTake: Permission }> = {
  connection: { toSee: "sync:read", toTake: "sync:startAll" },
  stuck: { toSee: "sync:read", toTake: "warning:handle" },
  warning: { toSee: "metrics:read", toTake: "warning:handle" },
  request: { toSee: "customer:list", toTake: "warning:handle" },
  access_end: { toSee: "customer:list", toTake: "access:request" },
  licence_end: { toSee: "licence:list", toTake: "licence:edit" },
  over_use: { toSee: "licence:list", toTake: "licence:edit" },
  account: { toSee: "account:link", toTake: "account:link" },
};

/** The permission with which a kind of work is taken on. */
export const takingNeeds = (kind: WorkKind): Permission => asks[kind].toTake;

/** The kinds an actor knows of. Accounts belong to no customer and so to no group: who sees all customers sees them. */
export function visibleKinds(
  actor: Pick<Actor, "role" | "customerId" | "memberAll">,
  group: string | undefined,
): WorkKind[] {
  return workKinds.filter(
    (kind) =>
      actor.customerId === null &&
      can(actor, asks[kind].toSee) &&
      (kind !== "account" || (actor.memberAll && group === undefined)),
  );
}

/** The refusal of what somebody else has by now; `from` is what the form had wrong. */
export const workAssigned = (membershipId: string, name: string | undefined): AppError =>
  new AppError("work.assigned", {
    fields: { from: membershipId, ...(name !== undefined && { name }) },
  });
/** What the page that such a form came from is told beside the code: who has it. */
export const holderOf = ({ code, fields }: AppError): Record<string, string> =>
  code === "work.assigned" && fields?.["from"] !== undefined ? { about: fields["from"] } : {};

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

/** One row for its reader; undefined: the reason it was about has just gone. */
export function workItem(
  kind: WorkKind,
  row: WorkRow,
  actor: Pick<Actor, "role" | "customerId" | "membershipId">,
  names: ReadonlyMap<string, string>,
  now: Date,
): WorkItem | undefined {
  const { customerId, customerName, relationship, subject = "", assignedTo, until } = row;
  const reason =
    row.code === undefined
      ? null
      : (row.reasons?.find((one) => one.code === row.code && subjectOf(one) === subject) ?? null);
  if (reason?.muted || (row.code !== undefined && reason === null && kind !== "request")) return undefined;
  const { muted: _, ...open } = reason ?? { muted: undefined };
  const name = assignedTo === null ? undefined : names.get(assignedTo);
  const customer =
    customerId !== null && relationship ? { id: customerId, relationship, capabilities: [] } : undefined;
  const grown =
    row.grownAt && typeof row.grownFrom === "number"
      ? { at: row.grownAt.toISOString(), from: row.grownFrom }
      : null;
  return {
    kind,
    subjectId: row.subjectId,
    customer: customerId === null ? null : { id: customerId, name: customerName ?? "" },
    name: row.name ?? null,
    vendor: row.vendor ?? null,
    reason: "code" in open ? open : null,
    subject,
    since: iso(row.since),
    until: until instanceof Date ? until.toISOString() : (until ?? null),
    grown,
    isNew:
      kind === "warning" &&
      grown === null &&
      row.appearedAt !== undefined &&
      row.appearedAt.getTime() > now.getTime() - NEWS_DAYS * DAY_MS,
    errorCode: row.errorCode ?? null,
    assignee:
      assignedTo === null || name === undefined
        ? null
        : { id: assignedTo, name, isMe: assignedTo === actor.membershipId },
    assignedTo,
    // A request beside live access is no reason of the status, and so nobody's to take.
    mayTake: can(actor, asks[kind].toTake, customer) && (kind !== "request" || reason !== null),
    due: row.due ?? null,
  };
}
