// What a monthly account must have before it can be created, as pure decisions over what was typed.
import { countryCodes } from "#server/columns/rules.ts";
import { readName } from "#server/names/rules.ts";
import {
  type DetailFault,
  type DetailField,
  dataRegions,
  detailFields,
  MOST_QUANTITY,
  MOST_TYPED,
  TERMS_VERSION,
  type WizardStep,
} from "./schema.ts";

/** The vendor of monthly (Flex) licences. */
export const FLEX_VENDOR = "sophos";

export type Details = Partial<Record<DetailField, string>>;
export type TypedLine = { code: string; quantity: string };

const longest: Record<DetailField, number> = {
  name: 100,
  firstName: 100,
  lastName: 100,
  email: 320,
  street: 300,
  city: 120,
  postalCode: 30,
  country: 2,
  region: 10,
};
/** Not every country has postal codes. */
const optional: ReadonlySet<DetailField> = new Set(["postalCode"]);
/** Who it is: what cannot be seen is no name. */
const names: ReadonlySet<DetailField> = new Set(["name", "firstName", "lastName"]);
/** Characters as people count them. */
const length = (text: string) => [...text].length;

/** What was typed into the first step, trimmed; what is no text, or far too long to be kept, is left out or cut. */
export function readDetails(fields: Record<string, unknown>): Details {
  return Object.fromEntries(
    detailFields.flatMap((field) => {
      const typed = fields[field];
      if (typeof typed !== "string") return [];
      const kept = typed.trim().slice(0, MOST_TYPED).toWellFormed();
      return [[field, (names.has(field) && readName(kept, longest[field])) || kept]];
    }),
  );
}

function faultOf(field: DetailField, value: string): DetailFault | null {
  if (value === "") return optional.has(field) ? null : "missing";
  if (field === "country") return countryCodes().includes(value) ? null : "country";
  if (field === "region") return (dataRegions as readonly string[]).includes(value) ? null : "region";
  if (length(value) > longest[field]) return "tooLong";
  if (names.has(field) && readName(value, longest[field]) === undefined) return "missing";
  if (field === "email") return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value) ? null : "email";
  return null;
}

/** What is wrong with the details, by field; empty: nothing. */
export function detailFaultsOf(details: Details): Partial<Record<DetailField, DetailFault>> {
  return Object.fromEntries(
    detailFields.flatMap((field) => {
      const fault = faultOf(field, details[field] ?? "");
      return fault ? [[field, fault]] : [];
    }),
  );
}

/** `quantity:<code>` of the second step: what was filled in, in the order of the form. */
export function readLines(fields: Record<string, unknown>): TypedLine[] {
  return Object.entries(fields).flatMap(([name, typed]) => {
    const [, code] = /^quantity:(.{1,200})$/.exec(name) ?? [];
    return code === undefined || typeof typed !== "string" || typed.trim() === ""
      ? []
      : [{ code, quantity: typed.trim().slice(0, 20) }];
  });
}

/** The whole units that a line orders; undefined where it is no number from 1 to a million. */
export function unitsOf({ quantity }: Pick<TypedLine, "quantity">): number | undefined {
  if (!/^\d{1,7}$/.test(quantity)) return undefined;
  const units = Number(quantity);
  return units >= 1 && units <= MOST_QUANTITY ? units : undefined;
}

/** The first step that is not complete; null: the account can be created. */
export function missingStep(draft: {
  details: Details;
  lines: readonly TypedLine[];
  termsVersion: string | null;
}): WizardStep | null {
  if (Object.keys(detailFaultsOf(draft.details)).length > 0) return "details";
  if (draft.lines.length === 0 || draft.lines.some((line) => unitsOf(line) === undefined)) return "licences";
  return draft.termsVersion === TERMS_VERSION ? null : "terms";
}
