import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** What an operator watches. */
export const calls: QueryCalls = ({ customer }) => {
  const now = new Date();
  const id = crypto.randomUUID();
  const figures = { residentBytes: 1, heapBytes: 1, cpuSeconds: 1, lagSeconds: 0, portal: null };
  return {
    "health.readReadiness": { given: [[]] },
    "health.upsertBeat": { given: [[id, figures, now]] },
    "health.deleteBeat": { given: [[id]] },
    "metrics.countPartner": { given: [[customer.partnerId, now]] },
    "metrics.readServer": { given: [[]] },
  };
};
