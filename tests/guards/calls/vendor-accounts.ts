import type { QueryCalls } from "#tests/guards/query-calls.ts";

export const calls: QueryCalls = ({ customer, member, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const id = crypto.randomUUID();
  const scope = { partnerId: p, seesAll: true };
  const link = {
    vendorAccountId: id,
    kind: "linked",
    fromCustomer: null,
    fromName: "",
    toCustomer: c,
    toName: "Ditta",
    actorName: member.name,
  };
  const views = ["unmatched", "duplicates", "linked", "setAside"];
  const after = { name: "a", id };
  return {
    "vendor-accounts.listAccountRows": {
      role: "web",
      given: views.map((view) => [{ ...scope, group: groupId }, { view, q: "ditta" }, after, 10]),
    },
    "vendor-accounts.findAccount": { role: "web", given: [[scope, id, "lock"]] },
    "vendor-accounts.countViews": { role: "web", given: [[scope]] },
    "vendor-accounts.listCandidates": {
      role: "web",
      given: [[p, { name: "ditta", externalIds: ["x"], domains: ["d.example"], notCustomer: c }]],
    },
    "vendor-accounts.getCustomerName": { role: "web", given: [[p, c]] },
    "vendor-accounts.listAccountLicences": { role: "web", given: [[p, id]] },
    "vendor-accounts.listLinks": { role: "web", given: [[p, id]] },
    "vendor-accounts.insertLinks": { role: "web", given: [[p, [link]]] },
    "vendor-accounts.updateOwner": { role: "web", given: [[p, id, c]] },
    "vendor-accounts.findLastOwner": { role: "web", given: [[p, id]] },
    "vendor-accounts.getMergeFacts": { role: "web", given: [[p, c]] },
    "vendor-accounts.mergeInto": { role: "web", given: [[p, id, c]] },
    "vendor-accounts.updateUnlinkOn": { role: "web", given: [[p, id, "2026-12-01"]] },
    "vendor-accounts.updateSetAside": { role: "web", given: [[p, id, true]] },
    "vendor-accounts.listDueUnlinks": { given: [[p, "2026-12-01"]] },
  };
};
