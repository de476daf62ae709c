// Invitations: one link, one password, one week; and the first partner that `npm run setup` makes.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { insertFirst, readWish } from "#scripts/setup.ts";
import { env } from "#server/env.ts";
import { adminQuery } from "#tests/database.ts";
import { makeMember, makeUser } from "#tests/factories.ts";
import { acceptInvitationHandler, login } from "./handler.ts";
import { findInvitation, newInvitation } from "./invitations.ts";
import { hashToken, readSession, sessionCookieName } from "./sessions.ts";

afterAll(closeDatabase);

const good = "tortoise lamp violin Tuesday";
let visitors = 0;
function request(path: string, fields: object, type: "json" | "form" = "json"): Request {
  visitors += 1;
  const isForm = type === "form";
  return new Request(`${env().origin}${path}`, {
    method: "POST",
    body: isForm ? new URLSearchParams(fields as Record<string, string>) : JSON.stringify(fields),
    headers: {
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      origin: env().origin,
      "x-forwarded-for": `192.0.2.${visitors % 250}`,
    },
  });
}
const accept = (token: string, password: string) =>
  acceptInvitationHandler(request("/api/invitation", { token, password }));
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

async function invite() {
  const user = await makeUser({ passwordHash: null });
  const member = await makeMember({ userId: user.id });
  await adminQuery("update session set revoked_at = now() where user_id = $1", [user.id]);
  const { token, tokenHash, expiresAt } = newInvitation();
  await adminQuery("insert into invitation (token_hash, user_id, expires_at) values ($1, $2, $3)", [
    tokenHash,
    user.id,
    expiresAt,
  ]);
  return { user, member, token };
}

describe("an invitation", () => {
  let given: Awaited<ReturnType<typeof invite>>;
  beforeEach(async () => {
    given = await invite();
  });

  test("sets the first password, signs in, is recorded, and is spent", async () => {
    const { user, member, token } = given;
    expect(await findInvitation(token)).toMatchObject({ email: user.email, name: "Mara Conti" });
    const response = await accept(token, good);
    expect(response.status).toBe(204);
    const [, session = ""] =
      new RegExp(`${sessionCookieName()}=([\\w-]{43})`).exec(response.headers.get("set-cookie") ?? "") ?? [];
    expect((await readSession(session, ""))?.actor.membershipId).toBe(member.membershipId);
    expect(await findInvitation(token)).toBeUndefined();
    const again = await accept(token, `${good} again`);
    expect([again.status, await codeOf(again)]).toEqual([404, "invitation.invalid"]);
    expect((await login(request("/api/login", { email: user.email, password: good }))).status).toBe(204);
    const entries = await adminQuery<{ action: string; detail: string }>(
      "select action, detail::text from audit_entry where partner_id = $1 order by seq",
      [member.partnerId],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      "auth:acceptInvitation",
      "auth:signIn",
      "auth:signIn",
    ]);
    expect(JSON.stringify(entries)).not.toContain(good);
  });

  test("stays good after a password that is refused", async () => {
    for (const [password, code] of [
      ["short", "password.tooShort"],
      ["Welcome12345", "password.common"],
      ["x".repeat(129), "password.tooLong"],
    ] as const)
      expect(await codeOf(await accept(given.token, password))).toBe(code);
    expect((await accept(given.token, good)).status).toBe(204);
  });

  test("used by twenty at the same moment lets one in", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => accept(given.token, `${good} ${n}`)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array<number>(19).fill(404)]);
  });

  test("spends all others of the same person", async () => {
    const other = newInvitation();
    await adminQuery("insert into invitation (token_hash, user_id, expires_at) values ($1, $2, $3)", [
      other.tokenHash,
      given.user.id,
      other.expiresAt,
    ]);
    await accept(given.token, good);
    expect(await findInvitation(other.token)).toBeUndefined();
  });

  test.each([
    ["that is over", "update invitation set expires_at = now() where user_id = $1"],
    ["of a disabled person", `update "user" set disabled_at = now() where id = $1`],
    ["of somebody who has a password", `update "user" set password_hash = 'x' where id = $1`],
    ["of somebody without a membership", "update membership set disabled_at = now() where user_id = $1"],
  ])("%s sets nothing", async (_, statement) => {
    await adminQuery(statement, [given.user.id]);
    expect(await codeOf(await accept(given.token, good))).toBe("invitation.invalid");
  });

  test("is found by nothing but its token", async () => {
    for (const token of ["", "x", given.token.slice(1), `${given.token}a`, "' or 1=1 --"])
      expect(await findInvitation(token), token).toBeUndefined();
    for (const body of [
      {},
      { token: given.token },
      { token: { $ne: "" }, password: good },
      { token: "", password: 1 },
    ])
      expect((await acceptInvitationHandler(request("/api/invitation", body))).status).toBe(400);
  });

  test("by form leads on, or back to its page with what is wrong, never with the password", async () => {
    const send = async (password: string) =>
      (
        await acceptInvitationHandler(
          request("/api/invitation", { token: given.token, password, lang: "fr" }, "form"),
        )
      ).headers.get("location");
    expect(await send("short")).toBe(`/fr/invitation?error=password.tooShort&token=${given.token}`);
    expect(await send(good)).toBe("/fr");
  });
});

