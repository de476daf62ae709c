// Reads everything that decides a customer's overview row, set-based, for many customers.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

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
  accounts: {
    vendor: string;
    lastSuccessAt: string | null;
    lastDataAt: string | null;
    errorCode: string | null;
    errorSince: string | null;
    isRunning: boolean;
    unprotected: number | null;
    hasDevices: boolean;
    hasAlerts: boolean;
    externalId: string;
  }[];
  devices: {
    recent: number;
    silent: number;
    quarantined: number;
    inactive: number;
    unprotected: number;
    oldestSilentAt: string | null;
    nextToFallSilentAt: string | null;
  } | null;
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
  alerts: { high: number; medium: number; low: number } | null;
  previous: {
    status: string;
    codes: string[];
    statusSince: string;
    reasons: { code: string; since: string; evidence: { vendor?: unknown } }[];
  } | null;
};
export type OverviewFacts = FactsRow;

/** Everything the rules need of these customers, one row each; devices are counted against `silentBefore`. */
export async function listOverviewFacts(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  silentBefore: Date,
): Promise<FactsRow[]> {
  const ids = sql`any(${[...customerIds]}::uuid[])`;
  const { rows } = await sql<FactsRow>`
    select c.id, c.name, c.name_shown, c.domain, c.external_id, c.relationship, c.created_at,
      coalesce((select string_agg(concat_ws(' ', k.first_name, k.last_name, k.email), ' ') from contact k
        where k.partner_id = c.partner_id and k.customer_id = c.id), '') as contacts,
      (select jsonb_build_object('state', g.state, 'capabilities', g.capabilities, 'fromAt', g.from_at, 'untilAt', coalesce(g.ended_at, g.until_at),
          'endReason', g.end_reason) from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id
        order by case g.state when 'active' then 1 when 'pending' then 2 else 3 end, g.created_at desc limit 1) as "grant",
      coalesce(a.accounts, '[]') as accounts, d.devices, coalesce(l.licences, '[]') as licences, al.alerts,
      case when o.customer_id is not null then jsonb_build_object('status', o.status, 'statusSince', o.status_since, 'reasons', o.reasons,
        'codes', (select coalesce(jsonb_agg(r ->> 'code'), '[]') from jsonb_array_elements(o.reasons) r)) end as previous
    from customer c
    left join customer_overview o on o.partner_id = c.partner_id and o.customer_id = c.id
    -- Lateral: under row-level security a join of grouped subqueries is planned once per customer over all of them.
    left join lateral (
      select jsonb_agg(jsonb_build_object('vendor', v.vendor, 'externalId', v.external_id, 'lastSuccessAt', v.last_success_at,
        'lastDataAt', v.last_data_at, 'errorCode', v.error_code, 'errorSince', v.error_since, 'unprotected', v.unprotected_count,
        'hasDevices', v.last_success_at is not null and not (v.gaps @> '[{"part":"devices"}]'),
        'hasAlerts', v.last_success_at is not null and not (v.gaps @> '[{"part":"alerts"}]'),
        'isRunning', exists (select from sync_run r where r.partner_id = v.partner_id and r.connection_id = v.connection_id and r.state = 'running'
          and (r.only_accounts is null or v.external_id = any (r.only_accounts)) and (v.last_attempt_at is null or v.last_attempt_at < r.started_at)))
        order by v.id) as accounts
      from vendor_account v where v.partner_id = ${partnerId} and v.customer_id = c.id and v.link_state <> 'not_linked'
    ) a on true
    left join lateral (
      select jsonb_build_object(
        'recent', count(*) filter (where d.state = 'active' and d.last_seen_at >= ${silentBefore}),
        'silent', count(*) filter (where d.state = 'active' and (d.last_seen_at is null or d.last_seen_at < ${silentBefore})),
        'quarantined', count(*) filter (where d.state = 'quarantined'), 'inactive', count(*) filter (where d.state = 'inactive'),
        'unprotected', count(*) filter (where d.state = 'active' and not d.is_protected),
        'oldestSilentAt', min(d.last_seen_at) filter (where d.state = 'active' and d.last_seen_at < ${silentBefore}),
        'nextToFallSilentAt', min(d.last_seen_at) filter (where d.state = 'active' and d.last_seen_at >= ${silentBefore})) as devices
      from device d where d.partner_id = ${partnerId} and d.customer_id = c.id
    ) d on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('kind', l.kind, 'owner', l.owner, 'isSuspended', l.is_suspended, 'isUnlimited', l.is_unlimited,
        'quantity', l.quantity::text, 'used', l.used::text, 'startsOn', l.starts_on, 'endsOn', l.ends_on, 'category', p.category)) as licences
      from licence l join product p on p.vendor = l.vendor and p.code = l.product_code
      where l.partner_id = ${partnerId} and l.customer_id = c.id
    ) l on true
    left join lateral (
      select jsonb_build_object('high', count(*) filter (where e.severity = 'high'), 'medium', count(*) filter (where e.severity = 'medium'),
        'low', count(*) filter (where e.severity in ('low', 'info'))) as alerts
      from alert e where e.partner_id = ${partnerId} and e.customer_id = c.id
    ) al on true
    where c.partner_id = ${partnerId} and c.id = ${ids}`.execute(db);
  return rows;
}
