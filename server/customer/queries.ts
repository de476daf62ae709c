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
      "a.gaps",
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
/** Devices by name after (`name`, `id`), at most `limit`; silent: active and not seen since `silentBefore`. */
export function listDevices(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  filter: DeviceFilter,
  silentBefore: Date,
  after: { name: string; id: string } | undefined,
  limit: number,
) {
  let query = filteredDevices(db, partnerId, customerId, filter, silentBefore);
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
  filter: DeviceFilter,
  silentBefore: Date,
): Promise<number> {
  const { n } = await filteredDevices(db, partnerId, customerId, filter, silentBefore)
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

function filteredDevices(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  filter: DeviceFilter,
  silentBefore: Date,
) {
  let query = db.selectFrom("device").where("partnerId", "=", partnerId).where("customerId", "=", customerId);
  if (filter !== "all") query = query.where("state", "=", "active");
  if (filter === "unprotected") query = query.where("isProtected", "=", false);
  if (filter === "silent")
    query = query.where((eb) => eb.or([eb("lastSeenAt", "is", null), eb("lastSeenAt", "<", silentBefore)]));
  return query;
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

export function listStatusHistory(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("statusHistory")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["at", "status", "reasons"])
    .orderBy("at", "desc")
    .limit(30)
    .execute();
}
