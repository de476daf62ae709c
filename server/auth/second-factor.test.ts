// The second factor: codes and recovery codes, each good once, also for many at the same moment.
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { env } from "#server/env.ts";
import { newBrowser } from "#tests/browser.ts";
import { adminQuery } from "#tests/database.ts";
import { makeMember, type Member, password } from "#tests/factories.ts";
import { login, loginCode } from "./handler.ts";
import { hasSecondFactor, readSecondFactor, spendCode } from "./second-factor.ts";
import { readSession, sessionCookieName } from "./sessions.ts";

afterAll(closeDatabase);

type Enrolled = { member: Member; secret: string; codes: string[] };
const totp = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) });
const codeAt = (secret: string, steps = 0) =>
  totp(secret).generate({ timestamp: Date.now() + steps * 30_000 });
/** As if time had passed: a code that was used may be used in its next step. */
const forgetStep = (userId: string) =>
  adminQuery(`update "user" set totp_last_step = 0 where id = $1`, [userId]);

/** A browser that is signed in as this member. */
function browserOf(member: Member) {
  const browser = newBrowser();
  browser.cookies.set(sessionCookieName(), member.token);
  return browser;
}
const pending = async (userId: string) => {
  const found = await readSecondFactor(userId);
  if (found.state !== "pending") throw new Error(`it is ${found.state}`);
  return found;
};

async function enrol(): Promise<Enrolled> {
  const member = await makeMember();
  const browser = browserOf(member);
  await browser.post("/api/profile/begin-second-factor", {});
  const { secret } = await pending(member.userId);
  const shown = await changeBy(member, "confirm-second-factor", { code: codeAt(secret) });
  const { codes } = (await shown.json()) as { codes: string[] };
  await forgetStep(member.userId);
  return { member, secret, codes };
}

/** A change by JSON, as this member. */
async function changeBy(member: Member, action: string, fields: object): Promise<Response> {
  const { changeProfile } = await import("#server/profile/handler.ts");
  return changeProfile(
    new Request(`${env().origin}/api/profile/${action}`, {
      method: "POST",
      body: JSON.stringify(fields),
      headers: {
        "content-type": "application/json",
        origin: env().origin,
        cookie: `${sessionCookieName()}=${member.token}`,
      },
    }),
    { params: Promise.resolve({ action }) },
  );
}

let visitors = 0;
const ask = (handler: typeof login, body: object, cookie = "") => {
  visitors += 1;
  return handler(
    new Request(`${env().origin}/api/login`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "content-type": "application/json",
        origin: env().origin,
        "x-forwarded-for": `203.0.113.${visitors % 250}`,
        cookie,
      },
    }),
  );
};
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

