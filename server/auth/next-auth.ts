// next-auth on our own sessions: its adapter reads and ends the rows that our sign-in makes; it shakes hands with a provider.
import type { Agent } from "node:http";
import type { NextAuthOptions } from "next-auth";
import type { Adapter } from "next-auth/adapters";
import NextAuth from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { env } from "#server/env.ts";
import { log } from "#server/log.ts";
import { type Discovery, providerAgent } from "./discovery.ts";
import type { Issuer } from "./issuers.ts";
import { ABSOLUTE_HOURS, cookie, endSession, readSession, sessionCookieName } from "./sessions.ts";

const HANDSHAKE_MINUTES = 10;

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
  // Whose an identity is, is asked in provider-flow.ts, after the hand-shake.
  getUserByAccount: async () => null,
  // Expiry is ours (idle and absolute), so next-auth has nothing to prolong.
  updateSession: async () => null,
  deleteSession: (sessionToken) => endSession(sessionToken),
};

/** What a provider's signed token says. */
export type Claims = Record<string, unknown>;

let agent: Agent | undefined;

/** The provider for next-auth: endpoints as discovered and judged, so that it looks up none by itself. */
function provider(issuer: Issuer, found: Discovery, more: Record<string, string>): OAuthConfig<Claims> {
  agent ??= providerAgent();
  const method =
    issuer.clientSecret === null
      ? "none"
      : found.sendsSecretInBody
        ? "client_secret_post"
        : "client_secret_basic";
  return {
    id: issuer.id,
    name: issuer.name,
    type: "oauth",
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    issuer: found.issuer,
    jwks_endpoint: found.jwksUri,
    authorization: {
      url: found.authorizationEndpoint,
      params: { scope: "openid email", response_type: "code", ...more },
    },
    token: found.tokenEndpoint,
    clientId: issuer.clientId,
    ...(issuer.clientSecret !== null && { clientSecret: issuer.clientSecret }),
    client: { token_endpoint_auth_method: method, id_token_signed_response_alg: found.algorithm },
    httpOptions: { timeout: 5_000, agent },
    profile: (claims) => ({ id: String(claims["sub"] ?? "") }),
  };
}

const options = (
  secret: string,
  providers: OAuthConfig<Claims>[],
  onClaims: (claims: Claims) => void,
): NextAuthOptions => ({
  adapter,
  providers,
  secret,
  session: { strategy: "database", maxAge: ABSOLUTE_HOURS * 3600, updateAge: ABSOLUTE_HOURS * 3600 },
  jwt: { maxAge: HANDSHAKE_MINUTES * 60 },
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
    // Reached when the hand-shake went well; an address as the answer ends next-auth's part here.
    signIn: ({ profile }) => {
      onClaims(profile as Claims);
      return "/";
    },
  },
  logger: {
    error: (code, metadata) => {
      const error = metadata instanceof Error ? metadata : metadata.error;
      log.info({ code, why: error instanceof Error ? error.message.slice(0, 300) : undefined }, "next-auth");
    },
    warn: () => undefined,
    debug: () => undefined,
  },
});

/** Cookies that carry the hand-shake to its other half; spent with it, however it ended. */
export function spentHandshake(): string[] {
  const prefix = env().origin.startsWith("https:") ? "__Secure-" : "";
  return ["state", "nonce", "pkce.code_verifier", "callback-url"].map((name) =>
    cookie(`${prefix}next-auth.${name}`, null, 0),
  );
}

type Asked = {
  method: "GET" | "POST";
  path: readonly string[];
  query?: Record<string, string>;
  body?: Record<string, string>;
  cookies: Record<string, string>;
};
export type Answered = { status: number; location: string | null; cookies: string[]; body: unknown };

/** With whom to shake hands, and what to ask them for besides. */
export type Handshake = { issuer: Issuer; found: Discovery; more?: Record<string, string> };

/**
 * One request to next-auth. It is called through its interface for Node's requests, because that of the App Router takes
 * headers from the framework's store and not from the request. `claims` is set when a provider has just vouched.
 */
export async function askNextAuth(
  { method, path, query = {}, body = {}, cookies }: Asked,
  handshake?: Handshake,
): Promise<Answered & { claims: Claims | null }> {
  const secret = env().AUTH_SECRET;
  if (!secret) throw new Error("AUTH_SECRET is missing: next-auth has nothing to sign with.");
  // Its only way to be told where it stands; otherwise it would believe the request's headers.
  process.env["NEXTAUTH_URL"] ??= env().origin;
  let claims: Claims | null = null;
  const headers = new Map<string, string | string[]>();
  const answer: Answered = { status: 200, location: null, cookies: [], body: undefined };
  const finish = (sent?: unknown) => {
    answer.body = sent;
  };
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader(name: string, value: string | string[]) {
      headers.set(name.toLowerCase(), value);
      return response;
    },
    end: finish,
    send: finish,
    json: finish,
  };
  const providers = handshake ? [provider(handshake.issuer, handshake.found, handshake.more ?? {})] : [];
  const request = { method, query: { ...query, nextauth: [...path] }, body, cookies, headers: {} };
  const handle = NextAuth as unknown as (...given: unknown[]) => Promise<void>;
  await handle(
    request,
    response,
    options(secret, providers, (given) => {
      claims = given;
    }),
  );
  const location = headers.get("location");
  const set = headers.get("set-cookie") ?? [];
  return {
    ...answer,
    location: typeof location === "string" ? location : null,
    cookies: typeof set === "string" ? [set] : set,
    claims,
  };
}
