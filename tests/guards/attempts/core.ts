import { withScope } from "#db/client.ts";
import { insertImport } from "#server/imports/queries.ts";
import { makeConnection, makeGroup } from "#tests/factories.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";
import { makeDeadJob, makeRun } from "#tests/runs.ts";

/** Customers, imports and synchronisation. */
export const attempts: MakeAttempts = async ({ partnerId, id: customerId }) => {
  const importId = await withScope(
    { partnerId },
    "read write",
    (db) =>
      insertImport(db, partnerId, {
        encoding: "utf-8",
        delimiter: ",",
        columns: [{ header: "Name", field: "name" }],
        rowsTotal: 1,
        isRemembered: false,
        createdBy: crypto.randomUUID(),
        fileName: "a.csv",
        content: Buffer.from("Name\nX"),
      }),
    "worker",
  );
  const nobody = { customerId: crypto.randomUUID(), importId: crypto.randomUUID() };
  const everything = { own: {}, unknown: {}, answer: "OK" };
  const ofCustomer = {
    own: { customerId },
    unknown: { customerId: nobody.customerId },
    answer: "NOT_FOUND customer.notFound",
  };
  const ofImport = {
    own: { importId },
    unknown: { importId: nobody.importId },
    answer: "NOT_FOUND import.notFound",
  };
  const { id: connectionId } = await makeConnection({ partnerId });
  const { batchId, runId } = await makeRun({ partnerId, connectionId }, { state: "failed" });
  const jobId = await makeDeadJob(partnerId);
  const { id: groupId } = await makeGroup({ partnerId, customers: [customerId] });
  const ofBatch = {
    own: { batchId },
    unknown: { batchId: nobody.customerId },
    answer: "NOT_FOUND sync.notFound",
  };
  return {
    "customers.list": everything,
    "customers.byId": ofCustomer,
    "imports.list": everything,
    "imports.byId": ofImport,
    "imports.preview": ofImport,
    "sync.live": everything,
    "sync.start": ofCustomer,
    "sync.startAll": everything,
    "sync.progress": everything,
    "sync.overview": everything,
    // Each customer is answered for by itself (server/jobs/control.test.ts).
    "sync.startSome": everything,
    "sync.startGroup": {
      own: { groupId },
      unknown: { groupId: nobody.customerId },
      answer: "NOT_FOUND request.notFound",
    },
    "sync.startConnection": {
      own: { connectionId },
      unknown: { connectionId: nobody.customerId },
      answer: "NOT_FOUND connection.notFound",
    },
    "sync.retryBatch": ofBatch,
    "sync.cancelBatch": ofBatch,
    "sync.cancelRun": {
      own: { runId },
      unknown: { runId: nobody.customerId },
      answer: "NOT_FOUND sync.notFound",
    },
    "sync.redrive": {
      own: { jobId },
      unknown: { jobId: nobody.customerId },
      answer: "NOT_FOUND sync.notFound",
    },
  };
};
