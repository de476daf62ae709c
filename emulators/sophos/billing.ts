// Monthly usage lines, managed customer orders and firewall licences.
import { endpointCount, serverCount } from "./devices.ts";
import { inventOrganisation } from "#emulators/names.ts";
import type { Organisation } from "#emulators/names.ts";
import { DAY_MS, addDays, random, uuid } from "#emulators/random.ts";
import { sophosPartners } from "./partners.ts";
import type { PartnerKey } from "./partners.ts";
import { tenantsOf } from "./tenants.ts";
import type { Tenant } from "./tenants.ts";

const MONTHS_KEPT = 12;
const ORDER_ACCOUNTS = 40;

type Counts = { computers: number; servers: number };
type UsageProduct = {
  code: string;
  group: string;
  sku: string;
  description: string;
  share: (counts: Counts) => number;
};

const usageProducts: readonly UsageProduct[] = [
  {
    code: "CIXAXDR",
    group: "Endpoint",
    sku: "CIXAXDRMSP",
    description: "Central Intercept X Advanced with XDR",
    share: (c) => c.computers,
  },
  {
    code: "CIXASXDR",
    group: "Server",
    sku: "CIXASXDRMSP",
    description: "Central Intercept X Advanced for Server with XDR",
    share: (c) => c.servers,
  },
  {
    code: "CEMA",
    group: "Email",
    sku: "CEMAMSP",
    description: "Central Email Advanced",
    share: (c) => Math.ceil(c.computers * 1.2),
  },
  {
    code: "CMDR",
    group: "Managed Detection and Response",
    sku: "CMDRMSP",
    description: "Central Managed Detection and Response Complete",
    share: (c) => c.computers + c.servers,
  },
  {
    code: "CDE",
    group: "Encryption",
    sku: "CDEMSP",
    description: "Central Device Encryption",
    share: (c) => Math.ceil(c.computers * 0.6),
  },
  {
    code: "CMOB",
    group: "Mobile",
    sku: "CMOBMSP",
    description: "Central Mobile Advanced",
    share: (c) => Math.ceil(c.computers * 0.4),
  },
];

type Account = { id: string; organisation: Organisation };

/** Flex Connect: accounts that appear in the bill and are not among the partner's tenants. */
export function orderAccounts(): Account[] {
  return Array.from({ length: ORDER_ACCOUNTS }, (_, index) => ({
    id: uuid("order-account", index),
    organisation: inventOrganisation(random("order-account", index)),
  }));
}

/** null where the vendor has no data for the month: the future, the far past, and the first day of a month. */
export function usageLines(partner: PartnerKey, month: string, today: string): object[] | null {
  const current = today.slice(0, 7);
  if (month > current || month < monthsBefore(current, MONTHS_KEPT)) return null;
  if (month === current && today.endsWith("-01")) return null;
  const lastDay = addDays(`${monthsBefore(month, -1)}-01`, -1);
  const day = lastDay < today ? lastDay : today;
  const lines = tenantsOf(partner)
    .filter(({ billing }) => billing === "usage")
    .flatMap((tenant) => tenantLines(partner, tenant, month, day, lastDay));
  return partner === "alpina"
    ? [...lines, ...orderAccounts().flatMap((account, index) => orderLines(account, index, day))]
    : lines;
}

function tenantLines(
  partner: PartnerKey,
  tenant: Tenant,
  month: string,
  day: string,
  lastDay: string,
): object[] {
  const source = random("usage", tenant.id);
  const count = endpointCount(tenant, day);
  const counts = { servers: serverCount(count), computers: count - serverCount(count) };
  const isOverUsed = source.chance(0.07);
  const products = usageProducts.slice(0, source.int(1, usageProducts.length));
  return products.flatMap((product, index) => {
    const actual = product.share(counts);
    const ordered = isOverUsed ? Math.floor(actual * 0.85) : actual + (index === 0 ? source.int(0, 2) : 0);
    const isSplit = source.chance(0.08) && ordered > 2;
    const hasStrings = source.chance(0.05);
    const parts: [number, number][] = isSplit
      ? [
          [1, 1],
          [ordered - 1, actual - 1],
        ]
      : [[ordered, actual]];
    return parts.map(([orderedPart, actualPart], part) =>
      line(partner, product, {
        accountId: tenant.id,
        accountName: tenant.name,
        organisation: tenant.organisation,
        orderNumber: `MSP-${month.replace("-", "")}`,
        lineNumber: `${index + 1}.${part + 1}`,
        ordered: orderedPart,
        actual: actualPart,
        hasStrings,
        start: `${month}-01`,
        end: lastDay,
      }),
    );
  });
}

function orderLines(account: Account, accountIndex: number, day: string): object[] {
  const source = random("order", accountIndex);
  const term = yearlyTerm(source.int(0, 364), day, !source.chance(0.1));
  const count = source.int(1, 3);
  return Array.from({ length: count }, (_, index) => {
    const ordered = source.int(5, 120);
    const product = usageProducts[index] ?? usageProducts[0];
    if (!product) return {};
    return line("alpina", product, {
      accountId: account.id,
      accountName: account.organisation.name,
      organisation: account.organisation,
      orderNumber: `SO-${70_000 + accountIndex * 37}`,
      lineNumber: String(index + 1),
      ordered,
      actual: source.chance(0.1) ? ordered + source.int(1, 9) : Math.floor(ordered * source.next()),
      hasStrings: false,
      ...term,
    });
  });
}

