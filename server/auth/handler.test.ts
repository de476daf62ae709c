// Signing in and out and switching membership, over real requests, with good and bad input.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { env } from "#server/env.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { adminQuery } from "#tests/database.ts";
import { makeMember, makePartner, makeUser, type Member, password } from "#tests/factories.ts";
import { changeMembership, login, logout, nextAuthHandler } from "./handler.ts";
import { readSession, sessionCookieName } from "./sessions.ts";

afterAll(closeDatabase);

let visitors = 0;
type Headers = Record<string, string>;
/** A request from an address of its own, so that no test uses up another's attempts. */
function request(path: string, body: BodyInit | null, headers: Headers = {}): Request {
  visitors += 1;
  const own = {
    "content-type": "application/json",
    origin: env().origin,
    "x-forwarded-for": `198.51.100.${visitors % 250}`,
    "accept-language": "it",
  };
  return new Request(`${env().origin}${path}`, { method: "POST", body, headers: { ...own, ...headers } });
}
const json = (body: unknown, headers?: Headers) =>
  login(request("/api/login", JSON.stringify(body), headers));
const form = (fields: Record<string, string>, headers: Headers = {}) =>
  login(
    request("/api/login", new URLSearchParams(fields), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    }),
  );
const tokenIn = (response: Response) =>
  new RegExp(`${sessionCookieName()}=([\\w-]*)`).exec(response.headers.get("set-cookie") ?? "")?.[1] ?? "";
const isLive = async (token: string) => (await readSession(token, "")) !== null;
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string; supportId: string } }).error;
const cookieOf = (token: string) => ({ cookie: `${sessionCookieName()}=${token}` });

