// Sessions: 32 random bytes in the cookie, their SHA-256 in the database, revocable at the next request.
import { createHash, randomBytes } from "node:crypto";
import { asSystem, type SystemDb } from "#db/client.ts";
import { env } from "#server/env.ts";
import type { Actor, RoleName } from "#server/permissions.ts";

const IDLE_MINUTES = 30;
export const ABSOLUTE_HOURS = 12;
/** `last_seen_at` is written at most this often. */
const TOUCH_SECONDS = 60;

const isSecure = () => env().origin.startsWith("https:");
export const sessionCookieName = () => (isSecure() ? "__Host-belvedere-session" : "belvedere-session");
const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();

/** The Set-Cookie value that starts (a token) or ends (null) a session in the browser. */
export function sessionCookie(token: string | null): string {
  const end = token === null ? "; Max-Age=0" : `; Max-Age=${ABSOLUTE_HOURS * 3600}`;
  return `${sessionCookieName()}=${token ?? ""}; Path=/; HttpOnly; SameSite=Lax${isSecure() ? "; Secure" : ""}${end}`;
}

export type SessionRow = { id: string; expiresAt: Date; actor: Actor };

const liveSession = (db: SystemDb, token: string) =>
  db
    .selectFrom("session as s")
    .innerJoin("user as u", "u.id", "s.userId")
    .where("s.tokenHash", "=", hashToken(token))
    .where("s.revokedAt", "is", null)
    .where("u.disabledAt", "is", null)
    .where("s.expiresAt", ">", new Date())
    .where("s.lastSeenAt", ">", new Date(Date.now() - IDLE_MINUTES * 60_000));

/**
 * The session of a cookie and who acts in it, in one query; null when it is unknown, revoked, expired, idle, or its
 * user or membership is disabled.
 */
export async function readSession(token: string, address: string): Promise<SessionRow | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  return asSystem("the cookie says who asks before a partner is known", async (db) => {
    const row = await liveSession(db, token)
      .innerJoin("membership as m", (join) =>
        join.onRef("m.id", "=", "s.membershipId").onRef("m.userId", "=", "u.id"),
      )
      .innerJoin("partner as p", "p.id", "m.partnerId")
      .where("m.disabledAt", "is", null)
      .select([
        "s.id",
        "s.expiresAt",
        "s.lastSeenAt",
        "u.id as userId",
        "u.email",
        "u.name",
        "u.language",
        "u.timeZone",
      ])
      .select(["m.id as membershipId", "m.role", "m.customerId", "m.partnerId", "p.name as partnerName"])
      .select((eb) => [
        eb
          .and([
            eb.ref("m.scopeAll"),
            eb.not(
              eb.exists(
                eb
                  .selectFrom("membershipScope as d")
                  .whereRef("d.partnerId", "=", "m.partnerId")
                  .whereRef("d.membershipId", "=", "m.id")
                  .where("d.kind", "=", "denied"),
              ),
            ),
          ])
          .as("memberAll"),
      ])
      .executeTakeFirst();
    if (!row) return null;
    if (row.lastSeenAt.getTime() < Date.now() - TOUCH_SECONDS * 1000) {
      await db.updateTable("session").set({ lastSeenAt: new Date() }).where("id", "=", row.id).execute();
    }
    const actor: Actor = {
      userId: row.userId,
      email: row.email,
      name: row.name,
      language: row.language as Actor["language"],
      timeZone: row.timeZone,
      membershipId: row.membershipId,
      role: row.role as RoleName,
      partnerId: row.partnerId,
      partnerName: row.partnerName,
      customerId: row.customerId,
      memberAll: row.memberAll === true,
      address,
    };
    return { id: row.id, expiresAt: row.expiresAt, actor };
  });
}

/** Starts a session of `userId` in `membershipId`; returns the token for the cookie, which is stored nowhere. */
export async function startSession(input: {
  userId: string;
  membershipId: string;
  userAgent: string;
  address: string;
}): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await asSystem("a session belongs to a person, not to a partner", (db) =>
    db
      .insertInto("session")
      .values({
        tokenHash: hashToken(token),
        userId: input.userId,
        membershipId: input.membershipId,
        userAgent: input.userAgent.slice(0, 300),
        address: input.address,
        expiresAt: new Date(Date.now() + ABSOLUTE_HOURS * 3_600_000),
      })
      .execute(),
  );
  return token;
}

/** Ends the session of a cookie; ending one that is not there is no error. */
export async function endSession(token: string): Promise<void> {
  await asSystem("signing out needs no partner", (db) =>
    db
      .updateTable("session")
      .set({ revokedAt: new Date() })
      .where("tokenHash", "=", hashToken(token))
      .execute(),
  );
}

/** A person's live memberships, partners' first, then by name: what the switch offers. */
export type MembershipChoice = {
  id: string;
  partnerId: string;
  partnerName: string;
  customerName: string | null;
  role: RoleName;
};
export async function listMemberships(userId: string): Promise<MembershipChoice[]> {
  const rows = await asSystem("a person's memberships cross partners", (db) =>
    db
      .selectFrom("membership as m")
      .innerJoin("partner as p", "p.id", "m.partnerId")
      .leftJoin("customer as c", (join) =>
        join.onRef("c.partnerId", "=", "m.partnerId").onRef("c.id", "=", "m.customerId"),
      )
      .where("m.userId", "=", userId)
      .where("m.disabledAt", "is", null)
      .select([
        "m.id",
        "m.role",
        "m.partnerId",
        "p.name as partnerName",
        "c.nameShown as customerName",
        "m.customerId",
      ])
      .orderBy("m.customerId", (order) => order.nullsFirst())
      .orderBy("p.name")
      .execute(),
  );
  return rows.map(({ customerId: _, ...row }) => ({ ...row, role: row.role as RoleName }));
}

/** Moves the session to another of its user's memberships under a new token; null when it is not one of theirs. */
export async function switchMembership(
  sessionId: string,
  userId: string,
  membershipId: string,
): Promise<string | null> {
  const token = randomBytes(32).toString("base64url");
  const moved = await asSystem("the new membership may be at another partner", (db) =>
    db
      .updateTable("session as s")
      .set({ membershipId, tokenHash: hashToken(token) })
      .where("s.id", "=", sessionId)
      .where("s.revokedAt", "is", null)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("membership as m")
            .where("m.id", "=", membershipId)
            .where("m.userId", "=", userId)
            .where("m.disabledAt", "is", null),
        ),
      )
      .executeTakeFirst(),
  );
  return moved.numUpdatedRows > 0n ? token : null;
}
