// The vendor's lists: pages by number, the `-eq` filter and sorting by one field.

export class BadRequest extends Error {}

/** The largest page; a larger one that is asked for is cut to it, as `page_size` of the answer says. */
const MAX_PAGE_SIZE = 1_000;

export type ListOptions = {
  path: string;
  defaultSize: number;
  /** The registry's example has no `total_items`. */
  hasTotal: boolean;
  /** Every page is full, for ever. */
  isEndless: boolean;
};

export function list(query: URLSearchParams, all: readonly object[], options: ListOptions): object {
  const size = Math.min(MAX_PAGE_SIZE, readNumber(query, "page_size", options.defaultSize));
  const page = readNumber(query, "page_number", 1);
  const items = sorted(filtered(all, query.get("filter")), query.get("sort"));
  const totalPages = Math.max(1, Math.ceil(items.length / size));
  const shown = options.isEndless
    ? Array.from({ length: size }, (_, index) => items[index % Math.max(1, items.length)] ?? {})
    : items.slice((page - 1) * size, page * size);
  const address = (number: number): string => `${options.path}?page_size=${size}&page_number=${number}`;
  return {
    items: shown,
    pagination: {
      page_size: size,
      page_number: page,
      total_pages: options.isEndless ? page + 1 : totalPages,
      ...(options.hasTotal ? { total_items: items.length } : {}),
    },
    _links: [
      { href: address(page), rel: "self", method: "GET" },
      ...(page < totalPages ? [{ href: address(page + 1), rel: "next", method: "GET" }] : []),
    ],
  };
}

function readNumber(query: URLSearchParams, key: string, fallback: number): number {
  const text = query.get(key);
  if (text === null) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new BadRequest(`Parameter ${key} must be a positive integer.`);
  return Number(text);
}

/** `status -eq "active"`: the only operator of the vendor's specifications. Texts are compared without case. */
function filtered(all: readonly object[], filter: string | null): readonly object[] {
  if (filter === null) return all;
  const [, field, quoted, single, bare] =
    /^\s*(\w+)\s+-eq\s+(?:"([^"]*)"|'([^']*)'|(\S+))\s*$/.exec(filter) ?? [];
  if (field === undefined) throw new BadRequest("Filter field name needs to be formatted as a string.");
  const wanted = (quoted ?? single ?? bare ?? "").toLowerCase();
  return all.filter((item) => String(valueOf(item, field)).toLowerCase() === wanted);
}

/** `hostName:asc`; the direction may be left out. */
function sorted(all: readonly object[], sort: string | null): readonly object[] {
  if (sort === null) return all;
  const [, field, direction] = /^(\w+)(?::(asc|desc))?$/.exec(sort) ?? [];
  if (field === undefined) throw new BadRequest("Sort needs to be formatted as field:asc or field:desc.");
  const sign = direction === "desc" ? -1 : 1;
  return all.toSorted((a, b) => sign * compare(valueOf(a, field), valueOf(b, field)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

function valueOf(item: object, field: string): unknown {
  return (item as Record<string, unknown>)[field];
}