describe("signing in", () => {
  let member: Member;
  beforeAll(async () => {
    member = await makeMember();
  });

  test("with JSON: 204 and a cookie that scripts and other sites do not get", async () => {
    const response = await json({ email: member.email, password });
    expect(response.status).toBe(204);
    expect(response.headers.get("set-cookie")).toMatch(
      /^belvedere-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await readSession(tokenIn(response), ""))?.actor).toMatchObject({
      email: member.email,
      membershipId: member.membershipId,
      role: "superAdmin",
    });
    const [stored] = await adminQuery<{ found: boolean }>(
      "select exists (select from session where encode(token_hash, 'escape') like '%' || $1 || '%') as found",
      [tokenIn(response)],
    );
    expect(stored?.found).toBe(false);
    const [entry] = await adminQuery(
      "select action, outcome, membership_id from audit_entry where partner_id = $1 order by seq desc limit 1",
      [member.partnerId],
    );
    expect(entry).toEqual({ action: "auth:signIn", outcome: "done", membership_id: member.membershipId });
  });

  test("whatever the case of the address, and blanks around it", async () => {
    expect((await json({ email: `  ${member.email.toUpperCase()} `, password })).status).toBe(204);
  });

  test("with a form: on to the page that was asked for, or to the start; back with the error", async () => {
    const to = async (fields: Record<string, string>) => {
      const response = await form({ email: member.email, password, ...fields });
      return [response.status, response.headers.get("location"), tokenIn(response) !== ""];
    };
    expect(await to({})).toEqual([303, "/it", true]);
    expect(await to({ lang: "fr" })).toEqual([303, "/fr", true]);
    expect(await to({ lang: "xx", return: "/en/customers?status=warning" })).toEqual([
      303,
      "/en/customers?status=warning",
      true,
    ]);
    for (const evil of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "/\t/evil.example",
      "%2F%2Fevil.example",
    ]) {
      expect(await to({ return: evil }), evil).toEqual([303, "/it", true]);
    }
    const [status, location, hasCookie] = await to({
      password: "wrong",
      lang: "fr",
      return: "/fr/customers",
    });
    expect([status, hasCookie]).toEqual([303, false]);
    expect(String(location)).toBe(
      `/fr/sign-in?${new URLSearchParams({ error: "auth.invalid", email: member.email, return: "/fr/customers" })}`,
    );
  });

  test("each time gives another token", async () => {
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => tokenIn(await json({ email: member.email, password }))),
    );
    expect(new Set(tokens).size).toBe(3);
  });

  test("unknown, wrong, disabled and without membership are one and the same answer", async () => {
    const gone = await makeMember();
    await adminQuery(`update "user" set disabled_at = now() where id = $1`, [gone.userId]);
    const lost = await makeUser();
    const locked = await makeMember();
    await adminQuery("update membership set disabled_at = now() where id = $1", [locked.membershipId]);
    const bare = await makeUser({ passwordHash: null });
    const broken = await makeUser({ passwordHash: "no hash" });
    const answers = await Promise.all(
      [
        { email: "nobody@example.it", password },
        { email: member.email, password: `${password}x` },
        ...[gone, lost, locked, bare, broken].map(({ email }) => ({ email, password })),
      ].map(async (body) => {
        const response = await json(body);
        const { supportId: _, ...error } = await errorOf(response);
        return { status: response.status, error, cookie: response.headers.get("set-cookie") };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, error: { code: "auth.invalid" }, cookie: null });
  });

  test("an unknown person costs the time of a wrong password", async () => {
    const time = async (email: string) => {
      const start = performance.now();
      await json({ email, password: "wrong password" });
      return performance.now() - start;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      known.push(await time(member.email));
      unknown.push(await time(`${crypto.randomUUID()}@example.it`));
    }
    // A hash takes about 17 ms, everything else about 5: without one the ratio would be far below a half. The shortest of
    // many, because whatever else the machine does only adds to a time.
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test("after ten wrong attempts the eleventh waits, also with the right password; others do not", async () => {
    const own = await makeMember();
    const address = { "x-forwarded-for": "203.0.113.9" };
    for (let n = 0; n < 10; n += 1)
      expect((await json({ email: own.email, password: "wrong" }, address)).status).toBe(401);
    for (const attempt of ["wrong", password]) {
      const response = await json({ email: own.email.toUpperCase(), password: attempt }, address);
      expect([response.status, (await errorOf(response)).code]).toEqual([429, "auth.throttled"]);
      const wait = Number(response.headers.get("retry-after"));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(300);
    }
    expect((await form({ email: own.email, password }, address)).headers.get("location")).toContain(
      "error=auth.throttled",
    );
    expect((await json({ email: own.email, password }, { "x-forwarded-for": "203.0.113.10" })).status).toBe(
      204,
    );
    expect((await json({ email: member.email, password }, address)).status).toBe(204);
  });

  test("a success clears the count", async () => {
    const own = await makeMember();
    const address = { "x-forwarded-for": "203.0.113.20" };
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 5; n += 1)
        expect((await json({ email: own.email, password: "wrong" }, address)).status).toBe(401);
      expect((await json({ email: own.email, password }, address)).status).toBe(204);
    }
  });

  const strangeTexts: [string, BodyInit, Headers, number, string][] = [
    ["broken JSON", '{"email":', {}, 400, "request.malformed"],
    ["no object", "[1]", {}, 400, "request.invalid"],
    ["null", "null", {}, 400, "request.invalid"],
    ["nothing", "", {}, 400, "request.malformed"],
    ["a NUL", '{"email":"a\\u0000@example.it","password":"x"}', {}, 400, "request.malformed"],
    ["half a character", '{"email":"a\\ud800@example.it","password":"x"}', {}, 400, "request.malformed"],
    ["no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), {}, 400, "request.malformed"],
    ["deep nesting", `{"email":${"[".repeat(99)}${"]".repeat(99)}}`, {}, 400, "request.malformed"],
    [
      "two megabytes",
      JSON.stringify({ email: "a@example.it", password: "x".repeat(2_000_000) }),
      {},
      413,
      "request.tooLarge",
    ],
    ["an object as password", '{"email":"a@example.it","password":{"$ne":""}}', {}, 400, "request.invalid"],
    [
      "a password of 129 characters",
      JSON.stringify({ email: "a@example.it", password: "x".repeat(129) }),
      {},
      400,
      "request.invalid",
    ],
    [
      "an address of 2,000 characters",
      JSON.stringify({ email: "a".repeat(2000), password: "x" }),
      {},
      400,
      "request.invalid",
    ],
    ["plain text", "a=b", { "content-type": "text/plain" }, 415, "request.unsupportedType"],
    [
      "multipart",
      "a=b",
      { "content-type": "multipart/form-data; boundary=x" },
      415,
      "request.unsupportedType",
    ],
    ["no content type", new Uint8Array([1]), { "content-type": "" }, 415, "request.unsupportedType"],
    ["another site", "{}", { origin: "https://evil.example" }, 403, "auth.originMismatch"],
    ["a look-alike site", "{}", { origin: `${env().origin}.evil.example` }, 403, "auth.originMismatch"],
    ["no origin, but cross-site", "{}", { origin: "null" }, 403, "auth.originMismatch"],
    [
      "a form's NUL",
      "email=a%00&password=x",
      { "content-type": "application/x-www-form-urlencoded" },
      400,
      "request.malformed",
    ],
  ];
  test.each(strangeTexts)(
    "%s is refused, in the language asked for",
    async (_, body, headers, status, code) => {
      const messages = new Set<string>();
      for (const language of ["en-GB,en;q=0.9", "it", "fr-CH"]) {
        const response = await login(
          request("/api/login", body, { ...headers, "accept-language": language }),
        );
        const error = await errorOf(response);
        expect([response.status, error.code]).toEqual([status, code]);
        expect(error.supportId).toMatch(/^[0-9a-f-]{36}$/);
        messages.add(error.message);
      }
      expect(messages.size).toBe(3);
    },
  );

  test("a body that does not end is cut at the limit, not stored", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await login(
      new Request(`${env().origin}/api/login`, {
        method: "POST",
        body: endless,
        headers: { "content-type": "application/json" },
        duplex: "half",
      } as RequestInit),
    );
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(1_500_000);
  });
});

