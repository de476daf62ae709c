// Reads what decides a customer's overview row, and writes the row with its histories; set-based, for many customers.
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

export type PartnerRules = { silentDays: number; stuckHours: number; timeZone: string };

export async function getPartnerRules(db: ScopedDb, partnerId: string): Promise<PartnerRules> {
  return db
    .selectFrom("partner")
    .where("id", "=", partnerId)
    .select(["silentDays", "stuckHours", "timeZone"])
    .executeTakeFirstOrThrow();
}

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

/** One overview row as the rules computed it; figures are null where nothing may be shown. */
export type OverviewRow = {
  customerId: string;
  nameShown: string;
  domain: string | null;
  relationship: string;
  status: string;
  reasons: unknown[];
  statusSince: string;
  nextChangeAt: string | null;
  /** The next calendar day on which a licence starts, begins to expire, or has ended. */
  nextLicenceDay: string | null;
  metricsFrom: string | null;
  metricsUntil: string | null;
  licencesFrom: string | null;
  licencesUntil: string | null;
  hasCustomerLicences: boolean;
  lastSyncAt: string | null;
  devicesTotal: number | null;
  devicesRecent: number | null;
  devicesSilent: number | null;
  devicesQuarantined: number | null;
  devicesInactive: number | null;
  devicesUnprotected: number | null;
  alertsHigh: number | null;
  alertsMedium: number | null;
  alertsLow: number | null;
  licenceStateRank: number;
  licenceKinds: string[];
  categories: string[];
  licensed: string | null;
  used: string | null;
  overUsed: boolean;
  licenceEndsOn: string | null;
  searchText: string;
  isStatusNew: boolean;
};

const rowTypes = sql`"customerId" uuid, "nameShown" text, domain text, relationship text, status text, reasons jsonb, "statusSince" timestamptz,
  "nextChangeAt" timestamptz, "nextLicenceDay" date, "metricsFrom" timestamptz, "metricsUntil" timestamptz, "licencesFrom" timestamptz,
  "licencesUntil" timestamptz, "hasCustomerLicences" boolean, "lastSyncAt" timestamptz, "devicesTotal" int, "devicesRecent" int,
  "devicesSilent" int, "devicesQuarantined" int, "devicesInactive" int, "devicesUnprotected" int, "alertsHigh" int, "alertsMedium" int,
  "alertsLow" int, "licenceStateRank" smallint, "licenceKinds" text[], categories text[], licensed numeric, used numeric, "overUsed" boolean,
  "licenceEndsOn" date, "searchText" text, "isStatusNew" boolean`;

