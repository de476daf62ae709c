// What a person went to an identity provider for: kept in a sealed cookie of their browser until they come back.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import type { AppError } from "#server/errors.ts";
import { box, unbox } from "#server/secrets/web-box.ts";
import { spentHandshake } from "./next-auth.ts";
import { cookie, cookieName, readCookie } from "./sessions.ts";

const MINUTES = 10;

const Errand = z.object({
  issuerId: z.uuid(),
  purpose: z.enum(["signIn", "link", "prove"]),
  /** Whose session it is about, for all but signing in. */
  sessionId: z.uuid().nullable(),
  language: z.enum(["en", "it", "fr"]),
  returnTo: z.string(),
  until: z.number(),
});
export type Errand = z.infer<typeof Errand>;

export const newErrand = (given: Omit<Errand, "until">): Errand => ({
  ...given,
  until: Date.now() + MINUTES * 60_000,
});

const place = { table: "cookie", column: "errand", row: "" };
const name = () => cookieName("errand");

export const packErrand = (errand: Errand): string =>
  box(JSON.stringify(errand), place).toString("base64url");

/** The errand of a text that `packErrand` made; undefined when it did not, or too long ago. */
export function unpackErrand(text: string | undefined): Errand | undefined {
  if (text === undefined) return undefined;
  try {
    const errand = Errand.parse(JSON.parse(unbox(Buffer.from(text, "base64url"), place)));
    return errand.until > Date.now() ? errand : undefined;
  } catch {
    return undefined;
  }
}

export const errandCookie = (errand: Errand): string => cookie(name(), packErrand(errand), MINUTES * 60);
export const errandOf = (headers: Headers): Errand | undefined => unpackErrand(readCookie(headers, name()));

/** On to another page, ours or the provider's. */
export function leave(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const one of cookies) headers.append("set-cookie", one);
  return new Response(null, { status: 303, headers });
}

/** Cookies that end the errand, however it went. */
export const errandOver = (): string[] => [...spentHandshake(), cookie(name(), null, 0)];

const pages = { signIn: "sign-in", link: "profile", prove: "profile/prove" };

/** Back to the page that the errand began on, which says in its language what stood in the way. */
export function turnBack(
  { purpose, language, returnTo }: { purpose: Errand["purpose"]; language: Language; returnTo: string },
  error: AppError,
): Response {
  const query = new URLSearchParams({ error: error.code, return: returnTo });
  return leave(`/${language}/${pages[purpose]}?${query}`, errandOver());
}
