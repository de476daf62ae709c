// Importing customers from a list: what the file is, what would become of each row; the job writes it.
import { createHash } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import type { ScopedDb } from "#db/client.ts";
import {
  type CleanRow,
  isRejected,
  mapAsBefore,
  MOST_COLUMNS,
  proposeMapping,
  readRow,
  sortedHeaders,
  storable,
} from "#server/columns/rules.ts";
import {
  type CsvRecord,
  decodePieces,
  type Delimiter,
  detectDelimiter,
  detectEncoding,
  type Encoding,
  readRecords,
} from "#server/csv/rules.ts";
import { AppError } from "#server/errors.ts";
import type { Actor } from "#server/permissions.ts";
import { findImport, getContent, listImports, type Owner, type StoredImport } from "./queries.ts";
import { findMapping, upsertMapping } from "./queries-mapping.ts";
import { listBearers, listCandidates, listPlainNames, lockNames } from "./queries-customers.ts";
import { decide, type Decision, isRenaming, type NamedRow, newRepetitions, withOwnName } from "./rules.ts";
import type { Column, ImportDetails, ImportRow, MappingInput, Rejected } from "./schema.ts";

/** Rows per transaction: short enough that readers and other imports hardly wait. */
const CHUNK = 1_000;
const SAMPLE_BYTES = 64 * 1024;
const SAMPLES = 3;

/** `isRemembered`: the columns came as a person had mapped such a list before. */
export type FileReading = {
  encoding: Encoding;
  delimiter: Delimiter;
  columns: Column[];
  rowsTotal: number;
  isRemembered: boolean;
};

/** Reads a file far enough to say what it is; `chosen` overrules what was detected. */
export async function readFile(
  bytes: Uint8Array,
  chosen?: { encoding: Encoding; delimiter: Delimiter },
): Promise<FileReading> {
  if (bytes.length === 0) throw new AppError("import.empty");
  const encoding = chosen?.encoding ?? detectEncoding(bytes);
  if (!encoding) throw new AppError("import.notCsv");
  const delimiter = chosen?.delimiter ?? detectDelimiter(bytes, encoding);
  let header: string[] | undefined;
  let rowsTotal = 0;
  for (const record of readRecords(decodePieces(bytes, encoding), delimiter)) {
    if (header) rowsTotal += 1;
    else header = record.cells;
    if (rowsTotal % (CHUNK * 5) === 0) await otherWork();
  }
  if (!header || rowsTotal === 0) throw new AppError("import.empty");
  if (header.length > MOST_COLUMNS) throw new AppError("import.tooManyColumns");
  return { encoding, delimiter, columns: proposeMapping(header), rowsTotal, isRemembered: false };
}

const keyOf = (columns: readonly Column[]): Buffer =>
  createHash("sha256")
    .update(JSON.stringify(sortedHeaders(columns)))
    .digest();

/** The same, with the columns mapped as a person of the partner mapped the latest list with these headers. */
export async function readList(
  db: ScopedDb,
  partnerId: string,
  bytes: Uint8Array,
  chosen?: { encoding: Encoding; delimiter: Delimiter },
): Promise<FileReading> {
  const reading = await readFile(bytes, chosen);
  const before = await findMapping(db, partnerId, keyOf(reading.columns));
  if (!before) return reading;
  return { ...reading, columns: mapAsBefore(reading.columns, before), isRemembered: true };
}

/** Lists with these headers, in whatever order, are mapped like this from now on. */
export const rememberMapping = (
  db: ScopedDb,
  partnerId: string,
  columns: readonly Column[],
  now: Date,
): Promise<void> => upsertMapping(db, partnerId, keyOf(columns), columns, now);

/** Members with all customers see every import of the partner, others their own: lists name customers. */
const ownerOf = (actor: Actor): Owner => (actor.memberAll ? null : actor.membershipId);

const toRow = ({
  createdBy: _by,
  columns: _columns,
  encoding: _encoding,
  delimiter: _delimiter,
  isRemembered: _isRemembered,
  ...row
}: StoredImport): ImportRow => row;

export async function getImports(db: ScopedDb, actor: Actor): Promise<ImportRow[]> {
  return (await listImports(db, actor.partnerId, ownerOf(actor), 10)).map(toRow);
}

export async function getImport(db: ScopedDb, actor: Actor, id: string): Promise<ImportDetails> {
  const { createdBy: _, ...found } = await requireImport(db, actor, id);
  const samples: string[][] = found.columns.map(() => []);
  const first = await getContent(db, actor.partnerId, id, SAMPLE_BYTES);
  let isHeader = true;
  for (const record of readRecords(decodePieces(first, found.encoding), found.delimiter)) {
    if (!isHeader && !record.isDamaged) {
      for (const [index, cells] of samples.entries()) {
        const cell = storable(record.cells[index] ?? "").trim();
        if (cell !== "" && cells.length < SAMPLES && !cells.includes(cell)) cells.push(cell.slice(0, 80));
      }
    }
    isHeader = false;
    if (samples.every((cells) => cells.length === SAMPLES)) break;
  }
  return { ...found, samples };
}

