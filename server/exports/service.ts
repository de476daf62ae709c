// One export from its address to its last row: what it holds, how it is written, and that it ends when access does.
import { takeSnapshot, type Snapshot } from "#db/snapshot.ts";
import type { ScopedDb, Statement } from "#db/client.ts";
import type { Language } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { auditAlone, scopeOf } from "#server/audit/append.ts";
import { readStanding, standingStatement } from "#server/auth/standing.ts";
import { readExported } from "#server/bulk/service.ts";
import { columns, figureFamilies } from "#server/columns/schema.ts";
import { writeCsv } from "#server/csv/rules.ts";
import { countPostings } from "#server/customers/queries-counts.ts";
import { everyIdOf, findScope } from "#server/customers/queries-scope.ts";
import { filterOf } from "#server/customers/queries-filter.ts";
import { AppError } from "#server/errors.ts";
import { beginExport, type DownloadEnd, type ExportJob } from "#server/jobs/bulk-export.ts";
import { addDays, dayIn } from "#server/licences/rules.ts";
import { type Actor, can } from "#server/permissions.ts";
import { getLayout } from "#server/preferences/service.ts";
import type { SheetColumn } from "#server/xlsx/rules.ts";
import { writeWorkbook } from "#server/xlsx/service.ts";
import { forAll, type Order, rowStatements, slotOf, type Style, type Words } from "./queries.ts";
import { type ExportCell, exportCells, marks } from "./rules.ts";
import type { ExportInput } from "./schema.ts";

/** Exports of one member at a time, in all its sessions and programs. */
const SLOTS = 2;
/** Nothing is sent that was not allowed within this time. */
const CHECK_MS = 200;

export type FileKind = "csv" | "xlsx";
type ExportPlan = {
  actor: Actor;
  language: Language;
  kind: FileKind;
  input: ExportInput;
  cells: readonly ExportCell[];
  statements: readonly Statement[];
  /** Not of customers that are known, as those of a search are. */
  isOfAll: boolean;
  /** The bulk action that this download is. */
  job?: { id: string; isListed: boolean };
};

/** What the file will hold, resolved for this reader now; throws bulk.notFound. */
export async function planExport(
  db: ScopedDb,
  actor: Actor,
  input: ExportInput,
  { kind, language }: { kind: FileKind; language: Language },
  now: Date,
): Promise<ExportPlan> {
  const { format, columns: wanted, bulk, ...list } = input;
  const seesFigures = can(actor, "metrics:read");
  const shown = wanted !== "visible" ? wanted : (await getLayout({ db, actor })).columns;
  const cells = exportCells(shown, seesFigures);
  const selected = bulk === undefined ? { filter: list } : await readExported(db, actor, bulk);
  const isListed = "ids" in selected;
  const filter = isListed ? {} : await filterOf(db, actor, { ...selected.filter, pageSize: 50 }, now);
  const found = isListed ? selected.ids : filter.ids;
  // As the list reads them: customers that are soon known are fetched and sorted.
  const posted = found ? undefined : await countPostings(db, actor.partnerId, filter);
  const ids = found ?? posted?.ids ?? everyIdOf(await findScope(db, actor));
  const style = styleOf(actor, language, kind, format, now);
  return {
    actor,
    language,
    kind,
    input,
    cells,
    statements: rowStatements(
      db,
      actor.partnerId,
      { ...filter, ids },
      orderOf(input, seesFigures),
      cells,
      style,
    ),
    isOfAll: ids === undefined,
    ...(bulk !== undefined && { job: { id: bulk, isListed } }),
  };
}

/** As on the page: a search's best first; by no figure that the reader may not see. */
function orderOf({ q, sort }: ExportInput, seesFigures: boolean): Order {
  const by = sort?.replace("-", "");
  const column = columns.find(({ id }) => id === by);
  const isHidden = figureFamilies.some((family) => family === column?.group) && !seesFigures;
  if (column === undefined || !column.sort || isHidden)
    return q && !isHidden ? "relevance" : { by: "name", isDescending: false };
  return { by: column.id, isDescending: sort?.startsWith("-") === true };
}

function styleOf(
  { timeZone }: Actor,
  language: Language,
  kind: FileKind,
  format: ExportInput["format"],
  now: Date,
): Style {
  const today = dayIn(timeZone, now);
  const base = {
    month: { first: addDays(today, -37), last: addDays(today, -30) },
    isSpreadsheet: kind === "csv",
  };
  const iso = 'YYYY-MM-DD"T"HH24:MI:SS"Z"';
  if (format === "machine")
    return {
      ...base,
      words: null,
      decimal: ".",
      day: "YYYY-MM-DD",
      instant: iso,
      instantInText: iso,
      zone: "UTC",
    };
  const read = "DD/MM/YYYY HH24:MI";
  const local = { ...base, words: wordsOf(language), zone: timeZone, instantInText: read };
  return kind === "xlsx"
    ? { ...local, decimal: ".", day: "YYYY-MM-DD", instant: "YYYY-MM-DD HH24:MI" }
    : { ...local, decimal: marks[language].decimal, day: "DD/MM/YYYY", instant: read };
}

