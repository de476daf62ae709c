import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** A customer's record, its contacts, and its chosen name on the way to vendors. */
export const calls: QueryCalls = ({ customer, member }) => {
  const { partnerId: p, id: c } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const fields = { role: "other", firstName: "Ada", lastName: "", email: "", phone: "" };
  const values = { accountManager: null, tags: ["a"], notes: "", language: null, timeZone: null };
  const refusal = { errorCode: "vendor.failed", errorDetail: "" };
  const given: Record<string, unknown[][]> = {
    "records.findRecord": [[p, c]],
    "records.lockRecord": [[p, c]],
    "records.updateRecord": [[p, c, values, now]],
    "contacts.listAllContacts": [[p, c]],
    "contacts.lockContact": [[p, c, id]],
    "contacts.insertContact": [[p, c, fields]],
    "contacts.updateContact": [[p, id, fields]],
    "contacts.updateHidden": [[p, id, true]],
    "contacts.deleteContact": [[p, id]],
    "contacts.countContacts": [[p, c]],
    "renames.lockName": [[p, c]],
    "renames.isNameTaken": [[p, c, "Ditta"]],
    "renames.updateName": [[p, c, { nameShown: "Ditta", isNameChosen: true }, now]],
    "renames.listNamedAccounts": [[p, c]],
    "renames.supersedeRenames": [[p, c]],
    "renames.insertRenames": [[p, [], { customerId: c, name: "Ditta", askedBy: member.name }, now]],
    "renames.listRenames": [[p, c]],
    "renames.reopenRename": [[p, c, id]],
  };
  return {
    ...Object.fromEntries(
      Object.entries(given).map(([name, all]) => [name, { role: "web" as const, given: all }]),
    ),
    "renames.findWaiting": { given: [[p, id]] },
    "renames.settleRename": { given: [[p, id, { state: "refused", ...refusal }, now]] },
    "renames.postponeRename": { given: [[p, id, { attempts: 1, ...refusal, nextTryAt: now }]] },
  };
};
