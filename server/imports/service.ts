// Importing customers from a list: read the file, show what would happen, write it chunk by chunk.
import { createHash } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import type { ScopedDb } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import { type CsvRecord, decodePieces, type Delimiter, detectDelimiter, detectEncoding, type Encoding, readRecords } from "#server/csv/rules.ts";
import { AppError } from "#server/errors.ts";
import { refreshOverview } from "#server/overview/service.ts";
import type { Actor } from "#server/permissions.ts";
import {
  addProgress, findImport, finishImport, getContent, insertCustomers, insertScopes, listCandidates, listImports, listPlainNames, listShownNames,
  lockImports, type Owner, replaceContacts, type StoredImport, updateCustomers, updateState,
} from "./queries.ts";
import { type CleanRow, decide, type Decision, isRejected, MOST_COLUMNS, type NamedRow, newRepetitions, proposeMapping, readRow, storable } from "./rules.ts";
import type { Column, Field, ImportDetails, ImportPreview, ImportRow, MappingInput, Outcome, PreviewRow, Rejected } from "./schema.ts";

/** Rows per transaction: short enough that readers and other imports hardly wait. */
const CHUNK = 1_000;
const PREVIEW_ROWS = 50;
const SAMPLE_BYTES = 64 * 1024;
const SAMPLES = 3;

export type FileReading = { encoding: Encoding; delimiter: Delimiter; columns: Column[]; rowsTotal: number };

/** Reads a file far enough to say what it is; `chosen` overrules what was detected. */
export async function readFile(bytes: Uint8Array, chosen?: { encoding: Encoding; delimiter: Delimiter }): Promise<FileReading> {
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
  return { encoding, delimiter, columns: proposeMapping(header), rowsTotal };
}

/** Members with all customers see every import of the partner, others their own: lists name customers. */
export const ownerOf = (actor: Actor): Owner => (actor.memberAll ? null : actor.membershipId);

const toRow = ({ createdBy: _by, columns: _columns, encoding: _encoding, delimiter: _delimiter, ...row }: StoredImport): ImportRow => row;

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

export async function requireImport(db: ScopedDb, actor: Actor, id: string, mode: "read" | "lock" = "read"): Promise<StoredImport> {
  const found = await findImport(db, actor.partnerId, ownerOf(actor), id, mode);
  if (!found) throw new AppError("import.notFound");
  return found;
}

/** A mapping as a person chose it; where the file is to be read in another way, its columns are proposed anew. */
export async function changeReading(db: ScopedDb, actor: Actor, list: StoredImport, input: MappingInput): Promise<{ reading: FileReading; isMapped: boolean }> {
  if (list.state !== "uploaded") throw new AppError("import.alreadyDone");
  if (input.encoding !== list.encoding || input.delimiter !== list.delimiter) {
    return { reading: await readFile(await getContent(db, actor.partnerId, list.id), input), isMapped: false };
  }
  const chosen = input.columns.filter((field) => field !== "");
  if (!chosen.includes("name")) throw new AppError("import.missingName");
  if (input.columns.length !== list.columns.length || new Set(chosen).size < chosen.length) throw new AppError("request.invalid", { fields: { column: "duplicate" } });
  const columns = list.columns.map(({ header }, index) => ({ header, field: input.columns[index] || null }));
  return { reading: { encoding: list.encoding, delimiter: list.delimiter, columns, rowsTotal: list.rowsTotal }, isMapped: true };
}

/** What is known across the chunks of one file. */
type Reading = {
  partnerId: string;
  columns: readonly Column[];
  chunks: Generator<(CleanRow | Rejected)[]>;
  /** Identifiers of the whole file, known before its first row is decided. */
  fileIds: Set<string>;
  repetition: ReturnType<typeof newRepetitions>;
  taken: Set<string>;
};

