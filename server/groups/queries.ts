// Every query of customer groups themselves: the list, one group, its name, its rule and how many customers it has.
import { sql } from "kysely";
import pg from "pg";
import type { ScopedDb } from "#db/client.ts";
import { COUNT_LIMIT } from "#server/customers/schema.ts";
import type { Actor } from "#server/permissions.ts";
import type { Rule } from "./schema.ts";

const UNIQUE_VIOLATION = "23505";
type Reader = Pick<Actor, "partnerId" | "memberAll">;

const ruleColumns = (rule: Rule) => ({
  ruleMatch: rule.match,
  ruleStatuses: rule.statuses,
  ruleLicenceKinds: rule.licenceKinds,
  ruleCategories: rule.categories,
  ruleVendors: rule.vendors,
  ruleCountries: rule.countries,
  ruleTags: rule.tags,
});

/** A new group, by a rule or (null) filled by people; undefined: another one has the name. */
export async function insertGroup(
  db: ScopedDb,
  partnerId: string,
  name: string,
  rule: Rule | null,
): Promise<string | undefined> {
  const row = await db
    .insertInto("customerGroup")
    // A rule is yet to be held against the customers; without one there is nothing to do.
    .values({ partnerId, name, ...(rule && { ...ruleColumns(rule), settledVersion: 0 }) })
    .onConflict((oc) => oc.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** Groups of the partner, and those with a rule; at most one more than the limits that are asked about. */
export async function countGroups(db: ScopedDb, partnerId: string): Promise<{ all: number; byRule: number }> {
  const { all, byRule } = await db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .select((eb) => [eb.fn.countAll<string>().as("all"), eb.fn.count<string>("ruleMatch").as("byRule")])
    .executeTakeFirstOrThrow();
  return { all: Number(all), byRule: Number(byRule) };
}

type GroupRow = {
  id: string;
  name: string;
  rule: Rule | null;
  version: number;
  isSettled: boolean;
  /** At most COUNT_LIMIT + 1. */
  customers: number;
  silentDays: number | null;
  stuckHours: number | null;
};

/** The columns of a group `g`, its customers counted as far as the reader sees them. */
const groupColumns = ({ memberAll }: Reader) => sql`
  g.id, g.name, g.version, g.settled_version = g.rule_version as "isSettled", g.silent_days as "silentDays", g.stuck_hours as "stuckHours",
  case when g.rule_match is not null then jsonb_build_object('match', g.rule_match, 'statuses', g.rule_statuses,
    'licenceKinds', g.rule_licence_kinds, 'categories', g.rule_categories, 'vendors', g.rule_vendors,
    'countries', g.rule_countries, 'tags', g.rule_tags) end as rule,
  (select count(*)::int from (select from customer_group_member m where m.partner_id = g.partner_id and m.group_id = g.id
    ${memberAll ? sql`` : sql`and exists (select from visible_customer v where v.partner_id = m.partner_id and v.id = m.customer_id)`}
    limit ${COUNT_LIMIT + 1}) counted) as customers`;

/** At most `limit` groups after the cursor by name. */
export async function listGroupRows(
  db: ScopedDb,
  reader: Reader,
  q: string | undefined,
  after: { name: string; id: string } | undefined,
  limit: number,
): Promise<GroupRow[]> {
  const { rows } = await sql<GroupRow>`
    select ${groupColumns(reader)} from customer_group g where g.partner_id = ${reader.partnerId}
      ${q === undefined ? sql`` : sql`and position(app.plain(${q}) in app.plain(g.name::text)) > 0`}
      ${after === undefined ? sql`` : sql`and (g.name, g.id) > (${after.name}::citext, ${after.id}::uuid)`}
    order by g.name, g.id limit ${limit}`.execute(db);
  return rows;
}

export async function findGroup(db: ScopedDb, reader: Reader, id: string): Promise<GroupRow | undefined> {
  const { rows } = await sql<GroupRow>`
    select ${groupColumns(reader)} from customer_group g where g.partner_id = ${reader.partnerId} and g.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

/**
 * What decides whether a group may be changed, locked until the transaction ends. Members may be put in meanwhile: who
 * changes them looks at the group's key and would wait, while this transaction waits for their rows.
 */
export function lockGroup(
  db: ScopedDb,
  partnerId: string,
  id: string,
): Promise<
  | {
      name: string;
      version: number;
      ruleMatch: string | null;
      silentDays: number | null;
      stuckHours: number | null;
    }
  | undefined
> {
  return db
    .selectFrom("customerGroup")
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .select(["name", "version", "ruleMatch", "silentDays", "stuckHours"])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/**
 * Gives the group its next version, with a name or with a rule that is yet to be held against the customers. False:
 * another group has the name, and the transaction can only be given up.
 */
export async function updateGroup(
  db: ScopedDb,
  partnerId: string,
  id: string,
  change: { name: string } | { rule: Rule },
): Promise<boolean> {
  const update = db
    .updateTable("customerGroup")
    .set((eb) => ({
      version: eb("version", "+", 1),
      ...("name" in change
        ? { name: change.name }
        : { ...ruleColumns(change.rule), ruleVersion: eb("version", "+", 1) }),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id);
  try {
    await update.execute();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Its members, and what else names it, go with it. */
export async function deleteGroup(db: ScopedDb, partnerId: string, id: string): Promise<void> {
  await db.deleteFrom("customerGroup").where("partnerId", "=", partnerId).where("id", "=", id).execute();
}

/** Maintenance windows of a group that are open or coming at `now`. */
export async function countWindows(db: ScopedDb, partnerId: string, id: string, now: Date): Promise<number> {
  const { n } = await db
    .selectFrom("maintenanceWindow")
    .where("partnerId", "=", partnerId)
    .where("groupId", "=", id)
    .where("endsAt", ">", now)
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}
