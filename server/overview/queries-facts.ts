// Reads everything that decides a customer's overview row, set-based, for many customers.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Reason } from "#server/customers/schema.ts";
import type { OpenReason } from "./queries-work.ts";
import type { AccountReport } from "./rules.ts";

type FactsRow = {
  id: string;
  name: string;
  nameShown: string;
  domain: string | null;
  externalId: string | null;
  relationship: "managed" | "delegated" | "order_only";
  createdAt: Date;
  contacts: string;
  grant: {
    state: "pending" | "active" | "ended";
    capabilities: string[];
    fromAt: string;
    untilAt: string | null;
    endReason: string | null;
  } | null;
  /** Instants of aggregates are text, as JSON has them. */
  accounts: {
    id: string;
    vendor: string;
    externalId: string;
    lastSuccessAt: string | null;
    lastDataAt: string | null;
    errorCode: string | null;
    errorSince: string | null;
    isRunning: boolean;
    gaps: AccountReport["gaps"];
    unprotected: number | null;
    saasUsers: number | null;
    saasActiveUsers: number | null;
    devices: Omit<AccountReport["devices"], "oldestSilentAt" | "nextToFallSilentAt"> & {
      oldestSilentAt: string | null;
      nextToFallSilentAt: string | null;
    };
    alerts: AccountReport["alerts"];
    applications: AccountReport["applications"];
    saas: AccountReport["saas"];
  }[];
  licences: {
    kind: "term" | "monthly" | "trial";
    owner: "partner" | "customer";
    isSuspended: boolean;
    isUnlimited: boolean;
    quantity: string | null;
    used: string | null;
    startsOn: string | null;
    endsOn: string | null;
    category: string;
  }[];
  handlings: {
    code: string;
    subject: string;
    snoozedUntil: string | null;
    isAccepted: boolean;
    why: string;
    updatedAt: string;
  }[];
  /** Maintenance windows that cover the customer and are not over. */
  windows: { name: string; startsAt: string; endsAt: string }[];
  previous: { status: string; statusSince: string; reasons: Reason[] } | null;
  /** What the queue of work holds of the customer. */
  open: OpenReason[];
};
export type OverviewFacts = FactsRow;

