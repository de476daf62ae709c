// From a request to who acts: the session's actor, the language of the answer, an id for support.
import { isLanguage, type Language } from "#locales/languages.ts";
import { readSession, sessionCookieName, type SessionRow } from "./auth/sessions.ts";
import { addressOf } from "./http/incoming.ts";

export type Context = {
  session: SessionRow | null;
  language: Language;
  supportId: string;
  /** The page that is asked for (x-path, set by the proxy); null elsewhere. */
  path: string | null;
  /** The membership a page was shown for (decision 18); undefined: the caller does not say. */
  expectedMembership: string | undefined;
};

/** The session token among the cookies of a request. */
export function sessionToken(cookieHeader: string | null): string | undefined {
  const prefix = `${sessionCookieName()}=`;
  return cookieHeader
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}

/** The page's language where a page asks (x-lang, set by the proxy), else what the client accepts, else English. */
export function languageOf(headers: Headers): Language {
  const page = headers.get("x-lang");
  if (isLanguage(page)) return page;
  const accepted = (headers.get("accept-language") ?? "")
    .split(",")
    .map((part) => part.trim().slice(0, 2).toLowerCase());
  return accepted.find(isLanguage) ?? "en";
}

/** `isActive`: a person's request, which keeps the session from going idle. */
export async function contextOf(headers: Headers, isActive = true): Promise<Context> {
  const token = sessionToken(headers.get("cookie"));
  return {
    session: token ? await readSession(token, addressOf(headers), isActive) : null,
    language: languageOf(headers),
    supportId: crypto.randomUUID(),
    path: headers.get("x-path"),
    expectedMembership: headers.get("x-membership") ?? undefined,
  };
}
