// Who took work on, names of members, and which of the partner's people see a customer.
import { sql } from "kysely";
import { asSystem, type ScopedDb } from "#db/client.ts";
import type { PartnerRole } from "#server/permissions.ts";
import type { TakeForm } from "./schema.ts";

/** Above so many customers a group is not named member by member. */
const FEW = 2_000;

/** Ids of a group's customers where they are few; undefined: too many to fetch. */
export async function findGroupIds(
  db: ScopedDb,
  partnerId: string,
  group: string,
): Promise<string[] | undefined> {
  const rows = await db
    .selectFrom("customerGroupMember")
    .where("partnerId", "=", partnerId)
    .where("groupId", "=", group)
    .select("customerId")
    .limit(FEW + 1)
    .execute();
  return rows.length > FEW ? undefined : rows.map((row) => row.customerId);
}

const namesOf = (userIds: readonly string[]) =>
  asSystem("names of people stand with sign-in's data", (system) =>
    system
      .selectFrom("user")
      .where("id", "in", [...userIds])
      .where("disabledAt", "is", null)
      .select(["id", "name", "email"])
      .execute(),
  );

/** Names of these members of the partner; one who has left has none. */
export async function listMemberNames(
  db: ScopedDb,
  partnerId: string,
  membershipIds: readonly string[],
): Promise<Map<string, string>> {
  if (membershipIds.length === 0) return new Map();
  const members = await db
    .selectFrom("membership")
    .where("partnerId", "=", partnerId)
    .where("id", "in", [...membershipIds])
    .where("disabledAt", "is", null)
    .select(["id", "userId"])
    .execute();
  if (members.length === 0) return new Map();
  const people = new Map(
    (await namesOf(members.map(({ userId }) => userId))).map((one) => [one.id, one.name]),
  );
  return new Map(
    members.flatMap(({ id, userId }) => {
      const name = people.get(userId);
      return name === undefined ? [] : [[id, name] as const];
    }),
  );
}

/** The partner's people who see this customer, for its own users too; by name. */
export async function listPeople(
  db: ScopedDb,
  customerId: string,
): Promise<{ id: string; name: string; email: string; role: PartnerRole }[]> {
  const { rows } = await sql<{ membershipId: string; userId: string; role: PartnerRole }>`
    select membership_id, user_id, role from app.people_of(${customerId}::uuid)`.execute(db);
  if (rows.length === 0) return [];
  const people = new Map((await namesOf(rows.map(({ userId }) => userId))).map((one) => [one.id, one]));
  return rows
    .flatMap(({ membershipId, userId, role }) => {
      const person = people.get(userId);
      return person ? [{ id: membershipId, name: person.name, email: person.email, role }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

type Work = Pick<TakeForm, "kind" | "subjectId" | "due">;

/**
 * Gives work to a member (`to`), who has it then unless somebody else does: `from` may be taken over from, and who took
 * an earlier matter on, before this one `began`, has nothing of it.
 */
export async function upsertAssignment(
  db: ScopedDb,
  partnerId: string,
  { kind, subjectId, due }: Work,
  { customerId, began }: { customerId: string | null; began: Date | undefined },
  to: { membershipId: string; name: string; from: string | null },
  now: Date,
): Promise<void> {
  const standing = { assignedTo: to.membershipId, assignedBy: to.name, assignedAt: now };
  await db
    .insertInto("workAssignment")
    .values({ partnerId, kind, subjectId, due, customerId, ...standing })
    .onConflict((oc) =>
      oc
        .columns(["partnerId", "kind", "subjectId", "due"])
        .doUpdateSet(standing)
        .where((eb) =>
          eb.or([
            eb("workAssignment.assignedTo", "=", to.membershipId),
            ...(to.from === null ? [] : [eb("workAssignment.assignedTo", "=", to.from)]),
            ...(began === undefined ? [] : [eb("workAssignment.assignedAt", "<", began)]),
          ]),
        ),
    )
    .execute();
}

/** Takes work from this member; from nobody else. */
export async function deleteAssignment(
  db: ScopedDb,
  partnerId: string,
  { kind, subjectId, due }: Work,
  membershipId: string,
): Promise<void> {
  await db
    .deleteFrom("workAssignment")
    .where("partnerId", "=", partnerId)
    .where("kind", "=", kind)
    .where("subjectId", "=", subjectId)
    .where("due", "=", due)
    .where("assignedTo", "=", membershipId)
    .execute();
}
