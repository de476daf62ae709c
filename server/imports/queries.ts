// Every query of the uploaded lists: storing, finding, their mapping, state and progress.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { RoleName } from "#server/permissions.ts";
import type { Column, ImportDetails, ImportRow, Rejected } from "./schema.ts";

/** Whose uploads: those of one membership, or (null) all of the partner, for who sees all customers anyway. */
export type Owner = string | null;

const details = [
  "id",
  "fileName",
  "state",
  "createdBy",
  "createdAt",
  "finishedAt",
  "rowsTotal",
  "rowsDone",
  "rowsCreated",
  "rowsChanged",
  "rowsUnchanged",
  "encoding",
  "delimiter",
  "mapping",
  "isRemembered",
] as const;
const imports = (db: ScopedDb, partnerId: string, owner: Owner) => {
  const query = db.selectFrom("customerImport").where("partnerId", "=", partnerId);
  return owner === null ? query : query.where("createdBy", "=", owner);
};

export type StoredImport = Omit<ImportDetails, "samples"> & { createdBy: string };
type Raw = { [C in (typeof details)[number]]: unknown };

function toImport(raw: Raw): StoredImport {
  const { rowsCreated, rowsChanged, rowsUnchanged, mapping, createdAt, finishedAt, ...same } = raw as Omit<
    Raw,
    "createdAt" | "finishedAt"
  > & {
    rowsCreated: number;
    rowsChanged: number;
    rowsUnchanged: number;
    rowsDone: number;
    createdAt: Date;
    finishedAt: Date | null;
  };
  return {
    ...(same as Omit<ImportRow, "created" | "changed" | "unchanged" | "rejected"> &
      Pick<StoredImport, "createdBy" | "encoding" | "delimiter" | "isRemembered">),
    columns: mapping as Column[],
    created: rowsCreated,
    changed: rowsChanged,
    unchanged: rowsUnchanged,
    rejected: same.rowsDone - rowsCreated - rowsChanged - rowsUnchanged,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export async function insertImport(
  db: ScopedDb,
  partnerId: string,
  file: {
    createdBy: string;
    fileName: string;
    content: Buffer;
    encoding: string;
    delimiter: string;
    columns: readonly Column[];
    rowsTotal: number;
    isRemembered: boolean;
  },
): Promise<string> {
  const { columns, ...row } = file;
  const { id } = await db
    .insertInto("customerImport")
    .values({ ...row, partnerId, mapping: JSON.stringify(columns) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function findImport(
  db: ScopedDb,
  partnerId: string,
  owner: Owner,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<StoredImport | undefined> {
  const query = imports(db, partnerId, owner).where("id", "=", id).select(details);
  const row = await (mode === "lock" ? query.forUpdate() : query).executeTakeFirst();
  return row && toImport(row);
}

export async function listImports(
  db: ScopedDb,
  partnerId: string,
  owner: Owner,
  most: number,
): Promise<StoredImport[]> {
  const rows = await imports(db, partnerId, owner)
    .select(details)
    .orderBy("createdAt", "desc")
    .orderBy("id")
    .limit(most)
    .execute();
  return rows.map(toImport);
}

/** Bytes travel as text twice their length, so a large list is fetched in parts. */
const PART_BYTES = 4 * 1024 * 1024;

/** The uploaded bytes; `most`: only the first so many. */
export async function getContent(
  db: ScopedDb,
  partnerId: string,
  id: string,
  most = Number.MAX_SAFE_INTEGER,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 0; at < most; at += PART_BYTES) {
    const { rows } = await sql<{ part: Buffer }>`
      select substring(content from ${at + 1}::int for ${Math.min(PART_BYTES, most - at)}::int) as part
      from customer_import where partner_id = ${partnerId} and id = ${id}`.execute(db);
    const part = rows[0]?.part;
    if (part) parts.push(part);
    if (!part || part.length < PART_BYTES) break;
  }
  return Buffer.concat(parts);
}

export async function getRejected(db: ScopedDb, partnerId: string, id: string): Promise<Rejected[]> {
  const row = await imports(db, partnerId, null)
    .where("id", "=", id)
    .select("rejected")
    .executeTakeFirstOrThrow();
  return (row.rejected as unknown as Rejected[]).sort((a, b) => a.line - b.line);
}

export async function updateMapping(
  db: ScopedDb,
  partnerId: string,
  id: string,
  read: {
    encoding: string;
    delimiter: string;
    columns: readonly Column[];
    rowsTotal: number;
    isRemembered: boolean;
  },
): Promise<void> {
  const { columns, ...rest } = read;
  await db
    .updateTable("customerImport")
    .set({ ...rest, mapping: JSON.stringify(columns) })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** What is finished stays so: a second run of the same job changes nothing. */
export async function updateState(
  db: ScopedDb,
  partnerId: string,
  id: string,
  state: ImportRow["state"],
): Promise<void> {
  await db
    .updateTable("customerImport")
    .set({ state })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where("state", "!=", "finished")
    .execute();
}

/** The list is in: what is left of it are the rows that did not go in. */
export async function finishImport(
  db: ScopedDb,
  partnerId: string,
  id: string,
  rejected: readonly Rejected[],
  now: Date,
): Promise<void> {
  await db
    .updateTable("customerImport")
    .set({
      state: "finished",
      finishedAt: now,
      content: Buffer.alloc(0),
      rejected: sql`rejected || ${JSON.stringify(rejected)}::jsonb`,
    })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

export type Progress = {
  done: number;
  created: number;
  changed: number;
  unchanged: number;
  rejected: readonly Rejected[];
};

export async function addProgress(
  db: ScopedDb,
  partnerId: string,
  id: string,
  step: Progress,
): Promise<void> {
  await db
    .updateTable("customerImport")
    .set((eb) => ({
      rowsDone: eb("rowsDone", "+", step.done),
      rowsCreated: eb("rowsCreated", "+", step.created),
      rowsChanged: eb("rowsChanged", "+", step.changed),
      rowsUnchanged: eb("rowsUnchanged", "+", step.unchanged),
      ...(step.rejected.length > 0 && { rejected: sql`rejected || ${JSON.stringify(step.rejected)}::jsonb` }),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** The membership that uploaded a list, as it is now; undefined once it is gone or disabled. */
export async function findImporter(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
): Promise<{ role: RoleName; customerId: string | null; scopeAll: boolean; memberAll: boolean } | undefined> {
  const row = await db
    .selectFrom("membership as m")
    .where("m.partnerId", "=", partnerId)
    .where("m.id", "=", membershipId)
    .where("m.disabledAt", "is", null)
    .select(["m.role", "m.customerId", "m.scopeAll"])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom("membershipScope as s")
            .whereRef("s.partnerId", "=", "m.partnerId")
            .whereRef("s.membershipId", "=", "m.id")
            .where("s.kind", "=", "denied")
            .select("s.id"),
        )
        .as("hasDenied"),
    )
    .executeTakeFirst();
  return (
    row && {
      role: row.role as RoleName,
      customerId: row.customerId,
      scopeAll: row.scopeAll,
      memberAll: row.scopeAll && !row.hasDenied,
    }
  );
}
