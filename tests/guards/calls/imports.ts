import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Imports: what is remembered of earlier lists, what a preview compares with. */
export const calls: QueryCalls = ({ customer: { partnerId } }) => {
  const headers = Buffer.alloc(32);
  return {
    "imports.findMapping": { role: "web", given: [[partnerId, headers]] },
    "imports.upsertMapping": {
      role: "web",
      given: [[partnerId, headers, [{ header: "Name", field: "name" }], new Date()]],
    },
    "imports.lockNames": { given: [[partnerId, ["Neu"]]] },
    "imports.listBearers": {
      given: [
        [partnerId, ["Neu"], "read"],
        [partnerId, ["Neu"], "lock"],
      ],
    },
    "imports.listKnownDomains": { role: "web", given: [[partnerId, ["a.example"]]] },
  };
};
