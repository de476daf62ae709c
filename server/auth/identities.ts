// Who somebody is elsewhere: (issuer, subject), linked by the person themselves. The address is shown, never compared.
import { asSystem, type ScopedDb } from "#db/client.ts";

export type Identity = { issuer: string; subject: string };
type Linked = { userId: string; email: string; isDisabled: boolean };

/** The person an identity belongs to; undefined when nobody linked it. */
export const findIdentity = ({ issuer, subject }: Identity): Promise<Linked | undefined> =>
  asSystem("a provider vouches before a partner is known", async (db) => {
    const row = await db
      .selectFrom("identity as i")
      .innerJoin("user as u", "u.id", "i.userId")
      .where("i.issuer", "=", issuer)
      .where("i.subject", "=", subject)
      .select(["u.id as userId", "u.email", "u.disabledAt"])
      .executeTakeFirst();
    return row && { userId: row.userId, email: row.email, isDisabled: row.disabledAt !== null };
  });

export const touchIdentity = ({ issuer, subject }: Identity): Promise<unknown> =>
  asSystem("a provider vouches before a partner is known", (db) =>
    db
      .updateTable("identity")
      .set({ lastUsedAt: new Date() })
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .execute(),
  );

/** A person's identities, oldest first. */
export const listIdentities = (
  userId: string,
): Promise<(Identity & { email: string; createdAt: Date; lastUsedAt: Date | null })[]> =>
  asSystem("a person's identities belong to no partner", (db) =>
    db
      .selectFrom("identity")
      .where("userId", "=", userId)
      .select(["issuer", "subject", "email", "createdAt", "lastUsedAt"])
      .orderBy("createdAt")
      .execute(),
  );

/** Links an identity to a person; false when it is another person's. One that is theirs already stays as it is. */
export async function linkIdentity(
  db: ScopedDb,
  userId: string,
  identity: Identity & { email: string },
): Promise<boolean> {
  await db
    .insertInto("identity")
    .values({ ...identity, userId })
    .onConflict((conflict) => conflict.columns(["issuer", "subject"]).doNothing())
    .execute();
  const owner = await db
    .selectFrom("identity")
    .where("issuer", "=", identity.issuer)
    .where("subject", "=", identity.subject)
    .select("userId")
    .executeTakeFirst();
  return owner?.userId === userId;
}

/** Removes a person's identity and ends the sessions that it may have opened; false when there is none. */
export async function unlinkIdentity(db: ScopedDb, userId: string, identity: Identity): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("identity")
    .where("userId", "=", userId)
    .where("issuer", "=", identity.issuer)
    .where("subject", "=", identity.subject)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await db
    .updateTable("session")
    .set({ revokedAt: new Date() })
    .where("userId", "=", userId)
    .where("revokedAt", "is", null)
    .where("oidcIssuerId", "in", (eb) =>
      eb.selectFrom("oidcIssuer").where("issuer", "=", identity.issuer).select("id"),
    )
    .execute();
  return true;
}
