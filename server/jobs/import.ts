// The job that carries out one import of customers; stopped at any point and run again, it goes on where it was.
import { createHash } from "node:crypto";
import { type Scope, type ScopedDb, withScope } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import type { CleanRow } from "#server/columns/rules.ts";
import { AppError } from "#server/errors.ts";
import {
  addProgress,
  findImport,
  findImporter,
  finishImport,
  getContent,
  type StoredImport,
  updateState,
} from "#server/imports/queries.ts";
import {
  deleteContacts,
  insertContacts,
  insertCustomers,
  insertScopes,
  lockImports,
  updateCustomers,
} from "#server/imports/queries-customers.ts";
import { isRenaming } from "#server/imports/rules.ts";
import type { Outcome, Rejected } from "#server/imports/schema.ts";
import { decideChunk, openReading, type Reading } from "#server/imports/service.ts";
import { refreshOverview } from "#server/overview/service.ts";
import { can } from "#server/permissions.ts";
import { tellVendors } from "#server/renames/service.ts";

/** Writes in the scope of the membership that uploaded the list, as it is now, not as it was. */
export async function runImport(
  { partnerId, importId }: { partnerId: string; importId: string },
  signal: AbortSignal,
): Promise<void> {
  const importer = await withScope(
    { partnerId },
    "read only",
    async (db) => {
      const list = await findImport(db, partnerId, null, importId);
      return (
        list && { membershipId: list.createdBy, member: await findImporter(db, partnerId, list.createdBy) }
      );
    },
    "worker",
  );
  if (!importer) return;
  const { membershipId, member } = importer;
  if (!member || !can(member, "customer:import")) return refuse(partnerId, importId, membershipId);
  const scope: Scope = { partnerId, memberId: membershipId, memberAll: member.memberAll };
  try {
    const run = await withScope(scope, "read write", (db) => beginRun(db, partnerId, importId), "worker");
    if (!run) return;
    const restrictedTo = member.scopeAll ? null : membershipId;
    for (const rows of run.reading.chunks) {
      signal.throwIfAborted();
      const isWanted = await withScope(
        scope,
        "read write",
        (db) => runChunk(db, run, rows, restrictedTo, new Date()),
        "worker",
      );
      if (!isWanted) return;
    }
    await withScope(scope, "read write", (db) => endRun(db, run, new Date()), "worker");
  } catch (error) {
    // Stopped from outside it stays "running" and is taken up again; otherwise people see that it failed, and the queue tries again.
    if (!signal.aborted)
      await withScope(scope, "read write", (db) => updateState(db, partnerId, importId, "failed"), "worker");
    throw error;
  }
}

/** Whoever uploaded the list may no longer import: nothing is written but that. */
async function refuse(partnerId: string, importId: string, membership: string): Promise<void> {
  await withScope(
    { partnerId },
    "read write",
    async (db) => {
      await updateState(db, partnerId, importId, "failed");
      await appendAudit(
        db,
        { job: "import" },
        {
          action: "customer:import",
          entity: `import ${importId}`,
          customerId: null,
          outcome: "refused",
          detail: { code: "permission.denied", membership },
        },
      );
    },
    "worker",
  );
}

/** What one run of the job has seen. */
type Run = {
  list: StoredImport;
  reading: Reading;
  position: number;
  ownFaults: Rejected[];
  digest: ReturnType<typeof createHash>;
};

/** Takes an import up, or up again after a stop; undefined: there is nothing (more) to do. */
async function beginRun(db: ScopedDb, partnerId: string, id: string): Promise<Run | undefined> {
  const list = await findImport(db, partnerId, null, id, "lock");
  if (!list || (list.state !== "queued" && list.state !== "running" && list.state !== "failed"))
    return undefined;
  await updateState(db, partnerId, id, "running");
  const reading = await openReading(partnerId, await getContent(db, partnerId, id), list);
  return { list, reading, position: 0, ownFaults: [], digest: createHash("sha256") };
}