function wordsOf(language: Language): Words {
  const { customers, status, exports: own } = resources[language];
  return {
    status: status.word,
    relationship: customers.relationship,
    licenceKind: customers.kind,
    licenceState: customers.licenceState,
    category: customers.category,
    reason: own.reason,
    isOverUsed: own.isOverUsed,
    vendor: own.vendor,
  };
}

/**
 * Opens the export and gives the file in pieces. Throws export.busy when the member or the process has as many running as
 * may be. `isStill`: whether whoever asked is still who they were; asked all the time, and at the end. What became of it is
 * recorded before the file ends: none is whole that is not on the record.
 */
export async function openExport(
  plan: ExportPlan,
  isStill: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<AsyncGenerator<Uint8Array>> {
  const { actor } = plan;
  const startedAt = new Date();
  const snapshot = await takeSnapshot(scopeOf(actor));
  if (!snapshot) throw new AppError("export.busy", { retryAfterSeconds: 30 });
  signal.addEventListener("abort", snapshot.close);
  try {
    if ((await snapshot.value(slotOf(actor.membershipId, SLOTS))) !== true)
      throw new AppError("export.busy", { retryAfterSeconds: 30 });
    const standing = await snapshot.value(standingStatement(actor, startedAt));
    if (plan.isOfAll) await snapshot.value(forAll);
    const isAllowed = async () => (await isStill()) && (await readStanding(actor, startedAt)) === standing;
    const job = plan.job && (await beginExport(actor, plan.job, startedAt));
    return piecesOf(plan, snapshot, isAllowed, signal, job);
  } catch (error) {
    snapshot.close();
    throw error;
  }
}

async function* piecesOf(
  plan: ExportPlan,
  snapshot: Snapshot,
  isAllowed: () => Promise<boolean>,
  signal: AbortSignal,
  job: ExportJob | undefined,
): AsyncGenerator<Uint8Array> {
  let rows = 0;
  let checkedAt = performance.now();
  let end: DownloadEnd = "cancelled";
  const check = async () => {
    if (!(await isAllowed())) {
      end = "revoked";
      throw new AppError("export.ended");
    }
    checkedAt = performance.now();
  };
  async function* blocks() {
    const format = plan.kind === "xlsx" ? "text" : { csv: delimiterOf(plan) };
    for (const statement of plan.statements)
      for await (const block of snapshot.copy(statement, format)) {
        if (performance.now() - checkedAt > CHECK_MS) await check();
        if (job && !(await job.tell(rows))) throw new AppError("export.ended");
        rows += block.rows;
        yield block;
      }
  }
  try {
    for await (const piece of plan.kind === "xlsx" ? excel(plan, blocks()) : csv(plan, blocks())) {
      if (performance.now() - checkedAt > CHECK_MS) await check();
      yield piece;
    }
    // What was sent is whole only when this returns: until then the connection can still be broken off.
    await check();
    await record(plan, rows, "whole", job);
    end = "whole";
  } catch (error) {
    // Whoever cancels the job, or downloads it anew, breaks this one off.
    if (end === "cancelled" && !signal.aborted && !(error instanceof AppError)) end = "failed";
    throw error;
  } finally {
    snapshot.close();
    if (end !== "whole") await record(plan, rows, end, job);
  }
}

const delimiterOf = ({ input, language }: ExportPlan) =>
  input.format === "machine" ? "," : marks[language].delimiter;

/** Headers in words, or the ids of the cells. */
const headersOf = ({ cells, input, language }: ExportPlan): string[] =>
  cells.map(({ id }) => (input.format === "machine" ? id : resources[language].exports.column[id]));

type Blocks = AsyncGenerator<{ bytes: Buffer; rows: number }>;

async function* csv(plan: ExportPlan, blocks: Blocks): AsyncGenerator<Uint8Array> {
  yield Buffer.from(writeCsv([headersOf(plan)], delimiterOf(plan)));
  for await (const { bytes } of blocks) yield bytes;
}

function excel(plan: ExportPlan, blocks: Blocks): AsyncGenerator<Uint8Array> {
  const headers = headersOf(plan);
  const isTyped = plan.input.format === "local";
  const sheet = plan.cells.map(({ kind }, index): SheetColumn => {
    const header = headers[index] ?? "";
    const isDate = isTyped && (kind === "day" || kind === "instant");
    const type = kind === "integer" || kind === "decimal" ? "number" : isDate ? kind : "text";
    return { header, type, width: Math.max(kind === "text" ? 28 : 12, header.length + 2) };
  });
  return writeWorkbook(resources[plan.language].exports.file, sheet, blocks);
}

/** One entry per export: what was asked for, how many rows left, how it ended; its job says the same. */
function record(
  { actor, kind, input }: ExportPlan,
  rows: number,
  end: DownloadEnd,
  job: ExportJob | undefined,
): Promise<void> {
  // What was searched for may name people.
  const { q, ...asked } = input;
  const entry = {
    action: "customer:export",
    entity: "customers",
    customerId: actor.customerId,
    outcome: end === "whole" ? "done" : "failed",
    detail: { ...asked, isSearch: q !== undefined, file: kind, rows, end },
  } as const;
  return auditAlone(actor, entry, async (db) => {
    const isMine = (await job?.end(db, rows, end)) ?? true;
    if (!isMine && end === "whole") throw new AppError("export.ended");
  });
}