function* chunksOf(content: Uint8Array, list: Pick<StoredImport, "encoding" | "delimiter" | "columns">): Generator<(CleanRow | Rejected)[]> {
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
export async function openReading(partnerId: string, content: Uint8Array, list: Pick<StoredImport, "encoding" | "delimiter" | "columns">): Promise<Reading> {
  if (!list.columns.some(({ field }) => field === "name")) throw new AppError("import.missingName");
  const fileIds = new Set<string>();
  for (const rows of chunksOf(content, list)) {
    for (const row of rows) if (!isRejected(row) && row.values.externalId !== undefined) fileIds.add(row.values.externalId);
    await otherWork();
  }
  return { partnerId, columns: list.columns, chunks: chunksOf(content, list), fileIds, repetition: newRepetitions(), taken: new Set() };
}

/** `isOwnFault`: rejected by what the file says, not by what the database holds. */
type Decided = Decision & { isOwnFault?: boolean };

/** What becomes of each row of a chunk, in the order of the file. */
async function decideChunk(db: ScopedDb, reading: Reading, rows: readonly (CleanRow | Rejected)[], mode: "read" | "lock"): Promise<Decided[]> {
  const clean = rows.filter((row): row is CleanRow => !isRejected(row));
  const plain = await listPlainNames(db, clean.map(({ values }) => values.name));
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
  return checked.map((row) => {
    if (isRejected(row)) return { outcome: "rejected", row, isOwnFault: true };
    const identified = byId.get(row.values.externalId ?? "\n");
    const decided = decide(row, [...(byPlain.get(row.plain) ?? []), ...(identified ? [identified] : [])], reading.taken, reading.fileIds);
    if (decided.outcome !== "rejected" && decided.id) reading.taken.add(decided.id);
    return decided;
  });
}

/** What the import would do, and the first rows of it; writes nothing. */
export async function previewImport(db: ScopedDb, actor: Actor, id: string, only: Outcome | undefined): Promise<ImportPreview> {
  const list = await requireImport(db, actor, id);
  if (list.state !== "uploaded" && list.state !== "failed") throw new AppError("import.alreadyDone");
  const reading = await openReading(actor.partnerId, await getContent(db, actor.partnerId, id), list);
  const totals: Record<Outcome, number> = { new: 0, changed: 0, unchanged: 0, rejected: 0 };
  const shown: Decided[] = [];
  const perName = new Map<string, number>();
  for (const rows of reading.chunks) {
    for (const decided of await decideChunk(db, reading, rows, "read")) {
      totals[decided.outcome] += 1;
      if (decided.outcome !== "rejected") perName.set(decided.row.plain, (perName.get(decided.row.plain) ?? 0) + 1);
      if (shown.length < PREVIEW_ROWS && (only === undefined || only === decided.outcome)) shown.push(decided);
    }
  }
  const isNew = shown.flatMap((decided) => (decided.outcome === "new" ? decided.row.plain.slice(0, 200) : []));
  const known = isNew.length > 0 ? await listShownNames(db, actor.partnerId, isNew) : new Set<string>();
  return { totals, rows: shown.map((decided) => previewRow(decided, list.columns, (plain, isFresh) => (perName.get(plain) ?? 0) > 1 || (isFresh && known.has(plain.slice(0, 200))))) };
}

function previewRow(decided: Decided, columns: readonly Column[], hasNamesake: (plain: string, isFresh: boolean) => boolean): PreviewRow {
  if (decided.outcome !== "rejected") {
    const { outcome, row, changes } = decided;
    return { line: row.line, outcome, values: row.values, reasons: [], changes, hasNamesake: hasNamesake(row.plain, outcome === "new") };
  }
  const { line, cells, reasons } = decided.row;
  const values: Partial<Record<Field, string>> = {};
  for (const [index, { field }] of columns.entries()) if (field && cells[index]) values[field] = cells[index].slice(0, 300);
  // A row that fell apart has no columns: it is shown whole, where the name would be.
  if (reasons.some(({ code }) => code === "quotes")) return { line, outcome: "rejected", values: { name: (cells[0] ?? "").slice(0, 300) }, reasons, changes: [], hasNamesake: false };
  return { line, outcome: "rejected", values, reasons, changes: [], hasNamesake: false };
}

/** What one run of the job has seen. */
export type Run = { list: StoredImport; reading: Reading; position: number; ownFaults: Rejected[]; digest: ReturnType<typeof createHash> };

/** Takes an import up, or up again after a stop; undefined: there is nothing (more) to do. */
export async function beginRun(db: ScopedDb, partnerId: string, id: string): Promise<Run | undefined> {
  const list = await findImport(db, partnerId, null, id, "lock");
  if (!list || list.state === "uploaded" || list.state === "finished") return undefined;
  await updateState(db, partnerId, id, "running");
  const reading = await openReading(partnerId, await getContent(db, partnerId, id), list);
  return { list, reading, position: 0, ownFaults: [], digest: createHash("sha256") };
}

/**
 * Decides and writes one chunk with its progress in one transaction. Rows that an earlier run has written are only read
 * again, because later rows are compared with them.
 */
export async function runChunk(db: ScopedDb, run: Run, rows: readonly (CleanRow | Rejected)[], restrictedTo: string | null, now: Date): Promise<void> {
  const { partnerId } = run.reading;
  await lockImports(db, partnerId);
  const stored = await findImport(db, partnerId, null, run.list.id, "lock");
  if (stored?.state !== "running") throw new AppError("import.alreadyDone");
  const isDone = stored.rowsDone >= run.position + rows.length;
  if (!isDone && stored.rowsDone !== run.position) throw new AppError("request.conflict");
  const decisions = await decideChunk(db, run.reading, rows, isDone ? "read" : "lock");
  const written = decisions.flatMap((decided) => (decided.outcome === "rejected" ? [] : [{ ...decided, id: decided.id ?? crypto.randomUUID() }]));
  const ofOutcome = (outcome: Outcome) => written.filter((one) => one.outcome === outcome);
  if (!isDone) {
    const created = ofOutcome("new");
    const changed = ofOutcome("changed");
    if (created.length > 0) await insertCustomers(db, partnerId, created);
    if (restrictedTo !== null && created.length > 0) await insertScopes(db, partnerId, restrictedTo, created.map(({ id }) => id));
    if (changed.length > 0) await updateCustomers(db, partnerId, changed, now);
    await replaceContacts(db, partnerId, [...created, ...changed.filter(({ changes }) => changes.some((field) => field.startsWith("contact")))]);
    await refreshOverview(db, partnerId, [...created, ...changed].map(({ id }) => id), now);
    const rejected = decisions.flatMap((decided) => (decided.outcome === "rejected" && !decided.isOwnFault ? [decided.row] : []));
    await addProgress(db, partnerId, run.list.id, { done: rows.length, created: created.length, changed: changed.length, unchanged: ofOutcome("unchanged").length, rejected });
  }
  for (const decided of decisions) if (decided.outcome === "rejected" && decided.isOwnFault) run.ownFaults.push(decided.row);
  for (const { id } of written) run.digest.update(id);
  run.position += rows.length;
}

/** The end of a run: the rows that did not go in are kept, the file is not; one entry on the partner's chain. */
export async function endRun(db: ScopedDb, run: Run, now: Date): Promise<void> {
  const { partnerId } = run.reading;
  const { id } = run.list;
  const stored = await findImport(db, partnerId, null, id, "lock");
  if (stored?.state !== "running") return;
  await finishImport(db, partnerId, id, run.ownFaults, now);
  await appendAudit(db, { job: "import" }, {
    action: "customer:import",
    entity: `import ${id}`,
    customerId: null,
    detail: {
      file: stored.fileName, membership: stored.createdBy, rows: stored.rowsTotal, created: stored.created, changed: stored.changed,
      unchanged: stored.unchanged, rejected: stored.rejected, customers: run.digest.digest("hex"),
    },
  });
}
