// Every query of living with a warning: reasons and how they are handled, their history, the team, allowed applications.
import { sql } from "kysely";
import { asSystem, type ScopedDb } from "#db/client.ts";
import type { Reason, Status } from "#server/customers/schema.ts";
import type { WarningEvent } from "./schema.ts";

/** How the customer stands, as its reader may see it; undefined when it is not visible. */
export async function findReasons(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<{ status: Status; reasons: Reason[] } | undefined> {
  const row = await db
    .selectFrom("readableOverview")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["status", "reasons"])
    .executeTakeFirst();
  return row && { status: row.status as Status, reasons: row.reasons as Reason[] };
}

export function listHandlings(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("warningHandling")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["code", "subject", "assignedTo", "snoozedUntil", "isAccepted", "why", "updatedBy", "updatedAt"])
    .execute();
}

/** What was done, newest first. */
export async function listEvents(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  most: number,
): Promise<WarningEvent[]> {
  const rows = await db
    .selectFrom("warningEvent")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["at", "code", "subject", "kind", "actorName", "text", "untilAt"])
    .orderBy("at", "desc")
    .orderBy("id")
    .limit(most)
    .execute();
  return rows.map(({ at, kind, actorName, untilAt, ...row }) => ({
    ...row,
    at: at.toISOString(),
    kind: kind as WarningEvent["kind"],
    actor: actorName,
    until: untilAt?.toISOString() ?? null,
  }));
}

export type NewEvent = {
  customerId: string;
  code: string;
  subject: string;
  kind: WarningEvent["kind"];
  actorName: string;
  text: string;
  untilAt: Date | null;
};
export async function insertEvent(
  db: ScopedDb,
  partnerId: string,
  event: NewEvent,
  now: Date,
): Promise<void> {
  await db
    .insertInto("warningEvent")
    .values({ partnerId, ...event, at: now })
    .execute();
}

type Key = { customerId: string; code: string; subject: string };

/** Makes sure that the row is there and holds it to the end of the transaction: two who decide do so one after the other. */
export async function lockHandling(
  db: ScopedDb,
  partnerId: string,
  key: Key,
  by: string,
  now: Date,
): Promise<{ assignedTo: string | null; snoozedUntil: Date | null; isAccepted: boolean }> {
  await db
    .insertInto("warningHandling")
    .values({ partnerId, ...key, updatedBy: by, updatedAt: now })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return db
    .selectFrom("warningHandling")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", key.customerId)
    .where("code", "=", key.code)
    .where("subject", "=", key.subject)
    .select(["assignedTo", "snoozedUntil", "isAccepted"])
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** An assignment leaves `updatedAt` alone: it is when the reason was put aside or opened again. */
export type HandlingChange =
  | { assignedTo: string | null }
  | { snoozedUntil: Date | null; isAccepted: boolean; why: string; updatedBy: string; updatedAt: Date };
export async function updateHandling(
  db: ScopedDb,
  partnerId: string,
  key: Key,
  change: HandlingChange,
): Promise<void> {
  await db
    .updateTable("warningHandling")
    .set(change)
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", key.customerId)
    .where("code", "=", key.code)
    .where("subject", "=", key.subject)
    .execute();
}

export type Teammate = { id: string; name: string; email: string; isAble: boolean };
/** The partner's team by name; `isAble`: may sign in and sees the customer (visible_customer's rule, for each of them). */
export async function listTeam(db: ScopedDb, partnerId: string, customerId: string): Promise<Teammate[]> {
  const { rows } = await sql<{ id: string; userId: string; isAble: boolean }>`
    select m.id, m.user_id, m.disabled_at is null
      and not exists (select from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id
        and s.kind = 'denied' and s.customer_id = ${customerId})
      and (m.scope_all
        or exists (select from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id
          and s.kind = 'customer' and s.customer_id = ${customerId})
        or exists (select from membership_scope s join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
          where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group' and g.customer_id = ${customerId})) as "isAble"
    from membership m where m.partner_id = ${partnerId} and m.customer_id is null order by m.id limit 500`.execute(
    db,
  );
  if (rows.length === 0) return [];
  const people = await asSystem("names of people stand with sign-in's data", (system) =>
    system
      .selectFrom("user")
      .where(
        "id",
        "in",
        rows.map((row) => row.userId),
      )
      .select(["id", "name", "email", "disabledAt"])
      .execute(),
  );
  const byId = new Map(people.map((person) => [person.id, person]));
  return rows
    .flatMap(({ id, userId, isAble }) => {
      const person = byId.get(userId);
      if (!person) return [];
      return [{ id, name: person.name, email: person.email, isAble: isAble && person.disabledAt === null }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Entries of the list of denied applications that name something installed here and not allowed here. */
export async function listDeniedHere(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
): Promise<{ id: string; pattern: string; names: string[] }[]> {
  const { rows } = await sql<{ id: string; pattern: string; names: string[] }>`
    select d.id, d.pattern, array_agg(distinct a.name order by a.name) as names
    from application a join denied_application d on d.partner_id = a.partner_id and app.names(d.pattern, a.name)
    where a.partner_id = ${partnerId} and a.customer_id = ${customerId}
      and not exists (select from denied_exception e where e.partner_id = ${partnerId} and e.denied_id = d.id and e.customer_id = ${customerId})
    group by d.id, d.pattern order by d.pattern, d.id`.execute(db);
  return rows;
}

export function listExceptions(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("deniedException as e")
    .innerJoin("deniedApplication as d", (join) =>
      join.onRef("d.partnerId", "=", "e.partnerId").onRef("d.id", "=", "e.deniedId"),
    )
    .where("e.partnerId", "=", partnerId)
    .where("e.customerId", "=", customerId)
    .select(["d.id", "d.pattern", "e.reason", "e.createdBy", "e.createdAt"])
    .orderBy("d.pattern")
    .execute();
}

/** Of entries that somebody has just taken off the list nothing is written. */
export async function insertExceptions(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  deniedIds: readonly string[],
  { reason, createdBy }: { reason: string; createdBy: string },
): Promise<void> {
  await sql`
    insert into denied_exception (partner_id, denied_id, customer_id, reason, created_by)
    select d.partner_id, d.id, ${customerId}::uuid, ${reason}, ${createdBy} from denied_application d
    where d.partner_id = ${partnerId} and d.id = any(${[...deniedIds]}::uuid[]) on conflict do nothing`.execute(
    db,
  );
}

/** How many there were: none when somebody else was faster. */
export async function deleteException(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  deniedId: string,
): Promise<number> {
  const result = await db
    .deleteFrom("deniedException")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("deniedId", "=", deniedId)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
