// Inputs and outputs of a customer's record: who it is, whom to reach there, and what the partner notes about it.
import { z } from "zod";
import { Contact } from "#server/contacts/schema.ts";
import { licenceStates, statuses } from "#server/customers/schema.ts";
import { NameWrite, TypedName } from "#server/renames/schema.ts";

/** Why *Launch* cannot be offered: the role, the customer's grant, or nothing but that it is not there yet. */
const launchStates = ["role", "access", "later"] as const;

export const CustomerRecord = z.object({
  id: z.uuid(),
  nameShown: z.string(),
  /** The organisation's own name, as the vendor or the list gives it. */
  name: z.string(),
  isNameChosen: z.boolean(),
  /** Raised by each change that a person makes to the record. */
  version: z.number(),
  relationship: z.enum(["managed", "delegated", "order_only"]),
  status: z.enum(statuses),
  domain: z.string().nullable(),
  externalId: z.string().nullable(),
  country: z.string().nullable(),
  region: z.string().nullable(),
  language: z.enum(["en", "it", "fr"]).nullable(),
  timeZone: z.string().nullable(),
  address: z.object({ street: z.string(), city: z.string(), postalCode: z.string() }).nullable(),
  since: z.string().nullable(),
  accountManager: z.string().nullable(),
  /** The partner's own; null for the customer's users. */
  internal: z.object({ tags: z.array(z.string()), notes: z.string() }).nullable(),
  groups: z.array(z.string()),
  licenceState: z.enum(licenceStates).nullable(),
  /** Most early access programmes refuse monthly licences (domain.md). */
  hasMonthly: z.boolean(),
  /** Programmes of the customer that are known to. */
  refusing: z.array(z.string()),
  /** Hidden ones come to those who may edit them. */
  contacts: z.array(Contact),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      vendor: z.string(),
      externalId: z.string(),
      name: z.string(),
      /** null: nothing was asked of it. */
      write: NameWrite.nullable(),
    }),
  ),
  /** `convert`, `unlink`: the role may, and there is a running trial or a linked account. */
  may: z.object({ edit: z.boolean(), contacts: z.boolean(), convert: z.boolean(), unlink: z.boolean() }),
  launch: z.enum(launchStates),
  now: z.string(),
});
export type CustomerRecord = z.infer<typeof CustomerRecord>;

/** The page on which it is edited; `typed`: the fields of a form that was refused. */
export const RecordEditor = z.object({
  record: CustomerRecord,
  typed: z.record(z.string(), z.string()),
});

/** How much people may note about a customer, by hand or by a list: characters, and how many tags. */
export const limits = { accountManager: 100, tags: 20, tag: 40, notes: 2_000 } as const;

/** *Edit customer information*, as its form sends it; `version` is the one that the person saw. */
export const RecordForm = z.strictObject({
  version: z.coerce.number().int().min(1).max(2_000_000_000),
  nameShown: TypedName.default(""),
  accountManager: z.string().max(1_000).default(""),
  tags: z.string().max(10_000).default(""),
  // Lists once brought notes of 10,000 characters, which stay as they are; a form sends two for each line end.
  notes: z.string().max(20_000).default(""),
  language: z.enum(["", "en", "it", "fr"]).default(""),
  timeZone: z.string().max(60).default(""),
});
export type RecordForm = z.output<typeof RecordForm>;
