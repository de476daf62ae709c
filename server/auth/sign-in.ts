// Signing in with a password and, where it is on, a second factor; and what is recorded of it.
import { asSystem, withScope } from "#db/client.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { AppError } from "#server/errors.ts";
import { addressOf } from "#server/http/incoming.ts";
import { log } from "#server/log.ts";
import { endChallenge, findChallenged } from "./challenges.ts";
import { clearAttempts, countAttempt, countCode } from "./limits.ts";
import { isPassword } from "./passwords.ts";
import { hasSecondFactor, spendCode } from "./second-factor.ts";
import { listMemberships, readSession, startSession, type SessionRow, type Vouched } from "./sessions.ts";

/** A session's token, or who still owes the second factor. */
export type SignedIn = { session: string } | { askCodeOf: string };

/** Throws auth.throttled when `email` was tried too often from this address. */
async function countOrWait(email: string, address: string): Promise<void> {
  const wait = await countAttempt(email, address);
  if (wait > 0) throw new AppError("auth.throttled", { retryAfterSeconds: wait });
}

/** Throws auth.codeInvalid unless `code` is one of the person's that was not used yet, auth.throttled after too many. */
async function requireCode(userId: string, code: string, address: string): Promise<void> {
  const wait = await countCode(userId);
  if (wait > 0) throw new AppError("auth.throttled", { retryAfterSeconds: wait });
  if (await spendCode(userId, code)) return;
  log.warn({ user: userId, address }, "second factor refused");
  throw new AppError("auth.codeInvalid");
}

/**
 * Checks e-mail and password, and the code where the person has a second factor; without `code` the
 * answer says so. Throws auth.throttled, auth.codeInvalid, and auth.invalid for whatever else stands in the way.
 */
export async function signInWithPassword(
  { email, password, code }: { email: string; password: string; code?: string | undefined },
  request: Request,
): Promise<SignedIn> {
  const address = addressOf(request.headers);
  await countOrWait(email, address);
  const user = await asSystem("a person signs in before a partner is known", (db) =>
    db
      .selectFrom("user")
      .where("email", "=", email)
      .select(["id", "email", "passwordHash", "disabledAt"])
      .executeTakeFirst(),
  );
  const matches = await isPassword(user?.passwordHash, password);
  if (!user || !matches || user.disabledAt !== null) {
    log.info({ email, address }, "sign-in refused");
    throw new AppError("auth.invalid");
  }
  if (await hasSecondFactor(user.id)) {
    if (code === undefined) return { askCodeOf: user.id };
    await requireCode(user.id, code, address);
  }
  return { session: await openSession(user, request) };
}

/** The second step of a form: the code for the challenge of a cookie. Throws auth.codeExpired when there is none. */
export async function answerChallenge(challenge: string, code: string, request: Request): Promise<string> {
  const user = await findChallenged(challenge);
  if (!user) throw new AppError("auth.codeExpired");
  const address = addressOf(request.headers);
  await countOrWait(user.email, address);
  await requireCode(user.id, code, address);
  if (!(await endChallenge(challenge))) throw new AppError("auth.codeExpired");
  return openSession(user, request);
}

/**
 * Checks a person once more in their own session, by password or by code; throws auth.invalid, auth.codeInvalid or
 * auth.throttled.
 */
export async function requireProof(
  session: SessionRow,
  given: { password: string } | { code: string },
): Promise<void> {
  const { userId, email, address } = session.actor;
  await countOrWait(email, address);
  if ("code" in given) await requireCode(userId, given.code, address);
  else {
    const user = await asSystem("a person's password belongs to no partner", (db) =>
      db.selectFrom("user").where("id", "=", userId).select("passwordHash").executeTakeFirst(),
    );
    if (!(await isPassword(user?.passwordHash, given.password))) throw new AppError("auth.invalid");
  }
  await clearAttempts(email, address, userId);
}

/**
 * Starts a session of somebody who has proved who they are; `vouched` when a provider did it for them. Throws auth.invalid
 * when they have no membership that it may open.
 */
export async function openSession(
  user: { id: string; email: string },
  request: Request,
  given: { vouched?: Vouched; provedAt?: Date } = {},
): Promise<string> {
  const [membership] = await listMemberships(user.id, given.vouched ?? null);
  if (!membership) throw new AppError("auth.invalid");
  const address = addressOf(request.headers);
  const token = await startSession({
    userId: user.id,
    membershipId: membership.id,
    userAgent: request.headers.get("user-agent") ?? "",
    address,
    ...given,
  });
  if (!given.vouched) await clearAttempts(user.email, address, user.id);
  await recordSession(token, address, "auth:signIn", given.vouched ? { issuer: given.vouched.issuerId } : {});
  return token;
}

/** The sign-in, sign-out and switch stand in the chain of the membership they concern. */
export async function recordSession(
  token: string,
  address: string,
  action: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const session = await readSession(token, address);
  if (!session) return;
  const { actor } = session;
  await withScope(
    scopeOf(actor),
    "read write",
    (db) =>
      appendAudit(db, actor, {
        action,
        entity: `session ${session.id}`,
        customerId: actor.customerId,
        detail,
      }),
    "signin",
  );
}
