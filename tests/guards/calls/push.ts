import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** API tokens and pushed snapshots. */
export const calls: QueryCalls = ({ customer, member }) => {
  const { partnerId: p, connectionId } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const account = { connectionId, accountExternalId: "a" };
  const pushed = { ...account, tokenId: id, idempotencyKey: "k", requestHash: Buffer.alloc(32) };
  const token = {
    membershipId: member.membershipId,
    name: "T",
    tokenHash: Buffer.alloc(32, 1),
    permissions: ["customer:list"],
    connectionId: null,
    expiresAt: now,
  };
  return {
    "snapshots.findPushSource": { given: [[p, connectionId]] },
    "snapshots.findTakenAt": { given: [[p, connectionId, "a"]] },
    "snapshots.insertPushed": { role: "web", given: [[p, { ...pushed, takenAt: now, snapshot: null }, now]] },
    "snapshots.findByKey": { given: [[p, id, "k"]] },
    "snapshots.findPushed": { given: [[p, id, id]] },
    "snapshots.findWaitingAccount": { given: [[p, id]] },
    "snapshots.lockAccount": { given: [[p, account]] },
    "snapshots.findNextWaiting": { given: [[p, account]] },
    "snapshots.finishPushed": { given: [[p, id, { state: "failed", errorCode: "unexpected" }, now]] },
    "snapshots.updateHealth": { given: [[p, connectionId, now]] },
    "snapshots.deleteFinished": { given: [[p, now]] },
    "snapshots.listLost": { given: [[p, now, 5]] },
    "tokens.listTokens": {
      role: "web",
      given: [
        [p, null, now, 5],
        [p, id, now, 5],
      ],
    },
    "tokens.insertToken": { role: "web", given: [[p, token]] },
    "tokens.revokeToken": {
      role: "web",
      given: [
        [p, null, id, now],
        [p, id, id, now],
      ],
    },
    "tokens.listPushSources": { role: "web", given: [[p]] },
    "tokens.insertPushSource": { role: "web", given: [[p, "RMM"]] },
  };
};
