// Back from an identity provider: what its word is good for here, and every way in which it is not.
import { z } from "zod";
import { withScope } from "#db/client.ts";
import { isLanguage, type Language } from "#locales/languages.ts";
import { appendAudit, auditRefusal, scopeOf } from "#server/audit/append.ts";
import { contextOf, languageOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { addressOf } from "#server/http/incoming.ts";
import { log } from "#server/log.ts";
import { discover } from "./discovery.ts";
import { type Errand, errandOf, errandOver, leave, turnBack } from "./errand.ts";
import { findIdentity, linkIdentity, touchIdentity } from "./identities.ts";
import { findIssuer, type Issuer, vouchedBy } from "./issuers.ts";
import { askNextAuth } from "./next-auth.ts";
import { isFresh } from "./proof.ts";
import { requireLinkable } from "./provider-start.ts";
import { proveSession, readCookie, sessionCookie, type SessionRow } from "./sessions.ts";
import { openSession, recordSession } from "./sign-in.ts";

/** Of a token that was verified: signature, issuer, audience, time and nonce. `auth_time` in seconds. */
const Claims = z.object({
  iss: z.string().min(1).max(500),
  sub: z.string().min(1).max(255),
  auth_time: z.number().optional().catch(undefined),
  email: z.string().max(320).optional().catch(undefined),
});
type Vouching = z.infer<typeof Claims>;

/** The parts of an answer that the code flow knows; no token is ever taken from an address. */
const known = ["code", "state", "iss", "session_state"];

/** `GET /api/auth/callback/<provider>`: where the provider sends the browser back to. */
export async function finishProvider(request: Request, issuerId: string): Promise<Response> {
  const errand = errandOf(request.headers);
  const language = errand?.language ?? rememberedLanguage(request.headers);
  if (!errand || errand.issuerId !== issuerId) {
    log.info({ issuer: issuerId }, "sign-in by a provider refused: not begun here, or too long ago");
    return turnBack(
      { purpose: "signIn", language, returnTo: `/${language}` },
      new AppError("auth.providerRefused"),
    );
  }
  try {
    const issuer = await findIssuer(issuerId);
    if (!issuer) throw new AppError("auth.providerUnknown");
    const vouching = await shakeHands(request, issuer);
    return await { signIn, link, prove }[errand.purpose](request, errand, issuer, vouching);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.info(
      { issuer: issuerId, purpose: errand.purpose, code: error.code },
      "a provider's word was refused",
    );
    const isAway = error.code.startsWith("issuer.");
    return turnBack(errand, isAway ? new AppError("auth.providerUnavailable") : error);
  }
}

/** The language of the last page this browser saw, else of its headers. */
function rememberedLanguage(headers: Headers): Language {
  const remembered = readCookie(headers, "lang");
  return isLanguage(remembered) ? remembered : languageOf(headers);
}

async function shakeHands(request: Request, issuer: Issuer): Promise<Vouching> {
  const answer = new URL(request.url).searchParams;
  if (answer.has("error"))
    throw new AppError(
      answer.get("error") === "access_denied" ? "auth.providerCancelled" : "auth.providerRefused",
    );
  if (!answer.has("code")) throw new AppError("auth.providerRefused");
  const found = await discover(issuer.issuer);
  const query = Object.fromEntries([...answer].filter(([name]) => known.includes(name)));
  const cookies = cookiesOf(request.headers);
  const { claims } = await askNextAuth(
    { method: "GET", path: ["callback", issuer.id], query, cookies },
    { issuer, found },
  );
  const parsed = Claims.safeParse(claims);
  if (!parsed.success) throw new AppError("auth.providerRefused");
  return parsed.data;
}

/** When the provider says that the person signed in there; long ago when it does not say. */
const provedAt = ({ auth_time: seconds }: Vouching): Date =>
  new Date(seconds === undefined ? 0 : Math.min(seconds * 1000, Date.now()));

type Work = (request: Request, errand: Errand, issuer: Issuer, vouching: Vouching) => Promise<Response>;

const signIn: Work = async (request, errand, issuer, vouching) => {
  const identity = { issuer: vouching.iss, subject: vouching.sub };
  const person = await findIdentity(identity);
  if (!person) throw new AppError("auth.unknownIdentity");
  try {
    if (person.isDisabled) throw new AppError("auth.disabled");
    const user = { id: person.userId, email: person.email };
    const given = { vouched: vouchedBy(issuer), provedAt: provedAt(vouching) };
    const token = await openSession(user, request, given).catch((error: unknown) => {
      const isLost = error instanceof AppError && error.code === "auth.invalid";
      throw isLost ? new AppError("auth.noMembership") : error;
    });
    await touchIdentity(identity);
    return leave(errand.returnTo, [...errandOver(), sessionCookie(token)]);
  } catch (error) {
    if (error instanceof AppError) await recordRefusal(request, issuer, person.userId, error);
    throw error;
  }
};

/** A known person who was turned away, in the chain of whose provider it is. */
const recordRefusal = (request: Request, issuer: Issuer, userId: string, { code }: AppError) =>
  withScope(
    { partnerId: issuer.partnerId },
    "read write",
    (db) =>
      appendAudit(
        db,
        { job: "sign-in" },
        {
          action: "auth:signIn",
          entity: `user ${userId}`,
          customerId: issuer.customerId,
          outcome: "refused",
          detail: { code, issuer: issuer.id, address: addressOf(request.headers) },
        },
      ),
    "signin",
  );

async function sessionOf(request: Request, errand: Errand): Promise<SessionRow> {
  const { session } = await contextOf(request.headers);
  if (!session || session.id !== errand.sessionId) throw new AppError("auth.required");
  return session;
}

const link: Work = async (request, errand, issuer, vouching) => {
  const session = await sessionOf(request, errand);
  const { actor } = session;
  await requireLinkable(session, issuer);
  const identity = { issuer: vouching.iss, subject: vouching.sub, email: vouching.email ?? "" };
  try {
    await withScope(
      scopeOf(actor),
      "read write",
      async (db) => {
        if (!(await linkIdentity(db, actor.userId, identity))) throw new AppError("auth.identityTaken");
        await appendAudit(db, actor, {
          action: "auth:linkIdentity",
          entity: `user ${actor.userId}`,
          customerId: actor.customerId,
          detail: { issuer: identity.issuer, subject: identity.subject },
        });
      },
      "signin",
    );
  } catch (error) {
    if (error instanceof AppError) await auditRefusal(actor, "auth:linkIdentity", error.code);
    throw error;
  }
  return leave(`${errand.returnTo}?notice=linked`, errandOver());
};

const prove: Work = async (request, errand, issuer, vouching) => {
  const session = await sessionOf(request, errand);
  const person = await findIdentity({ issuer: vouching.iss, subject: vouching.sub });
  // Only who opened a session may prove it: else a partner's provider could freshen one that a password opened.
  if (session.vouched?.issuerId !== issuer.id || person?.userId !== session.actor.userId)
    throw new AppError("auth.providerRefused");
  const at = provedAt(vouching);
  if (!isFresh({ provedAt: at })) throw new AppError("auth.providerNotFresh");
  const token = await proveSession(session.id, at);
  await recordSession(token, addressOf(request.headers), "auth:prove", { issuer: issuer.id });
  return leave(errand.returnTo, [...errandOver(), sessionCookie(token)]);
};

/** All cookies of a request; one that is no percent-encoding stays as it is. */
export function cookiesOf(headers: Headers): Record<string, string> {
  const pairs = (headers.get("cookie") ?? "").split(";").map((part) => part.trim());
  return Object.fromEntries(
    pairs.filter(Boolean).map((pair) => {
      const at = pair.indexOf("=");
      const value = pair.slice(at + 1);
      try {
        return [pair.slice(0, at), decodeURIComponent(value)];
      } catch {
        return [pair.slice(0, at), value];
      }
    }),
  );
}
