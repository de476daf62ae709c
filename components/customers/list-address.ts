import { type CustomerListInput, filterFields } from "#server/customers/schema.ts";

const parameters = [...filterFields, "protection", "columns", "sort", "pageSize", "after"] as const;
const DEFAULT_PAGE_SIZE = 50;

export type ListChanges = Partial<
  Record<(typeof parameters)[number], string | number | readonly string[] | undefined>
>;

/** What an address says of a list, without the question mark; every change but the next page begins at the first row. */
export function listQuery(input: CustomerListInput, changes: ListChanges = {}): string {
  const merged: ListChanges = { ...input, after: undefined, ...changes };
  const query = new URLSearchParams();
  for (const name of parameters) {
    const value = merged[name];
    if (value !== undefined && !(name === "pageSize" && value === DEFAULT_PAGE_SIZE))
      query.set(name, typeof value === "object" ? value.join(",") : String(value));
  }
  // Commas separate columns and may stand in an address as they are.
  return query.toString().replaceAll("%2C", ",");
}

/** Without any query the list opens with the member's default view; the plain list says that it is all. */
export function listHref(lang: string, input: CustomerListInput, changes: ListChanges = {}): string {
  return `/${lang}/customers?${listQuery(input, changes) || "view=all"}`;
}
