import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Monthly accounts, trials, unlinks and disconnects: what people do and what the worker makes of it. */
export const calls: QueryCalls = ({ customer, member }) => {
  const { partnerId: p, id: c } = customer;
  const id = crypto.randomUUID();
  const now = new Date();
  const trial = { key: "product:x", product: "X", quantity: 3 };
  const conversion = {
    id,
    customerId: c,
    vendorAccountId: id,
    account: "Ditta",
    convertedOn: "2026-12-01",
    trials: [trial],
    byName: member.name,
  };
  const draft = { details: { name: "Ditta" }, lines: [{ code: "X", quantity: "3" }], terms: null };
  const newCustomer = {
    id,
    name: "Ditta",
    domain: "ditta.example",
    country: "IT",
    region: "eu01",
    since: "2026-12-01",
    address: { street: "Via Roma 1", city: "Trento", postalCode: "38121" },
    contact: { firstName: "Ada", lastName: "Neri", email: "ada@ditta.example" },
  };
  const opened = { id: id, customerId: c, vendor: "sophos" };
  return {
    "vendor-accounts.isClosed": { role: "web", given: [[p, { vendor: "sophos", externalId: "x" }]] },
    "unlinks.listLinkedAccounts": { role: "web", given: [[p, c]] },
    "trials.getFlexFacts": { role: "web", given: [[p]] },
    "trials.listCustomerLicences": { role: "web", given: [[p, c]] },
    "trials.convertTrials": {
      role: "web",
      given: [[p, id, "2026-12-01", [{ sourceKey: "product:x", quantity: 3 }]]],
    },
    "trials.insertConversion": { role: "web", given: [[p, conversion]] },
    "trials.findConversion": { role: "web", given: [[p, c, id]] },
    "trials.hasConvertible": { role: "web", given: [[p, c]] },
    "trials.listConversions": { role: "web", given: [[p, c]] },
    "trials.listProgrammes": { role: "web", given: [[p, c]] },
    "trials.listRefusing": { role: "web", given: [[p, c]] },
    "trials.insertProgramme": {
      role: "web",
      given: [[p, c, { programme: "EAP", takesMonthly: false, createdBy: member.name }]],
    },
    "trials.deleteProgramme": { role: "web", given: [[p, c, id]] },
    "monthly-accounts.findMonthly": {
      role: "web",
      given: [
        [p, null, id],
        [p, member.membershipId, id, "lock"],
      ],
    },
    "monthly-accounts.listDrafts": { role: "web", given: [[p, member.membershipId]] },
    "monthly-accounts.insertDraft": { role: "web", given: [[p, id, member.membershipId]] },
    "monthly-accounts.updateDraft": { role: "web", given: [[p, id, draft, now]] },
    "monthly-accounts.deleteDraft": { role: "web", given: [[p, id]] },
    "monthly-accounts.updateOpening": { role: "web", given: [[p, id, { opening: "waiting" }, now]] },
    "monthly-accounts.listProducts": { role: "web", given: [[p, "sophos"]] },
    "monthly-accounts.findOpeningConnection": { role: "web", given: [[p, "sophos"]] },
    "monthly-accounts.insertMonthlyCustomer": { role: "web", given: [[p, newCustomer]] },
    "monthly-accounts.listTwins": { role: "web", given: [[p, { name: "Ditta", domain: "ditta.example" }]] },
    "monthly-accounts.findToOpen": { given: [[p, id]] },
    "monthly-accounts.listOwned": { given: [[p, customer.connectionId, ["x"]]] },
    "monthly-accounts.mergeArrived": { given: [[p, id, c]] },
    "monthly-accounts.insertRecorded": { given: [[p, opened, [{ code: "X", quantity: 3 }], "2026-12-01"]] },
    "disconnects.findHoldings": { role: "web", given: [[p, c]] },
    "disconnects.beginDisconnect": { role: "web", given: [[p, id]] },
    "disconnects.insertDisconnect": {
      role: "web",
      given: [[p, { customerId: id, name: "Ditta", byName: member.name }]],
    },
    "disconnects.listDisconnects": {
      role: "web",
      given: [
        [p, null],
        [p, c],
      ],
    },
    "disconnects.forgetSome": { given: [[p, id, 10]] },
    "disconnects.countLedgerProblems": { given: [[p]] },
    "disconnects.finishDisconnect": { given: [[p, id, 0, now]] },
  };
};
