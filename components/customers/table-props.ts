import type { ColumnId } from "#server/columns/schema.ts";

/** What the list hands to the browser beside the table's own HTML. */
export type TableProps = {
  /** Names the HTML that the document has already; also its key where the two sides of one process hand it over. */
  id: string;
  /** For a page that is opened by a script, and has no document: the HTML itself. */
  html: string | undefined;
  density: "comfortable" | "compact";
  /** How addresses that only change the order begin: they keep the place on the page. */
  sortBase: string;
};

export type TableWords = {
  caption: string;
  about: string;
  selectPage: string;
  actions: string;
  fold: string;
  unfold: string;
  pinned: string;
  others: string;
  notLinked: string;
  notActive: string;
  noHistory: string;
  order: string;
  status: Record<"synced" | "warning" | "sync_pending" | "access_disabled" | "not_applicable", string>;
  blank: Record<BlankReason, string>;
  state: Record<"expired" | "suspended" | "expiring" | "trial" | "active" | "none", string>;
  severity: Record<"high" | "medium" | "low", string>;
  key: Record<KeyColumn, string>;
};

/** Why a cell has no figure. */
export type BlankReason =
  | "no_access"
  | "pending"
  | "role"
  | "not_entitled"
  | "not_reported"
  | "no_licence"
  | "unlimited"
  | "no_end";

/** The columns of which one is the number that a phone shows beside the name. */
export type KeyColumn = Extract<
  ColumnId,
  "devicesTotal" | "devicesSilent" | "devicesUnprotected" | "used" | "lastSync"
>;
