// Inputs and outputs of one customer.
import { z } from "zod";
import { count, CustomerRow, licenceKinds, quantity, Reason, statuses } from "#server/customers/schema.ts";
import { WarningEvent } from "#server/warnings/schema.ts";

const Blank = z.enum(["no_access", "pending", "role", "not_entitled", "not_reported"]);

const LicenceRow = z.object({
  id: z.uuid(),
  product: z.string(),
  vendor: z.string(),
  category: z.string(),
  kind: z.enum(licenceKinds),
  owner: z.enum(["partner", "customer"]),
  status: z.enum(["active", "trial", "not_started", "expired", "suspended"]),
  isUnlimited: z.boolean(),
  quantity,
  used: quantity,
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  orderNumber: z.string(),
});
const DeviceRow = z.object({
  id: z.string(),
  hostname: z.string(),
  type: z.enum(["computer", "server", "other"]),
  os: z.string(),
  state: z.enum(["active", "quarantined", "inactive"]),
  isSilent: z.boolean(),
  health: z.enum(["good", "suspicious", "bad", "unknown"]),
  /** null: no source says. */
  isProtected: z.boolean().nullable(),
  person: z.string(),
  lastSeenAt: z.string().nullable(),
});
const ApplicationRow = z.object({
  id: z.string(),
  name: z.string(),
  manufacturer: z.string(),
  installs: z.number(),
  unused: count,
  /** Licences that are missing; null: nobody says how many are needed. */
  shortfall: count,
  isDenied: z.boolean(),
});
const SaasRow = z.object({
  id: z.string(),
  name: z.string(),
  manufacturer: z.string(),
  category: z.string(),
  users: count,
  activeUsers: count,
  subscriptions: count,
  assigned: count,
  yearlyCost: quantity,
  currency: z.string().nullable(),
  isSanctioned: z.boolean().nullable(),
});
const AlertRow = z.object({
  id: z.string(),
  severity: z.enum(["high", "medium", "low", "info"]),
  product: z.string(),
  category: z.string(),
  description: z.string(),
  raisedAt: z.string(),
});
const ContactRow = z.object({
  id: z.uuid(),
  role: z.enum(["administrator", "billing", "technical", "other"]),
  name: z.string(),
  email: z.string(),
  phone: z.string(),
});

/** One customer: header, licences, devices, alerts, contacts. A section that may not be shown is null, `blank` says why. */
export const CustomerDetails = z.object({
  row: CustomerRow,
  legalName: z.string(),
  country: z.string().nullable(),
  region: z.string().nullable(),
  externalId: z.string().nullable(),
  address: z.object({ street: z.string(), city: z.string(), postalCode: z.string() }).nullable(),
  since: z.string().nullable(),
  access: z.object({
    state: z.enum(["always", "active", "pending", "ended", "none", "not_applicable"]),
    capabilities: z.array(z.enum(["metrics", "licences", "console", "reports"])),
    fromAt: z.string().nullable(),
    untilAt: z.string().nullable(),
    endReason: z.string().nullable(),
  }),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      vendor: z.string(),
      connection: z.string(),
      externalId: z.string(),
      name: z.string(),
      lastSuccessAt: z.string().nullable(),
      errorCode: z.string().nullable(),
      errorDetail: z.string().nullable(),
    }),
  ),
  contacts: z.array(ContactRow),
  /** Customer-owned licences are left out without the capability `licences`; `hiddenLicences` counts them. */
  licences: z.array(LicenceRow),
  hiddenLicences: z.number(),
  devices: z.object({ rows: z.array(DeviceRow), total: z.number(), next: z.string().nullable() }).nullable(),
  devicesBlank: Blank.nullable(),
  /** The first hundred, denied ones before the others. */
  applications: z.array(ApplicationRow).nullable(),
  applicationsBlank: Blank.nullable(),
  saas: z.array(SaasRow).nullable(),
  saasBlank: Blank.nullable(),
  alerts: z.array(AlertRow).nullable(),
  alertsBlank: Blank.nullable(),
  /** A page of what became of the status, the newest first: a change of it, or what somebody decided about a reason. */
  history: z.object({
    rows: z.array(
      z.union([
        z.object({ at: z.string(), status: z.enum(statuses), reasons: z.array(Reason) }),
        WarningEvent,
      ]),
    ),
    next: z.string().nullable(),
  }),
  /** What the actor may do here; a control that would be refused is not offered. */
  may: z.object({ sync: z.boolean() }),
  now: z.string(),
});
export type CustomerDetails = z.infer<typeof CustomerDetails>;

/** Input of the details beside the customer: the page of devices, and that of the history. */
export const detailsInput = {
  historyAfter: z.string().max(600).optional(),
  devicesAfter: z.string().max(600).optional(),
  devices: z.enum(["all", "silent", "unprotected"]).default("all"),
};
