import type { QueryCalls } from "#tests/guards/query-calls.ts";

export const calls: QueryCalls = ({ customer, member, limited, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const reader = { partnerId: p, memberAll: true };
  const limitedReader = { partnerId: p, memberAll: false };
  const after = { name: "a", id: groupId };
  const rule = {
    match: "any",
    statuses: ["warning"],
    licenceKinds: ["term", "own"],
    categories: ["endpoint"],
    vendors: ["sophos"],
    countries: ["IT"],
    tags: ["vip"],
  };
  const { membershipId } = limited;
  const web = (given: unknown[][]) => ({ role: "web" as const, given });
  return {
    "groups.insertGroup": web([
      [p, "G", null],
      [p, "H", rule],
    ]),
    "groups.countGroups": web([[p]]),
    "groups.listGroupRows": web([
      [reader, undefined, undefined, 5],
      [limitedReader, "g", after, 5],
    ]),
    "groups.findGroup": web([
      [reader, groupId],
      [limitedReader, groupId],
    ]),
    "groups.listGroupChoices": web([[member]]),
    "groups.lockGroup": web([[p, groupId]]),
    "groups.updateGroup": web([
      [p, groupId, { name: "Neu" }],
      [p, groupId, { rule: { ...rule, statuses: [] } }],
    ]),
    "groups.deleteGroup": web([[p, crypto.randomUUID()]]),
    "groups.countWindows": web([[p, groupId, new Date()]]),
    "groups.insertMembers": { given: [[p, groupId, [c]]] },
    "groups.deleteMembers": { given: [[p, groupId, [c]]] },
    "groups.countChosen": web([[p, [c]]]),
    "groups.listGroupsOf": web([[p, c, 5]]),
    "groups.listAdministrators": web([[p, [groupId]]]),
    "groups.listCandidates": web([[p, groupId, 5]]),
    "groups.findPerson": web([[p, member.membershipId]]),
    "groups.insertAdministrator": web([[p, groupId, membershipId]]),
    "groups.deleteAdministrator": web([[p, groupId, membershipId]]),
    "groups.countRule": web([
      [reader, rule],
      [limitedReader, { ...rule, match: "all" }],
    ]),
    "groups.listRuleOptions": web([[p]]),
    "groups.settleMembers": { given: [[p, groupId, null, 5]] },
    "groups.lockRules": { given: [[p]] },
    "groups.deleteUnsettled": web([[p, groupId, c]]),
    "groups.findRuleVersion": { given: [[p, groupId]] },
    "groups.updateSettled": web([[p, groupId, 1]]),
  };
};
