// What people change about themselves: over the handlers, with good and bad input, theirs and others'.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { isPassword } from "#server/auth/passwords.ts";
import { readSession, sessionCookieName } from "#server/auth/sessions.ts";
import { env } from "#server/env.ts";
import { type Browser, newBrowser } from "#tests/browser.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeCustomer, makeMember, makePartner, type Member, password } from "#tests/factories.ts";
import { type IdentityProvider, startIdentityProvider } from "#tests/identity-provider.ts";
import { box } from "#server/secrets/web-box.ts";
import { clientSecretPlace } from "#server/auth/issuers.ts";

const issuerId = crypto.randomUUID();
let partnerId: string;
let provider: IdentityProvider;
beforeAll(async () => {
  partnerId = await makePartner();
  provider = await startIdentityProvider([`${env().origin}/api/auth/callback/${issuerId}`]);
  await adminQuery(
    "insert into oidc_issuer (partner_id, id, name, issuer, client_id, secret) values ($1, $2, 'Lagune Login', $3, $4, $5)",
    [
      partnerId,
      issuerId,
      provider.issuer,
      provider.clientId,
      box(provider.clientSecret ?? "", clientSecretPlace(issuerId)),
    ],
  );
});
afterAll(async () => {
  await provider.close();
  await closeDatabase();
});

let member: Member;
let browser: Browser;
const browserOf = (of: Member) => {
  const own = newBrowser();
  own.cookies.set(sessionCookieName(), of.token);
  return own;
};
beforeEach(async () => {
  member = await makeMember({ partnerId });
  browser = browserOf(member);
  provider.person = { subject: crypto.randomUUID(), email: "whoever@provider.example" };
});
const age = (minutes: number, of = member) =>
  adminQuery("update session set proved_at = now() - make_interval(mins => $1) where user_id = $2", [
    minutes,
    of.userId,
  ]);
/** What a form comes to: the page it leads to, or the code of the refusal. */
async function post(action: string, fields: Record<string, string>, by = browser): Promise<string> {
  const { url, response } = await by.post(`/api/profile/${action}`, fields);
  if (url.pathname.startsWith("/api/")) {
    const body = (await response?.json()) as { error: { code: string } } | undefined;
    return body?.error.code ?? "no answer";
  }
  return url.pathname + url.search;
}
const profile = async (of: Pick<Member, "token"> = member) => (await callerFor(of)).profile.get();
const actionsOf = async (of = member) =>
  (
    await adminQuery<{ action: string }>(
      "select action from audit_entry where membership_id = $1 order by seq",
      [of.membershipId],
    )
  ).map(({ action }) => action);

describe("about oneself", () => {
  test("name, language and time zone are stored, recorded, and the next page is in that language", async () => {
    expect(await post("about", { name: "  Ada Rossi ", language: "fr", timeZone: "Asia/Kathmandu" })).toBe(
      "/fr/profile?notice=saved",
    );
    expect(await profile()).toMatchObject({ name: "Ada Rossi", language: "fr", timeZone: "Asia/Kathmandu" });
    expect(await actionsOf()).toEqual(["account:edit"]);
  });
  test.each([
    [{ name: "", language: "en", timeZone: "UTC" }, "profile.nameInvalid"],
    [{ name: "   ", language: "en", timeZone: "UTC" }, "profile.nameInvalid"],
    [{ name: "a".repeat(201), language: "en", timeZone: "UTC" }, "profile.nameInvalid"],
    [{ name: "Ada", language: "de", timeZone: "UTC" }, "profile.nameInvalid"],
    [{ name: "Ada", language: "en", timeZone: "Mars/Olympus" }, "profile.timeZoneInvalid"],
    [{ name: "Ada", language: "en", timeZone: "" }, "profile.timeZoneInvalid"],
    [{ name: "A\0da", language: "en", timeZone: "UTC" }, "request.malformed"],
  ])("%j is refused, and nothing changes", async (fields, code) => {
    expect(await post("about", fields)).toBe(code);
    expect((await profile()).name).toBe("Mara Conti");
  });
  test("the e-mail address is not among it", async () => {
    await post("about", { name: "Ada", language: "en", timeZone: "UTC", email: "x@evil.example", id: "1" });
    expect((await profile()).email).toBe(member.email);
  });
});

