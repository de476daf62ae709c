import type { QueryCalls } from "#tests/guards/query-calls.ts";

export const calls: QueryCalls = ({ customer }) => ({
  "search.searchCustomers": { role: "web", given: [["ditta", 8, null]] },
  "search.listMatches": { role: "web", given: [[customer.partnerId, [customer.id]]] },
});
