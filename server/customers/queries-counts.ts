// How many customers there are: kept counts where they answer it, postings of what customers are found by, else counted up to a limit.
import { type RawBuilder, sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { filtered, type ListFilter } from "./queries-filter.ts";
import { FEW_CUSTOMERS } from "./queries-scope.ts";
import { COUNT_LIMIT } from "./schema.ts";

/** One kept list of ids, as what stands between `from` and further conditions; `p` is its alias. */
type Posting = RawBuilder<unknown>;

/** The kept lists of ids that together hold everybody whom this filter lets through; none where it asks for nothing kept. */
function postingsOf(partnerId: string, filter: ListFilter): Posting[] {
  const { licenceKind, category, reason, vendor, relationship, overUsed, group, ends } = filter;
  const facets = [
    licenceKind && `kind:${licenceKind}`,
    category && `category:${category}`,
    reason && `reason:${reason}`,
    vendor && `vendor:${vendor}`,
    relationship && `relationship:${relationship}`,
    overUsed && "over",
  ];
  const facet = (condition: RawBuilder<unknown>) =>
    sql`customer_facet p where p.partner_id = ${partnerId} and p.facet ${condition}`;
  return [
    ...(group
      ? [sql`customer_group_member p where p.partner_id = ${partnerId} and p.group_id = ${group}`]
      : []),
    ...facets.filter((name) => name !== undefined).map((name) => facet(sql`= ${name}`)),
    ...(ends ? [facet(sql`between ${`ends:${ends[0]}`} and ${`ends:${ends[1]}`}`)] : []),
  ];
}

/**
 * How many customers stand in all postings of the filter, at most COUNT_LIMIT + 1, and their ids where they are few;
 * without regard to the member's scope. undefined: the filter has no postings.
 */
export async function countPostings(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter,
): Promise<{ n: number; ids: string[] | null } | undefined> {
  const postings = postingsOf(partnerId, filter);
  const smallest = postings.length > 1 ? await smallestOf(db, postings) : postings[0];
  if (!smallest) return undefined;
  const others = postings
    .filter((posting) => posting !== smallest)
    .map((posting) => sql` and m.customer_id in (select p.customer_id from ${posting})`);
  const { rows } = await sql<{ n: number; ids: string[] | null }>`
    select count(*)::int as n, case when count(*) <= ${FEW_CUSTOMERS} then coalesce(array_agg(customer_id), '{}') end as ids
    from (select m.customer_id from (select p.customer_id from ${smallest} offset 0) m
      where true${sql.join(others, sql``)} limit ${COUNT_LIMIT + 1}) found`.execute(db);
  return rows[0];
}

/** Of several lists the one to begin with, so that the others are only asked whether they hold its ids. */
async function smallestOf(db: ScopedDb, postings: readonly Posting[]): Promise<Posting | undefined> {
  const sizes = postings.map(
    (posting) => sql`(select count(*) from (select from ${posting} limit ${COUNT_LIMIT + 1}) size)::int`,
  );
  const { rows } = await sql<{ sizes: number[] }>`select array[${sql.join(sizes)}] as sizes`.execute(db);
  const known = rows[0]?.sizes ?? [];
  return postings[known.indexOf(Math.min(...known))];
}

/** How many rows match, at most COUNT_LIMIT + 1, and their ids where they are few. */
export async function findMatches(
  db: ScopedDb,
  partnerId: string,
  filter: ListFilter,
): Promise<{ n: number; ids: string[] | null }> {
  const bounded = filtered(db, partnerId, filter)
    .select("o.customerId")
    .limit(COUNT_LIMIT + 1);
  // An age has an index of its own; the rest is read in the order of the key, which is roughly that of the disk.
  const rows = filter.syncedBefore ? bounded : bounded.orderBy("o.customerId");
  const { n, ids } = await db
    .selectFrom(rows.as("m"))
    .select([
      sql<number>`count(*)::int`.as("n"),
      sql<
        string[] | null
      >`case when count(*) <= ${FEW_CUSTOMERS} then coalesce(array_agg(m.customer_id), '{}') end`.as("ids"),
    ])
    .executeTakeFirstOrThrow();
  return { n, ids };
}