describe("setting up", () => {
  const adminUrl = () => process.env["ADMIN_DATABASE_URL"] ?? "";
  const wishOf = (slug: string, more: string[] = []) =>
    readWish(["--partner", "Rossi S.r.l.", "--slug", slug, "--admin", `ada@${slug}.example`, ...more]);

  test("makes partner, Super Admin and an invitation that lets them in", async () => {
    const slug = `s${crypto.randomUUID()}`;
    const token = await insertFirst(adminUrl(), wishOf(slug, ["--another", "--language", "it"]));
    const found = await findInvitation(token ?? "");
    expect(found).toMatchObject({ email: `ada@${slug}.example`, name: "ada" });
    expect((await accept(token ?? "", good)).status).toBe(204);
    const [row] = await adminQuery(
      `select p.name, p.language, m.role, m.scope_all, m.customer_id from partner p join membership m on m.partner_id = p.id where p.slug = $1`,
      [slug],
    );
    expect(row).toEqual({
      name: "Rossi S.r.l.",
      language: "it",
      role: "superAdmin",
      scope_all: true,
      customer_id: null,
    });
    const [stored] = await adminQuery<{ n: number }>(
      "select count(*)::int as n from invitation where token_hash = $1",
      [hashToken(token ?? "")],
    );
    expect(stored?.n).toBe(1);
  });

  test("refuses a second partner without --another, and a short name that is taken; nothing is left half done", async () => {
    await makeMember();
    const slug = `s${crypto.randomUUID()}`;
    await expect(insertFirst(adminUrl(), wishOf(slug))).rejects.toThrow("set up already");
    await insertFirst(adminUrl(), wishOf(slug, ["--another"]));
    const before = await adminQuery("select count(*) from membership");
    await expect(insertFirst(adminUrl(), wishOf(slug, ["--another"]))).rejects.toThrow(
      `a partner ${slug} already`,
    );
    expect(await adminQuery("select count(*) from membership")).toEqual(before);
  });

  test("gives somebody who has a password a membership and no invitation", async () => {
    const { email } = await makeUser();
    const slug = `s${crypto.randomUUID()}`;
    const wish = readWish(["--partner", "Zwei", "--slug", slug, "--admin", email, "--another"]);
    expect(await insertFirst(adminUrl(), wish)).toBeNull();
  });

  test.each([
    [["--partner", "A", "--slug", "Bad_Slug", "--admin", "a@b.example"], "--slug:"],
    [["--partner", "", "--slug", "a", "--admin", "a@b.example"], "--partner:"],
    [["--partner", "A", "--slug", "a", "--admin", "a"], "--admin:"],
    [["--partner", "A", "--slug", "a", "--admin", "a@b.example", "--language", "de"], "--language:"],
    [["--partner", "A", "--slug", "a", "--admin", "a@b.example", "--time-zone", "Mars"], "--time-zone:"],
    [["--nonsense"], "--nonsense"],
    [["positional"], "positional"],
  ])("%j says what is wrong", (args, sentence) => {
    expect(() => readWish(args)).toThrow(sentence);
  });
});
