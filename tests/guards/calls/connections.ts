import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Connections: as people see and change them, how they fare, and the worker's jobs on them. */
export const calls: QueryCalls = ({ customer, groupId }) => {
  const { partnerId, id: customerId, connectionId } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const reach = { partnerId, customerId: null };
  const own = { partnerId, customerId };
  const sight = { ...reach, seesAll: true };
  const after = { name: "a", id };
  const row = {
    id,
    customerId: null,
    vendor: "sophos",
    name: "Sophos",
    settings: {},
    limits: [],
    secret: Buffer.from("sealed"),
    nextRunAt: now,
  };
  const removal = { removedAt: now, isEnabled: false, secret: null, candidateSecret: null };
  return {
    "connections.listConnectionRows": {
      role: "web",
      given: [
        [reach, "all", undefined, 10, now],
        [{ ...reach, group: groupId }, "trouble", after, 10, now],
        [own, "all", undefined, 10, now],
      ],
    },
    "connections.countConnections": { role: "web", given: [[reach, now]] },
    "connections.findConnection": {
      role: "web",
      given: [
        [reach, connectionId],
        [own, connectionId, "lock"],
      ],
    },
    "connections.insertConnection": { role: "web", given: [[partnerId, row, now]] },
    "connections.changeConnection": {
      role: "web",
      given: [
        [partnerId, connectionId, { name: "Neu", settings: {}, limits: [] }],
        [partnerId, connectionId, removal],
      ],
    },
    "connections.askForTest": { role: "web", given: [[partnerId, connectionId, false, now]] },
    "connections.cancelRuns": { role: "web", given: [[partnerId, connectionId, "Mara", now]] },
    "connections.revokeTokens": { role: "web", given: [[partnerId, connectionId, now]] },
    "connections.countAccounts": { role: "web", given: [[sight, [connectionId]]] },
    "connections.listAccountAges": {
      role: "web",
      given: [
        [sight, connectionId, "all", now, undefined, 10],
        [sight, connectionId, "failing", now, { at: null, id }, 10],
        [sight, connectionId, "stale", now, { at: now.toISOString(), id }, 10],
        [{ ...sight, seesAll: false }, connectionId, "unmatched", now, undefined, 10],
      ],
    },
    "connections.listLiveRunsOf": { role: "web", given: [[partnerId, [connectionId]]] },
    "connections.listRecentRuns": { role: "web", given: [[partnerId, connectionId, 10]] },
    "connections.listDeadJobsOf": { role: "web", given: [[partnerId, connectionId, 10]] },
    "connections.findTestSubject": { given: [[partnerId, connectionId]] },
    "connections.recordTest": {
      given: [
        [partnerId, connectionId, now, { code: null, detail: "" }, now],
        [partnerId, connectionId, now, { code: "vendor.failed", detail: "" }, now],
      ],
    },
    "connections.unlinkAccounts": { given: [[partnerId, connectionId, "Mara", 10]] },
  };
};
