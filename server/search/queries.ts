// Finding customers by what was typed: their ids, best match first.
import { sql, type SqlBool } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Match } from "./schema.ts";

/** The best matches of a search; nobody pages further than this by relevance. */
export const SEARCH_LIMIT = 500;

/**
 * Ids of the at most `most` best matches, best first; partner, customer and member scope are applied inside the function.
 * `among`: only these are looked at; null: whoever the scope lets through.
 */
export async function searchCustomers(
  db: ScopedDb,
  query: string,
  most: number,
  among: readonly string[] | null,
): Promise<string[]> {
  const { rows } = await sql<{
    customerId: string;
  }>`select customer_id from app.search_customers(${query}, ${most}, ${among && [...among]}::uuid[])`.execute(
    db,
  );
  return rows.map((row) => row.customerId);
}

/** What tells these customers apart, in the order of `ids`; what is not visible is left out. */
export async function listMatches(db: ScopedDb, partnerId: string, ids: readonly string[]): Promise<Match[]> {
  const rows = await db
    .selectFrom("readableOverview as o")
    .where("o.partnerId", "=", partnerId)
    .where(sql<SqlBool>`o.customer_id = any(${[...ids]}::uuid[])`)
    .select(["o.customerId as id", "o.nameShown as name", "o.domain", "o.status"])
    .$castTo<Match>()
    .execute();
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
