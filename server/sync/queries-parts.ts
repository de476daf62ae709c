// Writes the parts of snapshots: devices, licences, alerts, applications, SaaS, which become exactly what was reported; and that it was.
import { type RawBuilder, sql } from "kysely";
import { type ScopedDb, verbatim } from "#db/client.ts";
import type {
  AlertReport,
  ApplicationReport,
  DeviceReport,
  LicenceReport,
  SaasReport,
  Snapshot,
} from "./snapshot.ts";

/** One account's part of a snapshot with where it belongs; `isNew`: nothing of the account is stored yet. */
export type Placed<Part> = {
  accountId: string;
  customerId: string;
  isNew?: boolean;
  items: readonly Part[];
};

/** A table of parts: what names a row within its account, and the other columns with their types. */
type Shape = {
  table: string;
  key: string;
  columns: Record<string, string>;
  /** Which rows (`t`) stay although the source does not name them; `given` are the rows it names, as `r`. */
  kept?: RawBuilder<unknown>;
};
/** Names of snapshots are those of the columns in camel case. */
const column = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const list = (texts: readonly string[]) => verbatim(texts.join(", "));

/**
 * The rows of these accounts become exactly the ones given; unchanged rows are not written. One statement, so that what
 * is given is read once. `not in` is looked up in a hash table and `on conflict` in the key's index, whatever the planner
 * expects: behind a policy that is one row, for which `not exists` and MERGE compare every row with every other. Rows of
 * new accounts meet none, and are only added.
 */
async function merge(
  db: ScopedDb,
  partnerId: string,
  { table, key, columns, kept }: Shape,
  parts: readonly Placed<object>[],
): Promise<void> {
  const names = ["customerId", ...Object.keys(columns)];
  const written = names.map(column);
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  const [into, keyColumn, keyGiven] = [table, column(key), `r."${key}"`].map((text) => verbatim(text));
  const given = (some: readonly Placed<object>[]) => {
    const rows = some.flatMap(({ accountId, customerId, items }) =>
      items.map((item) => ({ accountId, customerId, ...item })),
    );
    return sql`select distinct on (r."accountId", ${keyGiven}) r.* from json_to_recordset(${JSON.stringify(rows)}::json)
      as r ("accountId" uuid, ${verbatim(`"${key}"`)} text, "customerId" uuid, ${list(types)}) order by r."accountId", ${keyGiven}`;
  };
  const insert = sql`insert into ${into} as t (partner_id, vendor_account_id, ${keyColumn}, ${list(written)})
    select ${partnerId}::uuid, r."accountId", ${keyGiven}, ${list(names.map((name) => `r."${name}"`))}`;
  const added = parts.filter(({ isNew, items }) => isNew && items.length > 0);
  if (added.length > 0) await sql`${insert} from (${given(added)}) r`.execute(db);
  const known = parts.filter(({ isNew }) => !isNew);
  if (known.length === 0) return;
  await sql`
    with given as materialized (${given(known)}),
    gone as (
      delete from ${into} t where t.partner_id = ${partnerId}::uuid and t.vendor_account_id = any(${known.map(({ accountId }) => accountId)}::uuid[])
        and (t.vendor_account_id, t.${keyColumn}) not in (select r."accountId", ${keyGiven} from given r)
        ${kept ? sql`and not (${kept})` : sql``})
    ${insert} from given r
    on conflict (partner_id, vendor_account_id, ${keyColumn}) do update set ${list(written.map((name) => `${name} = excluded.${name}`))}
    where (${list(written.map((name) => `t.${name}`))}) is distinct from (${list(written.map((name) => `excluded.${name}`))})`.execute(
    db,
  );
}

const devices: Shape = {
  table: "device",
  key: "externalId",
  columns: {
    hostname: "text",
    type: "text",
    os: "text",
    state: "text",
    health: "text",
    isProtected: "boolean",
    person: "text",
    manufacturer: "text",
    model: "text",
    lastSeenAt: "timestamptz",
  },
};
/** Devices of these accounts become exactly the ones given. */
export const mergeDevices = (
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<DeviceReport>[],
): Promise<void> => merge(db, partnerId, devices, parts);

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

const licences: Shape = {
  table: "licence",
  key: "sourceKey",
  columns: {
    vendor: "text",
    productCode: "text",
    kind: "text",
    owner: "text",
    isUnlimited: "boolean",
    quantity: "numeric",
    used: "numeric",
    startsOn: "date",
    endsOn: "date",
    orderNumber: "text",
  },
  kept: sql`t.is_recorded and not exists (select from given r where r."accountId" = t.vendor_account_id and r.kind = 'monthly')`,
};
/**
 * Licences of these accounts become exactly the ones given; that one is suspended is not the vendor's word, and stays, and
 * so do monthly licences that were ordered here until the vendor tells of monthly ones.
 */