/** Upserts overview rows, the day's history, changes of status and the search text, in one statement each. */
export async function upsertOverview(
  db: ScopedDb,
  partnerId: string,
  rows: readonly OverviewRow[],
  today: string,
  timeZone: string,
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const input = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${rowTypes})`;
  await sql`
    insert into customer_overview as o (partner_id, customer_id, name_shown, name_sort, domain, relationship, status, reasons, status_since,
      next_change_at, metrics_from, metrics_until, licences_from, licences_until, has_customer_licences, last_sync_at, devices_total,
      devices_recent, devices_silent, devices_quarantined, devices_inactive, devices_unprotected, alerts_high, alerts_medium, alerts_low,
      licence_state_rank, licence_kinds, categories, licensed, used, over_used, licence_ends_on)
    select ${partnerId}::uuid, "customerId", "nameShown", left(app.plain("nameShown"), 200), domain, relationship, status, reasons, "statusSince",
      least("nextChangeAt", "nextLicenceDay"::timestamp at time zone ${timeZone}), "metricsFrom", "metricsUntil", "licencesFrom", "licencesUntil",
      "hasCustomerLicences", "lastSyncAt", "devicesTotal", "devicesRecent", "devicesSilent", "devicesQuarantined", "devicesInactive",
      "devicesUnprotected", "alertsHigh", "alertsMedium", "alertsLow", "licenceStateRank", "licenceKinds", categories, licensed, used,
      "overUsed", "licenceEndsOn"
    from ${input} order by "customerId"
    on conflict (partner_id, customer_id) do update set name_shown = excluded.name_shown, name_sort = excluded.name_sort, domain = excluded.domain,
      relationship = excluded.relationship, status = excluded.status, reasons = excluded.reasons, status_since = excluded.status_since,
      next_change_at = excluded.next_change_at, metrics_from = excluded.metrics_from, metrics_until = excluded.metrics_until,
      licences_from = excluded.licences_from, licences_until = excluded.licences_until, has_customer_licences = excluded.has_customer_licences,
      last_sync_at = excluded.last_sync_at, devices_total = excluded.devices_total, devices_recent = excluded.devices_recent,
      devices_silent = excluded.devices_silent, devices_quarantined = excluded.devices_quarantined, devices_inactive = excluded.devices_inactive,
      devices_unprotected = excluded.devices_unprotected, alerts_high = excluded.alerts_high, alerts_medium = excluded.alerts_medium,
      alerts_low = excluded.alerts_low, licence_state_rank = excluded.licence_state_rank, licence_kinds = excluded.licence_kinds,
      categories = excluded.categories, licensed = excluded.licensed, used = excluded.used, over_used = excluded.over_used,
      licence_ends_on = excluded.licence_ends_on
    where (o.*) is distinct from (excluded.*)`.execute(db);
  await sql`
    insert into customer_history as h (partner_id, customer_id, day, status, devices_total, devices_recent, devices_silent, devices_quarantined,
      devices_inactive, devices_unprotected, licensed, used, alerts_high)
    select ${partnerId}::uuid, "customerId", ${today}::date, status, "devicesTotal", "devicesRecent", "devicesSilent", "devicesQuarantined",
      "devicesInactive", "devicesUnprotected", licensed, used, "alertsHigh"
    from ${input} order by "customerId"
    on conflict (partner_id, customer_id, day) do update set status = excluded.status, devices_total = excluded.devices_total,
      devices_recent = excluded.devices_recent, devices_silent = excluded.devices_silent, devices_quarantined = excluded.devices_quarantined,
      devices_inactive = excluded.devices_inactive, devices_unprotected = excluded.devices_unprotected, licensed = excluded.licensed,
      used = excluded.used, alerts_high = excluded.alerts_high
    where (h.*) is distinct from (excluded.*)`.execute(db);
  await sql`
    insert into status_history (partner_id, customer_id, at, status, reasons)
    select ${partnerId}::uuid, "customerId", ${now}, status, reasons from ${input} where "isStatusNew"`.execute(
    db,
  );
  await sql`
    insert into customer_search as s (partner_id, customer_id, name_plain, text_plain)
    select ${partnerId}::uuid, "customerId", left(app.plain("nameShown"), 300), left(app.plain("searchText"), 2000) from ${input} order by "customerId"
    on conflict (partner_id, customer_id) do update set name_plain = excluded.name_plain, text_plain = excluded.text_plain
    where (s.name_plain, s.text_plain) is distinct from (excluded.name_plain, excluded.text_plain)`.execute(
    db,
  );
}

/** Customers whose row the clock may have changed by now, oldest first. */
export async function listDueCustomers(
  db: ScopedDb,
  partnerId: string,
  now: Date,
  most: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("customerOverview")
    .where("partnerId", "=", partnerId)
    .where("nextChangeAt", "<=", now)
    .select("customerId")
    .orderBy("nextChangeAt")
    .limit(most)
    .execute();
  return rows.map((row) => row.customerId);
}

/** Customers with a grant whose window is over and that is not ended yet. */
export async function listExpiredGrants(db: ScopedDb, partnerId: string, now: Date): Promise<string[]> {
  const rows = await db
    .selectFrom("accessGrant")
    .where("partnerId", "=", partnerId)
    .where("state", "=", "active")
    .where("untilAt", "<=", now)
    .select("customerId")
    .execute();
  return rows.map((row) => row.customerId);
}

/** Grants of these customers whose window is over become ended. */
export async function endExpiredGrants(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
): Promise<void> {
  if (customerIds.length === 0) return;
  await db
    .updateTable("accessGrant")
    .set((eb) => ({
      state: "ended",
      endReason: "expired",
      endedAt: eb.ref("untilAt"),
      version: eb("version", "+", 1),
    }))
    .where("partnerId", "=", partnerId)
    .where("customerId", "in", [...customerIds])
    .where("state", "=", "active")
    .where("untilAt", "<=", now)
    .execute();
}

/**
 * Locks rows in the order in which upsertOverview writes them, before the partner's count row is touched: whoever
 * writes several customers waits for the others instead of deadlocking with them.
 */
export async function lockOverview(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<void> {
  if (customerIds.length === 0) return;
  await db
    .selectFrom("customerOverview")
    .where("partnerId", "=", partnerId)
    .where("customerId", "in", [...customerIds])
    .select("customerId")
    .orderBy("customerId")
    .forUpdate()
    .execute();
}

/** True for one worker at a time: the others leave this partner's minute to it. Held to the end of the transaction. */
export async function tryTick(db: ScopedDb, partnerId: string): Promise<boolean> {
  const { rows } = await sql<{
    held: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended('tick ' || ${partnerId}::text, 0)) as held`.execute(
    db,
  );
  return rows[0]?.held === true;
}

/** Makes sure that the history has room for this month and the next. */
export async function makePartitions(db: ScopedDb, now: Date): Promise<void> {
  await sql`select app.history_partition((${now}::timestamptz + make_interval(months => m))::date) from generate_series(0, 1) m`.execute(
    db,
  );
}
