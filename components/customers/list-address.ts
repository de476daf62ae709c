import type { CustomerListInput } from "#server/customers/schema.ts";

const parameters = ["q", "status", "group", "licenceKind", "category", "sort", "pageSize", "after"] as const;
const DEFAULT_PAGE_SIZE = 50;

export type ListChanges = Partial<Record<(typeof parameters)[number], string | number | undefined>>;

/** The address of the list with `changes`; every change but the next page begins at the first row. */
export function listHref(lang: string, input: CustomerListInput, changes: ListChanges = {}): string {
  const merged: ListChanges = { ...input, after: undefined, ...changes };
  const query = new URLSearchParams();
  for (const name of parameters) {
    const value = merged[name];
    if (value !== undefined && !(name === "pageSize" && value === DEFAULT_PAGE_SIZE))
      query.set(name, String(value));
  }
  const text = query.toString();
  return `/${lang}/customers${text && `?${text}`}`;
}