type Line = {
  accountId: string;
  accountName: string;
  organisation: Organisation;
  orderNumber: string;
  lineNumber: string;
  ordered: number;
  actual: number;
  hasStrings: boolean;
  start: string;
  end: string;
};

function line(partner: PartnerKey, product: UsageProduct, input: Line): object {
  const amount = (value: number): number | string => (input.hasStrings ? String(value) : value);
  const { place } = input.organisation;
  return {
    orderLineItemNumber: input.lineNumber,
    productGroup: product.group,
    billableQuantity: amount(Math.max(input.ordered, input.actual)),
    orderedQuantity: amount(input.ordered),
    actualQuantity: amount(input.actual),
    productCode: product.code,
    sku: product.sku,
    productDescription: product.description,
    accountId: input.accountId,
    accountName: input.accountName,
    partnerAccountId: sophosPartners[partner].id,
    partnerAccountName: sophosPartners[partner].name,
    distributorAccountName: "Distribuzione Nord S.p.A.",
    billingStartDate: input.start,
    billingEndDate: input.end,
    orderNumber: input.orderNumber,
    contactStreet: place.street,
    contactCity: place.city,
    contactCountry: place.country,
    contactZip: place.postalCode,
  };
}

/** A year that began on its last anniversary, or, not renewed, the year that ended the day before. */
function yearlyTerm(anniversary: number, day: string, isRenewed: boolean): { start: string; end: string } {
  const year = Number(day.slice(0, 4));
  const started = [year, year - 1]
    .map((each) => addDays(`${each}-01-01`, anniversary))
    .find((start) => start <= day);
  const start = started ?? `${year - 1}-01-01`;
  const begin = isRenewed ? start : addDays(start, -365);
  return { start: begin, end: addDays(begin, 364) };
}

const firewallProducts = [
  ["XstreamProtection", "Xstream Protection"],
  ["StandardProtection", "Standard Protection"],
  ["FWEmailProtection", "Email Protection"],
] as const;

export function firewallLicences(partner: PartnerKey, today: string): object[] {
  return tenantsOf(partner).flatMap((tenant) => {
    const source = random("firewall", tenant.id);
    const hasFirewall = source.chance({ term: 0.55, trial: 0.5, usage: 0.15, flex_plus: 0 }[tenant.billing]);
    if (!hasFirewall && tenant.name !== "Bottega Rossi") return [];
    const serial = `X${source.int(10_000, 99_999)}${uuid("serial", tenant.id).slice(0, 8).toUpperCase()}`;
    const model = source.pick(["XGS87", "XGS116", "XGS136", "XGS2100", "SF01V"]);
    return [
      {
        serialNumber: serial,
        owner: { id: tenant.id, type: "tenant" },
        tenant: { id: tenant.id },
        partner: { id: sophosPartners[partner].id },
        billingTenant: { id: tenant.id },
        model,
        modelType: model === "SF01V" ? "virtual" : "hardware",
        lastSeenAt: `${addDays(today, -1)}T06:15:00.000Z`,
        licenses: [
          {
            id: uuid("licence", serial, "base"),
            licenseIdentifier: `B${serial}`,
            product: { code: "EnhancedSupport", name: "Base Firewall", genericCode: "FWBASE", features: [] },
            startDate: "2023-03-01",
            perpetual: true,
            type: "perpetual",
            quantity: 1,
            unlimited: true,
            usage: { current: { count: 1, date: today } },
          },
          ...firewallProducts.slice(0, source.int(1, 3)).map(([code, name]) => ({
            id: uuid("licence", serial, code),
            licenseIdentifier: `L${serial}${code.slice(0, 3)}`,
            product: { code, name, genericCode: code.toUpperCase(), features: ["ips", "web"] },
            ...firewallTerm(tenant, source.int(0, 364), today, !source.chance(0.1)),
            perpetual: false,
            quantity: source.chance(0.05) ? "1" : 1,
            unlimited: false,
            usage: { current: { count: 1, date: today, collectedAt: `${addDays(today, -1)}T03:00:00.000Z` } },
          })),
        ],
      },
    ];
  });
}

function firewallTerm(tenant: Tenant, anniversary: number, today: string, isRenewed: boolean): object {
  if (tenant.billing === "usage") return { type: "usage", startDate: "2025-05-01" };
  if (tenant.billing === "trial") {
    // Thirty days of trial in every sixty, so that on any day some run and some have ended.
    const dayNumber = Math.floor(Date.parse(today) / DAY_MS);
    const start = addDays(today, -((dayNumber + anniversary) % 60));
    return { type: "trial", startDate: start, endDate: addDays(start, 30) };
  }
  const { start, end } = yearlyTerm(anniversary, today, isRenewed || tenant.name === "Bottega Rossi");
  return { type: "term", startDate: start, endDate: end };
}

function monthsBefore(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 - months, 1)).toISOString().slice(0, 7);
}
