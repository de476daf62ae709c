import { makeGroup } from "#tests/factories.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";

export const attempts: MakeAttempts = async (a) => {
  const group = await makeGroup({ partnerId: a.partnerId, customers: [a.id] });
  const nothing = { own: {}, unknown: {}, answer: "OK" };
  const rule = {
    match: "all",
    statuses: ["synced"],
    licenceKinds: [],
    categories: [],
    vendors: [],
    countries: [],
    tags: [],
  };
  return {
    "groups.list": nothing,
    "groups.options": nothing,
    "groups.count": { own: { rule }, unknown: { rule }, answer: "OK" },
    "groups.byId": {
      own: { id: group.id },
      unknown: { id: crypto.randomUUID() },
      answer: "NOT_FOUND group.notFound",
    },
    "undo.open": {
      own: { act: "group take", of: group.id, was: "AQ" },
      unknown: { act: "group take", of: crypto.randomUUID(), was: "AQ" },
      answer: "OK",
    },
    "groups.ofCustomer": {
      own: { of: a.id },
      unknown: { of: crypto.randomUUID() },
      answer: "NOT_FOUND customer.notFound",
    },
  };
};
