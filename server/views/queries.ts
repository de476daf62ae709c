// Every query of saved views: a member's own, the team's, and the one that the list opens with.
import { sql } from "kysely";
import { executeKept, type ScopedDb } from "#db/client.ts";
import type { Actor } from "#server/permissions.ts";
import type { View } from "./schema.ts";

type Member = Pick<Actor, "partnerId" | "membershipId">;

/** Views that a member may open: their own and what others share; deleted ones are none. */
const visible = (db: ScopedDb, { partnerId, membershipId }: Member) =>
  db
    .selectFrom("savedView as v")
    .innerJoin("membership as m", (join) =>
      join.onRef("m.partnerId", "=", "v.partnerId").onRef("m.id", "=", "v.membershipId"),
    )
    .leftJoin("defaultView as d", (join) =>
      join
        .onRef("d.partnerId", "=", "v.partnerId")
        .onRef("d.viewId", "=", "v.id")
        .on("d.membershipId", "=", membershipId),
    )
    .where("v.partnerId", "=", partnerId)
    .where("v.deletedAt", "is", null)
    .where((eb) => eb.or([eb("v.membershipId", "=", membershipId), eb("v.isShared", "=", true)]))
    .select([
      "v.id",
      "v.name",
      "v.query",
      "v.isShared",
      "v.ownerName as owner",
      (eb) => eb("v.membershipId", "=", membershipId).$castTo<boolean>().as("isOwn"),
      (eb) => eb("d.viewId", "is not", null).$castTo<boolean>().as("isDefault"),
      (eb) => eb("m.disabledAt", "is not", null).$castTo<boolean>().as("isLeft"),
    ]);

/** One's own first, then the team's, each by name. */
export const listViews = (db: ScopedDb, member: Member, most: number): Promise<View[]> =>
  executeKept(
    db,
    visible(db, member).orderBy("isOwn", "desc").orderBy("v.name").orderBy("v.id").limit(most).compile(),
  );

export const findView = (db: ScopedDb, member: Member, id: string): Promise<View | undefined> =>
  visible(db, member).where("v.id", "=", id).executeTakeFirst();

/** Until the transaction ends nobody else changes this member's views, so that names and numbers stay as they were read. */
export async function lockViews(db: ScopedDb, { partnerId, membershipId }: Member): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`views ${partnerId} ${membershipId}`}, 0))`.execute(
    db,
  );
}

const own = (db: ScopedDb, { partnerId, membershipId }: Member) =>
  db.selectFrom("savedView").where("partnerId", "=", partnerId).where("membershipId", "=", membershipId);

/** How many views of their own a member has. */
export async function countOwn(db: ScopedDb, member: Member): Promise<number> {
  const { n } = await own(db, member)
    .where("deletedAt", "is", null)
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

export type OwnView = { id: string; name: string; query: string; isShared: boolean; deletedAt: Date | null };
const ownColumns = ["id", "name", "query", "isShared", "deletedAt"] as const;

/** One's own view, also a deleted one. */
export const findOwn = (db: ScopedDb, member: Member, id: string): Promise<OwnView | undefined> =>
  own(db, member).where("id", "=", id).select(ownColumns).executeTakeFirst();

/** One's own view of this name, however its letters are written. */
export const findOwnByName = (db: ScopedDb, member: Member, name: string): Promise<OwnView | undefined> =>
  own(db, member)
    .where("deletedAt", "is", null)
    .where("name", "=", name)
    .select(ownColumns)
    .executeTakeFirst();

/** A shared view whose owner left the partner, also a deleted one, and whose it was. */
export const findLeft = (
  db: ScopedDb,
  partnerId: string,
  id: string,
): Promise<(OwnView & { membershipId: string }) | undefined> =>
  db
    .selectFrom("savedView as v")
    .innerJoin("membership as m", (join) =>
      join.onRef("m.partnerId", "=", "v.partnerId").onRef("m.id", "=", "v.membershipId"),
    )
    .where("v.partnerId", "=", partnerId)
    .where("v.id", "=", id)
    .where("v.isShared", "=", true)
    .where("m.disabledAt", "is not", null)
    .select(["v.id", "v.name", "v.query", "v.isShared", "v.deletedAt", "v.membershipId"])
    .executeTakeFirst();

/** The id of the new view. */
export async function insertView(
  db: ScopedDb,
  { partnerId, membershipId }: Member,
  view: { name: string; query: string; isShared: boolean; ownerName: string },
): Promise<string> {
  const { id } = await db
    .insertInto("savedView")
    .values({ partnerId, membershipId, ...view })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Changes one's own view. */
export async function updateView(
  db: ScopedDb,
  { partnerId, membershipId }: Member,
  id: string,
  change: Partial<Pick<OwnView, "name" | "query" | "isShared" | "deletedAt">>,
): Promise<void> {
  await db
    .updateTable("savedView")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("id", "=", id)
    .set(change)
    .execute();
}

/** Views of the member that were deleted before this instant go for good. */
export async function deleteForGood(
  db: ScopedDb,
  { partnerId, membershipId }: Member,
  before: Date,
): Promise<void> {
  await db
    .deleteFrom("savedView")
    .where("partnerId", "=", partnerId)
    .where("membershipId", "=", membershipId)
    .where("deletedAt", "<", before)
    .execute();
}

/** What the member's list opens with; null: with all customers. */
export async function updateDefault(
  db: ScopedDb,
  { partnerId, membershipId }: Member,
  viewId: string | null,
): Promise<void> {
  if (viewId === null)
    await db
      .deleteFrom("defaultView")
      .where("partnerId", "=", partnerId)
      .where("membershipId", "=", membershipId)
      .execute();
  else
    await db
      .insertInto("defaultView")
      .values({ partnerId, membershipId, viewId })
      .onConflict((conflict) => conflict.columns(["partnerId", "membershipId"]).doUpdateSet({ viewId }))
      .execute();
}
