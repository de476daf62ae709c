// Signing in with a password, signing out, switching membership: plain handlers that work with forms and with JSON.
import { z } from "zod";
import { asSystem, withScope } from "#db/client.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { contextOf, languageOf, sessionToken } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { addressOf, assertSameOrigin, readFields, safeReturn } from "#server/http/incoming.ts";
import { isLanguage, type Language } from "#locales/languages.ts";
import { log } from "#server/log.ts";
import { errorResponse } from "#server/route.ts";
import { clearAttempts, countAttempt } from "./limits.ts";
import { isPassword } from "./passwords.ts";
import {
  endSession,
  listMemberships,
  readSession,
  sessionCookie,
  startSession,
  switchMembership,
} from "./sessions.ts";
export { nextAuthHandler } from "./next-auth.ts";

const Login = z.object({
  email: z.string().trim().min(3).max(320),
  password: z.string().min(1).max(128),
  code: z.string().max(20).optional(),
});

const seeOther = (path: string, cookie?: string): Response =>
  new Response(null, {
    status: 303,
    headers: { location: path, "cache-control": "no-store", ...(cookie && { "set-cookie": cookie }) },
  });
const noContent = (cookie: string): Response =>
  new Response(null, { status: 204, headers: { "set-cookie": cookie, "cache-control": "no-store" } });

/** Checks e-mail and password and starts a session; returns its token. Throws auth.throttled, and auth.invalid for whatever else stands in the way. */
async function signIn(email: string, password: string, request: Request): Promise<string> {
  const address = addressOf(request.headers);
  const wait = await countAttempt(email, address);
  if (wait > 0) throw new AppError("auth.throttled", { retryAfterSeconds: wait });
  const user = await asSystem("a person signs in before a partner is known", (db) =>
    db
      .selectFrom("user")
      .where("email", "=", email)
      .select(["id", "passwordHash", "disabledAt"])
      .executeTakeFirst(),
  );
  const matches = await isPassword(user?.passwordHash, password);
  if (!user || !matches || user.disabledAt !== null) {
    log.info({ email, address }, "sign-in refused");
    throw new AppError("auth.invalid");
  }
  const [membership] = await listMemberships(user.id);
  if (!membership) throw new AppError("auth.invalid");
  const token = await startSession({
    userId: user.id,
    membershipId: membership.id,
    userAgent: request.headers.get("user-agent") ?? "",
    address,
  });
  await clearAttempts(email, address);
  await record(token, address, "auth:signIn");
  return token;
}

/** The sign-in, sign-out and switch stand in the chain of the membership they concern. */
async function record(token: string, address: string, action: string): Promise<void> {
  const session = await readSession(token, address);
  if (!session) return;
  const { actor } = session;
  await withScope(
    scopeOf(actor),
    "read write",
    (db) => appendAudit(db, actor, { action, entity: `session ${session.id}`, customerId: actor.customerId }),
    "signin",
  );
}

/** `POST /api/login` `{email, password}` → 204 and the cookie, 401, 429; a form is led on to its page, or back with the error. */
export async function login(request: Request): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    assertSameOrigin(request);
    const { isForm, fields } = await readFields(request);
    const answerIn: Language = isLanguage(fields["lang"]) ? fields["lang"] : language;
    try {
      const parsed = Login.safeParse(fields);
      if (!parsed.success) throw new AppError(isForm ? "auth.invalid" : "request.invalid");
      const token = await signIn(parsed.data.email, parsed.data.password, request);
      const cookie = sessionCookie(token);
      return isForm ? seeOther(safeReturn(fields["return"], `/${answerIn}`), cookie) : noContent(cookie);
    } catch (error) {
      if (!isForm || !(error instanceof AppError)) throw error;
      const query = new URLSearchParams({ error: error.code });
      if (typeof fields["email"] === "string") query.set("email", fields["email"].slice(0, 320));
      const back = safeReturn(fields["return"], "");
      if (back) query.set("return", back);
      return seeOther(`/${answerIn}/sign-in?${query}`);
    }
  } catch (error) {
    return errorResponse(error, language);
  }
}

/** `POST /api/logout`: ends the session at once; 204, or for a form on to the sign-in page. */
export async function logout(request: Request): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    assertSameOrigin(request);
    const { session } = await contextOf(request.headers);
    const isForm =
      !request.headers.get("content-type")?.startsWith("application/json") &&
      request.headers.has("content-type");
    const token = sessionToken(request.headers.get("cookie"));
    if (token && session) {
      await record(token, addressOf(request.headers), "auth:signOut");
      await endSession(token);
    }
    const wanted = isForm ? (await readFields(request)).fields["lang"] : undefined;
    return isForm
      ? seeOther(`/${isLanguage(wanted) ? wanted : language}/sign-in`, sessionCookie(null))
      : noContent(sessionCookie(null));
  } catch (error) {
    return errorResponse(error, language);
  }
}

/** `POST /api/membership` `{membershipId, return}`: the session goes on in another membership of the same person. */
export async function changeMembership(request: Request): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    assertSameOrigin(request);
    const { session } = await contextOf(request.headers);
    if (!session) throw new AppError("auth.required");
    const { isForm, fields } = await readFields(request);
    const wanted = z.uuid().safeParse(fields["membershipId"]);
    if (!wanted.success) throw new AppError("request.invalid");
    const token = await switchMembership(session.id, session.actor.userId, wanted.data);
    if (!token) throw new AppError("membership.notFound");
    await record(token, addressOf(request.headers), "auth:switchMembership");
    return isForm
      ? seeOther(safeReturn(fields["return"], `/${language}`), sessionCookie(token))
      : noContent(sessionCookie(token));
  } catch (error) {
    return errorResponse(error, language);
  }
}
