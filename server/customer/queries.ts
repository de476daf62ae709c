// Every query of one customer's page: record, accounts, contacts, licences, devices by keyset, alerts, status history.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

const recordColumns = ["name", "externalId", "country", "region", "address", "since", "createdAt"] as const;
/** The record of a customer in scope; undefined when it is not visible. */
export function findCustomer(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("visibleCustomer")
    .where("partnerId", "=", partnerId)
    .where("id", "=", customerId)
    .select(recordColumns)
    .executeTakeFirst();
}

export function listContacts(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("contact")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("isHidden", "=", false)
    .select(["id", "role", "firstName", "lastName", "email", "phone"])
    .orderBy("role")
    .orderBy("lastName")
    .limit(100)
    .execute();
}

export function listAccounts(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("vendorAccount as a")
    .leftJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.connectionId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.customerId", "=", customerId)
    .where("a.linkState", "<>", "not_linked")
    .select([
      "a.id",
      "a.vendor",
      "a.externalId",
      "a.name",
      "a.lastSuccessAt",
      "a.errorCode",
      "a.errorDetail",
      "c.name as connection",
    ])
    .orderBy("a.createdAt")
    .execute();
}

export function listLicences(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("licence as l")
    .innerJoin("product as p", (join) =>
      join.onRef("p.vendor", "=", "l.vendor").onRef("p.code", "=", "l.productCode"),
    )
    .where("l.partnerId", "=", partnerId)
    .where("l.customerId", "=", customerId)
    .select([
      "l.id",
      "p.name as product",
      "l.vendor",
      "p.category",
      "l.kind",
      "l.owner",
      "l.isSuspended",
      "l.isUnlimited",
      "l.quantity",
      "l.used",
    ])
    .select(["l.startsOn", "l.endsOn", "l.orderNumber"])
    .orderBy("p.name")
    .orderBy("l.sourceKey")
    .limit(1000)
    .execute();
}

export type DeviceFilter = "all" | "silent" | "unprotected";
/** `source`: the vendor whose devices are counted (decision 35); null: all of them. */
type ShownDevices = { filter: DeviceFilter; silentBefore: Date; source: string | null };
/** Devices of the counted source by name after (`name`, `id`), at most `limit`; silent: active and not seen since `silentBefore`. */
export function listDevices(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  shown: ShownDevices,
  after: { name: string; id: string } | undefined,
  limit: number,
) {
  let query = filteredDevices(db, partnerId, customerId, shown);
  if (after) query = query.where(sql<boolean>`(hostname, external_id) > (${after.name}, ${after.id})`);
  return query
    .select([
      "externalId",
      "hostname",
      "type",
      "os",
      "state",
      "health",
      "isProtected",
      "person",
      "lastSeenAt",
    ])
    .orderBy("hostname")
    .orderBy("externalId")
    .limit(limit)
    .execute();
}

export async function countDevices(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  shown: ShownDevices,
): Promise<number> {
  const { n } = await filteredDevices(db, partnerId, customerId, shown)
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

function filteredDevices(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  { filter, silentBefore, source }: ShownDevices,
) {
  let query = db.selectFrom("device").where("partnerId", "=", partnerId).where("customerId", "=", customerId);
  // Protection is told by another source than the one that counts.
  if (source !== null && filter !== "unprotected")
    query = query.where((eb) =>
      eb(
        "vendorAccountId",
        "in",
        eb
          .selectFrom("vendorAccount")
          .where("partnerId", "=", partnerId)
          .where("customerId", "=", customerId)
          .where("vendor", "=", source)
          .select("id"),
      ),
    );
  if (filter !== "all") query = query.where("state", "=", "active");
  if (filter === "unprotected") query = query.where("isProtected", "=", false);
  if (filter === "silent")
    query = query.where((eb) => eb.or([eb("lastSeenAt", "is", null), eb("lastSeenAt", "<", silentBefore)]));
  return query;
}

/** Installed applications, denied ones first; at most `limit`. */
export async function listApplications(db: ScopedDb, partnerId: string, customerId: string, limit: number) {
  const { rows } = await sql<{
    id: string;
    name: string;
    manufacturer: string;
    installs: number;
    unused: number | null;
    shortfall: number | null;
    isDenied: boolean;
  }>`
    select a.external_id as id, a.name, a.manufacturer, a.installs, a.unused,
      case when a.licences_required is not null
        then greatest(a.licences_required - coalesce(a.licences_available, 0), 0) end as shortfall,
      exists (select from denied_application d where d.partner_id = ${partnerId}::uuid and app.names(d.pattern, a.name)
        and not exists (select from denied_exception e where e.partner_id = d.partner_id and e.denied_id = d.id and e.customer_id = a.customer_id))
        as "isDenied"
    from application a where a.partner_id = ${partnerId}::uuid and a.customer_id = ${customerId}::uuid
    order by "isDenied" desc, a.installs desc, a.name, a.external_id limit ${limit}`.execute(db);
  return rows;
}

/** SaaS applications, the costliest first; at most `limit`. */
export function listSaas(db: ScopedDb, partnerId: string, customerId: string, limit: number) {
  return db
    .selectFrom("saasApplication")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["externalId as id", "name", "manufacturer", "category", "users", "activeUsers"])
    .select(["subscriptions", "assigned", "yearlyCost", "currency", "isSanctioned"])
    .orderBy("yearlyCost", (order) => order.desc().nullsLast())
    .orderBy("name")
    .limit(limit)
    .execute();
}

export function listAlerts(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("alert")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["externalId", "severity", "product", "category", "description", "raisedAt"])
    .orderBy(sql`case severity when 'high' then 1 when 'medium' then 2 when 'low' then 3 else 4 end`)
    .orderBy("raisedAt", "desc")
    .limit(100)
    .execute();
}

type HistoryRow = { id: string; at: Date; exactAt: string } & (
  | { status: string; reasons: unknown; code: null }
  | {
      status: null;
      code: string;
      subject: string;
      kind: string;
      actor: string;
      text: string;
      untilAt: Date | null;
    }
);
/**
 * Changes of the status and what people decided about its reasons, the newest first, after (`at`, `id`); at most `limit`.
 * `codes`: of decisions those about these reasons; null: about any.
 */
export async function listHistory(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  codes: readonly string[] | null,
  after: { at: string; id: string } | undefined,
  limit: number,
): Promise<HistoryRow[]> {
  const page = sql`where h.partner_id = ${partnerId}::uuid and h.customer_id = ${customerId}::uuid
    ${after ? sql`and (h.at, h.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}`;
  const first = sql`order by h.at desc, h.id desc limit ${limit}`;
  const { rows } = await sql<HistoryRow>`
    select *, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as exact_at from (
      (select h.at, h.id, h.status, h.reasons, null as code, null as subject, null as kind, null as actor, null as text,
        null::timestamptz as until_at from status_history h ${page} ${first})
      union all
      (select h.at, h.id, null, null, h.code, h.subject, h.kind, h.actor_name, h.text, h.until_at
        from warning_event h ${page} ${codes === null ? sql`` : sql`and h.code = any(${[...codes]})`} ${first})
    ) h ${first}`.execute(db);
  return rows;
}
