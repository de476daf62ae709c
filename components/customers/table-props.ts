/** What the list hands to the table in the browser: texts finished, short, nothing twice. */
export type HeadTuple = [
  id: string,
  label: string,
  meaning: string,
  nextSort: string,
  sorted: 1 | -1 | 0,
  isNumber: boolean,
];
export type RowTuple = [
  id: string,
  name: string,
  details: string,
  status: keyof TableWords["status"],
  reasons: [title: string, more: string, advice: number][],
  blank: keyof TableWords["blank"],
  isOrder: 0 | 1,
  unprotected: string,
  groups: string[],
  /** Texts in the order of `figureNames`, joined by `|` because fifty rows of quotes weigh more; empty: no data. */
  figures: string,
  keyColumn: keyof TableWords["key"] | "",
  /** Families of figures that the customer is not entitled to, joined by blanks. */
  notEntitled: string,
];
export type TableWords = {
  advice: [advice: string, rule: string][];
  caption: string;
  about: string;
  status: Record<"synced" | "warning" | "sync_pending" | "access_disabled" | "not_applicable", string>;
  blank: Record<"no_access" | "pending" | "not_entitled" | "not_reported", string>;
  state: Record<"expired" | "suspended" | "expiring" | "trial" | "active" | "none", string>;
  severity: string[];
  key: Record<"devicesTotal" | "devicesSilent" | "devicesUnprotected" | "used" | "lastSync", string>;
  order: string;
};
export type TableProps = {
  head: HeadTuple[];
  groups: [label: string, span: number][];
  rows: RowTuple[];
  words: TableWords;
  base: string;
  sortBase: string;
};

/** The texts of a row in the order in which server and browser pack and unpack them. */
export const figureNames = [
  "devicesTotal",
  "devicesRecent",
  "devicesSilent",
  "devicesQuarantined",
  "devicesInactive",
  "devicesUnprotected",
  "applicationsInstalled",
  "applicationsDenied",
  "saasApplications",
  "saasActiveUsers",
  "saasMonthlySpend",
  "licensed",
  "licenceEndsOn",
  "licenceState",
  "used",
  "usedLength",
  "usedOver",
  "high",
  "medium",
  "low",
  "lastSync",
  "lastSyncAt",
] as const;
