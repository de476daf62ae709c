// The profile page: what it shows of a person, and each thing they change about themselves.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import {
  endSessions,
  listSessions,
  readAccount,
  updateAccount,
  updatePassword,
} from "#server/auth/accounts.ts";
import type { OwnInput } from "#server/auth/account-route.ts";
import { listIdentities, unlinkIdentity } from "#server/auth/identities.ts";
import { findIssuer, listLinkable } from "#server/auth/issuers.ts";
import { passwordProblem } from "#server/auth/password-rules.ts";
import { hashPassword } from "#server/auth/passwords.ts";
import { isFresh, requireFresh } from "#server/auth/proof.ts";
import { linkTicket } from "#server/auth/provider-start.ts";
import {
  beginSecondFactor,
  confirmSecondFactor,
  readSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
} from "#server/auth/second-factor.ts";
import { cookie, cookieName, proveSession, sessionCookie, type SessionRow } from "#server/auth/sessions.ts";
import { requireProof } from "#server/auth/sign-in.ts";
import { AppError } from "#server/errors.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { box, unbox } from "#server/secrets/web-box.ts";
import { AboutForm, type Profile } from "./schema.ts";

const CODES_SECONDS = 300;

export async function getProfile(session: SessionRow): Promise<Profile> {
  const { actor, vouched } = session;
  const fresh = isFresh(actor);
  const [account, secondFactor, identities, linkable, sessions, provider] = await Promise.all([
    readAccount(actor.userId),
    readSecondFactor(actor.userId),
    listIdentities(actor.userId),
    listLinkable(actor.userId),
    listSessions(actor.userId, vouched),
    vouched && findIssuer(vouched.issuerId),
  ]);
  return {
    ...account,
    language: account.language as Language,
    isVouched: vouched !== null,
    isFresh: fresh,
    now: new Date().toISOString(),
    secondFactor:
      secondFactor.state === "on"
        ? { ...secondFactor, since: secondFactor.since.toISOString() }
        : secondFactor.state === "pending" && !(fresh && vouched === null)
          ? { state: "pending", secret: null, uri: null }
          : secondFactor,
    identities: identities.map(({ createdAt, lastUsedAt, ...identity }) => ({
      ...identity,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
    linkable,
    provider: provider ? { id: provider.id, name: provider.name } : null,
    sessions: sessions.map(({ createdAt, lastSeenAt, ...one }) => ({
      ...one,
      isCurrent: one.id === session.id,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    })),
  };
}

const codesPlace = (userId: string) => ({ table: "cookie", column: "recovery-codes", row: userId });
const codesCookie = (value: string | null) => cookie(cookieName("codes"), value, CODES_SECONDS);

/** The recovery codes that were just made for this person, from the sealed text their browser keeps; null from any other. */
export function openCodes(session: SessionRow, sealed: string): string[] | null {
  try {
    const { codes, until } = z
      .object({ codes: z.array(z.string()), until: z.number() })
      .parse(JSON.parse(unbox(Buffer.from(sealed, "base64url"), codesPlace(session.actor.userId))));
    return until > Date.now() ? codes : null;
  } catch {
    return null;
  }
}

/** Where a form goes on to, and what its browser keeps or forgets. A program is given `data`, else nothing. */
type Done = { to: string; cookies?: string[]; data?: object };
type Action = (input: OwnInput & { text: (name: string) => string }) => Promise<Done>;

/** A provider's word is good for its own partner; what opens everything is changed by who knows the password. */
function requireOwnSession({ vouched, actor }: SessionRow): void {
  if (vouched !== null) throw new AppError("auth.vouchedSession");
  requireFresh(actor);
}

const profileOf = (language: Language, notice: string) => `/${language}/profile?notice=${notice}`;

/** New recovery codes, on to the one page that shows them. */
function showCodes({ session, language }: OwnInput, codes: string[]): Done {
  const text = JSON.stringify({ codes, until: Date.now() + CODES_SECONDS * 1000 });
  const sealed = box(text, codesPlace(session.actor.userId)).toString("base64url");
  return { to: `/${language}/profile/recovery-codes`, cookies: [codesCookie(sealed)], data: { codes } };
}

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** What can be posted to `/api/profile/<name>`, by name. */
export const actions: Record<string, Action> = {
  about: async ({ session: { actor }, fields, db, audit }) => {
    const parsed = AboutForm.safeParse(fields);
    if (!parsed.success) throw new AppError("profile.nameInvalid");
    if (!isTimeZone(parsed.data.timeZone)) throw new AppError("profile.timeZoneInvalid");
    await updateAccount(db, actor.userId, parsed.data);
    const before = { name: actor.name, language: actor.language, timeZone: actor.timeZone };
    await audit({ action: "account:edit", detail: { before, after: parsed.data } });
    return { to: profileOf(parsed.data.language, "saved") };
  },

  password: async ({ session, text, db, audit, language }) => {
    requireOwnSession(session);
    const { userId } = session.actor;
    const problem = passwordProblem(text("password"), session.actor);
    if (problem) throw new AppError(problem);
    await updatePassword(db, userId, await hashPassword(text("password")), session.id);
    await audit({ action: "account:password" });
    return { to: profileOf(language, "password") };
  },

  "begin-second-factor": async ({ session, db, audit, language }) => {
    requireOwnSession(session);
    if (!(await beginSecondFactor(db, session.actor.userId))) throw new AppError("profile.secondFactorOn");
    await audit({ action: "account:beginSecondFactor" });
    return { to: `/${language}/profile/second-factor` };
  },

  "confirm-second-factor": async (input) => {
    requireOwnSession(input.session);
    const codes = await confirmSecondFactor(input.db, input.session.actor.userId, input.text("code"));
    if (!codes) throw new AppError("auth.codeInvalid");
    await input.audit({ action: "account:secondFactorOn" });
    return showCodes(input, codes);
  },

  "remove-second-factor": async ({ session, db, audit, language }) => {
    requireOwnSession(session);
    await removeSecondFactor(db, session.actor.userId);
    await audit({ action: "account:secondFactorOff" });
    return { to: profileOf(language, "secondFactorOff") };
  },

  "renew-codes": async (input) => {
    const { session, db, audit } = input;
    requireOwnSession(session);
    if ((await readSecondFactor(session.actor.userId)).state !== "on")
      throw new AppError("profile.secondFactorOff");
    const codes = await renewRecoveryCodes(db, session.actor.userId);
    await audit({ action: "account:renewRecoveryCodes" });
    return showCodes(input, codes);
  },

  "codes-kept": async ({ audit, language }) => {
    await audit({ action: "account:recoveryCodesKept" });
    return { to: profileOf(language, "secondFactorOn"), cookies: [codesCookie(null)] };
  },

  link: async ({ session, text, audit, language }) => {
    requireOwnSession(session);
    const issuerId = z.uuid().safeParse(text("issuerId"));
    if (!issuerId.success) throw new AppError("auth.providerUnknown");
    const ticket = await linkTicket(session, issuerId.data, language);
    await audit({ action: "account:beginLink", detail: { issuer: issuerId.data } });
    return { to: `/${language}/profile/link?${new URLSearchParams({ ticket })}`, data: { ticket } };
  },

  unlink: async ({ session, text, db, audit, language }) => {
    requireOwnSession(session);
    const identity = { issuer: text("issuer"), subject: text("subject") };
    if (!(await unlinkIdentity(db, session.actor.userId, identity)))
      throw new AppError("profile.identityNotFound");
    await audit({ action: "account:unlinkIdentity", detail: identity });
    return { to: profileOf(language, "unlinked") };
  },

  "end-session": async ({ session, text, db, audit, language }) => {
    const id = z.uuid().safeParse(text("sessionId"));
    const ended = id.success
      ? await endSessions(db, session.actor.userId, session.vouched, { only: id.data })
      : 0;
    if (ended === 0) throw new AppError("profile.sessionNotFound");
    await audit({ action: "account:endSession", detail: { session: id.data } });
    const isOwn = id.data === session.id;
    return isOwn
      ? { to: `/${language}/sign-in`, cookies: [sessionCookie(null)] }
      : { to: profileOf(language, "sessionEnded") };
  },

  "end-all-sessions": async ({ session, db, audit, language }) => {
    const ended = await endSessions(db, session.actor.userId, session.vouched, {});
    await audit({ action: "account:endAllSessions", detail: { sessions: ended } });
    return { to: `/${language}/sign-in`, cookies: [sessionCookie(null)] };
  },

  prove: async ({ session, text, audit, language }) => {
    const code = text("code").trim();
    await requireProof(session, code === "" ? { password: text("password") } : { code });
    const token = await proveSession(session.id, new Date());
    await audit({ action: "auth:prove" });
    return { to: safeReturn(text("return"), `/${language}/profile`), cookies: [sessionCookie(token)] };
  },
};
