// Between a right password and its second factor: a cookie for five minutes that opens nothing but the question for a code.
import { asSystem } from "#db/client.ts";
import { cookie, cookieName, hashToken, newToken } from "./sessions.ts";

const MINUTES = 5;

export const challengeCookieName = () => cookieName("challenge");

/** The Set-Cookie value that keeps (a token) or removes (null) the challenge. */
export const challengeCookie = (token: string | null): string =>
  cookie(challengeCookieName(), token, MINUTES * 60);

/** Starts a challenge for who gave the right password; also clears those of everybody that nobody answered. */
export async function startChallenge(userId: string): Promise<string> {
  const token = newToken();
  await asSystem("a person signs in before a partner is known", async (db) => {
    await db.deleteFrom("signInChallenge").where("expiresAt", "<", new Date()).execute();
    await db
      .insertInto("signInChallenge")
      .values({
        tokenHash: hashToken(token),
        userId,
        expiresAt: new Date(Date.now() + MINUTES * 60_000),
      })
      .execute();
  });
  return token;
}

/** Who is being asked; undefined when the challenge is unknown, over, or its person may not sign in any more. */
export const findChallenged = (token: string): Promise<{ id: string; email: string } | undefined> =>
  asSystem("a person signs in before a partner is known", (db) =>
    db
      .selectFrom("signInChallenge as c")
      .innerJoin("user as u", "u.id", "c.userId")
      .where("c.tokenHash", "=", hashToken(token))
      .where("c.expiresAt", ">", new Date())
      .where("u.disabledAt", "is", null)
      .select(["u.id", "u.email"])
      .executeTakeFirst(),
  );

/** Uses a challenge up; false when somebody else did at the same moment. */
export async function endChallenge(token: string): Promise<boolean> {
  const { numDeletedRows } = await asSystem("a person signs in before a partner is known", (db) =>
    db.deleteFrom("signInChallenge").where("tokenHash", "=", hashToken(token)).executeTakeFirst(),
  );
  return numDeletedRows > 0n;
}
