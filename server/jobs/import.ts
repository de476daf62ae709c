// The job that carries out one import of customers; stopped at any point and run again, it goes on where it was.
import { type Scope, withScope } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import { findImport, findImporter, updateState } from "#server/imports/queries.ts";
import { beginRun, endRun, runChunk } from "#server/imports/service.ts";
import { can } from "#server/permissions.ts";

/** Writes in the scope of the membership that uploaded the list, as it is now, not as it was. */
export async function runImport({ partnerId, importId }: { partnerId: string; importId: string }, signal: AbortSignal): Promise<void> {
  const importer = await withScope({ partnerId }, "read only", async (db) => {
    const list = await findImport(db, partnerId, null, importId);
    return list && { membershipId: list.createdBy, member: await findImporter(db, partnerId, list.createdBy) };
  }, "worker");
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
      await withScope(scope, "read write", (db) => runChunk(db, run, rows, restrictedTo, new Date()), "worker");
    }
    await withScope(scope, "read write", (db) => endRun(db, run, new Date()), "worker");
  } catch (error) {
    // Stopped from outside it stays "running" and is taken up again; otherwise people see that it failed, and the queue tries again.
    if (!signal.aborted) await withScope(scope, "read write", (db) => updateState(db, partnerId, importId, "failed"), "worker");
    throw error;
  }
}

/** Whoever uploaded the list may no longer import: nothing is written but that. */
async function refuse(partnerId: string, importId: string, membership: string): Promise<void> {
  await withScope({ partnerId }, "read write", async (db) => {
    await updateState(db, partnerId, importId, "failed");
    await appendAudit(db, { job: "import" }, { action: "customer:import", entity: `import ${importId}`, customerId: null, outcome: "refused", detail: { code: "permission.denied", membership } });
  }, "worker");
}