export async function requireImport(
  db: ScopedDb,
  actor: Actor,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<StoredImport> {
  const found = await findImport(db, actor.partnerId, ownerOf(actor), id, mode);
  if (!found) throw new AppError("import.notFound");
  return found;
}

/** It was never started, or ended before its time. */
export const isToStart = ({ state }: Pick<StoredImport, "state">): boolean =>
  state === "uploaded" || state === "failed" || state === "cancelled";

/** A mapping as a person chose it; where the file is to be read in another way, its columns are proposed anew. */
export async function changeReading(
  db: ScopedDb,
  actor: Actor,
  list: StoredImport,
  input: MappingInput,
): Promise<{ reading: FileReading; isMapped: boolean }> {
  if (list.state !== "uploaded") throw new AppError("import.alreadyDone");
  if (input.columns.length === 0 || input.encoding !== list.encoding || input.delimiter !== list.delimiter) {
    return {
      reading: await readList(db, actor.partnerId, await getContent(db, actor.partnerId, list.id), input),
      isMapped: false,
    };
  }
  const chosen = input.columns.filter((field) => field !== "");
  if (!chosen.includes("name")) throw new AppError("import.missingName");
  if (input.columns.length !== list.columns.length || new Set(chosen).size < chosen.length)
    throw new AppError("request.invalid", { fields: { column: "duplicate" } });
  const columns = list.columns.map(({ header }, index) => ({ header, field: input.columns[index] || null }));
  return {
    reading: {
      encoding: list.encoding,
      delimiter: list.delimiter,
      columns,
      rowsTotal: list.rowsTotal,
      isRemembered: false,
    },
    isMapped: true,
  };
}

/** What is known across the chunks of one file. */
export type Reading = {
  partnerId: string;
  columns: readonly Column[];
  chunks: Generator<(CleanRow | Rejected)[]>;
  /** Identifiers of the whole file, known before its first row is decided. */
  fileIds: Set<string>;
  repetition: ReturnType<typeof newRepetitions>;
  taken: Set<string>;
  /** What earlier rows are shown by, as the database compares names. */
  shown: Set<string>;
};

function* chunksOf(
  content: Uint8Array,
  list: Pick<StoredImport, "encoding" | "delimiter" | "columns">,
): Generator<(CleanRow | Rejected)[]> {
  let header: CsvRecord | undefined;
  let rows: (CleanRow | Rejected)[] = [];
  for (const record of readRecords(decodePieces(content, list.encoding), list.delimiter)) {
    if (header) rows.push(readRow(record, list.columns));
    else header = record;
    if (rows.length < CHUNK) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** Goes through the file once for its identifiers; the chunks are then read again, so that few rows are held at a time. */
export async function openReading(
  partnerId: string,
  content: Uint8Array,
  list: Pick<StoredImport, "encoding" | "delimiter" | "columns">,
): Promise<Reading> {
  if (!list.columns.some(({ field }) => field === "name")) throw new AppError("import.missingName");
  const fileIds = new Set<string>();
  const identifying = list.columns.map((column) =>
    column.field === "name" || column.field === "externalId" ? column : { ...column, field: null },
  );
  for (const rows of chunksOf(content, { ...list, columns: identifying })) {
    for (const row of rows)
      if (!isRejected(row) && row.values.externalId !== undefined) fileIds.add(row.values.externalId);
    await otherWork();
  }
  return {
    partnerId,
    columns: list.columns,
    chunks: chunksOf(content, list),
    fileIds,
    repetition: newRepetitions(),
    taken: new Set(),
    shown: new Set(),
  };
}

/** `isOwnFault`: rejected by what the file says, not by what the database holds. */
export type Decided = Decision & { isOwnFault?: boolean };

/** What becomes of each row of a chunk, in the order of the file. */
export async function decideChunk(
  db: ScopedDb,
  reading: Reading,
  rows: readonly (CleanRow | Rejected)[],
  mode: "read" | "lock",
): Promise<Decided[]> {
  const clean = rows.filter((row): row is CleanRow => !isRejected(row));
  const plain = await listPlainNames(
    db,
    clean.map(({ values }) => values.name),
  );
  const names = new Map(clean.map((row, index) => [row, plain[index] ?? ""]));
  const checked = rows.map((row): NamedRow | Rejected => {
    if (isRejected(row)) return row;
    const named = { ...row, plain: names.get(row) ?? "" };
    const repetition = reading.repetition(named);
    return repetition ? { line: row.line, cells: row.cells.map(storable), reasons: [repetition] } : named;
  });
  const sound = checked.filter((row): row is NamedRow => !isRejected(row));
  const candidates = sound.length > 0 ? await listCandidates(db, reading.partnerId, sound, mode) : [];
  const byPlain = Map.groupBy(candidates, (candidate) => candidate.plain);
  const byId = new Map(candidates.map((candidate) => [candidate.record.externalId ?? "", candidate]));
  const decisions = checked.map((row): Decided => {
    if (isRejected(row)) return { outcome: "rejected", row, isOwnFault: true };
    const identified = byId.get(row.values.externalId ?? "\n");
    const decided = decide(
      row,
      [...(byPlain.get(row.plain) ?? []), ...(identified ? [identified] : [])],
      reading.taken,
      reading.fileIds,
    );
    if (decided.outcome !== "rejected" && decided.id) reading.taken.add(decided.id);
    return decided;
  });
  return withOwnNames(db, reading, decisions, mode);
}

/** The same, without rows that choose a name to show that another customer has. */
async function withOwnNames(
  db: ScopedDb,
  { partnerId, columns, shown }: Reading,
  decisions: Decided[],
  mode: "read" | "lock",
): Promise<Decided[]> {
  if (!columns.some(({ field }) => field === "nameShown")) return decisions;
  const nameOf = (decided: Decided) => (decided.outcome === "rejected" ? "" : decided.record.nameShown);
  if (mode === "lock") await lockNames(db, partnerId, decisions.filter(isRenaming).map(nameOf));
  const borne = await listBearers(db, partnerId, decisions.map(nameOf), mode);
  return decisions.map((decided, at) => {
    const name = borne[at];
    return name ? withOwnName(decided, name, shown) : decided;
  });
}
