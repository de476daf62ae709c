// Imports the demo's managed customers as a person would import a list: a CSV file through the import and its job.
import { withScope } from "#db/client.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { findImport, insertImport, updateState } from "#server/imports/queries.ts";
import { readFile } from "#server/imports/service.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Actor } from "#server/permissions.ts";
import { untilDone } from "./until-done.ts";

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Customers with the identifiers that their vendor accounts carry, so that the first synchronisation links them at once. */
export async function importCustomers(
  actor: Actor,
  customers: readonly { externalId: string; name: string; domain: string }[],
): Promise<void> {
  const lines = customers.map(({ externalId, name, domain }) =>
    [name, domain, externalId].map(cell).join(","),
  );
  const content = Buffer.from(["Name,Domain,External ID", ...lines].join("\r\n"), "utf8");
  const reading = await readFile(content);
  const importId = await withScope(scopeOf(actor), "read write", async (db) => {
    const id = await insertImport(db, actor.partnerId, {
      ...reading,
      createdBy: actor.membershipId,
      fileName: "managed-customers.csv",
      content,
    });
    await updateState(db, actor.partnerId, id, "queued");
    await enqueue(db, "import", { partnerId: actor.partnerId, importId: id }, { singletonKey: id });
    await appendAudit(db, actor, {
      action: "import:start",
      entity: `import ${id}`,
      customerId: null,
      detail: { rows: reading.rowsTotal },
    });
    return id;
  });
  await untilDone("import", async () => {
    const list = await withScope(scopeOf(actor), "read only", (db) =>
      findImport(db, actor.partnerId, null, importId),
    );
    return list?.state === "finished";
  });
}
