// Granting, superseding and revoking access, with the ledger and against each other.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase, type ScopedDb, withScope } from "#db/client.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { adminQuery } from "#tests/database.ts";
import {
  type Customer,
  daysAgo,
  makeCustomer,
  makeGrant,
  makeMember,
  type Member,
} from "#tests/factories.ts";
import { findCustomerAccess, findLatestGrant, insertGrants } from "./queries.ts";
import { grantAccess, revokeAccess } from "./service.ts";

afterAll(closeDatabase);

let customer: Customer;
let admin: Member;
let partner: Member;
beforeEach(async () => {
  customer = await makeCustomer({ relationship: "delegated" });
  admin = await makeMember({ role: "customerAdmin", partnerId: customer.partnerId, customerId: customer.id });
  partner = await makeMember({ partnerId: customer.partnerId });
});
const as = <T>(member: Member, work: (db: ScopedDb) => Promise<T>) =>
  withScope(scopeOf(member), "read write", work);
const ctx = (db: ScopedDb, member: Member) => ({
  db,
  partnerId: member.partnerId,
  audit: (entry: Parameters<typeof appendAudit>[2]) => appendAudit(db, member, entry),
});
const access = () => as(partner, (db) => findCustomerAccess(db, partner.partnerId, customer.id));
const grant = (given: object = {}) => ({
  customerId: customer.id,
  capabilities: ["metrics", "console"] as const,
  fromAt: daysAgo(1),
  untilAt: null,
  zone: "Europe/Rome",
  grantedBy: admin.userId,
  ...given,
});
const give = (given: object = {}) => as(admin, (db) => grantAccess(ctx(db, admin), grant(given), new Date()));
const revoke = () => as(admin, (db) => revokeAccess(ctx(db, admin), customer.id, new Date()));

describe("granting", () => {
  test("opens what it names, at once; a second grant supersedes the first", async () => {
    expect((await access())?.capabilities).toEqual([]);
    await give();
    expect((await access())?.capabilities).toEqual(["metrics", "console"]);
    await give({ capabilities: ["reports"] });
    expect((await access())?.capabilities).toEqual(["reports"]);
    expect(
      await adminQuery(
        "select state, end_reason, version from access_grant where customer_id = $1 order by created_at",
        [customer.id],
      ),
    ).toEqual([
      { state: "ended", end_reason: "superseded", version: 2 },
      { state: "active", end_reason: null, version: 1 },
    ]);
  });

  test("answers what was asked for", async () => {
    await makeGrant(customer, { state: "pending" });
    expect((await access())?.capabilities).toEqual([]);
    await give();
    expect(
      await adminQuery("select 1 from access_grant where customer_id = $1 and state = 'pending'", [
        customer.id,
      ]),
    ).toEqual([]);
  });

  test("outside its window it opens nothing", async () => {
    await give({ fromAt: new Date(Date.now() + 60_000) });
    expect((await access())?.capabilities).toEqual([]);
    await give({ fromAt: daysAgo(2), untilAt: new Date(Date.now() + 300) });
    expect((await access())?.capabilities).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await access())?.capabilities).toEqual([]);
  });

  test("of nonsense is refused by the database", async () => {
    await expect(give({ capabilities: ["everything"] })).rejects.toMatchObject({ code: "23514" });
    await expect(give({ untilAt: daysAgo(3) })).rejects.toMatchObject({ code: "23514" });
  });

  test("by arrival does not replace what a customer granted", async () => {
    await give();
    await as(partner, (db) =>
      insertGrants(db, partner.partnerId, [
        {
          ...grant({ capabilities: ["metrics", "licences", "console", "reports"] }),
          origin: "trial",
          grantedBy: null,
        },
      ]),
    );
    expect((await access())?.capabilities).toEqual(["metrics", "console"]);
  });
});

describe("revoking", () => {
  test("ends what is active and what is asked for, raises the version, and stands in the customer's ledger", async () => {
    await give();
    await makeGrant(customer, { state: "pending" });
    expect(await revoke()).toEqual({ ended: true });
    expect((await access())?.capabilities).toEqual([]);
    expect(
      await adminQuery(
        "select state, end_reason, version, ended_at is not null as dated from access_grant where customer_id = $1",
        [customer.id],
      ),
    ).toEqual([
      { state: "ended", end_reason: "revoked", version: 2, dated: true },
      { state: "ended", end_reason: "revoked", version: 2, dated: true },
    ]);
    const entries = await adminQuery(
      "select action, customer_id, actor_id from audit_entry where partner_id = $1 order by seq",
      [customer.partnerId],
    );
    expect(entries).toEqual(
      ["access:grant", "access:revoke"].map((action) => ({
        action,
        customer_id: customer.id,
        actor_id: admin.userId,
      })),
    );
  });

  test("twice ends nothing twice; a later grant opens again", async () => {
    await give();
    await revoke();
    expect(await revoke()).toEqual({ ended: false });
    expect(await as(partner, (db) => findLatestGrant(db, partner.partnerId, customer.id))).toMatchObject({
      state: "ended",
      endReason: "revoked",
    });
    await give();
    expect((await access())?.capabilities).toHaveLength(2);
  });

  test("that cannot be recorded does not happen", async () => {
    await give();
    await expect(
      as(admin, (db) =>
        revokeAccess(
          {
            ...ctx(db, admin),
            audit: async () => {
              throw new Error("no ledger");
            },
          },
          customer.id,
          new Date(),
        ),
      ),
    ).rejects.toThrow("no ledger");
    expect((await access())?.capabilities).toHaveLength(2);
  });

  test("fifty at once leave one active grant at most, and a ledger without gaps", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? give() : revoke())));
    expect(
      (
        await adminQuery("select from access_grant where customer_id = $1 and state = 'active'", [
          customer.id,
        ])
      ).length,
    ).toBeLessThanOrEqual(1);
    const seqs = await adminQuery<{ seq: string }>(
      "select seq from audit_entry where customer_id = $1 order by seq",
      [customer.id],
    );
    expect(seqs.map((row) => Number(row.seq))).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    expect(await adminQuery("select * from audit.verify()")).toEqual([]);
  });
});

test("a customer out of scope has no access to look at", async () => {
  const stranger = await makeMember();
  expect(await as(stranger, (db) => findCustomerAccess(db, stranger.partnerId, customer.id))).toBeUndefined();
  expect(await as(stranger, (db) => findCustomerAccess(db, customer.partnerId, customer.id))).toBeUndefined();
  expect(await as(stranger, (db) => findLatestGrant(db, customer.partnerId, customer.id))).toBeUndefined();
});
