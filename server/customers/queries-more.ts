// What the rows of one page show that the overview does not hold: where figures stood a month ago, how old each source is.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export type Changes = { devicesChange: number | null; applicationsChange: number | null };

/**
 * Differences of these customers' figures to the latest day known between `first` and `last` (YYYY-MM-DD), as far back as
 * the present access reaches; of nobody whose figures may not be shown.
 */
export async function listChanges(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  { first, last }: { first: string; last: string },
): Promise<Map<string, Changes>> {
  const { rows } = await sql<Changes & { customerId: string }>`
    select o.customer_id, o.devices_total - h.devices_total as devices_change,
      o.applications_installed - h.applications_installed as applications_change
    from readable_overview o
    cross join lateral (
      select h.devices_total, h.applications_installed from customer_history h
      where h.partner_id = o.partner_id and h.customer_id = o.customer_id and h.day between ${first}::date and ${last}::date
        and h.day >= o.metrics_from::date and h.status in ('synced', 'warning')
      order by h.day desc limit 1) h
    where o.partner_id = ${partnerId} and o.customer_id = any(${[...customerIds]}::uuid[]) and o.has_metrics`.execute(
    db,
  );
  return new Map(rows.map(({ customerId, ...changes }) => [customerId, changes]));
}

/** The sources of these customers and when each was last read, by customer; of nobody whose figures may not be shown. */
export async function listSources(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Map<string, { vendor: string; lastSuccessAt: string | null }[]>> {
  const rows = await db
    .selectFrom("vendorAccount as v")
    .innerJoin("readableOverview as o", (join) =>
      join.onRef("o.partnerId", "=", "v.partnerId").onRef("o.customerId", "=", "v.customerId"),
    )
    .where("v.partnerId", "=", partnerId)
    .where("v.customerId", "in", [...customerIds])
    .where("v.linkState", "<>", "not_linked")
    .where("o.hasMetrics", "=", true)
    .groupBy(["v.customerId", "v.vendor"])
    .select((eb) => ["v.customerId", "v.vendor", eb.fn.min("v.lastSuccessAt").as("lastSuccessAt")])
    .orderBy("v.vendor")
    .execute();
  const sources = new Map<string, { vendor: string; lastSuccessAt: string | null }[]>();
  for (const { customerId, vendor, lastSuccessAt } of rows) {
    const known = sources.get(customerId ?? "") ?? [];
    sources.set(customerId ?? "", [
      ...known,
      { vendor, lastSuccessAt: lastSuccessAt === null ? null : new Date(lastSuccessAt).toISOString() },
    ]);
  }
  return sources;
}