describe("enrolling", () => {
  test("gives a secret, takes its first code, shows ten recovery codes once, and keeps only hashes", async () => {
    const member = await makeMember();
    const browser = browserOf(member);
    const begun = await browser.post("/api/profile/begin-second-factor", {});
    expect(begun.url.pathname).toBe("/en/profile/second-factor");
    const { secret, uri } = await pending(member.userId);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toContain("otpauth://totp/Belvedere:");
    expect(await hasSecondFactor(member.userId)).toBe(false);
    // Signing in asks for no code yet.
    expect((await ask(login, { email: member.email, password })).status).toBe(204);

    expect(await codeOf(await changeBy(member, "confirm-second-factor", { code: "000000" }))).toBe(
      "auth.codeInvalid",
    );
    const confirmed = await browser.post("/api/profile/confirm-second-factor", { code: codeAt(secret) });
    expect(confirmed.url.pathname).toBe("/en/profile/recovery-codes");
    expect(await readSecondFactor(member.userId)).toMatchObject({ state: "on", codesLeft: 10 });
    const sealed = browser.cookies.get("belvedere-codes") ?? "";
    const { callerFor } = await import("#tests/factories.ts");
    const codes = (await (await callerFor(member)).profile.newCodes({ sealed })) ?? [];
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([a-z0-9]{4}-){3}[a-z0-9]{4}$/);
    // Sealed for this person alone.
    expect(await (await callerFor(await makeMember())).profile.newCodes({ sealed })).toBeNull();
    const [stored] = await adminQuery<{ text: string }>(
      `select coalesce(encode(u.totp_secret, 'escape'), '') || (select string_agg(encode(code_hash, 'escape'), ' ') from recovery_code where user_id = u.id) as text
       from "user" u where id = $1`,
      [member.userId],
    );
    for (const text of [secret, ...codes]) expect(stored?.text).not.toContain(text);
    // The code that turned it on is used up.
    expect(await spendCode(member.userId, codeAt(secret))).toBe(false);
    const entries = await adminQuery<{ action: string }>(
      "select action from audit_entry where partner_id = $1 order by seq",
      [member.partnerId],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      "account:beginSecondFactor",
      "auth:signIn",
      "account:secondFactorOn",
    ]);
  });

  test("again replaces a secret that waits, and is refused where it is on", async () => {
    const member = await makeMember();
    await changeBy(member, "begin-second-factor", {});
    const first = await pending(member.userId);
    await changeBy(member, "begin-second-factor", {});
    const second = await pending(member.userId);
    expect(second.secret).not.toBe(first.secret);
    const { member: enrolled } = await enrol();
    const response = await changeBy(enrolled, "begin-second-factor", {});
    expect([response.status, await codeOf(response)]).toEqual([409, "profile.secondFactorOn"]);
  });

  test("asks for a fresh sign-in, for each of its steps", async () => {
    const { member } = await enrol();
    await adminQuery("update session set proved_at = now() - interval '6 minutes' where id = $1", [
      member.sessionId,
    ]);
    for (const action of [
      "begin-second-factor",
      "confirm-second-factor",
      "remove-second-factor",
      "renew-codes",
      "password",
      "link",
      "unlink",
    ]) {
      const response = await changeBy(member, action, {});
      expect([response.status, await codeOf(response)], action).toEqual([401, "auth.proofNeeded"]);
    }
    expect(await hasSecondFactor(member.userId)).toBe(true);
  });

  test("switching off removes the secret and the recovery codes", async () => {
    const { member, secret, codes } = await enrol();
    expect((await changeBy(member, "remove-second-factor", {})).status).toBe(204);
    expect(await readSecondFactor(member.userId)).toEqual({ state: "off" });
    expect(await spendCode(member.userId, codeAt(secret))).toBe(false);
    expect(await spendCode(member.userId, codes[0] ?? "")).toBe(false);
    expect((await ask(login, { email: member.email, password })).status).toBe(204);
  });
});