/** Everything the rules need of these customers, one row each; devices are counted against the customer's `silentBefore`. */
export async function listOverviewFacts(
  db: ScopedDb,
  partnerId: string,
  customers: readonly { id: string; silentBefore: Date }[],
  now: Date,
): Promise<FactsRow[]> {
  const ids = customers.map(({ id }) => id);
  const befores = customers.map(({ silentBefore }) => silentBefore.toISOString());
  const { rows } = await sql<FactsRow>`
    select c.id, c.name, c.name_shown, c.domain, c.external_id, c.relationship, c.created_at,
      coalesce((select string_agg(concat_ws(' ', k.first_name, k.last_name, k.email), ' ') from contact k
        where k.partner_id = c.partner_id and k.customer_id = c.id and not k.is_hidden), '') as contacts,
      (select jsonb_build_object('state', g.state, 'capabilities', g.capabilities, 'fromAt', g.from_at, 'untilAt', coalesce(g.ended_at, g.until_at),
          'endReason', g.end_reason) from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id
        order by case g.state when 'active' then 1 when 'pending' then 2 else 3 end, g.created_at desc limit 1) as "grant",
      coalesce(a.accounts, '[]') as accounts, coalesce(l.licences, '[]') as licences, coalesce(h.handlings, '[]') as handlings,
      coalesce(w.windows, '[]') as windows,
      coalesce((select jsonb_agg(jsonb_build_object('kind', q.kind, 'code', q.code, 'subject', q.subject, 'amount', q.amount)) from open_reason q
        where q.partner_id = c.partner_id and q.customer_id = c.id), '[]') as open,
      (select jsonb_build_object('status', o.status, 'statusSince', o.status_since, 'reasons', o.reasons) from customer_overview o
        where o.partner_id = c.partner_id and o.customer_id = c.id) as previous
    from customer c
    -- Not a join with the given: for one, all customers of the partner are read. offset 0: computed once for a customer.
    cross join lateral (select (${befores}::timestamptz[])[array_position(${ids}::uuid[], c.id)] as silent_before offset 0) wanted
    -- Lateral: under row-level security a join of grouped subqueries is planned once per customer over all of them.
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', v.id, 'vendor', v.vendor, 'externalId', v.external_id, 'lastSuccessAt', v.last_success_at,
        'lastDataAt', v.last_data_at, 'errorCode', v.error_code, 'errorSince', v.error_since, 'unprotected', v.unprotected_count, 'gaps', v.gaps,
        'saasUsers', v.saas_users, 'saasActiveUsers', v.saas_active_users,
        'isRunning', exists (select from sync_run r where r.partner_id = v.partner_id and r.connection_id = v.connection_id and r.state = 'running'
          and (r.only_accounts is null or v.external_id = any (r.only_accounts)) and (v.last_attempt_at is null or v.last_attempt_at < r.started_at)),
        'devices', d.devices, 'alerts', e.alerts, 'applications', p.applications, 'saas', s.saas) order by v.id) as accounts
      from vendor_account v
      join connection k on k.partner_id = v.partner_id and k.id = v.connection_id and k.removed_at is null
      cross join lateral (
        select jsonb_build_object(
          'recent', count(*) filter (where d.state = 'active' and d.last_seen_at >= wanted.silent_before),
          'silent', count(*) filter (where d.state = 'active' and (d.last_seen_at is null or d.last_seen_at < wanted.silent_before)),
          'quarantined', count(*) filter (where d.state = 'quarantined'), 'inactive', count(*) filter (where d.state = 'inactive'),
          'unprotected', count(*) filter (where d.state = 'active' and not d.is_protected), 'known', count(d.is_protected),
          'oldestSilentAt', min(d.last_seen_at) filter (where d.state = 'active' and d.last_seen_at < wanted.silent_before),
          'nextToFallSilentAt', min(d.last_seen_at) filter (where d.state = 'active' and d.last_seen_at >= wanted.silent_before)) as devices
        from device d where d.partner_id = ${partnerId} and d.vendor_account_id = v.id and d.customer_id = c.id
      ) d
      cross join lateral (
        select jsonb_build_object('high', count(*) filter (where e.severity = 'high'), 'medium', count(*) filter (where e.severity = 'medium'),
          'low', count(*) filter (where e.severity in ('low', 'info'))) as alerts
        from alert e where e.partner_id = ${partnerId} and e.vendor_account_id = v.id and e.customer_id = c.id
      ) e
      cross join lateral (
        select jsonb_build_object('installed', count(*),
          'unused', case when count(*) = 0 or count(p.unused) > 0 then count(*) filter (where p.unused >= p.installs) end,
          'shortfall', case when count(*) = 0 or count(p.licences_required) > 0
            then coalesce(sum(greatest(0, p.licences_required - coalesce(p.licences_available, 0))), 0) end) as applications
        from application p where p.partner_id = ${partnerId} and p.vendor_account_id = v.id and p.customer_id = c.id and p.installs > 0
      ) p
      cross join lateral (
        select jsonb_build_object('applications', count(*), 'subscriptions', sum(s.subscriptions),
          'unassigned', sum(greatest(0, s.subscriptions - s.assigned)), 'yearlyCost', sum(s.yearly_cost)::text,
          'currencies', coalesce(jsonb_agg(distinct s.currency) filter (where s.yearly_cost is not null), '[]')) as saas
        from saas_application s where s.partner_id = ${partnerId} and s.vendor_account_id = v.id and s.customer_id = c.id
      ) s
      -- Not the given: of a partner that is new to its statistics the planner expects no account, and reads them all.
      where v.partner_id = c.partner_id and v.customer_id = c.id and v.link_state <> 'not_linked'
    ) a on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('kind', l.kind, 'owner', l.owner, 'isSuspended', l.is_suspended, 'isUnlimited', l.is_unlimited,
        'quantity', l.quantity::text, 'used', l.used::text, 'startsOn', l.starts_on, 'endsOn', l.ends_on, 'category', p.category)) as licences
      from licence l join product p on p.vendor = l.vendor and p.code = l.product_code
      where l.partner_id = ${partnerId} and l.customer_id = c.id and l.converted_on is null
    ) l on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('code', h.code, 'subject', h.subject, 'snoozedUntil', h.snoozed_until, 'isAccepted', h.is_accepted,
        'why', h.why, 'updatedAt', h.updated_at)) as handlings
      from warning_handling h where h.partner_id = ${partnerId} and h.customer_id = c.id and (h.is_accepted or h.snoozed_until > ${now})
    ) h on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('name', w.name, 'startsAt', w.starts_at, 'endsAt', w.ends_at) order by w.name, w.id) as windows
      from maintenance_window w where w.partner_id = ${partnerId} and w.ends_at > ${now} and (w.covers = 'all' or w.for_customer_id = c.id
        or exists (select from customer_group_member m where m.partner_id = w.partner_id and m.group_id = w.group_id and m.customer_id = c.id))
    ) w on true
    where c.partner_id = ${partnerId} and c.id = any(${ids}::uuid[])`.execute(db);
  return rows;
}

/** Names of denied applications that are installed without an exception, per vendor account of these customers. */
export async function listDenied(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Map<string, string[]>> {
  // What app.names says, with each name and each pattern prepared once: by itself it takes 40 times as long.
  const { rows } = await sql<{ accountId: string; names: string[] }>`
    with installed as materialized (
      select p.customer_id, p.vendor_account_id, p.name from application p
      where p.partner_id = ${partnerId} and p.customer_id = any(${[...customerIds]}::uuid[]) and p.installs > 0),
    named as materialized (select name, app.plain(name) as plain from (select distinct name from installed) n),
    denied as materialized (
      select d.id, replace(replace(replace(replace(app.plain(d.pattern), '\\', '\\\\'), '%', '\\%'), '_', '\\_'), '*', '%') as pattern
      from denied_application d where d.partner_id = ${partnerId}),
    matched as materialized (select n.name, d.id from denied d join named n on n.plain like d.pattern)
    select i.vendor_account_id as account_id, array_agg(distinct i.name) as names
    from matched m join installed i on i.name = m.name
    where not exists (select from denied_exception x where x.partner_id = ${partnerId} and x.denied_id = m.id and x.customer_id = i.customer_id)
    group by i.vendor_account_id`.execute(db);
  return new Map(rows.map(({ accountId, names }) => [accountId, names]));
}
