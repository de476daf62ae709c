// Signing in with a password, signing out, switching membership: plain handlers that work with forms and with JSON.
import { z } from "zod";
import { contextOf, languageOf, sessionToken } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { addressOf, assertSameOrigin, readFields, safeReturn } from "#server/http/incoming.ts";
import { isLanguage, type Language } from "#locales/languages.ts";
import { errorResponse } from "#server/route.ts";
import { challengeCookie, challengeCookieName, startChallenge } from "./challenges.ts";
import { acceptInvitation } from "./invitations.ts";
import { endSession, readCookie, sessionCookie, switchMembership } from "./sessions.ts";
import { answerChallenge, openSession, recordSession, signInWithPassword } from "./sign-in.ts";
export { nextAuthHandler } from "./next-auth-handler.ts";
export { startProvider } from "./provider-start.ts";
export { findProviders } from "./issuers.ts";
export { findInvitation } from "./invitations.ts";

/** An authenticator's code, or a recovery code with its dashes. */
const code = z.string().trim().min(1).max(40);
const Login = z.object({
  email: z.string().trim().min(3).max(320),
  password: z.string().min(1).max(128),
  code: code.optional(),
});
const Code = z.object({ code });
const Invitation = z.object({ token: z.string().max(100), password: z.string().max(1000) });

const answer = (status: number, cookies: readonly string[], location?: string): Response => {
  const headers = new Headers({ "cache-control": "no-store", ...(location !== undefined && { location }) });
  for (const one of cookies) headers.append("set-cookie", one);
  return new Response(null, { status, headers });
};
const seeOther = (path: string, ...cookies: string[]) => answer(303, cookies, path);
const noContent = (...cookies: string[]) => answer(204, cookies);

type Posted = { isForm: boolean; fields: Record<string, unknown>; language: Language };
/**
 * What a page of ours posted, in the language it names; an error leads a form to where `back` says, and a program gets it
 * as JSON.
 */
async function posted(
  request: Request,
  work: (posted: Posted) => Promise<Response>,
  back: (error: AppError, posted: Posted) => string,
): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    assertSameOrigin(request);
    const { isForm, fields } = await readFields(request);
    const given = { isForm, fields, language: isLanguage(fields["lang"]) ? fields["lang"] : language };
    try {
      return await work(given);
    } catch (error) {
      if (!isForm || !(error instanceof AppError)) throw error;
      return seeOther(back(error, given));
    }
  } catch (error) {
    return errorResponse(error, language);
  }
}

/** A page with the error, and what was typed there that is no secret. */
function page(
  path: string,
  error: AppError,
  fields: Record<string, unknown>,
  kept: readonly string[] = [],
): string {
  const query = new URLSearchParams({ error: error.code });
  for (const name of kept) {
    const value = fields[name];
    if (typeof value === "string") query.set(name, value.slice(0, 320));
  }
  const back = safeReturn(fields["return"], "");
  if (back) query.set("return", back);
  return `${path}?${query}`;
}

/**
 * `POST /api/login` `{email, password, code?}` → 204 and the cookie, 200 `{"next":"totp"}` when a code is needed, 401, 429;
 * a form is led on to its page, to the page that asks for the code, or back with the error.
 */
export const login = (request: Request): Promise<Response> =>
  posted(
    request,
    async ({ isForm, fields, language }) => {
      const parsed = Login.safeParse(fields);
      if (!parsed.success) throw new AppError(isForm ? "auth.invalid" : "request.invalid");
      const signedIn = await signInWithPassword(parsed.data, request);
      const to = safeReturn(fields["return"], `/${language}`);
      if ("session" in signedIn) {
        const cookie = sessionCookie(signedIn.session);
        return isForm ? seeOther(to, cookie) : noContent(cookie);
      }
      if (!isForm)
        return Response.json({ next: "totp" }, { status: 200, headers: { "cache-control": "no-store" } });
      const cookie = challengeCookie(await startChallenge(signedIn.askCodeOf));
      return seeOther(`/${language}/sign-in/code?${new URLSearchParams({ return: to })}`, cookie);
    },
    (error, { language, fields }) => page(`/${language}/sign-in`, error, fields, ["email"]),
  );

/** `POST /api/login/code` `{code}` with the challenge's cookie: the second step of a form; the session begins here. */
export const loginCode = (request: Request): Promise<Response> =>
  posted(
    request,
    async ({ isForm, fields, language }) => {
      const parsed = Code.safeParse(fields);
      if (!parsed.success) throw new AppError(isForm ? "auth.codeInvalid" : "request.invalid");
      const challenge = readCookie(request.headers, challengeCookieName());
      if (challenge === undefined) throw new AppError("auth.codeExpired");
      const token = await answerChallenge(challenge, parsed.data.code, request);
      const cookies = [sessionCookie(token), challengeCookie(null)];
      return isForm
        ? seeOther(safeReturn(fields["return"], `/${language}`), ...cookies)
        : noContent(...cookies);
    },
    (error, { language, fields }) =>
      page(`/${language}/sign-in${error.code === "auth.codeExpired" ? "" : "/code"}`, error, fields),
  );

/** `POST /api/invitation` `{token, password}`: the invited person's first password; signs them in. */
export const acceptInvitationHandler = (request: Request): Promise<Response> =>
  posted(
    request,
    async ({ isForm, fields, language }) => {
      const parsed = Invitation.safeParse(fields);
      if (!parsed.success) throw new AppError("request.invalid");
      const user = await acceptInvitation(
        parsed.data.token,
        parsed.data.password,
        addressOf(request.headers),
      );
      const cookie = sessionCookie(await openSession(user, request));
      return isForm ? seeOther(`/${language}`, cookie) : noContent(cookie);
    },
    (error, { language, fields }) => page(`/${language}/invitation`, error, fields, ["token"]),
  );

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
      await recordSession(token, addressOf(request.headers), "auth:signOut");
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
    const token = await switchMembership(session, wanted.data);
    if (!token) throw new AppError("membership.notFound");
    await recordSession(token, addressOf(request.headers), "auth:switchMembership");
    return isForm
      ? seeOther(safeReturn(fields["return"], `/${language}`), sessionCookie(token))
      : noContent(sessionCookie(token));
  } catch (error) {
    return errorResponse(error, language);
  }
}
