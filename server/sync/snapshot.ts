// The canonical snapshot: what every source, pulled or pushed, ends up as for one vendor account at one instant.
import { z } from "zod";
import { productCategories } from "#server/licences/schema.ts";
import type { CallBudget } from "#server/http/budget.ts";

export const SNAPSHOT_VERSION = 1;

/** What a snapshot may hold; each may be missing, for a reason of its own. */
const parts = ["devices", "licences", "alerts", "protection", "applications", "saas"] as const;

/** Text as vendors send it: no NUL, no lone surrogate (PostgreSQL refuses both), trimmed, cut to a sane length. */
const text = (max: number) =>
  z
    .string()
    .meta({ "x-cutAt": max })
    .transform((value) => value.replaceAll("\0", "").toWellFormed().trim().slice(0, max));
const isFilled = (value: string) => value.length > 0;
const name = text(300).refine(isFilled, "empty").meta({ minLength: 1 });
const id = text(200).refine(isFilled, "empty").meta({ minLength: 1 });
/** What PostgreSQL takes too: it knows no year 0, no offset of 16 hours, no endless fraction. */
const isStorable = (value: string) => /^(?!0000).{10,40}(?<![+-](1[6-9]|2\d):\d\d)$/.test(value);
const instant = z.iso.datetime({ offset: true }).refine(isStorable, "range");
const day = z.iso.date().refine(isStorable, "range");
/** A count of licences or units as an exact decimal string, never a float. */
const quantity = z.string().regex(/^-?\d{1,12}(\.\d{1,4})?$/);

const Contact = z.strictObject({
  /** The vendor's word for what the person is: "administrator" proves an address for the first invitation. */
  role: z.enum(["administrator", "billing", "technical", "other"]),
  firstName: text(100).default(""),
  lastName: text(100).default(""),
  email: text(320).default(""),
  phone: text(60).default(""),
});

