// What Sophos sends: tenants and their endpoints, alerts and health, bills and firewalls.
import { z } from "zod";
import { amount, list, number, text } from "#server/sync/connectors/lenient.ts";

const reference = z.object({ id: z.string().min(1) });

export const Token = z.object({ access_token: z.string().min(1), expires_in: number.optional() });

export const Whoami = z.object({
  id: z.string().min(1),
  idType: z.string(),
  apiHosts: z.object({ global: z.string().nullish() }).nullish(),
});

export const Page = z.object({
  items: z.array(z.unknown()),
  pages: z.object({ nextKey: z.string().nullish(), total: number.nullish() }).nullish(),
});

/** Enough of a tenant to name it when the rest cannot be understood. */
export const NamedTenant = z.object({ id: z.string().min(1).max(200), name: text, showAs: text });

export const Tenant = NamedTenant.extend({
  dataGeography: text,
  dataRegion: text,
  billingType: text,
  apiHost: text,
  contact: z
    .object({
      firstName: text,
      lastName: text,
      email: text,
      phone: text,
      address: z
        .object({ address1: text, address2: text, city: text, countryCode: text, postalCode: text })
        .nullish(),
    })
    .nullish(),
  externalIds: list(z.string()),
  products: list(z.object({ code: z.string().min(1) })),
});
export type Tenant = z.infer<typeof Tenant>;

export const UsageLine = z.object({
  accountId: z.string().min(1),
  accountName: text,
  productCode: z.string().min(1),
  productDescription: text,
  productGroup: text,
  orderedQuantity: amount.nullish(),
  actualQuantity: amount.nullish(),
  orderNumber: text,
  orderLineItemNumber: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value) => String(value ?? "")),
  billingStartDate: text,
  billingEndDate: text,
  contactStreet: text,
  contactCity: text,
  contactCountry: text,
  contactZip: text,
});
export type UsageLine = z.infer<typeof UsageLine>;

export const Firewall = z.object({
  serialNumber: z.string().min(1),
  tenant: reference.nullish(),
  licenses: list(
    z.object({
      id: text,
      licenseIdentifier: text,
      product: z.object({ code: z.string().min(1), name: text }),
      startDate: text,
      endDate: text,
      perpetual: z.boolean().nullish(),
      type: text,
      quantity: amount.nullish(),
      unlimited: z.boolean().nullish(),
      usage: z.object({ current: z.object({ count: amount.nullish() }).nullish() }).nullish(),
    }),
  ),
});
export type Firewall = z.infer<typeof Firewall>;

export const Endpoint = z.object({
  id: z.string().min(1),
  type: text,
  tenant: reference.nullish(),
  hostname: text,
  health: z.object({ overall: text }).nullish(),
  os: z.object({ name: text }).nullish(),
  associatedPerson: z.object({ name: text, viaLogin: text }).nullish(),
  isolation: z.object({ status: text }).nullish(),
  assignedProducts: list(z.object({ code: z.string(), status: text })),
  lastSeenAt: z.iso.datetime({ offset: true }).nullish(),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const Alert = z.object({
  id: z.string().min(1),
  allowedActions: list(z.string()),
  category: text,
  description: text,
  managedAgent: z.object({ id: text }).nullish(),
  person: z.object({ name: text }).nullish(),
  product: text,
  raisedAt: z.iso.datetime({ offset: true }),
  severity: text,
  tenant: reference.nullish(),
});
export type Alert = z.infer<typeof Alert>;

const check = z.object({ notFullyProtected: number.nullish(), snoozed: z.boolean().nullish() }).nullish();
export const HealthCheck = z.object({
  endpoint: z.object({ protection: z.object({ computer: check, server: check }).nullish() }).nullish(),
});
export type HealthCheck = z.infer<typeof HealthCheck>;
