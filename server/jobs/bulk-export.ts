// The export of a selection as a job: the download itself is the work, no file is kept, and its page sees how far it is.
import { type ScopedDb, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import { advanceExport, claimExport, type ExportStep, updateExported } from "#server/bulk/queries-exports.ts";
import type { Actor } from "#server/permissions.ts";

/** More often nobody would see, and each time is a transaction. */
const TELL_MS = 1_000;

/** How a download ended: all of it was sent, access changed, somebody broke it off, or a fault of ours did. */
export type DownloadEnd = "whole" | "revoked" | "cancelled" | "failed";
export type ExportJob = {
  /** So many rows are written; false: it was cancelled, or is downloaded anew, and is to end. */
  tell(rows: number): Promise<boolean>;
  /** In the transaction that records the end; false as above. */
  end(db: ScopedDb, rows: number, end: DownloadEnd): Promise<boolean>;
};

const ends = {
  whole: { state: "finished" },
  revoked: { state: "cancelled", errorCode: "export.ended" },
  cancelled: { state: "cancelled" },
  failed: { state: "failed", errorCode: "unexpected" },
} as const satisfies Record<DownloadEnd, Partial<ExportStep>>;

/** Begins a job of the actor's, or begins it anew; `isListed`: its customers stand in its rows. */
export async function beginExport(
  actor: Actor,
  { id, isListed }: { id: string; isListed: boolean },
  at: Date,
): Promise<ExportJob> {
  const { partnerId } = actor;
  const claim = { jobId: id, at };
  const scope = scopeOf(actor);
  await withScope(scope, "read write", (db) => claimExport(db, partnerId, claim));
  let toldAt = performance.now();
  return {
    tell: async (rows) => {
      if (performance.now() - toldAt < TELL_MS) return true;
      toldAt = performance.now();
      return withScope(scope, "read write", (db) => advanceExport(db, partnerId, claim, { rowsDone: rows }));
    },
    end: async (db, rows, end) => {
      // A customer that was chosen and is not seen any more has that for its result; of a file that broke off none has one.
      const { changed, refused } =
        end !== "whole"
          ? { changed: 0, refused: 0 }
          : isListed
            ? await updateExported(db, partnerId, id)
            : { changed: rows, refused: 0 };
      return advanceExport(db, partnerId, claim, {
        rowsDone: end === "whole" ? changed + refused : rows,
        rowsChanged: changed,
        rowsRefused: refused,
        finishedAt: new Date(),
        ...ends[end],
      });
    },
  };
}