export const AccountIdentity = z.strictObject({
  externalId: id,
  name,
  domain: text(253).nullable().default(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .default(null),
  region: text(60).nullable().default(null),
  /** Other identifiers of the same organisation; an equal one links at once. */
  externalIds: z.array(id).max(50).default([]),
  contacts: z.array(Contact).max(100).default([]),
  address: z
    .strictObject({ street: text(300), city: text(120), postalCode: text(30) })
    .nullable()
    .default(null),
  /** How the vendor bills this account; `order` is a managed customer order without an account of the partner's. */
  billing: z.enum(["usage", "trial", "term", "order", "unknown"]),
});

export const DeviceReport = z.strictObject({
  externalId: id,
  hostname: text(255),
  type: z.enum(["computer", "server", "other"]),
  os: text(200).default(""),
  /** Only active devices can be silent; the vendor's quarantine or isolation is `quarantined`. */
  state: z.enum(["active", "quarantined", "inactive"]),
  health: z.enum(["good", "suspicious", "bad", "unknown"]),
  /** null: the source says nothing of protection. */
  isProtected: z.boolean().nullable(),
  person: text(200).default(""),
  manufacturer: text(200).default(""),
  model: text(200).default(""),
  lastSeenAt: instant.nullable(),
});

export const LicenceReport = z.strictObject({
  /** Stable within the account: two reports of the same licence carry the same key. */
  key: id,
  productCode: id,
  productName: name,
  category: z.enum(productCategories),
  kind: z.enum(["term", "monthly", "trial"]),
  owner: z.enum(["partner", "customer"]),
  /** null = unlimited, unless `isQuantityKnown` is false. */
  quantity: quantity.nullable(),
  /** false where the vendor names the product but no quantity; `quantity` is then null. */
  isQuantityKnown: z.boolean().default(true),
  used: quantity.nullable(),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  orderNumber: text(100).default(""),
});

export const AlertReport = z.strictObject({
  externalId: id,
  severity: z.enum(["high", "medium", "low", "info"]),
  product: text(60),
  category: text(120),
  description: text(2000),
  deviceExternalId: text(200).nullable().default(null),
  person: text(200).default(""),
  raisedAt: instant,
  allowedActions: z.array(text(60)).max(30).default([]),
});

const number = z.int().min(0).max(2_000_000_000).nullable().default(null);

/** One application as it is installed at the customer, all devices together. */
export const ApplicationReport = z.strictObject({
  externalId: id,
  name,
  manufacturer: text(200).default(""),
  installs: z.int().min(0).max(2_000_000_000),
  /** Installed and not used in the vendor's period. */
  unused: number,
  /** Licences that these installations need, and those there are; null: none needed, or nothing known. */
  licencesRequired: number,
  licencesAvailable: number,
});

export const SaasReport = z.strictObject({
  externalId: id,
  name,
  manufacturer: text(200).default(""),
  category: text(120).default(""),
  users: number,
  activeUsers: number,
  /** Bought, and of these given to somebody. */
  subscriptions: number,
  assigned: number,
  yearlyCost: quantity.nullable().default(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null),
  isSanctioned: z.boolean().nullable().default(null),
});

/**
 * One vendor account at `takenAt`. A part that is `null` was not read this time (what is stored stays);
 * an empty list means the vendor said there is none. Why a part is null stands in `gaps`.
 */
export const Snapshot = z.strictObject({
  version: z.literal(SNAPSHOT_VERSION),
  takenAt: instant,
  account: AccountIdentity,
  devices: z.array(DeviceReport).max(200_000).nullable(),
  licences: z.array(LicenceReport).max(5_000).nullable(),
  alerts: z.array(AlertReport).max(50_000).nullable(),
  applications: z.array(ApplicationReport).max(100_000).nullable().default(null),
  saas: z
    .strictObject({
      applications: z.array(SaasReport).max(20_000),
      /** People with any account, each counted once; null where the vendor does not say. */
      users: number,
      activeUsers: number,
    })
    .nullable()
    .default(null),
  /** Devices the vendor counts as without full protection; null where it does not say. */
  unprotectedCount: z.int().min(0).max(2_000_000_000).nullable(),
  gaps: z
    .array(
      z.strictObject({
        part: z.enum(parts),
        reason: z.enum(["not_entitled", "not_reported"]),
      }),
    )
    .default([]),
});

export type Snapshot = z.infer<typeof Snapshot>;
export type SnapshotInput = z.input<typeof Snapshot>;
export type AccountIdentity = z.infer<typeof AccountIdentity>;
export type DeviceReport = z.infer<typeof DeviceReport>;
export type LicenceReport = z.infer<typeof LicenceReport>;
export type AlertReport = z.infer<typeof AlertReport>;
export type ApplicationReport = z.infer<typeof ApplicationReport>;
export type SaasReport = z.infer<typeof SaasReport>;

/** Why a vendor did not answer, for the whole connection or for one account. Each is a key of locales errors. */
export const vendorErrorCodes = [
  "vendor.credentials", // 401 or a refused token: the stored credentials are wrong
  "vendor.wrongKind", // the credentials belong to something that is not a partner
  "vendor.forbidden", // 403: the vendor refuses us for this account
  "vendor.notFound", // 404: the account is gone at the vendor
  "vendor.throttled", // 429 after all retries
  "vendor.failed", // 5xx after all retries
  "vendor.unreachable", // no connection, DNS, reset, time-out
  "vendor.malformed", // HTML, half a body, a shape that is not the documented one
  "vendor.tooLarge", // over the size cap
  "vendor.endless", // a cursor that does not end
  "vendor.wrongAccount", // data of another account than the one asked for
  "vendor.blocked", // our own outgoing-request rules refused the address
] as const;
export type VendorErrorCode = (typeof vendorErrorCodes)[number];

/** What a connector yields. `identity` of a refused account is still known: the customer exists, without fresh data. */
export type ConnectorEvent =
  | { kind: "total"; accounts: number }
  | { kind: "snapshot"; snapshot: SnapshotInput }
  | { kind: "refused"; account: z.input<typeof AccountIdentity>; code: VendorErrorCode; detail: string };

/** A connection's secrets, opened by the worker only. */
export type Credentials = { clientId: string; clientSecret: string };

/** What an operator may set per connection; the defaults are the vendor's production hosts. */
export type ConnectorSettings = Record<string, string>;

/**
 * A pure client of one vendor: it knows no table. Throws `VendorError` (server/http) when the whole connection
 * cannot be read; one account's trouble is a `refused` event and never ends the stream.
 */
export type Connector = {
  vendor: string;
  /** Checks the credentials with one cheap call; returns how the vendor names who we are. */
  test(input: ConnectorInput): Promise<{ id: string; kind: string }>;
  read(input: ConnectorInput & { only?: string[] }): AsyncGenerator<ConnectorEvent>;
  /** Gives the account another name; again changes nothing. Only where the vendor documents a way (docs/decisions/0021). */
  rename?(input: ConnectorInput, account: { externalId: string; name: string }): Promise<void>;
  /** Opens an account that is billed by use. Never sent twice by itself: again makes another one. Only where the vendor documents a way. */
  open?(input: ConnectorInput, account: AccountToOpen): Promise<z.input<typeof AccountIdentity>>;
  /** Accounts that an `open` whose answer was lost may have made: of this name, contact and billing. */
  findOpened?(
    input: ConnectorInput,
    account: AccountToOpen,
  ): Promise<readonly z.input<typeof AccountIdentity>[]>;
};
export type AccountToOpen = {
  name: string;
  /** Where the vendor keeps the data, in the vendor's words. */
  region: string;
  country: string;
  contact: { firstName: string; lastName: string; email: string };
  address: { street: string; city: string; postalCode: string };
};
export type ConnectorInput = {
  credentials: Credentials;
  settings: ConnectorSettings;
  now: Date;
  signal: AbortSignal;
  /** Loopback hosts are reachable in demo mode and tests only (decision 37). */
  allowLoopback: boolean;
  /** Calls that the credentials may make, for the HTTP client's `calls`; absent: as many as there are. */
  budget?: CallBudget | undefined;
};
