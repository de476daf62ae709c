// Reads all pages of a list by number, and stops a list that does not end.
import type { z } from "zod";
import { VendorError } from "#server/http/errors.ts";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import { Page } from "./shapes.ts";

export type ListOptions<Item> = {
  what: string;
  pageSize: number;
  maxItems: number;
  /** Takes one item in; tells whether it was new. */
  take(item: Item): boolean;
  /** Asked after each page: is nothing more needed? */
  isDone?: () => boolean;
};

/** Throws vendor.endless where a page brings nothing new, vendor.tooLarge beyond `maxItems`. */
export async function readList<Shape extends z.ZodType>(
  fetchPage: (query: Record<string, string>) => Promise<unknown>,
  shape: Shape,
  { what, pageSize, maxItems, take, isDone = () => false }: ListOptions<z.output<Shape>>,
): Promise<void> {
  let count = 0;
  for (let number = 1; ; number += 1) {
    const query = { page_size: String(pageSize), page_number: String(number) };
    const { items, pagination } = parseAs(Page, await fetchPage(query), what);
    const taken = items.map((item) => take(parseAs(shape, item, what)));
    count += items.length;
    if (count > maxItems) throw new VendorError("vendor.tooLarge", `${what}: over ${maxItems} items`);
    // The vendor may give shorter pages than were asked for, and says so.
    const size = Math.min(pageSize, pagination?.page_size ?? pageSize);
    const isShort = items.length < size && number >= (pagination?.total_pages ?? 0);
    if (items.length === 0 || isShort || isDone()) return;
    if (!taken.includes(true)) throw new VendorError("vendor.endless", `${what}: the pages do not end`);
  }
}
