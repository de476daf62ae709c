// A person's own account: what they may change about themselves, and the sessions they have.
import { asSystem, type ScopedDb } from "#db/client.ts";
import { idleSince, type Vouched } from "./sessions.ts";

export type Account = { name: string; email: string; language: string; timeZone: string };

export const readAccount = (userId: string): Promise<Account> =>
  asSystem("a person's account belongs to no partner", (db) =>
    db
      .selectFrom("user")
      .where("id", "=", userId)
      .select(["name", "email", "language", "timeZone"])
      .executeTakeFirstOrThrow(),
  );

export async function updateAccount(
  db: ScopedDb,
  userId: string,
  values: Omit<Account, "email">,
): Promise<void> {
  await db.updateTable("user").set(values).where("id", "=", userId).execute();
}

/** Sets a password and ends all other sessions: whoever knew the old one is out. */
export async function updatePassword(
  db: ScopedDb,
  userId: string,
  passwordHash: string,
  sessionId: string,
): Promise<void> {
  await db.updateTable("user").set({ passwordHash }).where("id", "=", userId).execute();
  await endSessions(db, userId, null, { except: sessionId });
}

export type OwnSession = {
  id: string;
  userAgent: string;
  address: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The provider it was opened through; null: a password. */
  provider: string | null;
};

/**
 * A person's sessions that are not over, the last used first. In one that a provider opened only those of that provider:
 * its word tells nothing of the rest.
 */
export const listSessions = (userId: string, vouched: Vouched | null): Promise<OwnSession[]> =>
  asSystem("a person's sessions belong to no partner", (db) => {
    const live = db
      .selectFrom("session as s")
      .leftJoin("oidcIssuer as i", (join) =>
        join.onRef("i.partnerId", "=", "s.onlyPartnerId").onRef("i.id", "=", "s.oidcIssuerId"),
      )
      .where("s.userId", "=", userId)
      .where("s.revokedAt", "is", null)
      .where("s.expiresAt", ">", new Date())
      .where("s.lastSeenAt", ">", idleSince())
      .select(["s.id", "s.userAgent", "s.address", "s.createdAt", "s.lastSeenAt", "i.name as provider"])
      .orderBy("s.lastSeenAt", "desc")
      .limit(100);
    return (vouched ? live.where("s.oidcIssuerId", "=", vouched.issuerId) : live).execute();
  });

/** Ends sessions of a person, within the same bounds: one, all but one, or all; says how many. */
export async function endSessions(
  db: ScopedDb,
  userId: string,
  vouched: Vouched | null,
  which: { only?: string; except?: string },
): Promise<number> {
  let ending = db
    .updateTable("session")
    .set({ revokedAt: new Date() })
    .where("userId", "=", userId)
    .where("revokedAt", "is", null);
  if (vouched) ending = ending.where("oidcIssuerId", "=", vouched.issuerId);
  if (which.only !== undefined) ending = ending.where("id", "=", which.only);
  if (which.except !== undefined) ending = ending.where("id", "!=", which.except);
  return Number((await ending.executeTakeFirst()).numUpdatedRows);
}
