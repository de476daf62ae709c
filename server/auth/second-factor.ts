// The second factor: codes of an authenticator app (RFC 6238), each good once, and recovery codes for when it is lost.
import { createHash, randomInt } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { asSystem, type ScopedDb } from "#db/client.ts";
import { box, unbox } from "#server/secrets/web-box.ts";

const PERIOD_SECONDS = 30;
/** Steps before and after the present one whose code is taken too: clocks of phones differ. */
const WINDOW = 1;
/** RFC 4226 recommends 160 bits. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** Without characters that are taken for others; 16 of 32 are 80 bits, so a plain hash cannot be searched. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789";

const place = (userId: string) => ({ table: "user", column: "totp_secret", row: userId });
const totpOf = (secret: string, label: string) =>
  new TOTP({ issuer: "Belvedere", label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });
const hashCode = (code: string): Buffer => createHash("sha256").update(code).digest();
/** As it is compared: people type capitals, blanks and dashes. */
const plainCode = (code: string): string => code.toLowerCase().replaceAll(/[\s-]/g, "");

/** The step whose code was given, null when it is none near `now`. */
function stepOf(secret: string, code: string, now: number): number | null {
  const token = plainCode(code);
  // The library compares bytes, and throws at characters that have several.
  if (!/^[0-9]{6}$/.test(token)) return null;
  const delta = totpOf(secret, "").validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

export type SecondFactor =
  | { state: "off" }
  | { state: "pending"; secret: string; uri: string }
  | { state: "on"; since: Date; codesLeft: number };

/** How it stands with a person's second factor; the secret only until its first code was given. */
export async function readSecondFactor(userId: string): Promise<SecondFactor> {
  return asSystem("a person's second factor belongs to no partner", async (db) => {
    const user = await db
      .selectFrom("user")
      .where("id", "=", userId)
      .select(["email", "totpSecret", "totpConfirmedAt"])
      .executeTakeFirstOrThrow();
    if (user.totpSecret === null) return { state: "off" };
    if (user.totpConfirmedAt === null) {
      const secret = unbox(user.totpSecret, place(userId));
      return { state: "pending", secret, uri: totpOf(secret, user.email).toString() };
    }
    const { left } = await db
      .selectFrom("recoveryCode")
      .where("userId", "=", userId)
      .where("usedAt", "is", null)
      .select((eb) => eb.fn.countAll<string>().as("left"))
      .executeTakeFirstOrThrow();
    return { state: "on", since: user.totpConfirmedAt, codesLeft: Number(left) };
  });
}

/** Gives a person a new secret that waits for its first code; false when the second factor is on already. */
export async function beginSecondFactor(db: ScopedDb, userId: string): Promise<boolean> {
  const secret = new Secret({ size: SECRET_BYTES }).base32;
  const { numUpdatedRows } = await db
    .updateTable("user")
    .set({ totpSecret: box(secret, place(userId)) })
    .where("id", "=", userId)
    .where("totpConfirmedAt", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Turns the second factor on with its first code; gives the recovery codes, or null when the code is not right. */
export async function confirmSecondFactor(
  db: ScopedDb,
  userId: string,
  code: string,
): Promise<string[] | null> {
  const user = await db
    .selectFrom("user")
    .where("id", "=", userId)
    .where("totpConfirmedAt", "is", null)
    .select("totpSecret")
    .forUpdate()
    .executeTakeFirst();
  if (!user?.totpSecret) return null;
  const step = stepOf(unbox(user.totpSecret, place(userId)), code, Date.now());
  if (step === null) return null;
  await db
    .updateTable("user")
    .set({ totpConfirmedAt: new Date(), totpLastStep: String(step) })
    .where("id", "=", userId)
    .execute();
  return renewRecoveryCodes(db, userId);
}

export async function removeSecondFactor(db: ScopedDb, userId: string): Promise<void> {
  await db
    .updateTable("user")
    .set({ totpSecret: null, totpConfirmedAt: null })
    .where("id", "=", userId)
    .execute();
  await db.deleteFrom("recoveryCode").where("userId", "=", userId).execute();
}

/** New recovery codes in the place of all former ones; only their hashes are kept. */
export async function renewRecoveryCodes(db: ScopedDb, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join(""),
  );
  await db.deleteFrom("recoveryCode").where("userId", "=", userId).execute();
  await db
    .insertInto("recoveryCode")
    .values(codes.map((code) => ({ userId, codeHash: hashCode(code) })))
    .execute();
  return codes.map((code) => code.replaceAll(/(.{4})(?=.)/g, "$1-"));
}

export const hasSecondFactor = (userId: string): Promise<boolean> =>
  asSystem("a person signs in before a partner is known", async (db) => {
    const row = await db
      .selectFrom("user")
      .where("id", "=", userId)
      .where("totpConfirmedAt", "is not", null)
      .select("id")
      .executeTakeFirst();
    return row !== undefined;
  });

/**
 * Is `code` a code of the person's app, or one of their recovery codes; using it up. Of two requests with the same code,
 * also at the same moment, one is told yes: the step is raised, the recovery code marked, by one conditional statement.
 */
export async function spendCode(userId: string, code: string): Promise<boolean> {
  return asSystem("a person signs in before a partner is known", async (db) => {
    const user = await db
      .selectFrom("user")
      .where("id", "=", userId)
      .where("totpConfirmedAt", "is not", null)
      .select("totpSecret")
      .executeTakeFirst();
    if (!user?.totpSecret) return false;
    const step = stepOf(unbox(user.totpSecret, place(userId)), code, Date.now());
    const spent =
      step === null
        ? await db
            .updateTable("recoveryCode")
            .set({ usedAt: new Date() })
            .where("userId", "=", userId)
            .where("codeHash", "=", hashCode(plainCode(code)))
            .where("usedAt", "is", null)
            .executeTakeFirst()
        : await db
            .updateTable("user")
            .set({ totpLastStep: String(step) })
            .where("id", "=", userId)
            .where("totpConfirmedAt", "is not", null)
            .where("totpLastStep", "<", String(step))
            .executeTakeFirst();
    return spent.numUpdatedRows > 0n;
  });
}
