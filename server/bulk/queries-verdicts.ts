// What an action would do to each of many customers, judged by the database in one statement, for previews and jobs alike.
import { type RawBuilder, sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { filtered, type ListFilter } from "#server/customers/queries-filter.ts";
import { COUNT_LIMIT } from "#server/customers/schema.ts";
import { KEPT_DAYS } from "#server/vendor-accounts/rules.ts";
import { type BulkAction, type BulkOptions, MOST_TAGS, type RowOutcome } from "./schema.ts";

export type Asker = { partnerId: string; membershipId: string };
export type Question = { action: BulkAction; options: BulkOptions };

/** "same": it is so already; a code: refused, and why; null: nothing is against it. */
type Verdict = string | null;
type Branch = RawBuilder<unknown>;

/** A grant of the customer that is live now and opens all of these. */
const liveGrant = (capabilities: readonly string[]) => sql`exists (select from access_grant g
  where g.partner_id = v.partner_id and g.customer_id = v.id and g.state = 'active' and g.capabilities @> ${[...capabilities]}::text[]
    and g.from_at <= now() and (g.until_at is null or g.until_at > now()))`;
const inGroup = (groupId: string) => sql`exists (select from customer_group_member m
  where m.partner_id = v.partner_id and m.group_id = ${groupId}::uuid and m.customer_id = v.id)`;
const isPinned = ({ membershipId }: Asker) => sql`exists (select from customer_pin p
  where p.partner_id = v.partner_id and p.membership_id = ${membershipId}::uuid and p.customer_id = v.id)`;
/** Tags that differ only in their capitals are one. */
const hasTag = (tag: string) => sql`exists (select from unnest(v.tags) own where lower(own) = lower(${tag}))`;
const hasSource = sql`exists (select from vendor_account a join connection c on c.partner_id = a.partner_id and c.id = a.connection_id
  where a.partner_id = v.partner_id and a.customer_id = v.id and a.link_state <> 'not_linked'
    and c.is_enabled and c.removed_at is null and c.vendor <> 'push')`;
/** An account whose link can end, not scheduled (`open`) or scheduled to do so already. */
const hasAccount = (which: "open" | "scheduled") => sql`exists (select from vendor_account a
  join connection c on c.partner_id = a.partner_id and c.id = a.connection_id and c.removed_at is null
  where a.partner_id = v.partner_id and a.customer_id = v.id and (a.unlink_on is null) = ${which === "open"})`;
/**
 * What unlinkPlan says of the first account that may not leave; null where all may. Term licences alone stand in the way:
 * while they run, and for some days after, counted on the partner's calendar.
 */
const unlinkRefusal = sql`(select case when bool_or(l.ends_on is null or l.ends_on >= t.today)
    then 'account.termLicence' else 'account.recentLicence' end
  from vendor_account a
  join connection c on c.partner_id = a.partner_id and c.id = a.connection_id and c.removed_at is null
  join licence l on l.partner_id = a.partner_id and l.vendor_account_id = a.id and l.kind = 'term'
  cross join (select (now() at time zone p.time_zone)::date as today from partner p where p.id = v.partner_id) t
  where a.partner_id = v.partner_id and a.customer_id = v.id and a.unlink_on is null
    and (l.ends_on is null or l.ends_on + ${KEPT_DAYS}::integer > t.today)
  group by a.created_at, a.id order by a.created_at, a.id limit 1)`;
/** The trials that a conversion would end: not ended on the partner's day, suspended and not started ones too. */
const endingTrials = sql`from vendor_account a
  join licence l on l.partner_id = a.partner_id and l.vendor_account_id = a.id and l.kind = 'trial'
  where a.partner_id = v.partner_id and a.customer_id = v.id and (l.ends_on is null
    or l.ends_on >= (select (now() at time zone p.time_zone)::date from partner p where p.id = v.partner_id))`;
const isFlex = sql`exists (select from partner p where p.id = v.partner_id and p.msp_flex)`;

const same = (condition: RawBuilder<unknown>): Branch => sql`when ${condition} then 'same'`;
const refused = (condition: RawBuilder<unknown>, code: string): Branch => sql`when ${condition} then ${code}`;

/**
 * What is asked of a customer `v` in the member's scope; what depends on an option is asked once that is chosen. `else`, which
 * says what there is to say where none of these held, comes last.
 */
function branchesOf({ action, options }: Question, asker: Asker): Branch[] {
  const { groupId, tag, capabilities = ["metrics", "licences", "console", "reports"] } = options;
  switch (action) {
    case "sync":
      return [
        refused(
          sql`v.relationship = 'delegated' and not ${liveGrant(["metrics"])}`,
          "customer.accessDisabled",
        ),
        refused(sql`not ${hasSource}`, "sync.noSource"),
      ];
    case "groupAdd":
      return groupId === undefined ? [] : [same(inGroup(groupId))];
    case "groupRemove":
      return groupId === undefined ? [] : [same(sql`not ${inGroup(groupId)}`)];
    case "pin":
      return [same(isPinned(asker))];
    case "unpin":
      return [same(sql`not ${isPinned(asker)}`)];
    case "tag":
      return tag === undefined
        ? []
        : [same(hasTag(tag)), refused(sql`cardinality(v.tags) >= ${MOST_TAGS}`, "bulk.tooManyTags")];
    case "untag":
      return tag === undefined ? [] : [same(sql`not ${hasTag(tag)}`)];
    case "requestAccess":
      return [
        refused(sql`v.relationship = 'managed'`, "bulk.alwaysOpen"),
        same(
          sql`exists (select from access_grant g where g.partner_id = v.partner_id and g.customer_id = v.id and g.state = 'pending')`,
        ),
        refused(liveGrant(capabilities), "bulk.accessLive"),
      ];
    case "convertTrial":
      return [
        refused(sql`not ${isFlex}`, "monthly.notFlex"),
        refused(sql`not exists (select ${endingTrials})`, "trial.none"),
        // Those that the customer owns need its leave.
        refused(
          sql`v.relationship = 'delegated' and not ${liveGrant(["licences"])}
            and exists (select ${endingTrials} and l.owner = 'customer')`,
          "customer.accessDisabled",
        ),
      ];
    case "unlink":
      return [
        same(sql`${hasAccount("scheduled")} and not ${hasAccount("open")}`),
        refused(sql`not ${hasAccount("open")}`, "account.notLinked"),
        sql`else ${unlinkRefusal}`,
      ];
    case "export":
      return [];
  }
}

/** The verdict on customers `p`, joined to what the member sees of them as `v`. */
function verdict(question: Question, asker: Asker): RawBuilder<unknown> {
  const branches = [
    refused(sql`v.id is null`, "customer.notFound"),
    // Orders of managed customers open nothing that is done to many at once (domain.md); what one sees of them is exported.
    ...(question.action === "export" ? [] : [refused(sql`v.relationship = 'order_only'`, "bulk.orderOnly")]),
    ...branchesOf(question, asker),
  ];
  return sql`case ${sql.join(branches, sql` `)} end`;
}

/** The verdict on each of these customers. */
export async function listVerdicts(
  db: ScopedDb,
  asker: Asker,
  question: Question,
  customerIds: readonly string[],
): Promise<Map<string, Verdict>> {
  const { rows } = await sql<{ id: string; verdict: Verdict }>`
    select p.id, ${verdict(question, asker)} as verdict from unnest(${[...customerIds]}::uuid[]) as p (id)
    left join visible_customer v on v.partner_id = ${asker.partnerId}::uuid and v.id = p.id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.verdict]));
}

/** What a draft is about: the customers it holds, those of an earlier job, or those that match a filter. */
export type Picked = { jobId: string; outcomes?: readonly RowOutcome[] } | { filter: ListFilter; at: Date };

/** At most `limit` of them, whichever come first, with what they are sorted by. */
const someOf = (db: ScopedDb, partnerId: string, picked: Picked, limit: number): RawBuilder<unknown> => {
  const all =
    "filter" in picked
      ? sql`select m.customer_id as id, m.name_sort as name
          from (${filtered(db, partnerId, picked.filter).select(["o.customerId", "o.nameSort"])}) m
          where exists (select from customer c where c.partner_id = ${partnerId}::uuid and c.id = m.customer_id and c.created_at <= ${picked.at})`
      : sql`select r.customer_id as id, o.name_sort as name from bulk_row r
          left join readable_overview o on o.partner_id = r.partner_id and o.customer_id = r.customer_id
          where r.partner_id = ${partnerId}::uuid and r.job_id = ${picked.jobId}::uuid
            ${picked.outcomes ? sql`and r.outcome = any (${[...picked.outcomes]}::text[])` : sql``}`;
  return sql`${all} limit ${limit}`;
};

/** How many of `limit` customers would get which verdict, the most frequent first. */
export async function countVerdicts(
  db: ScopedDb,
  asker: Asker,
  question: Question,
  picked: Picked,
  limit: number,
): Promise<{ verdict: Verdict; count: number }[]> {
  const { partnerId } = asker;
  const { rows } = await sql<{ verdict: Verdict; count: number }>`
    with p as materialized (${someOf(db, partnerId, picked, limit)})
    select ${verdict(question, asker)} as verdict, count(*)::int as count from p
    left join visible_customer v on v.partner_id = ${partnerId}::uuid and v.id = p.id group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return rows;
}

/** How many trials end at those of `limit` customers at whom nothing is against it. */
export async function countTrials(
  db: ScopedDb,
  asker: Asker,
  picked: Picked,
  limit: number,
): Promise<number> {
  const { partnerId } = asker;
  const { rows } = await sql<{ count: number }>`
    with p as materialized (${someOf(db, partnerId, picked, limit)})
    select coalesce(sum((select count(*) ${endingTrials})), 0)::int as count
    from p join visible_customer v on v.partner_id = ${partnerId}::uuid and v.id = p.id
    where ${verdict({ action: "convertTrial", options: {} }, asker)} is null`.execute(db);
  return rows[0]?.count ?? 0;
}

export type PickedCustomer = { id: string; name: string; position: number };
/** Of the first COUNT_LIMIT + 1 the first by name (the `position`th), or those `after` one, as far as the member sees them. */
export async function listPicked(
  db: ScopedDb,
  partnerId: string,
  picked: Picked,
  limit: number,
  after: string | null,
): Promise<PickedCustomer[]> {
  const { rows } = await sql<PickedCustomer>`
    with p as materialized (select id, row_number() over (order by name, id)::int as position
      from (${someOf(db, partnerId, picked, COUNT_LIMIT + 1)}) looked)
    select v.id, v.name_shown as name, p.position from p join visible_customer v on v.partner_id = ${partnerId}::uuid and v.id = p.id
    where p.position > coalesce((select position from p where id = ${after}::uuid), 0) order by p.position limit ${limit}`.execute(
    db,
  );
  return rows;
}
