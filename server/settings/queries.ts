// Every query of the settings of status: thresholds, maintenance windows, and whom their changes concern.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

export type PartnerThresholds = { silentDays: number; stuckHours: number };
export type GroupThresholds = { silentDays: number | null; stuckHours: number | null };

export function getThresholds(db: ScopedDb, partnerId: string): Promise<PartnerThresholds> {
  return db
    .selectFrom("partner")
    .where("id", "=", partnerId)
    .select(["silentDays", "stuckHours"])
    .executeTakeFirstOrThrow();
}

/** Groups that may have thresholds: one whose rule asks for the status would turn in a circle. */
export function listGroupThresholds(db: ScopedDb, partnerId: string) {
  return db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where(sql<number>`cardinality(rule_statuses)`, "=", 0)
    .select(["id", "name", "silentDays", "stuckHours"])
    .orderBy("name")
    .limit(500)
    .execute();
}

export function findGroupThresholds(db: ScopedDb, partnerId: string, groupId: string) {
  return db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where("id", "=", groupId)
    .select([
      "id",
      "name",
      "silentDays",
      "stuckHours",
      sql<boolean>`rule_statuses <> '{}'`.as("asksForStatus"),
    ])
    .executeTakeFirst();
}

/** False: something else than `was` stands by now. */
export async function updateThresholds(
  db: ScopedDb,
  partnerId: string,
  was: PartnerThresholds,
  to: PartnerThresholds,
): Promise<boolean> {
  const result = await db
    .updateTable("partner")
    .set(to)
    .where("id", "=", partnerId)
    .where("silentDays", "=", was.silentDays)
    .where("stuckHours", "=", was.stuckHours)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function updateGroupThresholds(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  was: GroupThresholds,
  to: GroupThresholds,
): Promise<boolean> {
  const result = await db
    .updateTable("customerGroup")
    .set(to)
    .where("partnerId", "=", partnerId)
    .where("id", "=", groupId)
    .where("silentDays", "is not distinct from", was.silentDays)
    .where("stuckHours", "is not distinct from", was.stuckHours)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

const windows = (db: ScopedDb, partnerId: string) =>
  db
    .selectFrom("maintenanceWindow as w")
    .leftJoin("customerGroup as g", (join) =>
      join.onRef("g.partnerId", "=", "w.partnerId").onRef("g.id", "=", "w.groupId"),
    )
    .leftJoin("visibleCustomer as c", (join) =>
      join.onRef("c.partnerId", "=", "w.partnerId").onRef("c.id", "=", "w.forCustomerId"),
    )
    .where("w.partnerId", "=", partnerId)
    // A window of a customer that is not the reader's to see is not theirs either.
    .where((eb) => eb.or([eb("w.forCustomerId", "is", null), eb("c.id", "is not", null)]))
    .select([
      "w.id",
      "w.name",
      "w.covers",
      "g.name as groupName",
      "c.nameShown as customerName",
      "w.startsAt",
      "w.endsAt",
      "w.createdBy",
    ]);

/** Windows that are not over, by their beginning. */
export const listOpenWindows = (db: ScopedDb, partnerId: string, now: Date, most: number) =>
  windows(db, partnerId)
    .where("w.endsAt", ">", now)
    .orderBy("w.startsAt")
    .orderBy("w.id")
    .limit(most)
    .execute();

export const listPastWindows = (db: ScopedDb, partnerId: string, now: Date, most: number) =>
  windows(db, partnerId)
    .where("w.endsAt", "<=", now)
    .orderBy("w.endsAt", "desc")
    .orderBy("w.id")
    .limit(most)
    .execute();

/** A window with whom it covers; locked, because ending and deleting it exclude each other. */
export function findWindow(db: ScopedDb, partnerId: string, id: string) {
  return db
    .selectFrom("maintenanceWindow")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .where((eb) =>
      eb.or([
        eb("forCustomerId", "is", null),
        eb.exists(
          eb
            .selectFrom("visibleCustomer as v")
            .whereRef("v.partnerId", "=", "maintenanceWindow.partnerId")
            .whereRef("v.id", "=", "maintenanceWindow.forCustomerId"),
        ),
      ]),
    )
    .select(["id", "name", "covers", "groupId", "forCustomerId", "startsAt", "endsAt"])
    .forUpdate("maintenanceWindow")
    .executeTakeFirst();
}

export type NewWindow = {
  name: string;
  covers: "all" | "group" | "customer";
  groupId: string | null;
  forCustomerId: string | null;
  startsAt: Date;
  endsAt: Date;
  createdBy: string;
};
export async function insertWindow(db: ScopedDb, partnerId: string, window: NewWindow): Promise<string> {
  const { id } = await db
    .insertInto("maintenanceWindow")
    .values({ partnerId, ...window })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function endWindow(db: ScopedDb, partnerId: string, id: string, now: Date): Promise<void> {
  await db
    .updateTable("maintenanceWindow")
    .set({ endsAt: now })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

export async function deleteWindow(db: ScopedDb, partnerId: string, id: string): Promise<void> {
  await db.deleteFrom("maintenanceWindow").where("partnerId", "=", partnerId).where("id", "=", id).execute();
}

export type Match = { id: string; name: string; domain: string | null; isExact: boolean };
/** Of these customers those that can be named, in the given order; `isExact`: the text is the name or the external id. */
export async function listNamed(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  text: string,
): Promise<Match[]> {
  if (customerIds.length === 0) return [];
  const { rows } = await sql<Match>`
    select v.id, v.name_shown as name, v.domain,
      app.plain(v.name_shown) = app.plain(${text}) or coalesce(v.external_id = ${text}, false) as "isExact"
    from unnest(${[...customerIds]}::uuid[]) with ordinality as given (id, place)
    join visible_customer v on v.partner_id = ${partnerId} and v.id = given.id and v.relationship <> 'order_only'
    order by given.place`.execute(db);
  return rows;
}

/** The minute job recomputes these customers next; null: all of the partner. */
export async function refreshSoon(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[] | null,
): Promise<void> {
  const ids = customerIds === null ? sql`null` : sql`${[...customerIds]}`;
  await sql`select app.refresh_soon(${partnerId}::uuid, ${ids}::uuid[])`.execute(db);
}

/** The same for the customers of one group, however many they are. */
export async function refreshGroupSoon(db: ScopedDb, partnerId: string, groupId: string): Promise<void> {
  await sql`
    select app.refresh_soon(${partnerId}::uuid, (select coalesce(array_agg(m.customer_id), '{}') from customer_group_member m
      where m.partner_id = ${partnerId} and m.group_id = ${groupId}))`.execute(db);
}
