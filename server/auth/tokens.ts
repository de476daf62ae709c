// API tokens: 32 random bytes with a prefix, their SHA-256 in the database, checked with their maker at every request.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { asSystem, rawPool, withScope } from "#db/client.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import type { Actor, RoleName } from "#server/permissions.ts";

/** Says to people and to secret scanners what it is. */
const PREFIX = "bvd_";
/** `last_used_at` is written at most this often. */
const TOUCH_SECONDS = 60;
/** Requests of one token: a burst of a whole estate, and no more than the database can take in. */
const CALLS = 600;
const CALLS_SECONDS = 60;

export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A new token; only its hash is ever stored. */
export const newToken = (): string => PREFIX + randomBytes(32).toString("base64url");

/** The token of `Authorization: Bearer …`; undefined without that header, other schemes are a proxy's. */
export const bearerOf = (headers: Headers): string | undefined =>
  /^bearer +(.*)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();

let limiter: RateLimiterPostgres | undefined;
async function countCall(tokenId: string): Promise<void> {
  limiter ??= new RateLimiterPostgres({
    storeClient: rawPool("signin", 2),
    storeType: "pool",
    tableName: "sign_in_limit",
    tableCreated: true,
    keyPrefix: "token",
    points: CALLS,
    duration: CALLS_SECONDS,
    // Once it is over its limit a token costs the database nothing until the minute has passed.
    inMemoryBlockOnConsumed: CALLS,
  });
  try {
    await limiter.consume(tokenId);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new AppError("request.tooMany", {
      retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)),
    });
  }
}

const find = (token: string) =>
  asSystem("the token says who asks before a partner is known", (db) =>
    db
      .selectFrom("apiToken as t")
      .innerJoin("membership as m", (join) =>
        join.onRef("m.partnerId", "=", "t.partnerId").onRef("m.id", "=", "t.membershipId"),
      )
      .innerJoin("user as u", "u.id", "m.userId")
      .innerJoin("partner as p", "p.id", "m.partnerId")
      .where("t.tokenHash", "=", hashToken(token))
      .where("m.disabledAt", "is", null)
      .where("u.disabledAt", "is", null)
      .select([
        "t.id",
        "t.name as tokenName",
        "t.permissions",
        "t.connectionId",
        "t.expiresAt",
        "t.revokedAt",
      ])
      .select(["t.lastUsedAt", "u.id as userId", "u.email", "u.name", "u.language", "u.timeZone"])
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
      .executeTakeFirst(),
  );

/**
 * Who acts with a token: its maker as they are now, held to what the token may do. Throws token.invalid (unknown, or the
 * maker or their membership is disabled), token.revoked, token.expired, and request.tooMany over the limit of calls.
 * `isCall`: a request of its own; a download that only looks again counts as none.
 */
export async function readToken(token: string, address: string, isCall = true): Promise<Actor> {
  const row = /^bvd_[\w-]{43}$/.test(token) ? await find(token) : undefined;
  if (!row) throw new AppError("token.invalid");
  if (row.revokedAt) throw new AppError("token.revoked");
  if (row.expiresAt.getTime() <= Date.now()) throw new AppError("token.expired");
  if (isCall) await countCall(row.id);
  if (isCall && (row.lastUsedAt?.getTime() ?? 0) < Date.now() - TOUCH_SECONDS * 1000)
    await withScope(
      { partnerId: row.partnerId },
      "read write",
      (db) =>
        db
          .updateTable("apiToken")
          .set({ lastUsedAt: new Date(), lastUsedFrom: address })
          .where("partnerId", "=", row.partnerId)
          .where("id", "=", row.id)
          .execute(),
      "signin",
    );
  return {
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
    apiToken: {
      id: row.id,
      name: row.tokenName,
      permissions: row.permissions,
      connectionId: row.connectionId,
    },
  };
}

export type Maker = {
  membershipId: string;
  name: string;
  email: string;
  role: RoleName;
  isDisabled: boolean;
};
/** Who made tokens: the people of these memberships of one partner, by membership. */
export async function findMakers(
  partnerId: string,
  membershipIds: readonly string[],
): Promise<Map<string, Maker>> {
  if (membershipIds.length === 0) return new Map();
  const rows = await asSystem("names of people are not the partner's rows", (db) =>
    db
      .selectFrom("membership as m")
      .innerJoin("user as u", "u.id", "m.userId")
      .where("m.partnerId", "=", partnerId)
      .where("m.id", "in", [...membershipIds])
      .select(["m.id as membershipId", "u.name", "u.email", "m.role"])
      .select((eb) =>
        eb.or([eb("m.disabledAt", "is not", null), eb("u.disabledAt", "is not", null)]).as("isDisabled"),
      )
      .execute(),
  );
  return new Map(
    rows.map((row) => [
      row.membershipId,
      { ...row, role: row.role as RoleName, isDisabled: row.isDisabled === true },
    ]),
  );
}

/** The cookie that carries a new token to the one page that shows it; proxy.ts ends it with that page. */
const NEW_TOKEN_COOKIE = "belvedere-new-token";
const SHOWN_WITHIN_SECONDS = 120;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const cookieKey = (): Buffer => {
  const secret = env().AUTH_SECRET;
  if (!secret) throw new Error("AUTH_SECRET is missing");
  return Buffer.from(hkdfSync("sha256", secret, "", "belvedere new token", 32));
};

/** The Set-Cookie value by which the page after the form shows `token` once, to that membership alone. */
export function newTokenCookie(token: string, membershipId: string, path: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", cookieKey(), iv);
  cipher.setAAD(Buffer.from(membershipId));
  const body = Buffer.concat([cipher.update(`${Date.now()} ${token}`, "utf8"), cipher.final()]);
  const value = Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
  const secure = env().origin.startsWith("https:") ? "; Secure" : "";
  return `${NEW_TOKEN_COOKIE}=${value}; Path=${path}; Max-Age=${SHOWN_WITHIN_SECONDS}; HttpOnly; SameSite=Strict${secure}`;
}

/** The new token that a page is to show this membership; undefined when there is none, it is old, or another's. */
export function newTokenIn(cookies: string | null, membershipId: string): string | undefined {
  const value = new RegExp(`(?:^|; *)${NEW_TOKEN_COOKIE}=([\\w-]{60,400})`).exec(cookies ?? "")?.[1];
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", cookieKey(), bytes.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(membershipId));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const plain =
      decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    const [at, token] = plain.split(" ", 2);
    return Date.now() - Number(at) < SHOWN_WITHIN_SECONDS * 1000 ? token : undefined;
  } catch {
    // Not ours, or for somebody else: there is nothing to show.
    return undefined;
  }
}
