// The queue of work, read kind by kind: a page by keyset and a bounded count, each along one index.
import { type RawBuilder, sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Reason } from "#server/customers/schema.ts";
import { orderTypes } from "./rules.ts";
import { ENDING_DAYS, NEWS_DAYS, type TakeForm, type WorkKind } from "./schema.ts";

/** Whose work and of which customers. `ids`: of these alone; `group`: of a group that is too large to name its members. */
export type WorkScope = {
  partnerId: string;
  /** The membership whose work it is; null: everybody's. */
  assignedTo: string | null;
  ids: readonly string[] | undefined;
  group: string | undefined;
  now: Date;
  /** The partner's calendar day. */
  today: string;
};

/** One row as a kind tells it; what a kind has no word for is left out. */
export type WorkRow = {
  cursor: string[];
  subjectId: string;
  customerId: string | null;
  customerName: string | null;
  /** Of what has no day on which it ends: since when it is this matter. Who took an earlier one on has not taken this one. */
  began?: Date;
  relationship?: "managed" | "delegated" | "order_only";
  assignedTo: string | null;
  since?: Date | null;
  until?: Date | string | null;
  due?: string;
  name?: string;
  vendor?: string;
  errorCode?: string | null;
  reasons?: Reason[];
  code?: string;
  subject?: string;
  appearedAt?: Date;
  grownAt?: Date | null;
  grownFrom?: number | null;
};

type Part = RawBuilder<unknown>;
type Source = {
  columns: Part;
  from: Part;
  /** The order of its index; the types of its columns are orderTypes'. */
  order: readonly Part[];
  isDescending?: true;
};
const types = { timestamptz: sql`timestamptz`, date: sql`date`, uuid: sql`uuid`, text: sql`text` };
const DAY_MS = 86_400_000;
const later = (now: Date, days: number) => new Date(now.getTime() + days * DAY_MS);

/** Narrows to the scope's customers; what has no customer is nobody's group. */
function within({ ids, group, partnerId }: WorkScope, customer: Part): Part {
  if (ids) return sql` and ${customer} = any(${[...ids]}::uuid[])`;
  if (group === undefined) return sql``;
  return sql` and exists (select from customer_group_member m
    where m.partner_id = ${partnerId}::uuid and m.group_id = ${group}::uuid and m.customer_id = ${customer})`;
}
const mine = ({ assignedTo }: WorkScope, column: Part): Part =>
  assignedTo === null ? sql`` : sql` and ${column} = ${assignedTo}::uuid`;
/** Who took it on, for what is no reason of a status: this matter with its day, or one without a day since it began. */
const assignment = (
  { partnerId }: WorkScope,
  kind: WorkKind,
  subject: Part,
  matter: { due: Part } | { began: Part },
): Part =>
  sql`left join work_assignment t on t.partner_id = ${partnerId}::uuid and t.kind = ${kind} and t.subject_id = ${subject} and ${
    "due" in matter
      ? sql`t.due = ${matter.due}`
      : sql`t.due = 'infinity'::date and t.assigned_at >= ${matter.began}`
  }`;
const overUseBegan = sql`w.appeared_at`;
const failureBegan = sql`c.error_since`;
/** An account waits since it was found, unlinked or taken back: every decision about it ended what was before. */
const accountBegan = sql`greatest(a.created_at, (select max(l.at) from account_link l
  where l.partner_id = a.partner_id and l.vendor_account_id = a.id))`;

const customerColumns = sql`o.customer_id as subject_id, o.customer_id, o.name_shown as customer_name, o.relationship`;

/** Open reasons, the newest first; a warning of the team's only while it is news. What was put aside a moment ago is left out. */
function reasons(scope: WorkScope, kind: "warning" | "stuck"): Source {
  const { partnerId, now } = scope;
  const isNews =
    kind === "warning" && scope.assignedTo === null
      ? sql` and w.news_at > ${later(now, -NEWS_DAYS)}::timestamptz`
      : sql``;
  return {
    columns: sql`${customerColumns}, o.reasons, w.code, w.subject, w.appeared_at, w.grown_at, w.grown_from, w.appeared_at as since, h.assigned_to`,
    from: sql`open_reason w
      join readable_overview o on o.partner_id = w.partner_id and o.customer_id = w.customer_id
      left join warning_handling h on h.partner_id = w.partner_id and h.customer_id = w.customer_id and h.code = w.code and h.subject = w.subject
      where w.partner_id = ${partnerId}::uuid and w.kind = ${kind} and o.has_metrics${isNews}
        and (h.code is null or not (h.is_accepted or (h.snoozed_until > ${now}::timestamptz and h.updated_at >= w.appeared_at) is true))
        ${within(scope, sql`w.customer_id`)}${mine(scope, sql`h.assigned_to`)}`,
    order: [sql`w.news_at`, sql`w.customer_id`, sql`w.code`, sql`w.subject`],
    isDescending: true,
  };
}

