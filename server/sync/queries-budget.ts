// Queries of the calls that credentials may make: one row per credentials and period, shared by every worker.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** A period of a limit, and how much of it (seconds) one block of calls uses up. */
export type BlockCost = { seconds: number; cost: number };
export type Reservation = {
  /** Seconds until the block may be used, or (not granted) until it is worth asking again. */
  wait: number;
  isGranted: boolean;
  /** Seconds for which the vendor asked for silence; 0: it did not. */
  silence: number;
};

/**
 * Takes one block of calls from all periods at once, if it may be used within `ahead` seconds. The clock is the
 * database's (GCRA: `free_at` is when what was taken is used up).
 */
export async function reserveCalls(
  db: ScopedDb,
  partnerId: string,
  key: string,
  periods: readonly BlockCost[],
  ahead: number,
): Promise<Reservation> {
  await ensurePeriods(db, partnerId, key, periods);
  const { rows } = await sql<{ wait: number; silence: number }>`
    with held as (
      select free_at, paused_until from call_budget
      where partner_id = ${partnerId}::uuid and key = ${key} and seconds = any(${periods.map(({ seconds }) => seconds)}::int[])
      order by seconds for update)
    select greatest(0, extract(epoch from max(greatest(free_at, paused_until, clock_timestamp())) - clock_timestamp()))::float8 as wait,
      greatest(0, extract(epoch from max(greatest(paused_until, clock_timestamp())) - clock_timestamp()))::float8 as silence
    from held`.execute(db);
  const { wait, silence } = rows[0] ?? { wait: 0, silence: 0 };
  if (wait > ahead) return { wait, isGranted: false, silence };
  await sql`
    update call_budget b set free_at = clock_timestamp() + make_interval(secs => ${wait} + p.cost)
    from unnest(${periods.map(({ seconds }) => seconds)}::int[], ${periods.map(({ cost }) => cost)}::float8[]) as p (seconds, cost)
    where b.partner_id = ${partnerId}::uuid and b.key = ${key} and b.seconds = p.seconds`.execute(db);
  return { wait, isGranted: true, silence };
}

/** Nobody calls with these credentials for so many seconds; a longer silence that was asked for stands. */
export async function pauseCalls(
  db: ScopedDb,
  partnerId: string,
  key: string,
  periods: readonly { seconds: number }[],
  silence: number,
): Promise<void> {
  await ensurePeriods(db, partnerId, key, periods);
  await sql`
    update call_budget set paused_until = greatest(paused_until, clock_timestamp() + make_interval(secs => ${silence}))
    where partner_id = ${partnerId}::uuid and key = ${key} and seconds = any(${periods.map(({ seconds }) => seconds)}::int[])`.execute(
    db,
  );
}

async function ensurePeriods(
  db: ScopedDb,
  partnerId: string,
  key: string,
  periods: readonly { seconds: number }[],
): Promise<void> {
  await db
    .insertInto("callBudget")
    .values(periods.map(({ seconds }) => ({ partnerId, key, seconds })))
    .onConflict((oc) => oc.columns(["partnerId", "key", "seconds"]).doNothing())
    .execute();
}