/**
 * Decides and writes one chunk with its progress in one transaction. Rows that an earlier run has written are only read
 * again, because later rows are compared with them. False, once the import was cancelled: nothing is written any more.
 */
async function runChunk(
  db: ScopedDb,
  run: Run,
  rows: readonly (CleanRow | Rejected)[],
  restrictedTo: string | null,
  now: Date,
): Promise<boolean> {
  const { partnerId } = run.reading;
  await lockImports(db, partnerId);
  const stored = await findImport(db, partnerId, null, run.list.id, "lock");
  if (stored?.state === "cancelled") {
    await recordEnd(db, run, stored, "failed");
    return false;
  }
  if (stored?.state !== "running") throw new AppError("import.alreadyDone");
  const isDone = stored.rowsDone >= run.position + rows.length;
  if (!isDone && stored.rowsDone !== run.position) throw new AppError("request.conflict");
  const decisions = await decideChunk(db, run.reading, rows, isDone ? "read" : "lock");
  const written = decisions.flatMap((decided) =>
    decided.outcome === "rejected" ? [] : [{ ...decided, id: decided.id ?? crypto.randomUUID() }],
  );
  const ofOutcome = (outcome: Outcome) => written.filter((one) => one.outcome === outcome);
  if (!isDone) {
    const created = ofOutcome("new");
    const changed = ofOutcome("changed");
    if (created.length > 0) await insertCustomers(db, partnerId, created);
    if (restrictedTo !== null && created.length > 0)
      await insertScopes(
        db,
        partnerId,
        restrictedTo,
        created.map(({ id }) => id),
      );
    if (changed.length > 0) await updateCustomers(db, partnerId, changed, now);
    for (const { id, record } of changed.filter(isRenaming)) {
      const asked = { customerId: id, name: record.nameShown, askedBy: `import ${run.list.id}` };
      await tellVendors(db, partnerId, asked, record.isNameChosen, now);
    }
    const recontacted = changed.filter(({ changes }) => changes.some((field) => field.startsWith("contact")));
    await deleteContacts(
      db,
      partnerId,
      recontacted.map(({ id }) => id),
    );
    await insertContacts(db, partnerId, [...created, ...recontacted]);
    await refreshOverview(
      db,
      partnerId,
      [...created, ...changed].map(({ id }) => id),
      now,
    );
    const rejected = decisions.flatMap((decided) =>
      decided.outcome === "rejected" && !decided.isOwnFault ? [decided.row] : [],
    );
    await addProgress(db, partnerId, run.list.id, {
      done: rows.length,
      created: created.length,
      changed: changed.length,
      unchanged: ofOutcome("unchanged").length,
      rejected,
    });
  }
  for (const decided of decisions)
    if (decided.outcome === "rejected" && decided.isOwnFault) run.ownFaults.push(decided.row);
  for (const { id } of written) run.digest.update(id);
  run.position += rows.length;
  return true;
}

/** The end of a run: the rows that did not go in are kept, the file is not; one entry on the partner's chain. */
async function endRun(db: ScopedDb, run: Run, now: Date): Promise<void> {
  const { partnerId } = run.reading;
  const { id } = run.list;
  const stored = await findImport(db, partnerId, null, id, "lock");
  if (stored?.state !== "running") return;
  await finishImport(db, partnerId, id, run.ownFaults, now);
  await recordEnd(db, run, stored, "done");
}

/** What went in, on the partner's chain; `failed`: cancelled before its end. */
async function recordEnd(
  db: ScopedDb,
  run: Run,
  stored: StoredImport,
  outcome: "done" | "failed",
): Promise<void> {
  await appendAudit(
    db,
    { job: "import" },
    {
      action: "customer:import",
      entity: `import ${stored.id}`,
      customerId: null,
      outcome,
      detail: {
        state: outcome === "done" ? "finished" : "cancelled",
        file: stored.fileName,
        membership: stored.createdBy,
        rows: stored.rowsTotal,
        created: stored.created,
        changed: stored.changed,
        unchanged: stored.unchanged,
        rejected: stored.rejected,
        customers: run.digest.digest("hex"),
      },
    },
  );
}
