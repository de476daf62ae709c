import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** What was there with the first release: sign-in, customers, imports, synchronisation, overview. */
export const calls: QueryCalls = ({ customer, member, limited, groupId }) => {
  const { partnerId: p, id: c, connectionId } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const identity = {
    externalId: "T-1",
    name: "Ditta",
    domain: "d.example",
    country: "IT",
    region: null,
    externalIds: [],
    contacts: [],
    address: null,
    billing: "term",
  };
  const contact = { role: "other", firstName: "A", lastName: "B", email: "a@b.example", phone: "" };
  const record = {
    name: "Neu",
    nameShown: "Neu",
    isNameChosen: false,
    domain: null,
    externalId: null,
    country: null,
    region: null,
    language: null,
    accountManager: null,
    notes: "",
    tags: [],
    since: null,
    street: "",
    city: "",
    postalCode: "",
    contact,
  };
  const named = [
    { plain: "neu", values: { name: "Neu", externalId: "X" } },
    { plain: "neu", values: { name: "Neu", domain: "d" } },
    { plain: "neu", values: { name: "Neu" } },
  ];
  const filter = { status: "synced", group: groupId, licenceKind: "term", category: "endpoint", ids: [c] };
  const asc = { by: "used", isDescending: false };
  const overview = {
    customerId: c,
    nameShown: "Ditta",
    domain: null,
    relationship: "delegated",
    status: "synced",
    reasons: [],
    statusSince: now,
    licenceStateRank: 6,
    licenceKinds: [],
    categories: [],
    overUsed: false,
    hasCustomerLicences: false,
    searchText: "ditta",
    isStatusNew: true,
    gaps: {},
  };
  const device = {
    externalId: "d",
    hostname: "pc",
    type: "computer",
    os: "",
    state: "active",
    health: "good",
    isProtected: true,
    person: "",
    lastSeenAt: null,
  };
  const licence = {
    key: "k",
    productCode: "CIXA",
    productName: "X",
    category: "endpoint",
    kind: "term",
    owner: "partner",
    quantity: "1",
    isQuantityKnown: true,
    used: "1",
    startsOn: null,
    endsOn: null,
    orderNumber: "",
  };
  const alert = {
    externalId: "a",
    severity: "low",
    product: "x",
    category: "y",
    description: "z",
    deviceExternalId: null,
    person: "",
    raisedAt: now,
    allowedActions: [],
  };
  const placed = <Item>(item: Item) => [{ accountId: id, customerId: c, items: [item].slice(1) }];
  return {
    "access.findCustomerAccess": { given: [[p, c]] },
    "access.findLatestGrant": { given: [[p, c]] },
    "access.lockCustomers": { given: [[[c], "shared"]] },
    "access.endGrants": { given: [[p, id, "revoked", now]] },
    "access.insertGrants": {
      given: [
        [
          p,
          [
            {
              customerId: c,
              capabilities: ["metrics"],
              fromAt: now,
              untilAt: null,
              zone: "UTC",
              origin: "customer",
              grantedBy: null,
            },
          ],
        ],
      ],
    },
    "customers.listPage": {
      role: "web",
      given: [
        [p, filter, asc, undefined, 10],
        [p, {}, asc, { value: "1", id: c }, 10],
        [p, {}, { by: "used", isDescending: true }, { value: null, id: c }, 10],
        [p, {}, { by: "name", isDescending: false }, undefined, 10],
      ],
    },
    "customers.listByIds": { role: "web", given: [[p, { ids: [c] }]] },
    "customers.listGroupNames": { given: [[p, [c]]] },
    "customers.listGroups": {
      given: [
        [{ partnerId: p, memberAll: true, membershipId: id }],
        [{ partnerId: p, memberAll: false, membershipId: id }],
      ],
    },
    "customer.findCustomer": { given: [[p, c]] },
    "customer.listContacts": { given: [[p, c]] },
    "customer.listAccounts": { given: [[p, c]] },
    "customer.listLicences": { given: [[p, c]] },
    "customer.listDevices": {
      given: [
        [p, c, { filter: "all", silentBefore: now, source: "sophos" }, undefined, 10],
        [p, c, { filter: "silent", silentBefore: now, source: null }, { name: "a", id: "b" }, 10],
        [p, c, { filter: "unprotected", silentBefore: now, source: "sophos" }, undefined, 10],
      ],
    },
    "customer.listApplications": { role: "web", given: [[p, c, 10]] },
    "customer.listSaas": { role: "web", given: [[p, c, 10]] },
    "customer.countDevices": { given: [[p, c, { filter: "silent", silentBefore: now, source: "sophos" }]] },
    "customer.listAlerts": { given: [[p, c]] },
    "customer.listHistory": {
      given: [
        [p, c, null, undefined, 10],
        [p, c, ["stuck"], { at: now.toISOString(), id }, 10],
      ],
    },
    "customers.walkIndexes": { given: [[]] },
    "sync.listPending": {
      given: [[p, { connectionId, onlyAccounts: ["x"] }, null, 5]],
    },
    "imports.insertImport": {
      given: [
        [
          p,
          {
            createdBy: id,
            fileName: "a",
            content: Buffer.alloc(0),
            encoding: "utf-8",
            delimiter: ",",
            columns: [],
            rowsTotal: 0,
          },
        ],
      ],
    },
    "imports.findImport": {
      given: [
        [p, null, id],
        [p, id, id, "lock"],
      ],
    },
    "imports.listImports": {
      given: [
        [p, null, 5],
        [p, id, 5],
      ],
    },
    "imports.getContent": { given: [[p, id, 100]] },
    "imports.getRejected": { given: [[p, id]] },
    "imports.updateMapping": {
      given: [[p, id, { encoding: "utf-8", delimiter: ",", columns: [], rowsTotal: 0 }]],
    },
    "imports.updateState": { given: [[p, id, "queued"]] },
    "imports.finishImport": { given: [[p, id, [], now]] },
    "imports.addProgress": {
      given: [[p, id, { done: 1, created: 0, changed: 0, unchanged: 0, rejected: [{ line: 1 }] }]],
    },
    "imports.findImporter": { given: [[p, member.membershipId]] },
    "imports.lockImports": { given: [[p]] },
    "imports.listPlainNames": { given: [[["A"]]] },
    "imports.listShownNames": { role: "web", given: [[p, ["a"]]] },
    "imports.listCandidates": {
      given: [
        [p, named, "read"],
        [p, named, "lock"],
      ],
    },
    "imports.insertCustomers": { given: [[p, [{ id, record }]]] },
    "imports.updateCustomers": { given: [[p, [{ id, record }], now]] },
    "imports.insertContacts": { given: [[p, [{ id: c, record }]]] },
    "imports.deleteContacts": { given: [[p, [c]]] },
    "imports.insertScopes": { given: [[p, member.membershipId, [c]]] },
    "overview.getPartnerRules": { given: [[p]] },
    "overview.listOverviewFacts": { given: [[p, [{ id: c, silentBefore: now }], now]] },
    "overview.listDenied": { given: [[p, [c]]] },
    "overview.listThresholds": { given: [[p, [c]]] },
    "overview.upsertOverview": { given: [[p, [overview], "2026-01-01", "UTC", now]] },
    "overview.listDueCustomers": { given: [[p, now, 5]] },
    "overview.listExpiredGrants": { given: [[p, now]] },
    "overview.endExpiredGrants": { given: [[p, [c], now]] },
    "overview.lockOverview": { given: [[p, [c]]] },
    "overview.tryTick": { given: [[p]] },
    "overview.readClockLead": { given: [[]] },
    "overview.makePartitions": { given: [[now]] },
    "sync.upsertAccounts": { given: [[p, { id: connectionId, vendor: "sophos" }, [identity]]] },
    "sync.findByIdentifier": { given: [[p, ["x"]]] },
    "sync.insertCustomers": { given: [[p, [{ ...identity, id, relationship: "delegated" }], "2026-01-01"]] },
    "sync.renewCustomers": { given: [[p, [{ ...identity, customerId: c }], now]] },
    "sync.replaceContacts": { given: [[p, [{ customerId: c, contacts: [contact] }]]] },
    "sync.linkAccounts": { given: [[p, [{ accountId: id, customerId: c, linkedBy: "arrival" }]]] },
    "sync.listDecidingAccounts": { given: [[p, [c]]] },
    "sync.listOpenToMetrics": { given: [[p, [c], now]] },
    "sync.mergeDevices": { given: [[p, placed(device)]] },
    "sync.upsertProducts": { given: [["sophos", [licence]]] },
    "sync.mergeLicences": { given: [[p, "sophos", placed(licence)]] },
    "sync.mergeAlerts": { given: [[p, placed(alert)]] },
    "sync.mergeApplications": { given: [[p, placed({ externalId: "a", name: "A", installs: 1 })]] },
    "sync.mergeSaas": { given: [[p, placed({ externalId: "s", name: "S" })]] },
    "sync.recordSuccess": {
      given: [
        [
          p,
          [
            {
              accountId: id,
              takenAt: now,
              hasData: true,
              isOpen: true,
              unprotectedCount: null,
              told: [],
              gaps: [],
              saas: null,
            },
          ],
        ],
      ],
    },
    "sync.recordRefusal": { given: [[p, [{ accountId: id, code: "vendor.failed", detail: "" }], now]] },
    "sync.listAccountPage": {
      given: [
        [p, connectionId, null, 5],
        [p, connectionId, id, 5],
      ],
    },
    "sync.hasAccount": { given: [[p, c]] },
    "team.replaceScope": {
      role: "web",
      given: [[p, limited.membershipId, { all: false, groups: [groupId], customers: [c], denied: [c] }]],
    },
  };
};
