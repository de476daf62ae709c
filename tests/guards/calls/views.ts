import type { QueryCalls } from "#tests/guards/query-calls.ts";

export const calls: QueryCalls = ({ customer: { partnerId }, member: { membershipId } }) => {
  const who = { partnerId, membershipId };
  const id = crypto.randomUUID();
  const view = { name: "Nord", query: "status=warning", isShared: true, ownerName: "Mara Conti" };
  return {
    "views.listViews": { role: "web", given: [[who, 10]] },
    "views.findView": { role: "web", given: [[who, id]] },
    "views.lockViews": { role: "web", given: [[who]] },
    "views.countOwn": { role: "web", given: [[who]] },
    "views.findOwn": { role: "web", given: [[who, id]] },
    "views.findLeft": { role: "web", given: [[partnerId, id]] },
    "views.findOwnByName": { role: "web", given: [[who, "Nord"]] },
    "views.insertView": { role: "web", given: [[who, view]] },
    "views.updateView": { role: "web", given: [[who, id, { name: "Sud" }]] },
    "views.deleteForGood": { role: "web", given: [[who, new Date()]] },
    "views.updateDefault": { role: "web", given: [[who, null]] },
  };
};
