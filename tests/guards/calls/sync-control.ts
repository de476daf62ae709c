import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Runs, batches, budgets and dead jobs of synchronisation. */
export const calls: QueryCalls = ({ customer, groupId }) => {
  const { partnerId: p, id: c, connectionId } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const claim = { id, attempt: 1 };
  const end = { state: "failed", errorCode: null, errorDetail: null };
  const connection = { errorCode: "x", errorDetail: null, failures: 0, circuitOpenUntil: null };
  const blocks = [
    { seconds: 1, cost: 0.5 },
    { seconds: 60, cost: 3 },
  ];
  return {
    "sync.getConnection": { given: [[p, connectionId]] },
    "sync.insertBatch": { given: [[p, { cause: "person", requestedBy: null }]] },
    "sync.insertRuns": { given: [[p, id, [{ connectionId, onlyAccounts: null }]]] },
    "sync.claimRun": { given: [[p, id, now]] },
    "sync.advanceRun": { given: [[p, claim, { total: 1, done: 1, refused: 0 }, now]] },
    "sync.finishRun": { given: [[p, claim, end, now]] },
    "sync.releaseRun": { given: [[p, claim]] },
    "sync.findCancelled": { given: [[p, id]] },
    "sync.failRun": { given: [[p, id, now, now]] },
    "sync.failSilentRuns": { given: [[p, { running: now, queued: now }, now]] },
    "sync.listLiveRuns": { role: "web", given: [[p]] },
    "sync.listConnections": {
      role: "web",
      given: [
        [p, null],
        [p, [c]],
      ],
    },
    "sync.listDueConnections": { given: [[p, now, ["vendor.failed"]]] },
    "sync.askForFollowUp": { role: "web", given: [[p, connectionId, ["a"], now]] },
    "sync.hasFailing": { given: [[p, connectionId, ["x"]]] },
    "sync.updateConnection": { given: [[p, connectionId, connection, now]] },
    "sync.putOff": { role: "web", given: [[p, [connectionId], now, now]] },
    "sync.findGroupSources": { role: "web", given: [[p, groupId]] },
    "sync.listAccountsOf": { role: "web", given: [[p, [c]]] },
    "sync.listAccess": { role: "web", given: [[p, [c]]] },
    "sync.listBatches": { role: "web", given: [[p, { before: id, group: groupId }, 5]] },
    "sync.listRunsOf": { role: "web", given: [[p, [id], groupId, 5]] },
    "sync.findLastEnd": { role: "web", given: [[p]] },
    "sync.hasRuns": {
      role: "web",
      given: [
        [p, { runId: id }],
        [p, { batchId: id }],
      ],
    },
    "sync.cancelRuns": {
      role: "web",
      given: [
        [p, { runId: id }, "Ada", now],
        [p, { batchId: id }, "Ada", now],
      ],
    },
    "sync.listFailed": { role: "web", given: [[p, id]] },
    "sync.findReadable": { role: "web", given: [[p, connectionId]] },
    "sync.reserveCalls": { given: [[p, "sophos x", blocks, 1]] },
    "sync.pauseCalls": { given: [[p, "sophos x", blocks, 5]] },
    "sync.insertDeadJob": { given: [[p, { id, queue: "sync", payload: { partnerId: p }, error: "x" }]] },
    "sync.listDeadJobs": { role: "web", given: [[p, 5]] },
    "sync.takeDeadJob": { role: "web", given: [[p, id, now]] },
    "sync.deleteDeadJobs": { given: [[p, now]] },
  };
};
