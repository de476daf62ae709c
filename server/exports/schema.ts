// What an export of customers is asked for: the list's address, and how the file is to be written.
import { z } from "zod";
import { columnIds } from "#server/columns/schema.ts";
import { CustomerListInput, filterFields } from "#server/customers/schema.ts";

const exportFormats = ["local", "machine"] as const;

/** Strict (decision 15): a misspelt filter must not export everything. */
export const ExportInput = CustomerListInput.omit({ after: true, pageSize: true, columns: true }).extend({
  /** `local`: words, dates and decimals of the reader's language; `machine`: ids, ISO dates, decimal point. */
  format: z.enum(exportFormats).default("local"),
  /** Those of the page: the member's, or the ones that its address names; or all there are. */
  columns: z
    .union([z.literal("visible"), z.literal("all"), z.array(z.enum(columnIds)).nonempty()])
    .default("visible"),
  /** The customers that were selected for a bulk action, in the place of a filter. */
  bulk: z.uuid().optional(),
});
export type ExportInput = z.output<typeof ExportInput>;

/** Where on the page one was means nothing to a file. */
const ofThePage = ["after", "pageSize", "panel", "lang", "membership"];

/** The address of an export; undefined: it asks for something that there is not, or twice for the same. */
export function readExportAddress(query: URLSearchParams): ExportInput | undefined {
  const given = [...query].filter(([name, value]) => value !== "" && !ofThePage.includes(name));
  const fields = Object.fromEntries(given);
  const { columns } = fields;
  const isList = columns !== undefined && columns !== "visible" && columns !== "all";
  const parsed = ExportInput.safeParse({ ...fields, ...(isList && { columns: columns.split(",") }) });
  const isTwice = "bulk" in fields && filterFields.some((name) => name in fields);
  return parsed.success && !isTwice && Object.keys(fields).length === given.length ? parsed.data : undefined;
}
