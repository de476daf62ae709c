// Every query of connections as people see and change them: lists, one with a lock, changes, tests, removal.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import { OVERDUE_MS } from "./rules.ts";
import type { Limit } from "./schema.ts";

/** `customerId`: a customer's user, who reaches the customer's own connections only; null: a partner's member. `group`: what reads its customers. */
export type Reach = { partnerId: string; customerId: string | null; group?: string | undefined };

const columns = [
  "c.id",
  "c.customerId",
  "v.nameShown as customerName",
  "c.vendor",
  "c.name",
  "c.settings",
  "c.limits",
  "c.isEnabled",
  "c.lastSuccessAt",
  "c.errorCode",
  "c.errorDetail",
  "c.errorSince",
  "c.circuitOpenUntil",
  "c.testAskedAt",
  "c.testedAt",
  "c.testCode",
  "c.testDetail",
  "c.testIsRotation",
  "c.secretChangedAt",
  "c.createdAt",
  "c.version",
] as const;

/** null: what sends by itself is never read. */
const nextRunAt = sql<Date | null>`nullif(c.next_run_at, 'infinity')`.as("nextRunAt");

/** The connection `c` has an account of one of the group's customers. */
export const readsGroup = (group: string | undefined) =>
  sql<boolean>`exists (select from vendor_account a join customer_group_member m on m.partner_id = a.partner_id and m.customer_id = a.customer_id
    where a.partner_id = c.partner_id and a.connection_id = c.id and m.group_id = ${group}::uuid)`;

/** Connections that were not removed: the partner's own and those of customers that the actor sees. */
function connections(db: ScopedDb, { partnerId, customerId, group }: Reach) {
  const query = db
    .selectFrom("connection as c")
    .leftJoin("visibleCustomer as v", (join) =>
      join.onRef("v.partnerId", "=", "c.partnerId").onRef("v.id", "=", "c.customerId"),
    )
    .where("c.partnerId", "=", partnerId)
    .where("c.removedAt", "is", null)
    .$if(group !== undefined, (every) => every.where(readsGroup(group)));
  return customerId === null
    ? query.where((eb) => eb.or([eb("c.customerId", "is", null), eb("v.id", "is not", null)]))
    : query.where("c.customerId", "=", customerId);
}

/** Whatever a person should look at: switched off, failing, its circuit open, its first test refused, overdue. */
const isTrouble = (
  now: Date,
) => sql<boolean>`(not c.is_enabled or c.error_code is not null or c.circuit_open_until > ${now}
  or (c.test_code is not null and c.last_success_at is null) or (c.next_run_at < ${new Date(now.getTime() - OVERDUE_MS)}
    and not exists (select from sync_run r where r.partner_id = c.partner_id and r.connection_id = c.id and r.state in ('queued', 'running'))))`;

/** A page by name, after (`name`, `id`). */
export function listConnectionRows(
  db: ScopedDb,
  reach: Reach,
  show: "all" | "trouble",
  after: { name: string; id: string } | undefined,
  limit: number,
  now: Date,
) {
  let query = connections(db, reach);
  if (show === "trouble") query = query.where(isTrouble(now));
  if (after)
    query = query.where(sql<boolean>`(app.plain(c.name), c.id) > (${after.name}, ${after.id}::uuid)`);
  return query
    .select([...columns, nextRunAt, sql<string>`app.plain(c.name)`.as("namePlain")])
    .orderBy(sql`app.plain(c.name)`)
    .orderBy("c.id")
    .limit(limit)
    .execute();
}

export async function countConnections(
  db: ScopedDb,
  reach: Reach,
  now: Date,
): Promise<{ all: number; trouble: number }> {
  const { all, trouble } = await connections(db, reach)
    .select([
      sql<string>`count(*)`.as("all"),
      sql<string>`count(*) filter (where ${isTrouble(now)})`.as("trouble"),
    ])
    .executeTakeFirstOrThrow();
  return { all: Number(all), trouble: Number(trouble) };
}

/** One connection that the actor reaches; with "lock" nobody else changes it until the transaction ends. */
export async function findConnection(db: ScopedDb, reach: Reach, id: string, lock?: "lock") {
  const query = connections(db, reach)
    .where("c.id", "=", id)
    .select([...columns, nextRunAt]);
  return (lock ? query.forUpdate("c") : query).executeTakeFirst();
}
export type ConnectionRecord = NonNullable<Awaited<ReturnType<typeof findConnection>>>;

export async function insertConnection(
  db: ScopedDb,
  partnerId: string,
  row: {
    id: string;
    customerId: string | null;
    vendor: string;
    name: string;
    settings: Record<string, string>;
    limits: readonly Limit[];
    secret: Buffer | null;
    /** null: it is never read. */
    nextRunAt: Date | null;
  },
  now: Date,
): Promise<void> {
  const given = row.secret && { secretChangedAt: now, testAskedAt: now };
  await db
    .insertInto("connection")
    .values({
      ...row,
      ...given,
      partnerId,
      nextRunAt: row.nextRunAt ?? sql<Date>`'infinity'`,
      settings: JSON.stringify(row.settings),
      limits: JSON.stringify(row.limits),
    })
    .execute();
}

export type ConnectionEdit =
  | { name: string; settings: Record<string, string>; limits: readonly Limit[] }
  | { isEnabled: boolean }
  | { candidateSecret: Buffer; testAskedAt: Date; testIsRotation: true }
  | { removedAt: Date; isEnabled: false; secret: null; candidateSecret: null };

/** A person's change; it raises the version by which the next one notices it. */
export async function changeConnection(
  db: ScopedDb,
  partnerId: string,
  id: string,
  edit: ConnectionEdit,
): Promise<void> {
  const { settings, limits, ...rest } = { settings: undefined, limits: undefined, ...edit };
  await db
    .updateTable("connection")
    .set((eb) => ({
      ...rest,
      ...(settings && { settings: JSON.stringify(settings) }),
      ...(limits && { limits: JSON.stringify(limits) }),
      version: eb("version", "+", 1),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** Asks for a test of what is stored, or again for the one of new credentials that got no answer. */
export async function askForTest(
  db: ScopedDb,
  partnerId: string,
  id: string,
  isRotation: boolean,
  now: Date,
): Promise<void> {
  await db
    .updateTable("connection")
    .set({ testAskedAt: now, testIsRotation: isRotation })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** A run that waits or goes on ends; the worker notices. How many did. */
export async function cancelRuns(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  by: string,
  now: Date,
): Promise<number> {
  const result = await db
    .updateTable("syncRun")
    .set({ state: "cancelled", finishedAt: now, cancelledBy: by })
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("state", "in", ["queued", "running"])
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Tokens that push into a connection stop with it. */
export async function revokeTokens(
  db: ScopedDb,
  partnerId: string,
  connectionId: string,
  now: Date,
): Promise<void> {
  await db
    .updateTable("apiToken")
    .set({ revokedAt: now })
    .where("partnerId", "=", partnerId)
    .where("connectionId", "=", connectionId)
    .where("revokedAt", "is", null)
    .execute();
}
