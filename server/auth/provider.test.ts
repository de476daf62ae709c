// Signing in through identity providers, over real HTTP: a certified one, and one that lies in every way there is.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { env } from "#server/env.ts";
import { box } from "#server/secrets/web-box.ts";
import { type Browser, newBrowser } from "#tests/browser.ts";
import { adminQuery } from "#tests/database.ts";
import { makeCustomer, makeMember, makePartner, type Member } from "#tests/factories.ts";
import { type HostileProvider, startHostileProvider } from "#tests/hostile-provider.ts";
import { type IdentityProvider, startIdentityProvider } from "#tests/identity-provider.ts";
import { clientSecretPlace } from "./issuers.ts";
import { readSession, sessionCookieName } from "./sessions.ts";

const ids = { certified: crypto.randomUUID(), hostile: crypto.randomUUID(), customers: crypto.randomUUID() };
const redirectUri = (id: string) => `${env().origin}/api/auth/callback/${id}`;

let partnerId: string;
let customerId: string;
let certified: IdentityProvider;
let hostile: HostileProvider;
const addIssuer = (
  id: string,
  of: { issuer: string; clientId: string; secret?: string | null },
  customer: string | null,
) =>
  adminQuery(
    "insert into oidc_issuer (partner_id, id, customer_id, name, issuer, client_id, secret) values ($1, $2, $3, 'Provider', $4, $5, $6)",
    [
      partnerId,
      id,
      customer,
      of.issuer,
      of.clientId,
      of.secret ? box(of.secret, clientSecretPlace(id)) : null,
    ],
  );

beforeAll(async () => {
  partnerId = await makePartner();
  customerId = (await makeCustomer({ partnerId })).id;
  certified = await startIdentityProvider([redirectUri(ids.certified)]);
  hostile = await startHostileProvider();
  await addIssuer(ids.certified, { ...certified, secret: certified.clientSecret }, null);
  await addIssuer(ids.hostile, hostile, null);
});
afterAll(async () => {
  await Promise.all([certified.close(), hostile.close()]);
  await closeDatabase();
});

let member: Member;
let browser: Browser;
beforeEach(async () => {
  member = await makeMember({ partnerId });
  browser = newBrowser();
  certified.person = { subject: crypto.randomUUID(), email: member.email };
  hostile.lie = {};
});

const link = (issuer: string, subject: string, userId = member.userId) =>
  adminQuery("insert into identity (issuer, subject, user_id) values ($1, $2, $3)", [
    issuer,
    subject,
    userId,
  ]);
const start = (id: string, more: Record<string, string> = {}) =>
  `/api/login/provider?${new URLSearchParams({ issuer: id, lang: "it", return: "/it/customers", ...more })}`;
const tokenOf = ({ cookies }: Browser) => cookies.get(sessionCookieName()) ?? "";
const sessionOf = (of: Browser) => readSession(tokenOf(of), "");
const sessionsOf = async (userId: string) =>
  (await adminQuery<{ n: number }>("select count(*)::int as n from session where user_id = $1", [userId]))[0]
    ?.n ?? 0;
/** Refused on the sign-in page, in the language of the journey, without a session or a trace of the hand-shake. */
async function expectRefused(url: URL, code: string): Promise<void> {
  expect([url.pathname, url.searchParams.get("error")]).toEqual(["/it/sign-in", code]);
  expect(tokenOf(browser)).toBe("");
  expect([...browser.cookies.keys()].filter((name) => /state|nonce|pkce|errand/.test(name))).toEqual([]);
  expect(await sessionsOf(member.userId)).toBe(1);
}

