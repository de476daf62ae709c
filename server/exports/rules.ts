// The columns of an exported file: which cells each column of the list becomes, what kind they are, who gets them.
import { columns, type ColumnId, figureFamilies } from "#server/columns/schema.ts";

/** `text` is what people or vendors wrote; `word` is a word of ours; `day` and `instant` are dates. */
export type CellKind = "text" | "word" | "integer" | "decimal" | "day" | "instant";
type Cell = { id: string; kind: CellKind; isExtra?: true };

const integer = <Id extends string>(id: Id) => [{ id, kind: "integer" }] as const;
const decimal = <Id extends string>(id: Id) => [{ id, kind: "decimal" }] as const;

/** What a column shows at a glance, and, `isExtra`, what the page shows only on demand: in files of all columns. */
const cellsOf = {
  name: [
    { id: "id", kind: "word", isExtra: true },
    { id: "name", kind: "text" },
    { id: "domain", kind: "text" },
    { id: "relationship", kind: "word" },
    { id: "licenceKinds", kind: "word" },
  ],
  status: [
    { id: "status", kind: "word" },
    { id: "statusSince", kind: "instant", isExtra: true },
    { id: "reasons", kind: "word" },
  ],
  groups: [{ id: "groups", kind: "text" }],
  devicesTotal: integer("devicesTotal"),
  devicesRecent: integer("devicesRecent"),
  devicesSilent: integer("devicesSilent"),
  devicesQuarantined: integer("devicesQuarantined"),
  devicesInactive: integer("devicesInactive"),
  devicesUnprotected: integer("devicesUnprotected"),
  devicesChange: integer("devicesChange"),
  applicationsInstalled: integer("applicationsInstalled"),
  applicationsDenied: integer("applicationsDenied"),
  applicationsUnused: integer("applicationsUnused"),
  licenceShortfall: integer("licenceShortfall"),
  applicationsChange: integer("applicationsChange"),
  saasApplications: integer("saasApplications"),
  saasUsers: integer("saasUsers"),
  saasActiveUsers: integer("saasActiveUsers"),
  saasSubscriptions: integer("saasSubscriptions"),
  saasUnassigned: integer("saasUnassigned"),
  saasMonthlySpend: [
    { id: "saasMonthlySpend", kind: "decimal" },
    { id: "saasCurrency", kind: "word" },
  ],
  licenceState: [{ id: "licenceState", kind: "word" }],
  protection: [
    { id: "protection", kind: "word" },
    { id: "protectionInactive", kind: "word" },
  ],
  licensed: decimal("licensed"),
  used: [
    { id: "used", kind: "decimal" },
    { id: "overUsed", kind: "word", isExtra: true },
  ],
  usedShare: decimal("usedShare"),
  overUnder: decimal("overUnder"),
  licenceEndsOn: [{ id: "licenceEndsOn", kind: "day" }],
  alerts: [
    { id: "alertsHigh", kind: "integer" },
    { id: "alertsMedium", kind: "integer" },
    { id: "alertsLow", kind: "integer" },
  ],
  lastSync: [{ id: "lastSync", kind: "instant" }],
  sources: [{ id: "sources", kind: "word" }],
} as const satisfies Record<ColumnId, readonly Cell[]>;

export type CellId = (typeof cellsOf)[ColumnId][number]["id"];
export type ExportCell = { id: CellId; kind: CellKind };

/**
 * The cells of a row in their order: of the columns that are shown, or of all. Who may not see technical figures gets no
 * column of them, not even an empty one.
 */
export function exportCells(shown: readonly ColumnId[] | "all", seesFigures: boolean): ExportCell[] {
  const families: readonly string[] = figureFamilies;
  const isFigure = (id: ColumnId) =>
    id === "sources" || columns.some((column) => column.id === id && families.includes(column.group));
  return (shown === "all" ? columns.map(({ id }) => id) : shown)
    .filter((id) => seesFigures || !isFigure(id))
    .flatMap((id): readonly (Cell & ExportCell)[] => cellsOf[id])
    .filter(({ isExtra }) => shown === "all" || isExtra !== true)
    .map(({ id, kind }) => ({ id, kind }));
}

/** Spreadsheets of these languages read a file with these marks as a table without being asked. */
export const marks = {
  en: { delimiter: ",", decimal: "." },
  it: { delimiter: ";", decimal: "," },
  fr: { delimiter: ";", decimal: "," },
} as const;
