// next-auth on our own sessions: its adapter reads and ends the rows that our sign-in makes; providers of OpenID Connect join here.
import type { NextAuthOptions } from "next-auth";
import type { Adapter } from "next-auth/adapters";
import NextAuth from "next-auth";
import { languageOf } from "#server/context.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { errorResponse } from "#server/route.ts";
import { ABSOLUTE_HOURS, endSession, readSession, sessionCookieName } from "./sessions.ts";

/** Only what database sessions need: users are made by invitation, never by a provider's word. */
const adapter: Adapter = {
  async getSessionAndUser(sessionToken) {
    const found = await readSession(sessionToken, "");
    if (!found) return null;
    const { actor, expiresAt } = found;
    return {
      session: { sessionToken, userId: actor.userId, expires: expiresAt },
      user: { id: actor.userId, email: actor.email, name: actor.name, emailVerified: null },
    };
  },
  // Expiry is ours (idle and absolute), so next-auth has nothing to prolong.
  updateSession: async () => null,
  deleteSession: (sessionToken) => endSession(sessionToken),
};

const options = (secret: string): NextAuthOptions => ({
  adapter,
  providers: [],
  secret,
  session: { strategy: "database", maxAge: ABSOLUTE_HOURS * 3600, updateAge: ABSOLUTE_HOURS * 3600 },
  pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
  cookies: {
    sessionToken: {
      name: sessionCookieName(),
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: env().origin.startsWith("https:") },
    },
  },
  callbacks: {
    session: ({ session, user }) => ({
      expires: session.expires,
      user: { name: user.name ?? null, email: user.email },
    }),
  },
});

/** next-auth answers 500 to an address it cannot parse, so every one it would read is checked before it sees the request. */
async function hasBadReturn(request: Request): Promise<boolean> {
  const cookies = request.headers.get("cookie") ?? "";
  const remembered = /(?:^|;\s*)(?:__Secure-)?next-auth\.callback-url=([^;]*)/.exec(cookies)?.[1];
  const isForm =
    request.method === "POST" && request.headers.get("content-type")?.includes("form-urlencoded");
  const given = [
    new URL(request.url).searchParams.get("callbackUrl"),
    isForm ? new URLSearchParams(await request.clone().text()).get("callbackUrl") : null,
    remembered === undefined ? null : decode(remembered),
  ];
  const { origin } = env();
  return given.some(
    (path) =>
      path !== null &&
      path !== "" &&
      path !== origin &&
      safeReturn(path.startsWith(`${origin}/`) ? path.slice(origin.length) : path, "") === "",
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\\";
  }
}

/** `/api/auth/*`: next-auth's own routes, in the App Router's form. */
export async function nextAuthHandler(
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  try {
    if (await hasBadReturn(request))
      throw new AppError("request.invalid", { fields: { callbackUrl: "invalid" } });
    const secret = env().AUTH_SECRET;
    if (!secret) throw new Error("AUTH_SECRET is missing: next-auth has nothing to sign with.");
    return (await NextAuth(options(secret))(request, context)) as Response;
  } catch (error) {
    return errorResponse(error, languageOf(request.headers));
  }
}