describe("every change", () => {
  test("needs a session, our own page, and an action that there is", async () => {
    expect(await post("about", {}, newBrowser())).toBe("auth.required");
    expect(await post("nothing", {})).toBe("request.notFound");
    expect(await post("constructor", {})).toBe("request.notFound");
    const { status } = await browser.visit("/api/profile/end-all-sessions", {
      method: "POST",
      body: new URLSearchParams(),
      headers: { origin: "https://evil.example" },
    });
    expect(status).toBe(403);
    expect(await readSession(member.token, "")).not.toBeNull();
  });
});

describe("the password", () => {
  const fresh = "tortoise lamp violin Tuesday";
  test("changes, ends all other sessions, and is not in the records", async () => {
    const elsewhere = await makeMember({ userId: member.userId });
    expect(await post("password", { password: fresh })).toBe("/en/profile?notice=password");
    const [user] = await adminQuery<{ password_hash: string }>(
      `select password_hash from "user" where id = $1`,
      [member.userId],
    );
    expect(await isPassword(user?.password_hash, fresh)).toBe(true);
    expect([await readSession(elsewhere.token, ""), (await readSession(member.token, ""))?.id]).toEqual([
      null,
      member.sessionId,
    ]);
    const [entry] = await adminQuery<{ text: string }>(
      "select action || detail::text as text from audit_entry where membership_id = $1",
      [member.membershipId],
    );
    expect(entry?.text).toBe("account:password{}");
  });
  test.each([
    ["short", "password.tooShort"],
    ["Password12345", "password.common"],
    ["Mara-Conti-2026", "password.personal"],
    ["x".repeat(1200), "password.tooLong"],
  ])("%s is refused", async (wrong, code) => {
    expect(await post("password", { password: wrong })).toBe(code);
  });
  test("needs a proof of the last five minutes", async () => {
    await age(6);
    expect(await post("password", { password: fresh })).toBe("auth.proofNeeded");
    await age(4);
    expect(await post("password", { password: fresh })).toBe("/en/profile?notice=password");
  });
});

