// Inputs and outputs of importing customers from a list; the registry of the fields that a column can fill.
import { z } from "zod";
import { limits } from "#server/records/schema.ts";

/** The fields in the order in which people are offered them; `most`: characters of the longest value, null: its reader counts. */
export const fields = [
  { id: "name", most: 300 },
  { id: "nameShown", most: null },
  { id: "externalId", most: 200 },
  { id: "domain", most: 253 },
  { id: "country", most: 100 },
  { id: "region", most: 100 },
  { id: "language", most: 40 },
  { id: "accountManager", most: limits.accountManager },
  { id: "tags", most: 1_000 },
  { id: "since", most: 40 },
  { id: "notes", most: limits.notes },
  { id: "contactFirstName", most: 100 },
  { id: "contactLastName", most: 100 },
  { id: "contactEmail", most: 254 },
  { id: "contactPhone", most: 50 },
  { id: "street", most: 300 },
  { id: "postalCode", most: 20 },
  { id: "city", most: 200 },
] as const;
export type Field = (typeof fields)[number]["id"];
export const fieldIds = fields.map(({ id }) => id) as [Field, ...Field[]];

/** Why a row does not go in; texts: imports.json `reason`. */
const reasonCodes = [
  "quotes",
  "columnCount",
  "nameMissing",
  "tooLong",
  "characters",
  "unseen",
  "nameTaken",
  "tags",
  "domain",
  "country",
  "language",
  "email",
  "date",
  "duplicateExternalId",
  "duplicateRow",
  "ambiguous",
  "outsideScope",
  "orderOnly",
] as const;
export const Reason = z.object({
  code: z.enum(reasonCodes),
  field: z.enum(fieldIds).nullable(),
  /** Numbers and texts that the sentence names. */
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Reason = z.infer<typeof Reason>;

/** One column of the file: its header and the field it fills. */
export const Column = z.object({ header: z.string(), field: z.enum(fieldIds).nullable() });
export type Column = z.infer<typeof Column>;

/** A row that did not go in, with its cells as they were read. */
export type Rejected = { line: number; reasons: Reason[]; cells: string[] };

export const importEncodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export const importDelimiters = [",", ";", "\t", "|"] as const;
const importStates = ["uploaded", "queued", "running", "cancelled", "finished", "failed"] as const;
export const outcomes = ["new", "changed", "unchanged", "rejected"] as const;
export type Outcome = (typeof outcomes)[number];

export const ImportId = z.strictObject({ importId: z.uuid() });

export const ImportRow = z.object({
  id: z.uuid(),
  fileName: z.string(),
  state: z.enum(importStates),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  rowsTotal: z.number(),
  rowsDone: z.number(),
  created: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
});
export type ImportRow = z.infer<typeof ImportRow>;

export const ImportDetails = ImportRow.extend({
  encoding: z.enum(importEncodings),
  delimiter: z.enum(importDelimiters),
  columns: z.array(Column),
  /** The columns came as a person had mapped such a list before. */
  isRemembered: z.boolean(),
  /** The first cells of each column, to tell columns apart; empty once the list is in. */
  samples: z.array(z.array(z.string())),
});
export type ImportDetails = z.infer<typeof ImportDetails>;

export const PreviewInput = z.strictObject({ importId: z.uuid(), outcome: z.enum(outcomes).optional() });
export const PreviewRow = z.object({
  line: z.number(),
  outcome: z.enum(outcomes),
  /** What of the row is read; a rejected row shows its cells in the same places. */
  values: z.partialRecord(z.enum(fieldIds), z.string()),
  reasons: z.array(Reason),
  /** The fields that a change would touch. */
  changes: z.array(z.enum(fieldIds)),
  /** Of these what the vendor, whose word the record is, takes back with its next synchronisation. */
  resets: z.array(z.enum(fieldIds)),
  /** Another customer, here or in the file, has this name; allowed, and marked. */
  hasNamesake: z.boolean(),
  /** Another customer, here or in the file, has this domain; the same. */
  hasSameDomain: z.boolean(),
});
export type PreviewRow = z.infer<typeof PreviewRow>;
export const ImportPreview = z.object({
  totals: z.record(z.enum(outcomes), z.number()),
  /** Rows that the totals count: all of them, or the first of a very long list. */
  rowsRead: z.number(),
  /** The first rows of the outcome asked for, or of all. */
  rows: z.array(PreviewRow),
});
export type ImportPreview = z.infer<typeof ImportPreview>;

/** What the mapping form sends; `columns` are its `column-0`, `column-1` … in order, "" for none. */
export const MappingInput = z.strictObject({
  encoding: z.enum(importEncodings),
  delimiter: z.enum(importDelimiters),
  columns: z.array(z.union([z.enum(fieldIds), z.literal("")])).max(200),
});
export type MappingInput = z.infer<typeof MappingInput>;
