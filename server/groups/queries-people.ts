// The queries of whom a group is given to. Names of people stand with sign-in's data, so they are fetched apart.
import { asSystem, type ScopedDb } from "#db/client.ts";
import { partnerRoles, type PartnerRole } from "#server/permissions.ts";
import type { Person } from "./schema.ts";

type Row = { membershipId: string; userId: string; role: PartnerRole };

/** Who of these may sign in, by name. */
async function withNames<R extends Row>(rows: readonly R[]): Promise<(Omit<R, "userId"> & Person)[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.userId))];
  const people = await asSystem("names of people stand with sign-in's data", (system) =>
    system
      .selectFrom("user")
      .where("id", "in", ids)
      .where("disabledAt", "is", null)
      .select(["id", "name", "email"])
      .execute(),
  );
  const byId = new Map(people.map((person) => [person.id, person]));
  return rows
    .flatMap(({ userId, ...row }) => {
      const person = byId.get(userId);
      return person ? [{ ...row, name: person.name, email: person.email }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name) || a.membershipId.localeCompare(b.membershipId));
}

/** The partner's people with a membership of theirs that holds. */
const team = (db: ScopedDb, partnerId: string) =>
  db
    .selectFrom("membership as m")
    .where("m.partnerId", "=", partnerId)
    .where("m.customerId", "is", null)
    .where("m.role", "in", partnerRoles)
    .where("m.disabledAt", "is", null);
const personColumns = ["m.id as membershipId", "m.userId"] as const;

/** Whom each of these groups is given to. `onlyThis`: without it they have no customers. */
export async function listAdministrators(
  db: ScopedDb,
  partnerId: string,
  groupIds: readonly string[],
): Promise<(Person & { groupId: string; seesAll: boolean; onlyThis: boolean })[]> {
  if (groupIds.length === 0) return [];
  const rows = await team(db, partnerId)
    .innerJoin("membershipScope as s", (join) =>
      join.onRef("s.partnerId", "=", "m.partnerId").onRef("s.membershipId", "=", "m.id"),
    )
    .where("s.groupId", "in", [...groupIds])
    .select([
      ...personColumns,
      (eb) => eb.ref("m.role").$castTo<PartnerRole>().as("role"),
      (eb) => eb.ref("s.groupId").$castTo<string>().as("groupId"),
      "m.scopeAll as seesAll",
      (eb) =>
        eb
          .not(
            eb.exists(
              eb
                .selectFrom("membershipScope as o")
                .whereRef("o.partnerId", "=", "m.partnerId")
                .whereRef("o.membershipId", "=", "m.id")
                .where("o.kind", "<>", "denied")
                .whereRef("o.id", "<>", "s.id")
                .select("o.id"),
            ),
          )
          .$castTo<boolean>()
          .as("isLast"),
    ])
    .execute();
  return (await withNames(rows)).map(({ isLast, ...row }) => ({ ...row, onlyThis: isLast && !row.seesAll }));
}

/** Whom a group may be given to, at most `limit`: who has all customers gains nothing by one. */
export async function listCandidates(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  limit: number,
): Promise<Person[]> {
  const rows = await team(db, partnerId)
    .where("m.scopeAll", "=", false)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("membershipScope as s")
            .whereRef("s.partnerId", "=", "m.partnerId")
            .whereRef("s.membershipId", "=", "m.id")
            .where("s.groupId", "=", groupId)
            .select("s.id"),
        ),
      ),
    )
    .select([...personColumns, (eb) => eb.ref("m.role").$castTo<PartnerRole>().as("role")])
    .orderBy("m.id")
    .limit(limit)
    .execute();
  return withNames(rows);
}

/** A person of the partner; undefined: there is none whom a group could be given to or taken from. */
export async function findPerson(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
): Promise<Person | undefined> {
  const rows = await team(db, partnerId)
    .where("m.id", "=", membershipId)
    .select([...personColumns, (eb) => eb.ref("m.role").$castTo<PartnerRole>().as("role")])
    .execute();
  return (await withNames(rows))[0];
}

/** Gives the group to a person; true when they had it not. */
export async function insertAdministrator(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  membershipId: string,
): Promise<boolean> {
  const row = await db
    .insertInto("membershipScope")
    .values({ partnerId, membershipId, kind: "group", groupId })
    .onConflict((oc) => oc.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the group from a person; true when they had it. */
export async function deleteAdministrator(
  db: ScopedDb,
  partnerId: string,
  groupId: string,
  membershipId: string,
): Promise<boolean> {
  const row = await db
    .deleteFrom("membershipScope")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("groupId", "=", groupId)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
