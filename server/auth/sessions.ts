// Sessions: 32 random bytes in the cookie, their SHA-256 in the database, revocable at the next request.
import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { asSystem, executeKept, type SystemDb } from "#db/client.ts";
import { env } from "#server/env.ts";
import type { Actor, RoleName } from "#server/permissions.ts";

const IDLE_MINUTES = 30;
export const ABSOLUTE_HOURS = 12;
/** Sessions not used since then are over. */
export const idleSince = (): Date => new Date(Date.now() - IDLE_MINUTES * 60_000);
/** `last_seen_at` is written at most this often. */
const TOUCH_SECONDS = 60;

const isSecure = () => env().origin.startsWith("https:");
export const sessionCookieName = () => cookieName("session");
export const newToken = (): string => randomBytes(32).toString("base64url");
export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();

/** The Set-Cookie value that starts (a token) or ends (null) a session in the browser. */
export const sessionCookie = (token: string | null): string =>
  cookie(sessionCookieName(), token, ABSOLUTE_HOURS * 3600);

/** A Set-Cookie value that scripts and other sites' forms do not get; null removes it. */
export const cookie = (name: string, value: string | null, seconds: number): string =>
  `${name}=${value ?? ""}; Path=/; HttpOnly; SameSite=Lax${isSecure() ? "; Secure" : ""}; Max-Age=${value === null ? 0 : seconds}`;

/** The value of a cookie of a request. */
export const readCookie = (headers: Headers, name: string): string | undefined =>
  headers
    .get("cookie")
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** The name of a cookie of ours; over https one that only this host can have set. */
export const cookieName = (name: string): string => `${isSecure() ? "__Host-" : ""}belvedere-${name}`;

/**
 * The provider that vouched for a session, and where its word counts: in its own partner for the partner's own people, or,
 * if it is a customer's, for that customer's. So no partner's provider opens another's data, nor a customer's.
 */
export type Vouched = { issuerId: string; partnerId: string; customerId: string | null };
/** `vouched`: null for a session that was opened with a password. */
export type SessionRow = { id: string; expiresAt: Date; actor: Actor; vouched: Vouched | null };

const liveSession = (db: SystemDb, token: string) =>
  db
    .selectFrom("session as s")
    .innerJoin("user as u", "u.id", "s.userId")
    .where("s.tokenHash", "=", hashToken(token))
    .where("s.revokedAt", "is", null)
    .where("u.disabledAt", "is", null)
    .where("s.expiresAt", ">", new Date())
    .where("s.lastSeenAt", ">", idleSince())
    .where((eb) =>
      eb.or([
        eb("s.oidcIssuerId", "is", null),
        eb.exists(
          eb
            .selectFrom("oidcIssuer as i")
            .whereRef("i.partnerId", "=", "s.onlyPartnerId")
            .whereRef("i.id", "=", "s.oidcIssuerId")
            .where("i.isEnabled", "=", true),
        ),
      ]),
    );

