import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Actions on many customers: the jobs, their customers, the verdicts on these, and what is written. */
export const calls: QueryCalls = ({ customer, member, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const now = new Date();
  const job = crypto.randomUUID();
  const looker = { membershipId: member.membershipId, all: true };
  const asker = { partnerId: p, membershipId: member.membershipId };
  const { userId, name, email, language, timeZone } = member;
  const starter = { userId, name, email, language, timeZone };
  const fresh = { membershipId: member.membershipId, starter, action: "tag", requestKey: job };
  const step = { changed: 1, unchanged: 0, refused: 0, failed: 0, position: c, digest: Buffer.alloc(32) };
  const chosen = { jobId: job };
  const question = (action: string) => ({
    action,
    options: { groupId, tag: "x", capabilities: ["metrics"] },
  });
  const request = { capabilities: ["metrics"], requestedBy: userId, zone: "UTC" };
  return {
    "bulk.insertJob": {
      role: "web",
      given: [
        [p, fresh],
        [p, { ...fresh, requestKey: "y", filter: {} }],
      ],
    },
    "bulk.findSame": {
      role: "web",
      given: [
        [p, { membershipId: member.membershipId, requestKey: "x" }],
        [p, { undoOf: job }],
      ],
    },
    "bulk.findJob": {
      role: "web",
      given: [
        [p, looker, job],
        [p, { ...looker, all: false }, job, "lock"],
        [p, "worker", job],
      ],
    },
    "bulk.listJobs": {
      role: "web",
      given: [
        [p, looker, 5, undefined],
        [p, looker, 5, groupId],
      ],
    },
    "bulk.updateJob": { role: "web", given: [[p, job, { state: "queued", options: {} }]] },
    "bulk.advanceJob": { given: [[p, job, step]] },
    "bulk.deleteOldJobs": { given: [[p, { draft: now, over: now }]] },
    "bulk.findMember": { given: [[p, member.membershipId]] },
    "bulk.insertChosen": { role: "web", given: [[p, job, []]] },
    "bulk.insertMatching": { role: "web", given: [[p, job, { ids: [] }, now]] },
    "bulk.insertOfSource": { given: [[p, job, { id: job, outcomes: ["changed"] }]] },
    "bulk.listNext": {
      given: [
        [p, job, null, 5],
        [p, job, c, 5],
      ],
    },
    "bulk.updateRows": { given: [[p, job, [{ customerId: c, outcome: "changed", code: null }]]] },
    "bulk.listRows": {
      role: "web",
      given: [
        [p, job, { show: "all", after: undefined, limit: 5 }],
        [p, job, { show: "trouble", after: c, limit: 5 }],
      ],
    },
    "bulk.listVerdicts": {
      given: ["sync", "groupAdd", "groupRemove", "pin", "unpin", "tag", "untag", "requestAccess"]
        .concat("convertTrial", "unlink", "export")
        .map((action) => [asker, question(action), [c]]),
    },
    "bulk.countVerdicts": {
      role: "web",
      given: [
        [asker, question("tag"), { ...chosen, outcomes: ["failed"] }, 5],
        [asker, question("sync"), { filter: {}, at: now }, 5],
      ],
    },
    "bulk.listPicked": {
      role: "web",
      given: [
        [p, chosen, 5, null],
        [p, { filter: {}, at: now }, 5, c],
      ],
    },
    "bulk.countTrials": { role: "web", given: [[asker, chosen, 5]] },
    "bulk.claimExport": { role: "web", given: [[p, { jobId: job, at: now }]] },
    "bulk.advanceExport": {
      role: "web",
      given: [[p, { jobId: job, at: now }, { rowsDone: 1, state: "finished", finishedAt: now }]],
    },
    "bulk.updateExported": { role: "web", given: [[p, job]] },
    "bulk.endLostExports": { given: [[p, now]] },
    "bulk.listOpenGroups": { role: "web", given: [[p]] },
    "bulk.findTarget": { role: "web", given: [[p, groupId]] },
    "bulk.addTag": {
      given: [
        [p, "x", [c], null],
        [p, "x", [c], job],
      ],
    },
    "bulk.removeTag": { given: [[p, "x", [c], job]] },
    "bulk.insertRequests": { given: [[p, request, [c]]] },
    "bulk.listDelegated": { given: [[p, [c]]] },
  };
};