describe("signing out", () => {
  test("ends the session at once, and answers the same to who has none", async () => {
    const member = await makeMember();
    expect(await isLive(member.token)).toBe(true);
    const response = await logout(request("/api/logout", null, cookieOf(member.token)));
    expect([response.status, tokenIn(response), response.headers.get("set-cookie")]).toEqual([
      204,
      "",
      expect.stringContaining("Max-Age=0"),
    ]);
    expect(await isLive(member.token)).toBe(false);
    expect((await logout(request("/api/logout", null, cookieOf(member.token)))).status).toBe(204);
    expect((await logout(request("/api/logout", null))).status).toBe(204);
    const [entry] = await adminQuery(
      "select action from audit_entry where partner_id = $1 order by seq desc limit 1",
      [member.partnerId],
    );
    expect(entry).toEqual({ action: "auth:signOut" });
  });

  test("by form leads to the sign-in page; another site cannot do it", async () => {
    const member = await makeMember();
    const foreign = await logout(
      request("/api/logout", null, { ...cookieOf(member.token), origin: "https://evil.example" }),
    );
    expect([foreign.status, await isLive(member.token)]).toEqual([403, true]);
    const response = await logout(
      request("/api/logout", new URLSearchParams({ lang: "fr" }), {
        ...cookieOf(member.token),
        "content-type": "application/x-www-form-urlencoded",
      }),
    );
    expect([response.status, response.headers.get("location"), await isLive(member.token)]).toEqual([
      303,
      "/fr/sign-in",
      false,
    ]);
  });
});

