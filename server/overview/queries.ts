// Reads what decides a customer's overview row, and writes the row with its histories; set-based, for many customers.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Reason } from "#server/customers/schema.ts";
import type { Gaps } from "./rules.ts";

/** Thresholds as the partner set them; those of a customer are listThresholds'. `hasDenied`: it denies applications. */
export type PartnerRules = {
  silentDays: number;
  stuckHours: number;
  timeZone: string;
  hasDenied: boolean;
};

export async function getPartnerRules(db: ScopedDb, partnerId: string): Promise<PartnerRules> {
  return db
    .selectFrom("partner as p")
    .where("p.id", "=", partnerId)
    .select((eb) => [
      "p.silentDays",
      "p.stuckHours",
      "p.timeZone",
      eb
        .exists(eb.selectFrom("deniedApplication as d").whereRef("d.partnerId", "=", "p.id").select("d.id"))
        .$castTo<boolean>()
        .as("hasDenied"),
    ])
    .executeTakeFirstOrThrow();
}

/** The thresholds that hold for one customer, and the group each is of; null: the partner's own, or a customer's user asks. */
export type CustomerThresholds = {
  silentDays: number;
  stuckHours: number;
  silentGroup: string | null;
  stuckGroup: string | null;
};

/** Thresholds by customer: the smallest that a group of theirs sets, else the partner's. */
export async function listThresholds(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Map<string, CustomerThresholds>> {
  const { rows } = await sql<CustomerThresholds & { id: string }>`
    select wanted.id, coalesce(s.silent_days, p.silent_days) as silent_days, coalesce(s.stuck_hours, p.stuck_hours) as stuck_hours,
      s.silent_group, s.stuck_group
    from partner p cross join unnest(${[...customerIds]}::uuid[]) as wanted (id)
    left join app.group_thresholds(${[...customerIds]}::uuid[]) s on s.customer_id = wanted.id
    where p.id = ${partnerId}`.execute(db);
  return new Map(rows.map(({ id, ...thresholds }) => [id, thresholds]));
}

/** One overview row as the rules computed it; figures are null where nothing may be shown. */
export type OverviewRow = {
  customerId: string;
  nameShown: string;
  domain: string | null;
  relationship: string;
  status: string;
  reasons: Reason[];
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
  devicesSource: string | null;
  applicationsInstalled: number | null;
  applicationsDenied: number | null;
  /** Applications of which no installation is used. */
  applicationsUnused: number | null;
  licenceShortfall: number | null;
  saasApplications: number | null;
  saasUsers: number | null;
  saasActiveUsers: number | null;
  saasSubscriptions: number | null;
  saasUnassigned: number | null;
  /** Exact decimal with four places; with its currency, where the vendor says which. */
  saasMonthlySpend: string | null;
  saasCurrency: string | null;
  gaps: Gaps;
  alertsHigh: number | null;
  alertsMedium: number | null;
  alertsLow: number | null;
  licenceStateRank: number;
  licenceKinds: string[];
  categories: string[];
  categoriesInactive: string[];
  vendors: string[];
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
  "licenceEndsOn" date, "devicesSource" text, "applicationsInstalled" int, "applicationsDenied" int,
  "applicationsUnused" int, "licenceShortfall" int, "saasApplications" int, "saasUsers" int, "saasActiveUsers" int, "saasSubscriptions" int,
  "saasUnassigned" int, "saasMonthlySpend" numeric, "saasCurrency" text, gaps jsonb, "categoriesInactive" text[], vendors text[]`;

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
  const input = sql`json_to_recordset(${JSON.stringify(rows)}::json) as r (${rowTypes})`;
  await sql`
    insert into customer_overview as o (partner_id, customer_id, name_shown, name_sort, domain, relationship, status, reasons, status_since,
      next_change_at, metrics_from, metrics_until, licences_from, licences_until, has_customer_licences, last_sync_at, devices_total,
      devices_recent, devices_silent, devices_quarantined, devices_inactive, devices_unprotected, alerts_high, alerts_medium, alerts_low,
      licence_state_rank, licence_kinds, categories, licensed, used, over_used, licence_ends_on, devices_source, applications_installed,
      applications_denied, applications_unused, licence_shortfall, saas_applications, saas_users, saas_active_users, saas_subscriptions,
      saas_unassigned, saas_monthly_spend, saas_currency, gaps, categories_inactive, vendors)
    select ${partnerId}::uuid, "customerId", "nameShown", left(app.plain("nameShown"), 200), domain, relationship, status, reasons, "statusSince",
      least("nextChangeAt", "nextLicenceDay"::timestamp at time zone ${timeZone}), "metricsFrom", "metricsUntil", "licencesFrom", "licencesUntil",
      "hasCustomerLicences", "lastSyncAt", "devicesTotal", "devicesRecent", "devicesSilent", "devicesQuarantined", "devicesInactive",
      "devicesUnprotected", "alertsHigh", "alertsMedium", "alertsLow", "licenceStateRank", "licenceKinds", categories, licensed, used,
      "overUsed", "licenceEndsOn", "devicesSource", "applicationsInstalled", "applicationsDenied", "applicationsUnused", "licenceShortfall",
      "saasApplications", "saasUsers", "saasActiveUsers", "saasSubscriptions", "saasUnassigned", "saasMonthlySpend", "saasCurrency", gaps,
      coalesce("categoriesInactive", '{}'), coalesce(vendors, '{}')
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
      licence_ends_on = excluded.licence_ends_on, devices_source = excluded.devices_source,
      applications_installed = excluded.applications_installed, applications_denied = excluded.applications_denied,
      applications_unused = excluded.applications_unused, licence_shortfall = excluded.licence_shortfall,
      saas_applications = excluded.saas_applications, saas_users = excluded.saas_users, saas_active_users = excluded.saas_active_users,
      saas_subscriptions = excluded.saas_subscriptions, saas_unassigned = excluded.saas_unassigned,
      saas_monthly_spend = excluded.saas_monthly_spend, saas_currency = excluded.saas_currency, gaps = excluded.gaps,
      categories_inactive = excluded.categories_inactive, vendors = excluded.vendors
    where (o.*) is distinct from (excluded.*)`.execute(db);
  await sql`
    insert into customer_history as h (partner_id, customer_id, day, status, devices_total, devices_recent, devices_silent, devices_quarantined,
      devices_inactive, devices_unprotected, licensed, used, alerts_high, applications_installed, applications_denied, applications_unused,
      licence_shortfall, saas_applications, saas_users, saas_active_users, saas_subscriptions, saas_unassigned, saas_monthly_spend)
    select ${partnerId}::uuid, "customerId", ${today}::date, status, "devicesTotal", "devicesRecent", "devicesSilent", "devicesQuarantined",
      "devicesInactive", "devicesUnprotected", licensed, used, "alertsHigh", "applicationsInstalled", "applicationsDenied", "applicationsUnused",
      "licenceShortfall", "saasApplications", "saasUsers", "saasActiveUsers", "saasSubscriptions", "saasUnassigned", "saasMonthlySpend"
    from ${input} order by "customerId"
    on conflict (partner_id, customer_id, day) do update set status = excluded.status, devices_total = excluded.devices_total,
      devices_recent = excluded.devices_recent, devices_silent = excluded.devices_silent, devices_quarantined = excluded.devices_quarantined,
      devices_inactive = excluded.devices_inactive, devices_unprotected = excluded.devices_unprotected, licensed = excluded.licensed,
      used = excluded.used, alerts_high = excluded.alerts_high, applications_installed = excluded.applications_installed,
      applications_denied = excluded.applications_denied, applications_unused = excluded.applications_unused,
      licence_shortfall = excluded.licence_shortfall, saas_applications = excluded.saas_applications, saas_users = excluded.saas_users,
      saas_active_users = excluded.saas_active_users, saas_subscriptions = excluded.saas_subscriptions,
      saas_unassigned = excluded.saas_unassigned, saas_monthly_spend = excluded.saas_monthly_spend
    where (h.*) is distinct from (excluded.*)`.execute(db);
  const news = rows
    .filter((row) => row.isStatusNew)
    .map(({ customerId, status, reasons }) => ({ customerId, status, reasons }));
  if (news.length > 0)
    await sql`
      insert into status_history (partner_id, customer_id, at, status, reasons)
      select ${partnerId}::uuid, "customerId", ${now}, status, reasons
      from json_to_recordset(${JSON.stringify(news)}::json) as r ("customerId" uuid, status text, reasons jsonb)`.execute(
      db,
    );
  const texts = rows.map(({ customerId, nameShown, searchText }) => ({ customerId, nameShown, searchText }));
  await sql`
    insert into customer_search as s (partner_id, customer_id, name_plain, text_plain)
    select ${partnerId}::uuid, "customerId", left(app.plain("nameShown"), 300), left(app.plain("searchText"), 2000)
    from json_to_recordset(${JSON.stringify(texts)}::json) as r ("customerId" uuid, "nameShown" text, "searchText" text) order by "customerId"
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

/** By how much the database's clock is ahead of this process's, in milliseconds. */
export async function readClockLead(db: ScopedDb): Promise<number> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  return (rows[0]?.at.getTime() ?? Date.now()) - Date.now();
}

/** Makes sure that the history has room for this month and the next. */
export async function makePartitions(db: ScopedDb, now: Date): Promise<void> {
  await sql`select app.history_partition((${now}::timestamptz + make_interval(months => m))::date) from generate_series(0, 1) m`.execute(
    db,
  );
}
