// To an identity provider: for signing in, for linking it to a person, for a fresh proof of who they are.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { contextOf, languageOf } from "#server/context.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { log } from "#server/log.ts";
import { errorResponse } from "#server/route.ts";
import { discover } from "./discovery.ts";
import { type Errand, errandCookie, leave, newErrand, packErrand, turnBack, unpackErrand } from "./errand.ts";
import { findIssuer, type Issuer, vouchedBy } from "./issuers.ts";
import { askNextAuth } from "./next-auth.ts";
import { listMemberships, type SessionRow } from "./sessions.ts";

/**
 * Throws unless the person of a session may link `issuer`: auth.vouchedSession in a session that a provider opened, because
 * one provider's word must not lead to another's; auth.providerUnknown where it could never open anything of theirs.
 */
export async function requireLinkable(session: SessionRow, issuer: Issuer): Promise<void> {
  if (session.vouched !== null) throw new AppError("auth.vouchedSession");
  const memberships = await listMemberships(session.actor.userId, vouchedBy(issuer));
  if (memberships.length === 0) throw new AppError("auth.providerUnknown");
}

/** A text that lets this session, and none that another site's page could open, begin to link a provider. */
export async function linkTicket(session: SessionRow, issuerId: string, language: Language): Promise<string> {
  const issuer = await findIssuer(issuerId);
  if (!issuer) throw new AppError("auth.providerUnknown");
  await requireLinkable(session, issuer);
  const returnTo = `/${language}/profile`;
  return packErrand(newErrand({ issuerId, purpose: "link", sessionId: session.id, language, returnTo }));
}

/** Where a ticket leads, for the page that says so before the person goes; undefined when it is none of ours. */
export async function describeTicket(
  ticket: string,
): Promise<{ issuerId: string; name: string; host: string } | undefined> {
  const errand = unpackErrand(ticket);
  const issuer = errand && (await findIssuer(errand.issuerId));
  return issuer && { issuerId: issuer.id, name: issuer.name, host: new URL(issuer.issuer).host };
}

const Start = z.object({
  issuer: z.uuid(),
  lang: z.enum(["en", "it", "fr"]).optional(),
  return: z.string().optional(),
  purpose: z.enum(["signIn", "prove"]).default("signIn"),
  ticket: z.string().max(2000).optional(),
});

/**
 * `GET /api/login/provider?issuer=…`: leads to the provider. A GET, because a browser does not follow a form to another
 * site that our content security policy forbids; it changes nothing but what this browser remembers.
 */
export async function startProvider(request: Request): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    const parsed = Start.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) throw new AppError("request.invalid");
    const { session } = await contextOf(request.headers);
    const errand = errandOf(parsed.data, session, language);
    if (errand?.issuerId !== parsed.data.issuer) throw new AppError("request.invalid");
    try {
      return await handOver(errand, session);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!error.code.startsWith("issuer.")) return turnBack(errand, error);
      log.warn({ issuer: errand.issuerId, code: error.code }, "a provider cannot be used");
      return turnBack(errand, new AppError("auth.providerUnavailable"));
    }
  } catch (error) {
    return errorResponse(error, language);
  }
}

function errandOf(
  asked: z.infer<typeof Start>,
  session: SessionRow | null,
  fallback: Language,
): Errand | undefined {
  if (asked.ticket !== undefined) return unpackErrand(asked.ticket);
  const language = asked.lang ?? fallback;
  const returnTo = safeReturn(asked.return, `/${language}`);
  const sessionId = asked.purpose === "prove" ? (session?.id ?? null) : null;
  return newErrand({ issuerId: asked.issuer, purpose: asked.purpose, sessionId, language, returnTo });
}

async function handOver(errand: Errand, session: SessionRow | null): Promise<Response> {
  const issuer = await findIssuer(errand.issuerId);
  if (!issuer) throw new AppError("auth.providerUnknown");
  if (errand.purpose !== "signIn" && session?.id !== errand.sessionId) throw new AppError("auth.required");
  const found = await discover(issuer.issuer);
  // For a proof the person signs in there and then, also where the provider still knows them.
  const more: Record<string, string> = errand.purpose === "prove" ? { prompt: "login", max_age: "0" } : {};
  // next-auth starts from its own form only; this request stands for both of its steps.
  const form = await askNextAuth({ method: "GET", path: ["csrf"], cookies: {} });
  const { csrfToken } = form.body as { csrfToken: string };
  const answer = await askNextAuth(
    {
      method: "POST",
      path: ["signin", issuer.id],
      body: { csrfToken, callbackUrl: env().origin },
      cookies: Object.fromEntries(form.cookies.map(pairOf)),
    },
    { issuer, found, more },
  );
  if (answer.location === null || !answer.location.startsWith(found.authorizationEndpoint))
    throw new AppError("auth.providerUnavailable");
  return leave(answer.location, [...answer.cookies, errandCookie(errand)]);
}

/** Name and value of a Set-Cookie header. */
function pairOf(setCookie: string): [string, string] {
  const pair = setCookie.split(";")[0] ?? "";
  const at = pair.indexOf("=");
  return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
}
