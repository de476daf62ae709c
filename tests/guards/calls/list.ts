import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** The customers list: filters, counts, what frames it, how it is laid out. */
export const calls: QueryCalls = ({ customer, member, limited, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const now = new Date();
  const everything = {
    status: "synced",
    group: groupId,
    relationship: "managed",
    licenceKind: "own",
    licenceState: "active",
    category: "endpoint",
    overUsed: "1",
    reason: "devices_silent",
    vendor: "sophos",
    ends: ["2026-01-01", "2026-02-01"],
    syncedBefore: now,
    ids: [c],
    without: [crypto.randomUUID()],
  };
  const all = { partnerId: p, memberAll: true, membershipId: member.membershipId };
  const some = { partnerId: p, memberAll: false, membershipId: limited.membershipId };
  const reader = { ...some, customerId: null, timeZone: "Europe/Rome" };
  const limits = { syncedBefore: now, ends: ["2026-01-01", "2026-02-01"] };
  const layout = { columns: ["name"], widths: {}, folded: [], density: "compact" };
  return {
    "customers.filterOf": {
      role: "web",
      given: [[reader, { q: "ditta", pinned: "1", expiring: "30", stale: "1", pageSize: 50 }, now]],
    },
    "customers.findMatches": { role: "web", given: [[p, everything]] },
    "customers.countPostings": {
      role: "web",
      given: [
        [p, { licenceKind: "term" }],
        [p, everything],
      ],
    },
    "customers.findScope": { given: [[reader]] },
    "customers.readFrame": {
      role: "web",
      given: [
        [all, limits, undefined],
        [some, limits, undefined],
        [some, limits, { ids: [c], isMore: false }],
      ],
    },
    "customers.listChanges": { role: "web", given: [[p, [c], { first: "2026-01-01", last: "2026-01-08" }]] },
    "customers.listSources": { role: "web", given: [[p, [c]]] },
    "preferences.findLayout": { role: "web", given: [[p, member.membershipId]] },
    "preferences.lockLayout": { role: "web", given: [[p, member.membershipId]] },
    "preferences.upsertLayout": { role: "web", given: [[p, member.membershipId, layout, now]] },
    "preferences.deleteLayout": { role: "web", given: [[p, member.membershipId]] },
  };
};
