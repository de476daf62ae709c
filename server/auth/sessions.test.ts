// What keeps a session alive and what ends it, and how passwords are stored.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeCustomer, makeMember, makeUser, type Member } from "#tests/factories.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { endSession, listMemberships, readSession, startSession, switchMembership } from "./sessions.ts";

afterAll(closeDatabase);

describe("a session", () => {
  let member: Member;
  beforeEach(async () => {
    member = await makeMember();
  });
  const isLive = async () => (await readSession(member.token, "")) !== null;
  const age = (column: string, interval: string) =>
    adminQuery(`update session set ${column} = now() + $2::interval where id = $1`, [
      member.sessionId,
      interval,
    ]);

  test("ends after 30 minutes without use", async () => {
    await age("last_seen_at", "-29 minutes");
    expect(await isLive()).toBe(true);
    await age("last_seen_at", "-31 minutes");
    expect(await isLive()).toBe(false);
  });

  test("use keeps it awake, but not beyond 12 hours", async () => {
    await age("last_seen_at", "-20 minutes");
    await isLive();
    const [row] = await adminQuery<{ fresh: boolean; left: number }>(
      "select last_seen_at > now() - interval '1 minute' as fresh, extract(epoch from expires_at - created_at)::int as left from session where id = $1",
      [member.sessionId],
    );
    expect(row).toEqual({ fresh: true, left: 43_200 });
    await age("expires_at", "-1 second");
    expect(await isLive()).toBe(false);
  });

  test("that sleeps is not woken by being asked", async () => {
    await age("last_seen_at", "-31 minutes");
    await isLive();
    expect(await isLive()).toBe(false);
  });

  test.each([
    ["revoked", "update session set revoked_at = now() where id = $1", "sessionId"],
    ["its user disabled", `update "user" set disabled_at = now() where id = $1`, "userId"],
    ["its membership disabled", "update membership set disabled_at = now() where id = $1", "membershipId"],
    ["its membership gone", "delete from membership where id = $1", "membershipId"],
  ] as const)("%s is over at the next request", async (_, statement, key) => {
    expect(await isLive()).toBe(true);
    await adminQuery(statement, [member[key]]);
    expect(await isLive()).toBe(false);
  });

  test("carries a changed role at the next request", async () => {
    await adminQuery("update membership set role = 'readOnly', scope_all = false where id = $1", [
      member.membershipId,
    ]);
    expect((await readSession(member.token, ""))?.actor).toMatchObject({
      role: "readOnly",
      memberAll: false,
    });
  });

  test("of a member with a denied customer does not take the short cut", async () => {
    const customer = await makeCustomer({ partnerId: member.partnerId });
    const denied = await makeMember({ partnerId: member.partnerId, scopeAll: true, denied: [customer.id] });
    expect([member.memberAll, denied.memberAll]).toEqual([true, false]);
  });

  test("is not found by anything that is not its token", async () => {
    for (const token of [
      "",
      "x",
      member.token.slice(1),
      `${member.token}a`,
      `${member.token.slice(0, -1)}\0`,
      "' or 1=1 --",
      "a".repeat(43),
    ]) {
      expect(await readSession(token, ""), token).toBeNull();
    }
  });

  test("cannot be moved once it is over, nor into a membership of somebody else", async () => {
    const other = await makeMember({ userId: member.userId });
    const stranger = await makeMember();
    const session = await readSession(member.token, "");
    if (!session) throw new Error("the session cannot be read");
    expect(await switchMembership(session, stranger.membershipId)).toBeNull();
    await endSession(member.token);
    expect(await switchMembership(session, other.membershipId)).toBeNull();
  });

  test("keeps only the head of a very long browser name", async () => {
    const token = await startSession({
      userId: member.userId,
      membershipId: member.membershipId,
      userAgent: "x".repeat(5000),
      address: "",
    });
    expect(token).toMatch(/^[\w-]{43}$/);
    const [row] = await adminQuery<{ n: number }>(
      "select max(length(user_agent))::int as n from session where user_id = $1",
      [member.userId],
    );
    expect(row?.n).toBe(300);
  });
});

test("a person's memberships: partners' first, customers by name, none that is disabled", async () => {
  const { id: userId } = await makeUser();
  const own = await makeMember({ userId });
  const customer = await makeCustomer({ name: "Atelier Marchand" });
  await makeMember({ userId, role: "customerAdmin", partnerId: customer.partnerId, customerId: customer.id });
  const gone = await makeMember({ userId });
  await adminQuery("update membership set disabled_at = now() where id = $1", [gone.membershipId]);
  expect(await listMemberships(userId, null)).toMatchObject([
    { id: own.membershipId, customerName: null, role: "superAdmin" },
    { customerName: "Atelier Marchand", role: "customerAdmin" },
  ]);
});

describe("passwords", () => {
  test("are argon2id with the parameters of the security page, salted", async () => {
    const [first, second] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(
      await Promise.all([
        isPassword(first, "correct horse"),
        isPassword(first, "correct horse "),
        isPassword(first, ""),
      ]),
    ).toEqual([true, false, false]);
  });
  test("many at once all get their answer", async () => {
    const stored = await hashPassword("a");
    expect(
      (await Promise.all(Array.from({ length: 20 }, (_, n) => isPassword(stored, n % 2 ? "a" : "b")))).filter(
        Boolean,
      ),
    ).toHaveLength(10);
  });
  test("nothing stored is nobody's password", async () => {
    for (const stored of [undefined, null, "", "plain", "$argon2id$broken"])
      expect(await isPassword(stored, "plain")).toBe(false);
  });
});