/** Whether a session's provider may vouch for a membership; anything may with a password. */
const isVouchedFor = (vouched: Vouched | null, membership: string) =>
  vouched === null
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(`${membership}.partner_id`)} = ${vouched.partnerId}
        and ${sql.ref(`${membership}.customer_id`)} is not distinct from ${vouched.customerId}::uuid`;

/**
 * The session of a cookie and who acts in it, in one query; null when it is unknown, revoked, expired, idle, or its
 * user or membership is disabled. `isActive`: somebody is there; a stream that only looks again keeps nobody signed in.
 */
export async function readSession(
  token: string,
  address: string,
  isActive = true,
): Promise<SessionRow | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  return asSystem("the cookie says who asks before a partner is known", async (db) => {
    const session = liveSession(db, token)
      .innerJoin("membership as m", (join) =>
        join
          .onRef("m.id", "=", "s.membershipId")
          .onRef("m.userId", "=", "u.id")
          .on(
            sql<boolean>`(s.oidc_issuer_id is null
              or (m.partner_id = s.only_partner_id and m.customer_id is not distinct from s.only_customer_id))`,
          ),
      )
      .innerJoin("partner as p", "p.id", "m.partnerId")
      .where("m.disabledAt", "is", null)
      .select([
        "s.id",
        "s.expiresAt",
        "s.lastSeenAt",
        "s.provedAt",
        "s.oidcIssuerId",
        "s.onlyPartnerId",
        "s.onlyCustomerId",
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
      ]);
    const [row] = await executeKept(db, session.compile());
    if (!row) return null;
    if (isActive && row.lastSeenAt.getTime() < Date.now() - TOUCH_SECONDS * 1000) {
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
      provedAt: row.provedAt,
    };
    const { oidcIssuerId: issuerId, onlyPartnerId: partnerId, onlyCustomerId: customerId } = row;
    const vouched = issuerId === null || partnerId === null ? null : { issuerId, partnerId, customerId };
    return { id: row.id, expiresAt: row.expiresAt, actor, vouched };
  });
}

/**
 * Starts a session of `userId` in `membershipId`; returns the token for the cookie, which is stored nowhere. `vouched`: the
 * provider that opened it, which bounds it; `provedAt`: when the person proved who they are, now if it was just here.
 */
export async function startSession(input: {
  userId: string;
  membershipId: string;
  userAgent: string;
  address: string;
  vouched?: Vouched;
  provedAt?: Date;
}): Promise<string> {
  const token = newToken();
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
        provedAt: input.provedAt ?? new Date(),
        ...(input.vouched && {
          oidcIssuerId: input.vouched.issuerId,
          onlyPartnerId: input.vouched.partnerId,
          onlyCustomerId: input.vouched.customerId,
        }),
      })
      .execute(),
  );
  return token;
}

/** Marks a session as proved at an instant, under a new token, which it returns. */
export async function proveSession(id: string, provedAt: Date): Promise<string> {
  const token = newToken();
  await asSystem("a session belongs to a person, not to a partner", (db) =>
    db
      .updateTable("session")
      .set({ provedAt, tokenHash: hashToken(token) })
      .where("id", "=", id)
      .where("revokedAt", "is", null)
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

/** A person's live memberships that the session may use, partners' first, then by name: what the switch offers. */
export type MembershipChoice = {
  id: string;
  partnerId: string;
  partnerName: string;
  customerName: string | null;
  role: RoleName;
};
export async function listMemberships(userId: string, vouched: Vouched | null): Promise<MembershipChoice[]> {
  const rows = await asSystem("a person's memberships cross partners", (db) => {
    const memberships = db
      .selectFrom("membership as m")
      .innerJoin("partner as p", "p.id", "m.partnerId")
      .leftJoin("customer as c", (join) =>
        join.onRef("c.partnerId", "=", "m.partnerId").onRef("c.id", "=", "m.customerId"),
      )
      .where("m.userId", "=", userId)
      .where("m.disabledAt", "is", null)
      .where(isVouchedFor(vouched, "m"))
      .select([
        "m.id",
        "m.role",
        "m.partnerId",
        "p.name as partnerName",
        "c.nameShown as customerName",
        "m.customerId",
      ])
      .orderBy("m.customerId", (order) => order.nullsFirst())
      .orderBy("p.name");
    return executeKept(db, memberships.compile());
  });
  return rows.map(({ customerId: _, ...row }) => ({ ...row, role: row.role as RoleName }));
}

/** Moves the session to another of its user's memberships under a new token; null when it is not one it may use. */
export async function switchMembership(
  { id: sessionId, actor: { userId }, vouched }: SessionRow,
  membershipId: string,
): Promise<string | null> {
  const token = newToken();
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
            .where("m.disabledAt", "is", null)
            .where(isVouchedFor(vouched, "m")),
        ),
      )
      .executeTakeFirst(),
  );
  return moved.numUpdatedRows > 0n ? token : null;
}