describe("switching membership", () => {
  const change = (token: string, fields: unknown, headers: Headers = {}) =>
    changeMembership(request("/api/membership", JSON.stringify(fields), { ...cookieOf(token), ...headers }));

  test("goes on under a new token, and the old one is dead", async () => {
    const first = await makeMember();
    const second = await makeMember({ userId: first.userId, role: "readOnly" });
    const response = await change(first.token, { membershipId: second.membershipId });
    expect(response.status).toBe(204);
    const token = tokenIn(response);
    expect(token).not.toBe(first.token);
    expect(await isLive(first.token)).toBe(false);
    expect((await readSession(token, ""))?.actor).toMatchObject({
      partnerId: second.partnerId,
      role: "readOnly",
      membershipId: second.membershipId,
    });
    const [entry] = await adminQuery(
      "select action from audit_entry where partner_id = $1 order by seq desc limit 1",
      [second.partnerId],
    );
    expect(entry).toEqual({ action: "auth:switchMembership" });
  });

  test("to somebody else's, a disabled or an unknown one is not found, and nothing changes", async () => {
    const member = await makeMember();
    const stranger = await makeMember();
    const disabled = await makeMember({ userId: member.userId, partnerId: await makePartner() });
    await adminQuery("update membership set disabled_at = now() where id = $1", [disabled.membershipId]);
    for (const membershipId of [stranger.membershipId, disabled.membershipId, crypto.randomUUID()]) {
      const response = await change(member.token, { membershipId });
      expect([response.status, (await errorOf(response)).code]).toEqual([404, "membership.notFound"]);
    }
    for (const membershipId of ["x", "", null, { a: 1 }])
      expect((await change(member.token, { membershipId })).status).toBe(400);
    expect((await readSession(member.token, ""))?.actor.membershipId).toBe(member.membershipId);
    expect((await change("a".repeat(43), { membershipId: member.membershipId })).status).toBe(401);
    expect(
      (await change(member.token, { membershipId: member.membershipId }, { origin: "https://evil.example" }))
        .status,
    ).toBe(403);
  });

  test("by form leads back to a page of ours only", async () => {
    const member = await makeMember();
    const other = await makeMember({ userId: member.userId });
    const headers = { ...cookieOf(member.token), "content-type": "application/x-www-form-urlencoded" };
    const response = await changeMembership(
      request(
        "/api/membership",
        new URLSearchParams({ membershipId: other.membershipId, return: "//evil.example" }),
        headers,
      ),
    );
    expect([response.status, response.headers.get("location")]).toEqual([303, "/it"]);
  });
});

describe("safeReturn", () => {
  const origin = "https://portal.example";
  test.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil",
    "",
    "/ ",
    "/à",
    "/\u202e",
    "///evil",
    "/%00\0",
    7,
    null,
    undefined,
    ["/a"],
  ])("refuses %j", (path) => {
    expect(safeReturn(path, "/fallback")).toBe("/fallback");
  });
  test.each([
    "/",
    "/it/customers?status=warning&q=%2F%2Fevil",
    "/en/customers/1#licences",
    "/%2F/evil",
    "/%5Cevil",
    "/a//b",
  ])("keeps %s, which stays here", (path) => {
    expect(safeReturn(path, "/fallback")).toBe(path);
    expect(new URL(path, origin).origin).toBe(origin);
  });
  test("whatever comes, a browser stays on this origin, and so does a header", () => {
    const sly = fc
      .array(
        fc.constantFrom(
          "/",
          "\\",
          "\t",
          "\r\n",
          "evil.example",
          "%2f",
          "%5c",
          ".",
          "..",
          "@",
          ":",
          "?",
          "#",
          "http:",
          " ",
          "\0",
          "é",
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.oneof(
          sly,
          sly.map((text) => `/${text}`),
          fc.string({ unit: "binary" }),
        ),
        (path) => {
          const to = safeReturn(path, "/fallback");
          expect(new URL(to, origin).origin).toBe(origin);
          expect(to).toMatch(/^\/[\x21-\x7e]*$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("next-auth's routes", () => {
  const call = (path: string, headers: Headers = {}) =>
    nextAuthHandler(new Request(`${env().origin}/api/auth/${path}`, { headers }), {
      params: Promise.resolve({ nextauth: (path.split("?")[0] ?? "").split("/") }),
    });
  test.each([
    "signin?callbackUrl=%5C",
    "signin?callbackUrl=http://%zz",
    "signin?callbackUrl=//evil.example",
    "signin?callbackUrl=https://evil.example/a",
  ])("%s is a bad request, not a fault", async (path) => {
    expect((await call(path)).status).toBe(400);
  });
  test("a remembered address that cannot be read is one too", async () => {
    expect((await call("signin", { cookie: "next-auth.callback-url=%E0%A4%A" })).status).toBe(400);
  });
});
