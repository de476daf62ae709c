// Decisions about actions on many customers: who may, what a request is the same as, what a row's verdict becomes.
import { createHash } from "node:crypto";
import { type Actor, can } from "#server/permissions.ts";
import type { BulkJob } from "./queries.ts";
import type { RowResult } from "./queries-rows.ts";
import { type BulkAction, type BulkSummary, definitionOf, type RowOutcome, rowOutcomes } from "./schema.ts";

type Asker = Pick<Actor, "role" | "customerId" | "apiToken" | "membershipId">;

/** Whether somebody may begin an action at all; each customer is judged by itself. Programs act on one customer at a time. */
export const mayBegin = (
  actor: Pick<Actor, "role" | "customerId" | "apiToken">,
  action: BulkAction,
): boolean =>
  actor.apiToken === undefined && actor.customerId === null && can(actor, definitionOf(action).permission);

const isOver = (state: BulkJob["state"]) =>
  state === "finished" || state === "cancelled" || state === "failed";
/** Pins are the member's own. */
const isPersonal = (action: BulkAction) => action === "pin" || action === "unpin";

export const undoOf = (action: BulkAction): BulkAction | undefined =>
  definitionOf(action).undo as BulkAction | undefined;

/** What somebody who sees a job may do with it. */
export function mayOf(
  job: Pick<BulkJob, "action" | "state" | "membershipId" | "rowsChanged" | "rowsRefused" | "rowsFailed">,
  actor: Asker,
): { start: boolean; cancel: boolean; undo: boolean; retry: boolean } {
  const isOwn = job.membershipId === actor.membershipId;
  const may = mayBegin(actor, job.action);
  const isFree = may && (isOwn || !isPersonal(job.action)) && isOver(job.state);
  const undo = undoOf(job.action);
  const isExport = job.action === "export";
  return {
    // A file can be downloaded as often as one likes.
    start: may && isOwn && (isExport || job.state === "draft" || job.state === "failed"),
    cancel: may && ["draft", "queued", "running"].includes(job.state),
    undo: isFree && undo !== undefined && mayBegin(actor, undo) && job.rowsChanged > 0,
    retry: isFree && !isExport && job.state !== "failed" && job.rowsRefused + job.rowsFailed > 0,
  };
}

/** The same key for the same request of the same page; another choice from that page is another request. */
export const requestKeyOf = (key: string, action: BulkAction, chosen: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([key, action, chosen]))
    .digest("base64url");

/** What a verdict of the database comes to, where it decides: it is so already, or refused. */
export function resultOf(customerId: string, verdict: string): RowResult {
  return verdict === "same"
    ? { customerId, outcome: "unchanged", code: null }
    : { customerId, outcome: "refused", code: verdict };
}

export function tally(results: readonly RowResult[]): Record<RowOutcome, number> {
  const counts = Object.fromEntries(rowOutcomes.map((outcome) => [outcome, 0])) as Record<RowOutcome, number>;
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}

/** The digest of results that follow those of `before`: whoever holds the rows can compute it again. */
export const digestOf = (before: Uint8Array, results: readonly RowResult[]): Buffer =>
  results.reduce(
    (digest, { customerId, outcome, code }) =>
      createHash("sha256")
        .update(digest)
        .update(`${customerId} ${outcome} ${code ?? ""}`)
        .digest(),
    Buffer.from(before),
  );

/** What a list of jobs says of one. */
export const summaryOf = (job: BulkJob): BulkSummary => ({
  id: job.id,
  action: job.action,
  isUndo: job.isUndo,
  state: job.state,
  by: job.starter.name,
  createdAt: job.createdAt.toISOString(),
  finishedAt: job.finishedAt?.toISOString() ?? null,
  // What an export of "all that match" is about is known once it is written.
  total: job.isExpanded
    ? job.rowsTotal
    : job.action === "export" && job.state === "finished"
      ? job.rowsDone
      : null,
  done: job.rowsDone,
  changed: job.rowsChanged,
  unchanged: job.rowsUnchanged,
  refused: job.rowsRefused,
  failed: job.rowsFailed,
});
