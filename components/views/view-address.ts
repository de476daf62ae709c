import type { OpenedView } from "#server/views/schema.ts";

type Query = Record<string, string | string[] | undefined>;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const first = (query: Query, name: string): string | undefined => [query[name]].flat()[0];

/** What the address of the list names as its view; "all": none, and not what the list opens with either. */
const ALL = "all";

/**
 * The address that the list is to read: its own, or that of the view it names (`?view=`). `opened` null: it names a view
 * that is not there; undefined: it names none.
 */
export async function readViewAddress(
  query: Query,
  open: (id: string) => Promise<OpenedView | null>,
): Promise<{ address: Query; opened: OpenedView | null | undefined }> {
  const named = first(query, "view");
  if (named === undefined || named === "" || named === ALL) return { address: query, opened: undefined };
  const opened = uuid.test(named) ? await open(named) : null;
  if (opened === null) return { address: query, opened };
  const place = { after: query["after"], pageSize: query["pageSize"] };
  return { address: { ...Object.fromEntries(new URLSearchParams(opened.query)), ...place }, opened };
}

/** Where an address without any query leads; undefined: nowhere else, it is the plain list. */
export const startOf = (
  query: Query,
  views: readonly { id: string; isDefault: boolean }[],
): string | undefined =>
  Object.keys(query).length === 0 ? views.find((view) => view.isDefault)?.id : undefined;
