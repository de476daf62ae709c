// Licences of one account out of the three places where Sophos names them: bill, firewalls, the tenant's product list.
import type { AccountIdentity, LicenceReport } from "#server/sync/snapshot.ts";
import { sum } from "#server/sync/connectors/decimal.ts";
import { describeProduct } from "./products.ts";
import type { Firewall, Tenant, UsageLine } from "./shapes.ts";

type Billing = AccountIdentity["billing"];
type Licence = Omit<LicenceReport, "isQuantityKnown"> & { isQuantityKnown?: boolean };

/** Of a term tenant, and of one whose billing we do not know, the customer owns what it has. */
function ownerOf(billing: Billing): Licence["owner"] {
  return billing === "term" || billing === "unknown" ? "customer" : "partner";
}

export function licencesOf(input: {
  billing: Billing;
  month: string;
  lines: readonly UsageLine[];
  firewalls: readonly Firewall[];
  products: Tenant["products"];
}): Licence[] {
  const fromBill =
    input.billing === "order"
      ? orderLicences(input.lines, input.month)
      : usageLicences(input.lines, input.month);
  const fromFirewalls = input.firewalls.flatMap((firewall) => firewallLicences(firewall, input.billing));
  // The product list names no quantity, so it counts only where nothing better does.
  const isListed = fromBill.length === 0 && input.billing !== "usage" && input.billing !== "order";
  const covered = new Set(fromFirewalls.map(({ productCode }) => productCode));
  const codes = isListed
    ? new Set(input.products.map(({ code }) => code).filter((code) => !covered.has(code)))
    : [];
  return [...fromBill, ...fromFirewalls, ...[...codes].map((code) => listedLicence(code, input.billing))];
}

function usageLicences(lines: readonly UsageLine[], month: string): Licence[] {
  return [...Map.groupBy(lines, ({ productCode }) => productCode)].map(([code, group]) =>
    billedLicence(`usage:${code}`, code, group, month, "monthly"),
  );
}

/** Lines of an order stay apart: each has its own dates. */
function orderLicences(lines: readonly UsageLine[], month: string): Licence[] {
  const keyed = Map.groupBy(
    lines,
    (line) => `order:${line.orderNumber}:${line.orderLineItemNumber}:${line.productCode}`,
  );
  return [...keyed].map(([key, group]) =>
    billedLicence(
      key,
      group[0]?.productCode ?? key,
      group,
      month,
      group.some((line) => isTerm(line, month)) ? "term" : "monthly",
    ),
  );
}

function billedLicence(
  key: string,
  code: string,
  lines: readonly UsageLine[],
  month: string,
  kind: Licence["kind"],
): Licence {
  const [first] = lines;
  const terms = lines.filter((line) => isTerm(line, month));
  const quantity = sum(lines.map((line) => line.orderedQuantity));
  const { name, category } = describeProduct(code, first?.productDescription, first?.productGroup);
  return {
    key,
    productCode: code,
    productName: name,
    category,
    kind,
    owner: "partner",
    quantity,
    isQuantityKnown: quantity !== null,
    used: sum(lines.map((line) => line.actualQuantity)),
    startsOn:
      terms
        .map((line) => toDay(line.billingStartDate))
        .filter((day) => day !== null)
        .toSorted()[0] ?? null,
    endsOn:
      terms
        .map((line) => toDay(line.billingEndDate))
        .filter((day) => day !== null)
        .toSorted()
        .at(-1) ?? null,
    orderNumber: first?.orderNumber ?? "",
  };
}

/** Dates within the billed month are the invoice's period, not the licence's. */
function isTerm(line: UsageLine, month: string): boolean {
  const [start, end] = [toDay(line.billingStartDate), toDay(line.billingEndDate)];
  return start !== null && end !== null && (start.slice(0, 7) !== month || end.slice(0, 7) !== month);
}

function firewallLicences(firewall: Firewall, billing: Billing): Licence[] {
  return firewall.licenses.map((licence) => {
    const isUnlimited = licence.unlimited === true;
    const quantity = isUnlimited ? null : sum([licence.quantity]);
    return {
      key: `firewall:${firewall.serialNumber}:${licence.id || licence.licenseIdentifier || licence.product.code}`,
      productCode: licence.product.code,
      productName: licence.product.name || licence.product.code,
      category: "firewall",
      kind: licence.type === "trial" ? "trial" : licence.type === "usage" ? "monthly" : "term",
      owner: licence.type === "usage" || licence.type === "ordered" ? "partner" : ownerOf(billing),
      quantity,
      isQuantityKnown: isUnlimited || quantity !== null,
      used: sum([licence.usage?.current?.count]),
      startsOn: toDay(licence.startDate),
      endsOn: licence.perpetual === true ? null : toDay(licence.endDate),
      orderNumber: "",
    };
  });
}

function listedLicence(code: string, billing: Billing): Licence {
  const { name, category } = describeProduct(code);
  return {
    key: `product:${code}`,
    productCode: code,
    productName: name,
    category,
    kind: billing === "trial" ? "trial" : "term",
    owner: ownerOf(billing),
    quantity: null,
    isQuantityKnown: false,
    used: null,
    startsOn: null,
    endsOn: null,
    orderNumber: "",
  };
}

function toDay(value: string): string | null {
  const day = value.slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : null;
}
