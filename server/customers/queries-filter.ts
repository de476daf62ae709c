// What "all that match" means: the filters of the list's address as conditions on the overview, for pages, bulk and exports alike.
import { type Expression, sql, type SqlBool } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { addDays, dayIn } from "#server/licences/rules.ts";
import type { Actor } from "#server/permissions.ts";
import { listPins } from "#server/pins/queries.ts";
import { findCustomers } from "#server/search/service.ts";
import { amongIds } from "./queries-scope.ts";
import { type CustomerListInput, licenceStates, statuses } from "./schema.ts";

/** Data is stale when a whole day's synchronisation has not come: they are a day apart. */
const STALE_MS = 48 * 3_600_000;

export type ListFilter = Partial<
  Pick<
    CustomerListInput,
    | "status"
    | "group"
    | "relationship"
    | "licenceKind"
    | "licenceState"
    | "category"
    | "overUsed"
    | "reason"
    | "vendor"
  >
> & {
  /** A licence ends on one of these days, both included. */
  ends?: readonly [first: string, last: string] | undefined;
  /** Last synchronised before. */
  syncedBefore?: Date | undefined;
  /** None but these; what a search, pins or postings found. */
  ids?: readonly string[] | undefined;
  /** None of these: they are shown elsewhere. */
  without?: readonly string[] | undefined;
};

/** The days of a licence's end that `days` from now means to this reader. */
export const endsWithin = (actor: Pick<Actor, "timeZone">, days: number, now: Date) => {
  const today = dayIn(actor.timeZone, now);
  return [today, addDays(today, days)] as const;
};
export const staleBefore = (now: Date): Date => new Date(now.getTime() - STALE_MS);

/** The filter that an address means to this reader at `now`: a search and pins become ids, the best match first. */
export async function filterOf(
  db: ScopedDb,
  actor: Actor,
  input: CustomerListInput,
  now: Date,
): Promise<ListFilter> {
  const { q, status, group, relationship, licenceKind, licenceState, category, overUsed, reason, vendor } =
    input;
  const found = q ? await findCustomers(db, actor, q) : undefined;
  const pins = input.pinned ? await listPins(db, actor.partnerId, actor.membershipId) : undefined;
  const ids = found && pins ? found.filter((id) => pins.includes(id)) : (found ?? pins);
  return {
    status,
    group,
    relationship,
    licenceKind,
    licenceState,
    category,
    overUsed,
    reason,
    vendor,
    ends: input.expiring === undefined ? undefined : endsWithin(actor, Number(input.expiring), now),
    syncedBefore: input.stale && staleBefore(now),
    ids,
  };
}

/** Every reason of these makes its figure positive: said as well, it is a range of the figure's index. */
const figureOf = {
  devices_silent: "devicesSilentStored",
  devices_unprotected: "devicesUnprotectedStored",
} as const;
const hasFigure = (reason: string): reason is keyof typeof figureOf => reason in figureOf;

/** Customers of the partner that the reader sees and the filter lets through; the view `o` knows their scope and access. */
export function filtered(db: ScopedDb, partnerId: string, filter: ListFilter) {
  let query = db.selectFrom("readableOverview as o").where("o.partnerId", "=", partnerId);
  const has = (column: string, value: string): Expression<SqlBool> =>
    sql<SqlBool>`${sql.ref(column)} @> array[${value}]`;
  // The rank has the index; the shown status drops those whose access ended within the last minute.
  if (filter.status)
    query = query
      .where("o.statusRank", "=", statuses.indexOf(filter.status) + 1)
      .where("o.status", "=", filter.status);
  if (filter.relationship) query = query.where("o.relationship", "=", filter.relationship);
  if (filter.licenceKind) query = query.where(has("o.licence_kinds", filter.licenceKind));
  if (filter.licenceState)
    query = query
      .where("o.licenceStateRankStored", "=", licenceStates.indexOf(filter.licenceState) + 1)
      .where("o.hasLicences", "=", true);
  if (filter.category) query = query.where(has("o.categories", filter.category));
  if (filter.vendor) query = query.where(has("o.vendors", filter.vendor));
  if (filter.overUsed) query = query.where("o.overUsed", "=", true);
  if (filter.reason) {
    query = query.where(has("o.reason_codes", filter.reason));
    if (hasFigure(filter.reason)) query = query.where(`o.${figureOf[filter.reason]}`, ">", 0);
  }
  if (filter.ends)
    query = query
      .where("o.licenceEndsOnStored", ">=", filter.ends[0])
      .where("o.licenceEndsOnStored", "<=", filter.ends[1])
      .where("o.hasLicences", "=", true);
  if (filter.syncedBefore)
    query = query.where("o.lastSyncAtStored", "<", filter.syncedBefore).where("o.hasMetrics", "=", true);
  if (filter.ids) query = query.where(amongIds(sql`o.customer_id`, filter.ids));
  if (filter.without?.length)
    query = query.where(sql<SqlBool>`o.customer_id <> all(${[...filter.without]}::uuid[])`);
  if (filter.group) {
    const group = filter.group;
    query = query.where((eb) =>
      eb(
        "o.customerId",
        "in",
        eb
          .selectFrom("customerGroupMember as g")
          .where("g.partnerId", "=", partnerId)
          .where("g.groupId", "=", group)
          .select("g.customerId"),
      ),
    );
  }
  return query;
}