const sources: Record<WorkKind, (scope: WorkScope) => Source> = {
  warning: (scope) => reasons(scope, "warning"),
  stuck: (scope) => reasons(scope, "stuck"),
  over_use: (scope) => ({
    columns: sql`${customerColumns}, w.appeared_at as since, t.assigned_to, 'infinity' as due, ${overUseBegan} as began`,
    from: sql`open_reason w
      join readable_overview o on o.partner_id = w.partner_id and o.customer_id = w.customer_id
      ${assignment(scope, "over_use", sql`w.customer_id`, { began: overUseBegan })}
      where w.partner_id = ${scope.partnerId}::uuid and w.kind = 'over_use' and o.over_used
        ${within(scope, sql`w.customer_id`)}${mine(scope, sql`t.assigned_to`)}`,
    order: [sql`w.news_at`, sql`w.customer_id`],
    isDescending: true,
  }),
  request: (scope) => ({
    columns: sql`${customerColumns}, o.reasons, 'grant_pending' as code, '' as subject, g.created_at as since, h.assigned_to`,
    from: sql`access_grant g
      join readable_overview o on o.partner_id = g.partner_id and o.customer_id = g.customer_id
      left join warning_handling h on h.partner_id = g.partner_id and h.customer_id = g.customer_id and h.code = 'grant_pending' and h.subject = ''
      where g.partner_id = ${scope.partnerId}::uuid and g.state = 'pending'
        ${within(scope, sql`g.customer_id`)}${mine(scope, sql`h.assigned_to`)}`,
    order: [sql`g.created_at`, sql`g.customer_id`],
  }),
  access_end: (scope) => ({
    columns: sql`${customerColumns}, g.until_at as until, t.assigned_to, (g.until_at at time zone 'UTC')::date::text as due`,
    from: sql`access_grant g
      join readable_overview o on o.partner_id = g.partner_id and o.customer_id = g.customer_id
      ${assignment(scope, "access_end", sql`g.customer_id`, { due: sql`(g.until_at at time zone 'UTC')::date` })}
      where g.partner_id = ${scope.partnerId}::uuid and g.state = 'active'
        and g.until_at > ${scope.now}::timestamptz and g.until_at <= ${later(scope.now, ENDING_DAYS)}::timestamptz
        ${within(scope, sql`g.customer_id`)}${mine(scope, sql`t.assigned_to`)}`,
    order: [sql`g.until_at`, sql`g.customer_id`],
  }),
  licence_end: (scope) => ({
    columns: sql`${customerColumns}, o.licence_ends_on_stored::text as until, t.assigned_to, o.licence_ends_on_stored::text as due`,
    from: sql`readable_overview o
      ${assignment(scope, "licence_end", sql`o.customer_id`, { due: sql`o.licence_ends_on_stored` })}
      where o.partner_id = ${scope.partnerId}::uuid and o.has_licences
        and o.licence_ends_on_stored >= ${scope.today}::date and o.licence_ends_on_stored <= ${scope.today}::date + ${ENDING_DAYS}::int
        ${within(scope, sql`o.customer_id`)}${mine(scope, sql`t.assigned_to`)}`,
    order: [sql`o.licence_ends_on_stored`, sql`o.customer_id`],
  }),
  account: (scope) => ({
    columns: sql`a.id as subject_id, null::uuid as customer_id, null as customer_name, a.name, a.vendor, a.created_at as since, t.assigned_to, 'infinity' as due, ${accountBegan} as began`,
    from: sql`vendor_account a
      join connection c on c.partner_id = a.partner_id and c.id = a.connection_id
      ${assignment(scope, "account", sql`a.id`, { began: accountBegan })}
      where a.partner_id = ${scope.partnerId}::uuid and a.customer_id is null and not a.is_set_aside and c.removed_at is null
        ${within(scope, sql`a.customer_id`)}${mine(scope, sql`t.assigned_to`)}`,
    order: [sql`a.created_at`, sql`a.id`],
  }),
  // The partner's own connections stand for every group.
  connection: (scope) => ({
    columns: sql`c.id as subject_id, v.id as customer_id, v.name_shown as customer_name, c.name, c.vendor, c.error_code, c.error_since as since, t.assigned_to, 'infinity' as due, ${failureBegan} as began`,
    from: sql`connection c
      left join visible_customer v on v.partner_id = c.partner_id and v.id = c.customer_id
      ${assignment(scope, "connection", sql`c.id`, { began: failureBegan })}
      where c.partner_id = ${scope.partnerId}::uuid and c.error_code is not null and c.removed_at is null and c.is_enabled
        and (c.customer_id is null or (v.id is not null${within(scope, sql`v.id`)}))${mine(scope, sql`t.assigned_to`)}`,
    order: [sql`c.error_since`, sql`c.id`],
  }),
};

/** A page of one kind after the row with this cursor. */
export async function listWork(
  db: ScopedDb,
  kind: WorkKind,
  scope: WorkScope,
  after: readonly string[] | undefined,
  limit: number,
): Promise<WorkRow[]> {
  const { columns, from, order, isDescending } = sources[kind](scope);
  const refs = sql.join(order);
  const start =
    after &&
    sql` and (${refs}) ${isDescending ? sql`<` : sql`>`} (${sql.join(orderTypes[kind].map((type, n) => sql`${after[n]}::${types[type]}`))})`;
  const sorted = sql.join(order.map((by) => (isDescending ? sql`${by} desc` : by)));
  const { rows } = await sql<WorkRow>`
    select ${columns}, array[${sql.join(order.map((by) => sql`${by}::text`))}] as cursor
    from ${from}${start ?? sql``} order by ${sorted} limit ${limit}`.execute(db);
  return rows;
}

/** One piece of work that is taken on by itself, as `scope` may see it; undefined: it does not wait, or not any more. */
export async function findWork(
  db: ScopedDb,
  scope: WorkScope,
  { kind, subjectId, due }: Pick<TakeForm, "kind" | "subjectId" | "due">,
): Promise<Omit<WorkRow, "cursor"> | undefined> {
  const { columns, from } = sources[kind](scope);
  const { rows } = await sql<Omit<WorkRow, "cursor">>`
    select * from (select ${columns} from ${from}) work where subject_id = ${subjectId}::uuid and due = ${due}`.execute(
    db,
  );
  return rows[0];
}

/** How many there are of one kind, at most `most`. */
export async function countWork(
  db: ScopedDb,
  kind: WorkKind,
  scope: WorkScope,
  most: number,
): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from (select from ${sources[kind](scope).from} limit ${most}) counted`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
