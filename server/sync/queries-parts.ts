// Writes the parts of snapshots: devices, licences, alerts; each account's become exactly what was reported.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { LicenceReport, Snapshot } from "./snapshot.ts";

/** One account's part of a snapshot with where it belongs. */
export type Placed<Part> = { accountId: string; customerId: string; items: readonly Part[] };
const accountIds = (parts: readonly Placed<unknown>[]) => parts.map((part) => part.accountId);
const flat = <Part extends object>(parts: readonly Placed<Part>[]): string =>
  JSON.stringify(
    parts.flatMap(({ accountId, customerId, items }) =>
      items.map((item) => ({ accountId, customerId, ...item })),
    ),
  );

/**
 * Devices of these accounts become exactly the ones given; unchanged rows are not written. `not in` is looked up in a hash
 * table; for `not exists` the planner, which expects one row behind a policy, compares every device with every other.
 */
export async function mergeDevices(
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<NonNullable<Snapshot["devices"]>[number]>[],
): Promise<void> {
  if (parts.length === 0) return;
  const given = sql`jsonb_to_recordset(${flat(parts)}::jsonb) as r ("accountId" uuid, "customerId" uuid, "externalId" text, hostname text, type text, os text,
    state text, health text, "isProtected" boolean, person text, "lastSeenAt" timestamptz)`;
  await sql`delete from device d where d.partner_id = ${partnerId}::uuid and d.vendor_account_id = any(${accountIds(parts)}::uuid[])
    and (d.vendor_account_id, d.external_id) not in (select r."accountId", r."externalId" from ${given})`.execute(
    db,
  );
  await sql`
    insert into device as d (partner_id, customer_id, vendor_account_id, external_id, hostname, type, os, state, health, is_protected, person, last_seen_at)
    select distinct on (r."accountId", r."externalId") ${partnerId}::uuid, r."customerId", r."accountId", r."externalId", r.hostname, r.type, r.os, r.state,
      r.health, r."isProtected", r.person, r."lastSeenAt" from ${given} order by r."accountId", r."externalId"
    on conflict (partner_id, vendor_account_id, external_id) do update set customer_id = excluded.customer_id, hostname = excluded.hostname,
      type = excluded.type, os = excluded.os, state = excluded.state, health = excluded.health, is_protected = excluded.is_protected,
      person = excluded.person, last_seen_at = excluded.last_seen_at
    where (d.*) is distinct from (excluded.*)`.execute(db);
}

/** Products are shared by all partners: names and categories are the vendor's. */
export async function upsertProducts(
  db: ScopedDb,
  vendor: string,
  licences: readonly LicenceReport[],
): Promise<void> {
  const products = [...new Map(licences.map((licence) => [licence.productCode, licence])).values()];
  if (products.length === 0) return;
  await sql`
    insert into product as p (vendor, code, name, category)
    select ${vendor}, r.code, r.name, r.category
    from jsonb_to_recordset(${JSON.stringify(products.map((one) => ({ code: one.productCode, name: one.productName, category: one.category })))}::jsonb)
      as r (code text, name text, category text) order by r.code
    on conflict (vendor, code) do update set name = excluded.name, category = excluded.category
    where (p.name, p.category) is distinct from (excluded.name, excluded.category)`.execute(db);
}

/** Licences of these accounts become exactly the ones given. */
export async function mergeLicences(
  db: ScopedDb,
  partnerId: string,
  vendor: string,
  parts: readonly Placed<LicenceReport>[],
): Promise<void> {
  if (parts.length === 0) return;
  const given = sql`jsonb_to_recordset(${flat(parts)}::jsonb) as r ("accountId" uuid, "customerId" uuid, key text, "productCode" text, kind text, owner text,
    quantity numeric, "isQuantityKnown" boolean, used numeric, "startsOn" date, "endsOn" date, "orderNumber" text)`;
  await sql`delete from licence l where l.partner_id = ${partnerId}::uuid and l.vendor_account_id = any(${accountIds(parts)}::uuid[])
    and (l.vendor_account_id, l.source_key) not in (select r."accountId", r.key from ${given})`.execute(db);
  await sql`
    insert into licence as l (partner_id, customer_id, vendor_account_id, source_key, vendor, product_code, kind, owner, is_unlimited, quantity, used,
      starts_on, ends_on, order_number)
    select distinct on (r."accountId", r.key) ${partnerId}::uuid, r."customerId", r."accountId", r.key, ${vendor}, r."productCode", r.kind, r.owner,
      r.quantity is null and r."isQuantityKnown", r.quantity, r.used, r."startsOn", r."endsOn", r."orderNumber"
    from ${given} order by r."accountId", r.key
    on conflict (partner_id, vendor_account_id, source_key) do update set customer_id = excluded.customer_id, product_code = excluded.product_code,
      kind = excluded.kind, owner = excluded.owner, is_unlimited = excluded.is_unlimited, quantity = excluded.quantity, used = excluded.used,
      starts_on = excluded.starts_on, ends_on = excluded.ends_on, order_number = excluded.order_number
    where (l.customer_id, l.product_code, l.kind, l.owner, l.is_unlimited, l.quantity, l.used, l.starts_on, l.ends_on, l.order_number) is distinct from
      (excluded.customer_id, excluded.product_code, excluded.kind, excluded.owner, excluded.is_unlimited, excluded.quantity, excluded.used,
       excluded.starts_on, excluded.ends_on, excluded.order_number)`.execute(db);
}

/** Open alerts of these accounts become exactly the ones given. */
export async function mergeAlerts(
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<NonNullable<Snapshot["alerts"]>[number]>[],
): Promise<void> {
  if (parts.length === 0) return;
  const given = sql`jsonb_to_recordset(${flat(parts)}::jsonb) as r ("accountId" uuid, "customerId" uuid, "externalId" text, severity text, product text,
    category text, description text, "deviceExternalId" text, person text, "raisedAt" timestamptz, "allowedActions" text[])`;
  await sql`delete from alert e where e.partner_id = ${partnerId}::uuid and e.vendor_account_id = any(${accountIds(parts)}::uuid[])
    and (e.vendor_account_id, e.external_id) not in (select r."accountId", r."externalId" from ${given})`.execute(
    db,
  );
  await sql`
    insert into alert as e (partner_id, customer_id, vendor_account_id, external_id, severity, product, category, description, device_external_id, person,
      raised_at, allowed_actions)
    select distinct on (r."accountId", r."externalId") ${partnerId}::uuid, r."customerId", r."accountId", r."externalId", r.severity, r.product, r.category,
      r.description, r."deviceExternalId", r.person, r."raisedAt", r."allowedActions"
    from ${given} order by r."accountId", r."externalId"
    on conflict (partner_id, vendor_account_id, external_id) do update set customer_id = excluded.customer_id, severity = excluded.severity,
      product = excluded.product, category = excluded.category, description = excluded.description, device_external_id = excluded.device_external_id,
      person = excluded.person, raised_at = excluded.raised_at, allowed_actions = excluded.allowed_actions
    where (e.*) is distinct from (excluded.*)`.execute(db);
}
