// Queries of when connections are read: what is asked for, what is due, what comes next.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Capability, CustomerAccess } from "#server/permissions.ts";

/** Sources of this kind push their snapshots: there is nothing to read. */
const SENDS_BY_ITSELF = "push";

/** What to read of a connection: these accounts, or (null) all; not before `circuitOpenUntil`. */
export type DueConnection = { id: string; accounts: string[] | null; circuitOpenUntil?: Date | null };

/** Enabled connections; with customers those that hold accounts of theirs, with the account ids. */
export async function listConnections(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[] | null,
): Promise<DueConnection[]> {
  const enabled = db
    .selectFrom("connection as c")
    .where("c.partnerId", "=", partnerId)
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where("c.vendor", "<>", SENDS_BY_ITSELF);
  if (customerIds === null)
    return (await enabled.select(["c.id", "c.circuitOpenUntil"]).execute()).map((row) => ({
      ...row,
      accounts: null,
    }));
  return enabled
    .innerJoin("vendorAccount as a", (join) =>
      join.onRef("a.partnerId", "=", "c.partnerId").onRef("a.connectionId", "=", "c.id"),
    )
    .where(sql<boolean>`a.customer_id = any(${[...customerIds]}::uuid[])`)
    .where("a.linkState", "<>", "not_linked")
    .groupBy(["c.id", "c.circuitOpenUntil"])
    .select(["c.id", "c.circuitOpenUntil", sql<string[]>`array_agg(a.external_id)`.as("accounts")])
    .execute();
}

/** Connections to read now: the whole of those whose cycle is over, else the accounts that failed for a passing reason. */
export async function listDueConnections(
  db: ScopedDb,
  partnerId: string,
  now: Date,
  passing: readonly string[],
): Promise<DueConnection[]> {
  const rows = await db
    .selectFrom("connection as c")
    .where("c.partnerId", "=", partnerId)
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where("c.vendor", "<>", SENDS_BY_ITSELF)
    .where((eb) => eb.or([eb("c.circuitOpenUntil", "is", null), eb("c.circuitOpenUntil", "<=", now)]))
    .where((eb) => eb.or([eb("c.nextRunAt", "<=", now), eb("c.retryAt", "<=", now)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("syncRun as r")
            .whereRef("r.partnerId", "=", "c.partnerId")
            .whereRef("r.connectionId", "=", "c.id")
            .where("r.state", "in", ["queued", "running"]),
        ),
      ),
    )
    .select((eb) => [
      "c.id",
      sql<boolean>`c.next_run_at <= ${now}`.as("isCycle"),
      eb
        .selectFrom("vendorAccount as a")
        .whereRef("a.partnerId", "=", "c.partnerId")
        .whereRef("a.connectionId", "=", "c.id")
        .where("a.linkState", "<>", "not_linked")
        .where("a.errorCode", "in", [...passing])
        .select(sql<string[] | null>`array_agg(a.external_id)`.as("ids"))
        .as("failing"),
    ])
    .execute();
  return rows.map((row) => ({
    id: row.id,
    accounts: row.isCycle ? null : (row.failing ?? []),
  }));
}

/** More is wanted (null: every account) than a live partial run reads: the connection is read again as soon as that one is done. */
export async function askForFollowUp(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  accounts: readonly string[] | null,
  now: Date,
): Promise<void> {
  const live = await db
    .selectFrom("syncRun")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("state", "in", ["queued", "running"])
    .where("onlyAccounts", "is not", null)
    .where(sql<boolean>`${accounts}::text[] is null or not only_accounts @> ${accounts}::text[]`)
    .select("id")
    .executeTakeFirst();
  if (live)
    await db
      .updateTable("connection")
      .set({ nextRunAt: now })
      .where("partnerId", "=", partnerId)
      .where("id", "=", connectionId)
      .execute();
}

/** Does an account of this connection still wait to be read again after one of these faults? */
export async function hasFailing(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  codes: readonly string[],
): Promise<boolean> {
  const row = await db
    .selectFrom("vendorAccount")
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("linkState", "<>", "not_linked")
    .where("errorCode", "in", [...codes])
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export type ConnectionResult = {
  errorCode: string | null;
  errorDetail: string | null;
  failures: number;
  nextRunAt?: Date;
  retryAt?: Date | null;
  lastSuccessAt?: Date;
  circuitOpenUntil: Date | null;
};
/** What a run leaves on its connection; `errorSince` stays while the trouble goes on. */
export async function updateConnection(
  db: ScopedDb,
  partnerId: string,
  id: string,
  result: ConnectionResult,
  now: Date,
): Promise<void> {
  await db
    .updateTable("connection")
    .set((eb) => ({
      ...result,
      errorSince: result.errorCode === null ? null : eb.fn.coalesce("errorSince", eb.val(now)),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/**
 * Runs of these connections were cancelled: what was due now comes with the next cycle, at `next`, instead of beginning
 * again at once. Accounts that failed come with it.
 */
export async function putOff(
  db: ScopedDb,
  partnerId: string,
  connectionIds: readonly string[],
  now: Date,
  next: Date,
): Promise<void> {
  if (connectionIds.length === 0) return;
  await db
    .updateTable("connection")
    .set({
      nextRunAt: sql<Date>`case when next_run_at <= ${now} then ${next}::timestamptz else next_run_at end`,
      retryAt: sql<Date | null>`case when retry_at > ${now} then retry_at end`,
    })
    .where("partnerId", "=", partnerId)
    .where("id", "in", [...connectionIds])
    .execute();
}

/** Connections by what they hold of these customers: their accounts there, and whose they are. */
export async function listAccountsOf(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<
  { connectionId: string; circuitOpenUntil: Date | null; externalId: string; customerId: string }[]
> {
  if (customerIds.length === 0) return [];
  const rows = await db
    .selectFrom("vendorAccount as a")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.partnerId", "=", "a.partnerId").onRef("c.id", "=", "a.connectionId"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.customerId", "in", [...customerIds])
    .where("a.linkState", "<>", "not_linked")
    .where("c.isEnabled", "=", true)
    .where("c.removedAt", "is", null)
    .where("c.vendor", "<>", SENDS_BY_ITSELF)
    .select(["a.connectionId", "c.circuitOpenUntil", "a.externalId", "a.customerId"])
    .execute();
  return rows.map((row) => ({ ...row, customerId: row.customerId ?? "" }));
}

/** Those of these customers that are in the member's scope, with what a grant that is live now opens. */
export async function listAccess(
  db: ScopedDb,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Map<string, CustomerAccess>> {
  if (customerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("visibleCustomer as c")
    .leftJoin("accessGrant as g", (join) =>
      join
        .onRef("g.partnerId", "=", "c.partnerId")
        .onRef("g.customerId", "=", "c.id")
        .on("g.state", "=", "active")
        .on("g.fromAt", "<=", sql<Date>`now()`)
        .on((eb) => eb.or([eb("g.untilAt", "is", null), eb("g.untilAt", ">", sql<Date>`now()`)])),
    )
    .where("c.partnerId", "=", partnerId)
    .where("c.id", "in", [...customerIds])
    .select(["c.id", "c.relationship", "g.capabilities"])
    .execute();
  return new Map(
    rows.map((row) => [
      row.id ?? "",
      {
        id: row.id ?? "",
        relationship: row.relationship as CustomerAccess["relationship"],
        capabilities: (row.capabilities ?? []) as Capability[],
      },
    ]),
  );
}
