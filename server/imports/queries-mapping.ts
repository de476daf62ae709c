// How the columns of lists with the same headers were mapped before.
import type { ScopedDb } from "#db/client.ts";
import type { Column } from "./schema.ts";

export async function findMapping(
  db: ScopedDb,
  partnerId: string,
  headers: Buffer,
): Promise<Column[] | undefined> {
  const row = await db
    .selectFrom("customerImportMapping")
    .where("partnerId", "=", partnerId)
    .where("headers", "=", headers)
    .select("mapping")
    .executeTakeFirst();
  return row?.mapping as Column[] | undefined;
}

export async function upsertMapping(
  db: ScopedDb,
  partnerId: string,
  headers: Buffer,
  columns: readonly Column[],
  now: Date,
): Promise<void> {
  const values = { mapping: JSON.stringify(columns), updatedAt: now };
  await db
    .insertInto("customerImportMapping")
    .values({ partnerId, headers, ...values })
    .onConflict((conflict) => conflict.columns(["partnerId", "headers"]).doUpdateSet(values))
    .execute();
}
