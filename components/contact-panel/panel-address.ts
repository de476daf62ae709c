/** What an open panel adds to the address of its list. */
const own = ["panel", "edit", "name", "wrong", "saved", "was"];
/** What became of other forms, told once. */
const once = ["notice", "error", "customers", "left", "about"];

/** The list's address with the panel of a customer, or without any; everything else of the address stays. */
export function panelHref(path: string, search: URLSearchParams, customerId?: string, edit?: "name"): string {
  const query = new URLSearchParams(search);
  for (const name of [...own, ...once]) query.delete(name);
  if (customerId !== undefined) query.set("panel", customerId);
  if (edit !== undefined) query.set("edit", edit);
  const text = query.toString();
  return path + (text && `?${text}`);
}

type Query = Record<string, string | string[] | undefined>;
/** A page's query as an address has it. */
export const searchOf = (query: Query): URLSearchParams =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) =>
      [values].flat().flatMap((value) => (value === undefined ? [] : [[name, value]])),
    ),
  );
