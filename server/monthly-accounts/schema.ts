// Inputs and outputs of creating a monthly account: the steps of the wizard, the draft between them, what became of it.
import { z } from "zod";

export const wizardSteps = ["details", "licences", "terms", "summary"] as const;
export type WizardStep = (typeof wizardSteps)[number];

/** What the first step asks for; each is kept as it was typed, also when it is wrong. */
export const detailFields = [
  "name",
  "firstName",
  "lastName",
  "email",
  "street",
  "city",
  "postalCode",
  "country",
  "region",
] as const;
export type DetailField = (typeof detailFields)[number];
/** Characters of one field that a draft keeps: more than any of them may have. */
export const MOST_TYPED = 400;

/** Where the vendor keeps the account's data (apis page, 2.3). */
export const dataRegions = ["eu01", "eu02", "us01", "us03", "ca01", "au01", "jp01", "br01", "in01"] as const;

/** The terms that a person accepts for the customer; a newer version is accepted anew. */
export const TERMS_VERSION = "2026-11";
export const MOST_QUANTITY = 1_000_000;

export const detailFaults = ["missing", "tooLong", "email", "country", "region"] as const;
export type DetailFault = (typeof detailFaults)[number];

const Line = z.object({ code: z.string(), product: z.string(), quantity: z.string() });
const Twin = z.object({ id: z.uuid(), name: z.string(), sameName: z.boolean(), sameDomain: z.boolean() });

const openings = ["by_hand", "waiting", "sending", "opened", "refused"] as const;

export const MonthlyAccount = z.object({
  id: z.uuid(),
  details: z.partialRecord(z.enum(detailFields), z.string()),
  detailFaults: z.partialRecord(z.enum(detailFields), z.enum(detailFaults)),
  lines: z.array(Line),
  /** By product code: a quantity that is no whole number from 1 to a million. */
  lineFaults: z.array(z.string()),
  /** The accepted version is the present one. */
  terms: z.object({ version: z.string(), by: z.string(), at: z.string() }).nullable(),
  /** The first step that is not complete; null: everything is there. */
  missing: z.enum(wizardSteps).nullable(),
  /** Visible customers with the same name, or the domain of the contact's address. */
  twins: z.array(Twin),
  /** Set once it was created. */
  created: z
    .object({
      customerId: z.uuid(),
      opening: z.enum(openings),
      code: z.string().nullable(),
      detail: z.string().nullable(),
      at: z.string().nullable(),
    })
    .nullable(),
  now: z.string(),
});
export type MonthlyAccount = z.infer<typeof MonthlyAccount>;

export const Wizard = z.object({
  isFlex: z.boolean(),
  /** ISO 3166 codes of the countries that can be chosen. */
  countries: z.array(z.string()),
  /** Products that can be chosen: those the vendor ever named. */
  products: z.array(z.object({ code: z.string(), name: z.string(), category: z.string() })),
  /** Begun and not finished, newest first. */
  drafts: z.array(z.object({ id: z.uuid(), name: z.string(), updatedAt: z.string() })),
  /** The name of an account that is begun now. */
  newId: z.uuid(),
  now: z.string(),
});
export type Wizard = z.infer<typeof Wizard>;
