// What an import would do to each row of its list, before anything is written.
import type { ScopedDb } from "#db/client.ts";
import { AppError } from "#server/errors.ts";
import { getContent } from "#server/imports/queries.ts";
import { listKnownDomains, listShownNames } from "#server/imports/queries-customers.ts";
import type { Column, Field, ImportPreview, Outcome, PreviewRow, Rejected } from "#server/imports/schema.ts";
import { decideChunk, type Decided, isToStart, openReading, requireImport } from "#server/imports/service.ts";
import type { Actor } from "#server/permissions.ts";

const PREVIEW_ROWS = 50;
/** A preview is a page: it decides no more rows than a person waits for. */
const PREVIEW_MOST = 20_000;

/** What the import would do, and the first rows of it; writes nothing. */
export async function previewImport(
  db: ScopedDb,
  actor: Actor,
  id: string,
  only: Outcome | undefined,
): Promise<ImportPreview> {
  const list = await requireImport(db, actor, id);
  if (!isToStart(list)) throw new AppError("import.alreadyDone");
  const reading = await openReading(actor.partnerId, await getContent(db, actor.partnerId, id), list);
  const totals: Record<Outcome, number> = { new: 0, changed: 0, unchanged: 0, rejected: 0 };
  const shown: Decided[] = [];
  const seen = { names: new Map<string, number>(), domains: new Map<string, number>() };
  const note = (counts: Map<string, number>, value: string) =>
    counts.set(value, (counts.get(value) ?? 0) + 1);
  let rowsRead = 0;
  for (const rows of reading.chunks) {
    rowsRead += rows.length;
    for (const decided of await decideChunk(db, reading, rows, "read")) {
      totals[decided.outcome] += 1;
      if (decided.outcome !== "rejected") {
        note(seen.names, decided.row.plain);
        note(seen.domains, decided.row.values.domain ?? "");
      }
      if (shown.length < PREVIEW_ROWS && (only === undefined || only === decided.outcome))
        shown.push(decided);
    }
    if (rowsRead >= PREVIEW_MOST) break;
  }
  const fresh = shown.flatMap((decided) => (decided.outcome === "new" ? [decided.row] : []));
  const known = {
    names: await listShownNames(
      db,
      actor.partnerId,
      fresh.map(({ plain }) => plain.slice(0, 200)),
    ),
    domains: await listKnownDomains(
      db,
      actor.partnerId,
      fresh.flatMap(({ values }) => values.domain ?? []),
    ),
  };
  return {
    totals,
    rowsRead,
    rows: shown.map((decided) => {
      if (decided.outcome === "rejected") return rejectedRow(decided.row, list.columns);
      const { outcome, row, changes, resets } = decided;
      const domain = row.values.domain ?? "";
      const isFresh = outcome === "new";
      return {
        line: row.line,
        outcome,
        values: row.values,
        reasons: [],
        changes,
        resets,
        hasNamesake:
          (seen.names.get(row.plain) ?? 0) > 1 || (isFresh && known.names.has(row.plain.slice(0, 200))),
        hasSameDomain:
          domain !== "" && ((seen.domains.get(domain) ?? 0) > 1 || (isFresh && known.domains.has(domain))),
      };
    }),
  };
}

function rejectedRow({ line, cells, reasons }: Rejected, columns: readonly Column[]): PreviewRow {
  const values: Partial<Record<Field, string>> = {};
  // A row that fell apart has no columns: it is shown whole, where the name would be.
  const places = reasons.some(({ code }) => code === "quotes") ? [{ field: "name" as const }] : columns;
  for (const [index, { field }] of places.entries())
    if (field && cells[index]) values[field] = cells[index].slice(0, 300);
  return {
    line,
    outcome: "rejected",
    values,
    reasons,
    changes: [],
    resets: [],
    hasNamesake: false,
    hasSameDomain: false,
  };
}
