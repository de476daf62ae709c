// Living with a warning: shows how reasons are handled, and handles them; every act is kept in two histories.
import { subjectOf } from "#server/customers/rules.ts";
import type { Status } from "#server/customers/schema.ts";
import { AppError } from "#server/errors.ts";
import { workAssigned } from "#server/home/rules.ts";
import { can, type CustomerAccess } from "#server/permissions.ts";
import { refreshSoon } from "#server/settings/queries.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  deleteException,
  findReasons,
  type HandlingChange,
  insertEvent,
  insertExceptions,
  listDeniedHere,
  listEvents,
  listExceptions,
  listHandlings,
  listTeam,
  lockHandling,
  updateHandling,
} from "./queries.ts";
import { areWarnings, isInside, mutedNow, seenCodes, snoozeEnd } from "./rules.ts";
import type { Act, HandledReason, WarningEvent, WarningForm, Warnings } from "./schema.ts";

const EVENTS = 200;
/** Of the applications that one pattern names so many are shown. */
const NAMED = 10;
const DENIED = "denied_application";
type Reader = Pick<Guarded, "db" | "actor">;

function actsFor(status: Status, muted: HandledReason["muted"]): Act[] {
  if (!areWarnings(status)) return ["assign", "comment"];
  const isHandled = muted !== null && muted.kind !== "maintenance";
  return isHandled ? ["assign", "comment", "reopen"] : ["assign", "comment", "snooze", "accept"];
}

/** The reasons of a customer's status with what was decided about them, for one reader. */
export async function readWarnings(
  { db, actor }: Reader,
  customer: CustomerAccess,
  now: Date,
): Promise<Warnings> {
  const { partnerId } = actor;
  const found = await findReasons(db, partnerId, customer.id);
  if (!found) throw new AppError("customer.notFound");
  const { status } = found;
  const nothing = { events: [], allowed: [], denied: [], team: [], mayHandle: false };
  if (!isInside(actor, customer)) {
    const reasons = found.reasons.map(({ muted, ...reason }) => ({
      reason,
      subject: subjectOf(reason),
      muted: muted ? { ...muted, why: muted.kind === "maintenance" ? muted.why : null, by: null } : null,
      assignee: null,
      comments: [],
      acts: [],
    }));
    return { ...nothing, reasons };
  }
  const mayHandle = can(actor, "warning:handle", customer);
  const handlings = await listHandlings(db, partnerId, customer.id);
  const team = await listTeam(db, partnerId, customer.id);
  const seesFigures = can(actor, "metrics:read", customer) && areWarnings(status);
  const codes = seenCodes(actor, customer, status, found.reasons);
  const events = (await listEvents(db, partnerId, customer.id, EVENTS)).filter(
    ({ code }) => codes === null || codes.includes(code),
  );
  const denied = seesFigures && mayHandle ? await listDeniedHere(db, partnerId, customer.id) : [];
  const reasons = found.reasons.map((stored): HandledReason => {
    const subject = subjectOf(stored);
    const isSame = (one: { code: string; subject: string }) =>
      one.code === stored.code && one.subject === subject;
    const handling = handlings.find(isSame);
    const muted = mutedNow(stored, handling, now);
    const { muted: _, ...reason } = stored;
    const assignee = team.find(({ id }) => id === handling?.assignedTo);
    return {
      reason,
      subject,
      muted,
      assignee: assignee ? { id: assignee.id, name: assignee.name } : null,
      comments: events.filter((event) => isSame(event) && event.kind === "commented"),
      // Allowed a moment ago, before the minute job: nothing is left to choose.
      acts: (mayHandle ? actsFor(status, muted) : []).filter(
        (act) => act !== "accept" || stored.code !== DENIED || denied.length > 0,
      ),
    };
  });
  const exceptions = seesFigures ? await listExceptions(db, partnerId, customer.id) : [];
  return {
    reasons,
    events,
    allowed: exceptions.map(({ id, pattern, reason, createdBy, createdAt }) => ({
      id,
      pattern,
      why: reason,
      by: createdBy,
      at: createdAt.toISOString(),
    })),
    denied: denied.map(({ names, ...entry }) => ({ ...entry, names: names.slice(0, NAMED) })),
    team: mayHandle ? team.filter((one) => one.isAble).map(({ isAble: _, ...one }) => one) : [],
    mayHandle,
  };
}

type Decision = {
  kind: WarningEvent["kind"];
  /** What the history says: whom, the words, why. */
  text: string;
  untilAt?: Date;
  change?: HandlingChange;
  /** In place of the reason's own subject: the pattern of an application. */
  subject?: string;
};

/**
 * Does what a form asks about one reason. Of two at the same time the last decides and both stand in the history; only
 * what somebody else took on meanwhile is not assigned away (work.assigned). What is open cannot be opened again
 * (warning.open), and a reason that has gone takes no decision (warning.gone).
 */
