// Reads all pages of a list, by key or by number, and stops a list that does not end.
import { VendorError } from "#server/http/errors.ts";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import { Page } from "./shapes.ts";

const MAX_PAGES = 1_000;

export type PageOptions = {
  /** `key`: the list ends where no key follows. `number`: keys if the vendor sends them, else page numbers. */
  style: "key" | "number";
  pageSize: number;
  what: string;
  maxPages?: number;
};

export async function* readPages(
  fetchPage: (query: Record<string, string>) => Promise<unknown>,
  { style, pageSize, what, maxPages = MAX_PAGES }: PageOptions,
): AsyncGenerator<unknown[]> {
  const base = { pageSize: String(pageSize) };
  const keys = new Set<string>();
  let query: Record<string, string> = style === "number" ? { ...base, pageTotal: "true" } : base;
  let total: number | null = null;
  for (let page = 1; page <= maxPages; page += 1) {
    const { items, pages } = parseAs(Page, await fetchPage(query), what);
    yield items;
    const key = pages?.nextKey;
    if (key) {
      if (keys.has(key)) break;
      keys.add(key);
      query = { ...base, pageFromKey: key };
      continue;
    }
    total ??= pages?.total ?? null;
    const hasMore = total === null ? items.length >= pageSize : page < total;
    if (style === "key" || keys.size > 0 || !hasMore) return;
    query = { ...base, page: String(page + 1) };
  }
  throw new VendorError("vendor.endless", `${what}: the pages do not end`);
}