export const mergeLicences = (
  db: ScopedDb,
  partnerId: string,
  vendor: string,
  parts: readonly Placed<LicenceReport>[],
): Promise<void> =>
  merge(
    db,
    partnerId,
    licences,
    parts.map(({ items, ...place }) => ({
      ...place,
      items: items.map(({ key: sourceKey, isQuantityKnown, ...one }) => ({
        ...one,
        sourceKey,
        vendor,
        isUnlimited: one.quantity === null && isQuantityKnown,
      })),
    })),
  );

const alerts: Shape = {
  table: "alert",
  key: "externalId",
  columns: {
    severity: "text",
    product: "text",
    category: "text",
    description: "text",
    deviceExternalId: "text",
    person: "text",
    raisedAt: "timestamptz",
    allowedActions: "text[]",
  },
};
/** Open alerts of these accounts become exactly the ones given. */
export const mergeAlerts = (
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<AlertReport>[],
): Promise<void> => merge(db, partnerId, alerts, parts);

const applications: Shape = {
  table: "application",
  key: "externalId",
  columns: {
    name: "text",
    manufacturer: "text",
    installs: "int",
    unused: "int",
    licencesRequired: "int",
    licencesAvailable: "int",
  },
};
/** Applications of these accounts become exactly the ones given. */
export const mergeApplications = (
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<ApplicationReport>[],
): Promise<void> => merge(db, partnerId, applications, parts);

const saasApplications: Shape = {
  table: "saas_application",
  key: "externalId",
  columns: {
    name: "text",
    manufacturer: "text",
    category: "text",
    users: "int",
    activeUsers: "int",
    subscriptions: "int",
    assigned: "int",
    yearlyCost: "numeric",
    currency: "text",
    isSanctioned: "boolean",
  },
};
/** SaaS applications of these accounts become exactly the ones given. */
export const mergeSaas = (
  db: ScopedDb,
  partnerId: string,
  parts: readonly Placed<SaasReport>[],
): Promise<void> => merge(db, partnerId, saasApplications, parts);

export type AccountSuccess = {
  accountId: string;
  takenAt: string;
  hasData: boolean;
  isOpen: boolean;
  unprotectedCount: number | null;
  /** Parts that were taken in. */
  told: readonly string[];
  gaps: Snapshot["gaps"];
  /** People with SaaS accounts; null: not taken in, what is stored stays. */
  saas: { users: number | null; activeUsers: number | null } | null;
};
/** What a source that says nothing of a part leaves: it is not known to tell of it. */
const untold = JSON.stringify(
  ["devices", "licences", "alerts", "applications", "saas"].map((part) => ({
    part,
    reason: "not_reported",
    isUntold: true,
  })),
);
/**
 * What a read account leaves behind; without access to metrics nothing counts as data. `gaps` afterwards names every part
 * that the account has not told, with the vendor's reason or (`isUntold`) without one; a part that this snapshot says
 * nothing of stays as it was.
 */
export async function recordSuccess(
  db: ScopedDb,
  partnerId: string,
  results: readonly AccountSuccess[],
): Promise<void> {
  if (results.length === 0) return;
  const input = results.map(({ told, gaps, saas, ...one }) => ({
    ...one,
    gaps,
    // Of protection each snapshot tells anew.
    said: ["protection", ...told, ...gaps.map(({ part }) => part)],
    hasSaas: saas !== null,
    saasUsers: saas?.users ?? null,
    saasActiveUsers: saas?.activeUsers ?? null,
  }));
  await sql`
    update vendor_account a set last_attempt_at = r."takenAt", last_success_at = r."takenAt", error_code = null, error_detail = null, error_since = null,
      last_data_at = case when r."hasData" and r."isOpen" then r."takenAt" else a.last_data_at end,
      unprotected_count = case when r."isOpen" then r."unprotectedCount" end,
      saas_users = case when r."hasSaas" then r."saasUsers" else a.saas_users end,
      saas_active_users = case when r."hasSaas" then r."saasActiveUsers" else a.saas_active_users end,
      gaps = r.gaps || (select coalesce(jsonb_agg(g), '[]')
        from jsonb_array_elements(case when a.last_success_at is null then ${untold}::jsonb else a.gaps end) g where g ->> 'part' <> all (r.said))
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as r ("accountId" uuid, "takenAt" timestamptz, "hasData" boolean, "isOpen" boolean,
      "unprotectedCount" int, gaps jsonb, said text[], "hasSaas" boolean, "saasUsers" int, "saasActiveUsers" int)
    where a.partner_id = ${partnerId}::uuid and a.id = r."accountId"`.execute(db);
}