describe("a code", () => {
  let given: Enrolled;
  beforeAll(async () => {
    given = await enrol();
  });
  const spend = (code: string) => spendCode(given.member.userId, code);

  test("is good once, of two hundred requests for one", async () => {
    await forgetStep(given.member.userId);
    const code = codeAt(given.secret);
    const answers = await Promise.all(Array.from({ length: 200 }, () => spend(code)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await spend(code)).toBe(false);
  });

  test("of the step before or after is good, of two away is not; an older one not after a newer", async () => {
    for (const [steps, good] of [
      [-2, false],
      [2, false],
      [-1, true],
      [0, true],
      [1, true],
    ] as const) {
      await forgetStep(given.member.userId);
      expect(await spend(codeAt(given.secret, steps)), `${steps}`).toBe(good);
    }
    expect(await spend(codeAt(given.secret, 0))).toBe(false);
  });

  test("with blanks is the same code; nonsense is none", async () => {
    await forgetStep(given.member.userId);
    const code = codeAt(given.secret);
    for (const wrong of [
      "",
      " ",
      "12345",
      "1234567",
      "abcdef",
      "-1",
      "０１２３４５",
      "' or 1=1",
      "9".repeat(40),
    ])
      expect(await spend(wrong), wrong).toBe(false);
    expect(await spend(` ${code.slice(0, 3)} ${code.slice(3)} `)).toBe(true);
  });

  test("a recovery code is good once, also in capitals and without dashes, and for its person alone", async () => {
    const other = await enrol();
    const [first = "", second = ""] = given.codes;
    expect(await spendCode(other.member.userId, first)).toBe(false);
    const answers = await Promise.all(Array.from({ length: 50 }, () => spend(first)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await spend(second.replaceAll("-", "").toUpperCase())).toBe(true);
    expect(await readSecondFactor(given.member.userId)).toMatchObject({ codesLeft: 8 });
    const renewed = await changeBy(given.member, "renew-codes", {});
    expect(renewed.status).toBe(200);
    expect(await spend(given.codes[2] ?? "")).toBe(false);
  });
});

describe("signing in with a second factor", () => {
  test("by JSON: asked for, then given; a wrong or a used one is refused", async () => {
    const { member, secret } = await enrol();
    const asked = await ask(login, { email: member.email, password });
    expect([asked.status, asked.headers.get("set-cookie"), await asked.json()]).toEqual([
      200,
      null,
      { next: "totp" },
    ]);
    const wrong = await ask(login, { email: member.email, password, code: "000000" });
    expect([wrong.status, await codeOf(wrong)]).toEqual([401, "auth.codeInvalid"]);
    // A wrong password is never asked for a code.
    const stranger = await ask(login, { email: member.email, password: "wrong", code: codeAt(secret) });
    expect(await codeOf(stranger)).toBe("auth.invalid");
    const code = codeAt(secret);
    expect((await ask(login, { email: member.email, password, code })).status).toBe(204);
    expect(await codeOf(await ask(login, { email: member.email, password, code }))).toBe("auth.codeInvalid");
  });

  test("by form: a page asks for the code; the session's token is new then, and the challenge spent", async () => {
    const { member, secret } = await enrol();
    const browser = newBrowser();
    const fields = { email: member.email, password, lang: "it", return: "/it/customers" };
    const asked = await browser.post("/api/login", fields);
    expect([asked.url.pathname, asked.url.searchParams.get("return")]).toEqual([
      "/it/sign-in/code",
      "/it/customers",
    ]);
    expect(browser.cookies.has(sessionCookieName())).toBe(false);
    const challenge = browser.cookies.get("belvedere-challenge") ?? "";
    expect(challenge).toMatch(/^[\w-]{43}$/);
    expect(await readSession(challenge, "")).toBeNull();

    const wrong = await browser.post("/api/login/code", {
      code: "000000",
      lang: "it",
      return: "/it/customers",
    });
    expect(wrong.url.pathname + wrong.url.search).toBe(
      "/it/sign-in/code?error=auth.codeInvalid&return=%2Fit%2Fcustomers",
    );
    const done = await browser.post("/api/login/code", {
      code: codeAt(secret),
      lang: "it",
      return: "/it/customers",
    });
    expect(done.url.pathname).toBe("/it/customers");
    const token = browser.cookies.get(sessionCookieName()) ?? "";
    expect((await readSession(token, ""))?.actor.userId).toBe(member.userId);
    expect(token).not.toBe(challenge);
    expect(browser.cookies.has("belvedere-challenge")).toBe(false);

    await forgetStep(member.userId);
    const again = await ask(loginCode, { code: codeAt(secret) }, `belvedere-challenge=${challenge}`);
    expect([again.status, await codeOf(again)]).toEqual([401, "auth.codeExpired"]);
  });

  test("a challenge that is over, unknown or of a disabled person leads back to the start", async () => {
    const { member, secret } = await enrol();
    const browser = newBrowser();
    const begin = () => browser.post("/api/login", { email: member.email, password, lang: "fr" });
    const answer = async () =>
      (await browser.post("/api/login/code", { code: codeAt(secret), lang: "fr" })).url;
    expect((await answer()).search).toContain("auth.codeExpired");
    await begin();
    await adminQuery("update sign_in_challenge set expires_at = now() where user_id = $1", [member.userId]);
    expect([(await answer()).pathname, browser.cookies.has(sessionCookieName())]).toEqual([
      "/fr/sign-in",
      false,
    ]);
    await begin();
    await adminQuery(`update "user" set disabled_at = now() where id = $1`, [member.userId]);
    expect((await answer()).search).toContain("auth.codeExpired");
  });

  test("ten wrong codes and the eleventh waits, from wherever it comes; a right password does not start anew", async () => {
    const { member, secret } = await enrol();
    for (let n = 0; n < 10; n += 1) {
      // Each from another address, each after the right password.
      const response = await ask(login, { email: member.email, password, code: "000000" });
      expect(await codeOf(response)).toBe("auth.codeInvalid");
    }
    const right = await ask(login, { email: member.email, password, code: codeAt(secret) });
    expect([right.status, await codeOf(right)]).toEqual([429, "auth.throttled"]);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});
