// Which part of a list's address is a view, and what of a kept one the list no longer knows.
import { CustomerListInput, readListAddress } from "#server/customers/schema.ts";
import type { Gone } from "./schema.ts";

/** Where one is in a list, and how much of it is on a page: not what one looks at. */
const passing: readonly string[] = ["after", "pageSize"];
const parameters = Object.keys(CustomerListInput.shape).filter((name) => !passing.includes(name));
const unfiltered: Record<string, unknown> = readListAddress({});

/** What the list takes from a value; undefined: nothing. Of a list of values those that it knows. */
function understood(name: string, value: string): string | undefined {
  if (!parameters.includes(name)) return undefined;
  const read: unknown = (readListAddress({ [name]: value }) as Record<string, unknown>)[name];
  if (JSON.stringify(read) === JSON.stringify(unfiltered[name])) return undefined;
  return Array.isArray(read) ? read.join(",") : String(read);
}

const entriesOf = (address: string): [name: string, value: string][] => {
  const given = new URLSearchParams(address);
  return parameters.flatMap((name): [string, string][] => {
    const value = understood(name, given.get(name) ?? "");
    return value === undefined || value === "" ? [] : [[name, value]];
  });
};

/** The filters, the order and the columns of an address of the list, always in one order; what the list does not take is left out. */
export const viewQuery = (address: string): string => new URLSearchParams(entriesOf(address)).toString();

/** What a kept address names and the list takes no more: a removed filter, a value, a column that is gone. */
export const goneFrom = (query: string): Gone[] =>
  [...new URLSearchParams(query)].flatMap(([name, value]) => {
    const left = understood(name, value);
    if (left === undefined) return [{ name, value }];
    const kept = left.split(",");
    return name === "columns"
      ? value
          .split(",")
          .filter((id) => !kept.includes(id))
          .map((id) => ({ name, value: id }))
      : [];
  });

/** The same address without one of its parameters. */
export function without(query: string, name: string): string {
  const left = new URLSearchParams(query);
  left.delete(name);
  return left.toString();
}