export async function handleWarning(
  ctx: Guarded,
  customer: CustomerAccess,
  form: WarningForm,
  now: Date,
): Promise<void> {
  const { db, actor } = ctx;
  if (form.act === "disallow") return disallow(ctx, customer, form.denied, now);
  const found = await findReasons(db, actor.partnerId, customer.id);
  const stored = found?.reasons.find((one) => one.code === form.code && subjectOf(one) === form.subject);
  if (!found || !stored) throw new AppError("warning.gone");
  const isPutAside = form.act === "snooze" || form.act === "accept";
  if (isPutAside && !areWarnings(found.status)) throw new AppError("warning.noWarning");
  if (form.act === "accept" && form.code === DENIED) return allow(ctx, customer, form, now);
  const key = { customerId: customer.id, code: form.code, subject: form.subject };
  const standing = await lockHandling(db, actor.partnerId, key, actor.name, now);
  const decision = await decide(ctx, customer, form, standing, now);
  if (decision.change) await updateHandling(db, actor.partnerId, key, decision.change);
  await record(ctx, key, form.act, [decision], now);
}

async function decide(
  { db, actor }: Reader,
  customer: CustomerAccess,
  form: Exclude<WarningForm, { act: "disallow" }>,
  standing: { assignedTo: string | null; snoozedUntil: Date | null; isAccepted: boolean },
  now: Date,
): Promise<Decision> {
  const put = (snoozedUntil: Date | null, isAccepted: boolean, why: string): HandlingChange => ({
    snoozedUntil,
    isAccepted,
    why,
    updatedBy: actor.name,
    updatedAt: now,
  });
  switch (form.act) {
    case "assign": {
      const team = await listTeam(db, actor.partnerId, customer.id);
      // Nothing is taken from somebody whom the page could have shown and did not.
      const holder = team.find(({ id }) => id === standing.assignedTo);
      if (holder && ![form.from, form.to, actor.membershipId].includes(holder.id))
        throw workAssigned(holder.id, holder.name);
      if (form.to === "") return { kind: "assigned", text: "", change: { assignedTo: null } };
      const to = team.find((one) => one.id === form.to && one.isAble);
      if (!to) throw new AppError("warning.assignee");
      return { kind: "assigned", text: to.name, change: { assignedTo: to.id } };
    }
    case "comment":
      return { kind: "commented", text: form.text };
    case "snooze": {
      const until = snoozeEnd(form, actor.timeZone, now);
      if (!until) throw new AppError("warning.until");
      return { kind: "snoozed", text: form.why, untilAt: until, change: put(until, false, form.why) };
    }
    case "accept":
      return { kind: "accepted", text: form.why, change: put(null, true, form.why) };
    case "reopen": {
      const isAside = standing.isAccepted || (standing.snoozedUntil !== null && standing.snoozedUntil > now);
      if (!isAside) throw new AppError("warning.open");
      return { kind: "reopened", text: "", change: put(null, false, "") };
    }
  }
}

/** Accepting denied applications allows those that were chosen, at this customer. */
async function allow(
  ctx: Guarded,
  customer: CustomerAccess,
  form: Extract<WarningForm, { act: "accept" }>,
  now: Date,
): Promise<void> {
  const { db, actor } = ctx;
  const here = await listDeniedHere(db, actor.partnerId, customer.id);
  const chosen = here.filter(({ id }) => form.denied.includes(id));
  if (chosen.length === 0 || chosen.length < new Set(form.denied).size)
    throw new AppError("warning.applications");
  const ids = chosen.map(({ id }) => id);
  const by = { reason: form.why, createdBy: actor.name };
  await insertExceptions(db, actor.partnerId, customer.id, ids, by);
  const decisions = chosen.map(({ pattern }): Decision => ({
    kind: "accepted",
    text: form.why,
    subject: pattern,
  }));
  await record(ctx, { customerId: customer.id, code: DENIED, subject: "" }, "accept", decisions, now);
}

async function disallow(ctx: Guarded, customer: CustomerAccess, deniedId: string, now: Date): Promise<void> {
  const { db, actor } = ctx;
  const allowed = await listExceptions(db, actor.partnerId, customer.id);
  const entry = allowed.find(({ id }) => id === deniedId);
  if (!entry || (await deleteException(db, actor.partnerId, customer.id, deniedId)) === 0)
    throw new AppError("warning.open");
  const decision: Decision = { kind: "reopened", text: "", subject: entry.pattern };
  await record(ctx, { customerId: customer.id, code: DENIED, subject: "" }, "disallow", [decision], now);
}

/** In the history of the status, and without the team's comments on the customer's own chain, which its users read. */
async function record(
  { db, actor, audit }: Guarded,
  key: { customerId: string; code: string; subject: string },
  act: Act,
  decisions: readonly Decision[],
  now: Date,
): Promise<void> {
  for (const { kind, text, untilAt = null, subject = key.subject } of decisions)
    await insertEvent(
      db,
      actor.partnerId,
      { ...key, subject, kind, text, untilAt, actorName: actor.name },
      now,
    );
  if (act !== "assign" && act !== "comment") await refreshSoon(db, actor.partnerId, [key.customerId]);
  const [first] = decisions;
  const why = act === "snooze" || act === "accept" ? first?.text : undefined;
  await audit({
    action: `warning:${act}`,
    entity: `warning ${key.code}`,
    customerId: key.customerId,
    ...(why !== undefined && { reason: why }),
    detail: {
      subjects: decisions.map(({ subject = key.subject }) => subject).filter((subject) => subject !== ""),
      ...(act === "assign" && { to: first?.text ?? "" }),
      ...(first?.untilAt && { until: first.untilAt.toISOString() }),
    },
  });
}