describe("a proof", () => {
  test("by password: the session is fresh again, under a new token, and leads back", async () => {
    await age(60);
    expect(await post("prove", { password: "wrong", return: "/it/connections/new?vendor=snow" })).toBe(
      "auth.invalid",
    );
    expect(await post("prove", { password, return: "/it/connections/new?vendor=snow" })).toBe(
      "/it/connections/new?vendor=snow",
    );
    const token = browser.cookies.get(sessionCookieName()) ?? "";
    expect(token).not.toBe(member.token);
    expect(await readSession(member.token, "")).toBeNull();
    const session = await readSession(token, "");
    expect(session?.id).toBe(member.sessionId);
    expect(Date.now() - (session?.actor.provedAt?.getTime() ?? 0)).toBeLessThan(10_000);
  });
  test("leads to no other site", async () => {
    for (const elsewhere of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"])
      expect(await post("prove", { password, return: elsewhere })).toBe("/en/profile");
  });
  test("is no way to guess: after ten wrong ones the right one waits", async () => {
    for (let n = 0; n < 10; n += 1) expect(await post("prove", { password: "wrong" })).toBe("auth.invalid");
    expect(await post("prove", { password })).toBe("auth.throttled");
  });
  test("without anything is none", async () => {
    expect(await post("prove", {})).toBe("auth.invalid");
    expect(await post("prove", { code: "000000" })).toBe("auth.codeInvalid");
  });
});

describe("sessions", () => {
  test("are the person's own, with device and address; one of them or all can be ended", async () => {
    const stranger = await makeMember({ partnerId });
    const elsewhere = await makeMember({ userId: member.userId });
    const { sessions } = await profile();
    expect(sessions.map(({ id, isCurrent, address }) => [id, isCurrent, address]).toSorted()).toEqual(
      [
        [member.sessionId, true, "192.0.2.1"],
        [elsewhere.sessionId, false, "192.0.2.1"],
      ].toSorted(),
    );
    for (const id of [stranger.sessionId, crypto.randomUUID(), "x", ""])
      expect(await post("end-session", { sessionId: id })).toBe("profile.sessionNotFound");
    expect(await post("end-session", { sessionId: elsewhere.sessionId })).toBe(
      "/en/profile?notice=sessionEnded",
    );
    expect(await readSession(elsewhere.token, "")).toBeNull();
    expect(await readSession(stranger.token, "")).not.toBeNull();
    const another = await makeMember({ userId: member.userId });
    expect(await post("end-all-sessions", {})).toBe("/en/sign-in");
    expect([await readSession(member.token, ""), await readSession(another.token, "")]).toEqual([null, null]);
    expect(browser.cookies.has(sessionCookieName())).toBe(false);
    expect(await actionsOf()).toEqual(["account:endSession", "account:endAllSessions"]);
  });
  test("that are over or idle are not listed", async () => {
    const old = await makeMember({ userId: member.userId });
    await adminQuery("update session set last_seen_at = now() - interval '31 minutes' where id = $1", [
      old.sessionId,
    ]);
    expect((await profile()).sessions).toHaveLength(1);
  });
});

describe("a way to sign in", () => {
  const ticketOf = (page: string) => new URL(page, env().origin).searchParams.get("ticket") ?? "";
  async function link(by = browser): Promise<string> {
    const page = await post("link", { issuerId }, by);
    const { url } = await by.visit(
      `/api/login/provider?${new URLSearchParams({ issuer: issuerId, ticket: ticketOf(page) })}`,
    );
    return url.pathname + url.search;
  }
  const signIn = async () => {
    const other = newBrowser();
    const { url } = await other.visit(`/api/login/provider?issuer=${issuerId}&lang=en`);
    return { other, path: url.pathname + url.search };
  };

  test("is linked at the provider by who is signed in, and then signs in", async () => {
    expect((await signIn()).path).toContain("auth.unknownIdentity");
    const page = await post("link", { issuerId });
    expect(await (await callerFor(member)).profile.ticket({ ticket: ticketOf(page) })).toEqual({
      issuerId,
      name: "Lagune Login",
      host: new URL(provider.issuer).host,
    });
    expect(await link()).toBe("/en/profile?notice=linked");
    expect((await profile()).identities).toMatchObject([
      { issuer: provider.issuer, subject: provider.person.subject, email: provider.person.email },
    ]);
    const { other, path } = await signIn();
    expect(path).toBe("/en");
    const session = await readSession(other.cookies.get(sessionCookieName()) ?? "", "");
    expect(session?.actor.userId).toBe(member.userId);
    expect(await actionsOf()).toEqual([
      "account:beginLink",
      "account:beginLink",
      "auth:linkIdentity",
      "auth:signIn",
    ]);
    // Once more changes nothing.
    expect(await link()).toBe("/en/profile?notice=linked");
    expect((await profile()).identities).toHaveLength(1);
  });

  test("that is somebody else's stays theirs, and the refusal is recorded", async () => {
    await link();
    const thief = await makeMember({ partnerId });
    expect(await link(browserOf(thief))).toContain("error=auth.identityTaken");
    expect((await profile(thief)).identities).toEqual([]);
    const { other } = await signIn();
    expect((await readSession(other.cookies.get(sessionCookieName()) ?? "", ""))?.actor.userId).toBe(
      member.userId,
    );
    const [entry] = await adminQuery(
      "select action, outcome from audit_entry where membership_id = $1 order by seq desc limit 1",
      [thief.membershipId],
    );
    expect(entry).toEqual({ action: "auth:linkIdentity", outcome: "refused" });
  });

  test("cannot be begun by another's ticket, nor go on in another's session", async () => {
    const page = await post("link", { issuerId });
    const victim = browserOf(await makeMember({ partnerId }));
    const { url } = await victim.visit(
      `/api/login/provider?${new URLSearchParams({ issuer: issuerId, ticket: ticketOf(page) })}`,
    );
    expect(url.search).toContain("auth.required");
    // The journey ends in a session that another person opened meanwhile.
    const stop = (at: URL) => at.pathname.startsWith("/api/auth/callback/");
    const back = await browser.visit(
      `/api/login/provider?${new URLSearchParams({ issuer: issuerId, ticket: ticketOf(page) })}`,
      {},
      stop,
    );
    browser.cookies.set(sessionCookieName(), (await makeMember({ partnerId })).token);
    expect((await browser.visit(back.url.href)).url.search).toContain("auth.required");
    expect(await adminQuery("select from identity where subject = $1", [provider.person.subject])).toEqual(
      [],
    );
  });

  test("of a partner or customer that is not one's own is not offered, nor linked", async () => {
    const stranger = await makeMember();
    expect((await profile(stranger)).linkable).toEqual([]);
    expect(await post("link", { issuerId }, browserOf(stranger))).toBe("auth.providerUnknown");
    const customer = await makeCustomer({ partnerId });
    const customers = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    expect((await profile(customers)).linkable).toEqual([]);
    expect(await post("link", { issuerId }, browserOf(customers))).toBe("auth.providerUnknown");
    for (const id of ["", "x", crypto.randomUUID()])
      expect(await post("link", { issuerId: id })).toBe("auth.providerUnknown");
    expect((await profile()).linkable).toEqual([
      { id: issuerId, name: "Lagune Login", issuer: provider.issuer },
    ]);
  });

  test("is removed by its person alone, and the sessions that it opened end", async () => {
    await link();
    const { other } = await signIn();
    const token = other.cookies.get(sessionCookieName()) ?? "";
    const fields = { issuer: provider.issuer, subject: provider.person.subject };
    const stranger = browserOf(await makeMember({ partnerId }));
    expect(await post("unlink", fields, stranger)).toBe("profile.identityNotFound");
    expect(await readSession(token, "")).not.toBeNull();
    expect(await post("unlink", fields)).toBe("/en/profile?notice=unlinked");
    expect(await readSession(token, "")).toBeNull();
    expect((await signIn()).path).toContain("auth.unknownIdentity");
  });

  test("opens a session that changes nothing of how its person signs in, and shows no other sessions", async () => {
    await link();
    const { other } = await signIn();
    const token = other.cookies.get(sessionCookieName()) ?? "";
    await age(0);
    for (const [action, fields] of [
      ["password", { password: "tortoise lamp violin Tuesday" }],
      ["begin-second-factor", {}],
      ["remove-second-factor", {}],
      ["renew-codes", {}],
      ["link", { issuerId }],
      ["unlink", { issuer: provider.issuer, subject: provider.person.subject }],
    ] as const)
      expect(await post(action, fields, other), action).toBe("auth.vouchedSession");
    const seen = await profile({ token });
    expect(seen).toMatchObject({ isVouched: true, provider: { id: issuerId } });
    expect(seen.sessions.every((session) => session.provider === "Lagune Login")).toBe(true);
    expect(await post("end-session", { sessionId: member.sessionId }, other)).toBe("profile.sessionNotFound");
    expect(await post("end-all-sessions", {}, other)).toBe("/en/sign-in");
    expect([await readSession(token, ""), await readSession(member.token, "")]).toMatchObject([
      null,
      { id: member.sessionId },
    ]);
  });

  test("proves its own session, by a sign-in there and then; never one that a password opened", async () => {
    await link();
    const { other } = await signIn();
    const prove = (by: Browser) =>
      by.visit(`/api/login/provider?issuer=${issuerId}&purpose=prove&lang=en&return=/en/tokens`);
    expect(await post("password", { password: "x" }, other)).toBe("auth.vouchedSession");
    expect((await prove(other)).url.pathname).toBe("/en/tokens");
    const proved = await readSession(other.cookies.get(sessionCookieName()) ?? "", "");
    expect(Date.now() - (proved?.actor.provedAt?.getTime() ?? 0)).toBeLessThan(60_000);
    await age(60);
    const { url } = await prove(browser);
    expect([url.pathname, url.searchParams.get("error")]).toEqual([
      "/en/profile/prove",
      "auth.providerRefused",
    ]);
    // At the provider somebody else is signed in now.
    provider.person = { subject: "somebody-else", email: "" };
    other.forget(provider.issuer);
    expect((await prove(other)).url.searchParams.get("error")).toBe("auth.providerRefused");
  });
});