describe("through a certified provider", () => {
  test("a linked identity signs in, within the provider's partner, and is not fresh", async () => {
    await link(certified.issuer, certified.person.subject);
    const elsewhere = await makeMember({ userId: member.userId });
    const { url } = await browser.visit(start(ids.certified));
    expect(url.pathname).toBe("/it/customers");
    const session = await sessionOf(browser);
    expect(session?.actor).toMatchObject({ userId: member.userId, membershipId: member.membershipId });
    expect(session?.vouched).toEqual({ issuerId: ids.certified, partnerId, customerId: null });
    // The provider did not say when the person signed in there.
    expect(session?.actor.provedAt?.getTime()).toBe(0);
    expect(elsewhere.partnerId).not.toBe(partnerId);
    const [entry] = await adminQuery(
      "select action, outcome, detail from audit_entry where partner_id = $1 order by seq desc limit 1",
      [partnerId],
    );
    expect(entry).toEqual({ action: "auth:signIn", outcome: "done", detail: { issuer: ids.certified } });
  });

  test("a public client signs in by PKCE alone", async () => {
    const id = crypto.randomUUID();
    const open = await startIdentityProvider([redirectUri(id)], { clientSecret: null });
    open.person = certified.person;
    await addIssuer(id, open, null);
    await link(open.issuer, open.person.subject);
    const { url } = await browser.visit(start(id));
    expect([url.pathname, (await sessionOf(browser))?.actor.userId]).toEqual([
      "/it/customers",
      member.userId,
    ]);
    await open.close();
  });

  test("what it was asked: the code flow with PKCE, state and nonce, and where it leads back", async () => {
    const { url } = await browser.visit(start(ids.certified), {}, (at) => at.origin === certified.issuer);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: certified.clientId,
      redirect_uri: redirectUri(ids.certified),
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{40,}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{40,}$/) as string,
      scope: "openid email",
    });
  });
});

const isReturn = (url: URL) => url.pathname.startsWith("/api/auth/callback/");
/** Goes to a provider and stops where it sends the browser back to us. */
const goAndStop = async (id: string): Promise<URL> => (await browser.visit(start(id), {}, isReturn)).url;

describe("is refused, on the sign-in page and without a session:", () => {
  beforeEach(async () => {
    await link(hostile.issuer, "ada-17");
    return async () => {
      await adminQuery("delete from identity where issuer = $1", [hostile.issuer]);
    };
  });

  test("the true token of the lying provider does sign in, so it is the lies that are refused below", async () => {
    const { url } = await browser.visit(start(ids.hostile));
    expect([url.pathname, (await sessionOf(browser))?.actor.userId]).toEqual([
      "/it/customers",
      member.userId,
    ]);
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  const lies: [string, () => HostileProvider["lie"]][] = [
    ["1 · another issuer", () => ({ claims: { iss: certified.issuer } })],
    ["2 · another audience", () => ({ claims: { aud: "somebody-else" } })],
    ["2 · several audiences, for another party", () => ({ claims: { aud: ["belvedere", "x"], azp: "x" } })],
    ["3 · another nonce", () => ({ claims: { nonce: "another" } })],
    ["3 · no nonce", () => ({ claims: { nonce: undefined } })],
    ["5 · a strange key", () => ({ signature: "strange" })],
    ["5 · the public key taken for a shared secret", () => ({ signature: "shared" })],
    ["6 · alg none", () => ({ signature: "none" })],
    ["7 · an expired token", () => ({ claims: { iat: seconds() - 600, exp: seconds() - 60 } })],
    ["7 · a token that is not good yet", () => ({ claims: { nbf: seconds() + 600, exp: seconds() + 900 } })],
    ["no subject", () => ({ claims: { sub: undefined } })],
    ["a subject that is no text", () => ({ claims: { sub: { $ne: "" } } })],
    ["a subject of 300 characters", () => ({ claims: { sub: "a".repeat(300) } })],
    ["no token", () => ({ tokenAnswer: (response) => response.end("{}") })],
    [
      "an error of the token endpoint",
      () => ({ tokenAnswer: (response) => response.writeHead(500).end("boom") }),
    ],
    [
      "a token answer that is no JSON",
      () => ({
        tokenAnswer: (response) => response.writeHead(200, { "content-type": "application/json" }).end("<"),
      }),
    ],
    ["a connection that breaks off", () => ({ tokenAnswer: (response) => response.destroy() })],
    [
      "an answer that does not end",
      () => ({
        tokenAnswer: (response) => {
          const more = setInterval(() => response.write("x".repeat(500_000)), 5);
          response.once("close", () => clearInterval(more));
        },
      }),
    ],
    ["keys at a private address", () => ({ document: { jwks_uri: "https://10.0.0.1/jwks" } })],
  ];
  test.each(lies)("%s", async (_, lie) => {
    hostile.lie = lie();
    const { url } = await browser.visit(start(ids.hostile));
    const isAway = hostile.lie.document !== undefined;
    await expectRefused(url, isAway ? "auth.providerUnavailable" : "auth.providerRefused");
  });

  test.each([
    ["token_endpoint", "http://169.254.169.254/latest"],
    ["token_endpoint", "https://192.168.1.1/token"],
    ["authorization_endpoint", "http://evil.example/auth"],
    ["authorization_endpoint", "javascript:alert(1)"],
    ["jwks_uri", "https://[fd00::1]/jwks"],
    ["issuer", "https://accounts.google.com"],
    ["id_token_signing_alg_values_supported", ["none", "HS256"]],
    ["code_challenge_methods_supported", ["plain"]],
    ["token_endpoint", undefined],
  ])("a discovery document with %s %j, before anybody goes there", async (name, value) => {
    hostile.lie = { document: { [name]: value } };
    const { url } = await browser.visit(start(ids.hostile));
    await expectRefused(url, "auth.providerUnavailable");
  });

  test("4 · another state, or none", async () => {
    for (const state of ["another", null]) {
      const url = await goAndStop(ids.hostile);
      if (state === null) url.searchParams.delete("state");
      else url.searchParams.set("state", state);
      await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
    }
  });

  test("8 · another provider's word for the same e-mail: the subject is unknown, the address counts nothing", async () => {
    await link(hostile.issuer, "somebody");
    certified.person = { subject: "ada-17", email: member.email };
    const { url } = await browser.visit(start(ids.certified));
    await expectRefused(url, "auth.unknownIdentity");
  });

  test("9 · no code, an error of the provider, a person who turned away", async () => {
    let url = await goAndStop(ids.hostile);
    url.searchParams.delete("code");
    await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
    url = await goAndStop(ids.hostile);
    url.searchParams.set("error", "server_error");
    await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
    certified.isCancelling = true;
    const cancelled = await browser.visit(start(ids.certified));
    certified.isCancelling = false;
    await expectRefused(cancelled.url, "auth.providerCancelled");
  });

  test("9 · a token in the address in the place of a code", async () => {
    const url = await goAndStop(ids.hostile);
    url.searchParams.set("id_token", "a.b.c");
    url.searchParams.set("response", "a.b.c");
    url.searchParams.delete("code");
    await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
  });

  test("10 · a code and state that were used, also with the cookies of then", async () => {
    await link(certified.issuer, certified.person.subject);
    const url = await goAndStop(ids.certified);
    const cookies = new Map(browser.cookies);
    expect((await browser.visit(url.href)).url.pathname).toBe("/it/customers");
    const again = newBrowser();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    for (const one of [browser, again]) {
      one.cookies.delete(sessionCookieName());
      const replay = await one.visit(url.href);
      expect(replay.url.searchParams.get("error")).toBe("auth.providerRefused");
      expect(tokenOf(one)).toBe("");
    }
    expect(await sessionsOf(member.userId)).toBe(2);
  });

  test("10 · a code that was fetched in one browser and brought to another", async () => {
    await link(certified.issuer, certified.person.subject);
    const url = await goAndStop(ids.certified);
    browser = newBrowser();
    await expectRefused2(url);
    browser = newBrowser();
    await goAndStop(ids.certified);
    await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
  });
  /** A browser that began nothing has no language of its own yet. */
  async function expectRefused2(back: URL): Promise<void> {
    const { url } = await browser.visit(back.href);
    expect([url.pathname, url.searchParams.get("error")]).toEqual(["/en/sign-in", "auth.providerRefused"]);
    expect(tokenOf(browser)).toBe("");
  }

  test("11 · a PKCE verifier that is missing, tampered with or of another hand-shake", async () => {
    await link(certified.issuer, certified.person.subject);
    const name = "next-auth.pkce.code_verifier";
    await goAndStop(ids.certified);
    const former = browser.cookies.get(name) ?? "";
    for (const value of [undefined, "tampered", former]) {
      const url = await goAndStop(ids.certified);
      if (value === undefined) browser.cookies.delete(name);
      else browser.cookies.set(name, value);
      await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
    }
  });

  test("11 · state, nonce or errand of another provider's hand-shake", async () => {
    for (const name of ["next-auth.state", "next-auth.nonce", "belvedere-errand"]) {
      await goAndStop(ids.certified);
      const of = browser.cookies.get(name) ?? "";
      expect(of).not.toBe("");
      const url = await goAndStop(ids.hostile);
      browser.cookies.set(name, of);
      await expectRefused((await browser.visit(url.href)).url, "auth.providerRefused");
    }
  });

  test("12 · a disabled person, who is told so, and it is recorded", async () => {
    await adminQuery(`update "user" set disabled_at = now() where id = $1`, [member.userId]);
    await expectRefused((await browser.visit(start(ids.hostile))).url, "auth.disabled");
    const [entry] = await adminQuery(
      "select action, outcome, entity, detail ->> 'code' as code from audit_entry where partner_id = $1 order by seq desc limit 1",
      [partnerId],
    );
    expect(entry).toEqual({
      action: "auth:signIn",
      outcome: "refused",
      entity: `user ${member.userId}`,
      code: "auth.disabled",
    });
  });

  test("12 · a provider that is switched off or gone, before and during the journey", async () => {
    const url = await goAndStop(ids.hostile);
    await adminQuery("update oidc_issuer set is_enabled = false where id = $1", [ids.hostile]);
    await expectRefused((await browser.visit(url.href)).url, "auth.providerUnknown");
    await expectRefused((await browser.visit(start(ids.hostile))).url, "auth.providerUnknown");
    await adminQuery("update oidc_issuer set is_enabled = true where id = $1", [ids.hostile]);
    await expectRefused((await browser.visit(start(crypto.randomUUID()))).url, "auth.providerUnknown");
  });

  test("a provider that does not answer", async () => {
    const id = crypto.randomUUID();
    await addIssuer(id, { issuer: "http://127.0.0.1:9", clientId: "belvedere" }, null);
    await expectRefused((await browser.visit(start(id))).url, "auth.providerUnavailable");
  });
});

describe("a provider's word is good", () => {
  test("in its own partner only: no other membership is offered, reached or switched to", async () => {
    const elsewhere = await makeMember({ userId: member.userId });
    await link(certified.issuer, certified.person.subject);
    await browser.visit(start(ids.certified));
    const session = await sessionOf(browser);
    if (!session) throw new Error("nobody is signed in");
    const { listMemberships, switchMembership } = await import("./sessions.ts");
    expect(await listMemberships(member.userId, session.vouched)).toMatchObject([
      { id: member.membershipId },
    ]);
    expect(await listMemberships(member.userId, null)).toHaveLength(2);
    expect(await switchMembership(session, elsewhere.membershipId)).toBeNull();
    // Not even if the row said so.
    await adminQuery("update session set membership_id = $1 where id = $2", [
      elsewhere.membershipId,
      session.id,
    ]);
    expect(await sessionOf(browser)).toBeNull();
  });

  test("not for a person who has nothing in that partner", async () => {
    const stranger = await makeMember();
    await link(certified.issuer, certified.person.subject, stranger.userId);
    await expectRefused((await browser.visit(start(ids.certified))).url, "auth.noMembership");
    expect(await sessionsOf(stranger.userId)).toBe(1);
  });

  test("of a partner for its own people, of a customer for that customer's: neither for the other's", async () => {
    const own = await startIdentityProvider([redirectUri(ids.customers)]);
    await addIssuer(ids.customers, { ...own, secret: own.clientSecret }, customerId);
    const admin = await makeMember({ partnerId, role: "customerAdmin", customerId });
    await link(certified.issuer, certified.person.subject, admin.userId);
    // The partner's provider must not become the customer who grants it access.
    await expectRefused((await browser.visit(start(ids.certified))).url, "auth.noMembership");
    await link(own.issuer, own.person.subject, admin.userId);
    expect((await browser.visit(start(ids.customers))).url.pathname).toBe("/it/customers");
    expect((await sessionOf(browser))?.actor).toMatchObject({ role: "customerAdmin", customerId });
    await adminQuery("update identity set user_id = $1 where issuer = $2", [member.userId, own.issuer]);
    browser = newBrowser();
    await expectRefused((await browser.visit(start(ids.customers))).url, "auth.noMembership");
    await own.close();
  });

  test("as long as it is enabled: switched off or removed, its sessions end at their next request", async () => {
    await link(certified.issuer, certified.person.subject);
    await browser.visit(start(ids.certified));
    expect(await sessionOf(browser)).not.toBeNull();
    await adminQuery("update oidc_issuer set is_enabled = false where id = $1", [ids.certified]);
    expect(await sessionOf(browser)).toBeNull();
    await adminQuery("update oidc_issuer set is_enabled = true where id = $1", [ids.certified]);
    expect(await sessionOf(browser)).not.toBeNull();
    await adminQuery("update oidc_issuer set id = $2 where id = $1", [ids.certified, crypto.randomUUID()]);
    expect(await sessionOf(browser)).toBeNull();
    await adminQuery("update oidc_issuer set id = $1 where issuer = $2 and customer_id is null", [
      ids.certified,
      certified.issuer,
    ]);
  });
});

describe("an address that no journey has", () => {
  const call = (path: string, init: RequestInit = {}) => browser.visit(`/api/auth/${path}`, init);
  test.each([
    ["callback", 404],
    ["callback/x", 404],
    [`callback/${crypto.randomUUID()}/more`, 404],
    ["_log", 404],
    ["verify-request", 404],
    ["nothing", 404],
  ])("%s is %d", async (path, status) => {
    expect((await call(path)).status).toBe(status);
  });
  test("a callback that nobody began leads to the sign-in page, whatever it brings", async () => {
    for (const query of ["", "?code=a&state=b", "?error=x", "?code=%E0%A4%A", `?code=${"a".repeat(5000)}`]) {
      const { url } = await call(`callback/${ids.certified}${query}`);
      expect([url.pathname, url.searchParams.get("error")]).toEqual(["/en/sign-in", "auth.providerRefused"]);
    }
  });
  test("a callback by POST is not taken", async () => {
    const { status } = await call(`callback/${ids.certified}`, { method: "POST", body: "code=a" });
    expect(status).toBe(405);
  });
  test("next-auth lists no provider, whoever asks", async () => {
    const { response } = await call("providers");
    expect(await response?.json()).toEqual({});
  });
  test("a start with nonsense is a bad request; another site is never the way on", async () => {
    expect((await browser.visit("/api/login/provider")).status).toBe(400);
    expect((await browser.visit("/api/login/provider?issuer=x")).status).toBe(400);
    expect((await browser.visit(start(ids.certified, { ticket: "x" }))).status).toBe(400);
    await link(certified.issuer, certified.person.subject);
    const { url } = await browser.visit(start(ids.certified, { return: "//evil.example" }));
    expect(url.href).toBe(`${env().origin}/it`);
  });
});
