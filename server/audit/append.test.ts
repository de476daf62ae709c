// The audit's chains: what verifies, what tampering shows, who may write where.
import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeMember, makePartner, type Member } from "#tests/factories.ts";
import { appendAudit, auditRefusal, type AuditEntry, scopeOf } from "./append.ts";

afterAll(closeDatabase);

let member: Member;
beforeEach(async () => {
  member = await makeMember();
});
const append = (who: Member, given: Partial<AuditEntry> = {}) =>
  withScope(scopeOf(who), "read write", (db) =>
    appendAudit(db, who, {
      action: "customer:edit",
      entity: "customer 1",
      customerId: null,
      detail: { name: ["Rossi", "Bianchi — è"] },
      ...given,
    }),
  );
const entries = (partnerId: string) =>
  adminQuery<{ seq: string; chain_id: string; customer_id: string | null; action: string }>(
    "select seq, chain_id, customer_id, action from audit_entry where partner_id = $1 order by chain_id, seq",
    [partnerId],
  );

/** What verify() says after `damage`, which is undone. */
async function verifyAfter(
  damage: string,
  parameters: unknown[] = [],
): Promise<{ seq: string; problem: string }[]> {
  const client = new Client({ connectionString: process.env["ADMIN_DATABASE_URL"] });
  await client.connect();
  try {
    await client.query("begin");
    await client.query(damage, parameters);
    return (
      await client.query<{ seq: string; problem: string }>(
        "select seq, problem from audit.verify() order by seq",
      )
    ).rows;
  } finally {
    await client.query("rollback");
    await client.end();
  }
}

describe("a chain", () => {
  beforeEach(async () => {
    for (let n = 1; n <= 5; n += 1)
      await append(member, { entity: `customer ${n}`, reason: n % 2 ? "asked by phone" : "", ticket: "T-1" });
  });
  const where = () => [member.partnerId];

  test("counts from one without a gap and verifies, for web and worker in their scope", async () => {
    expect((await entries(member.partnerId)).map((row) => Number(row.seq))).toEqual([1, 2, 3, 4, 5]);
    expect(await adminQuery("select * from audit.verify()")).toEqual([]);
    for (const role of ["web", "worker"] as const) {
      const { rows } = await withScope(
        scopeOf(member),
        "read only",
        (db) => sql`select * from audit.verify()`.execute(db),
        role,
      );
      expect(rows).toEqual([]);
    }
  });

  test("says who, where from and what, as it was", async () => {
    const [entry] = await adminQuery(
      "select actor_kind, actor_id, actor_name, membership_id, address, action, entity, outcome, reason, ticket, detail from audit_entry where partner_id = $1 and seq = 1",
      where(),
    );
    expect(entry).toEqual({
      actor_kind: "user",
      actor_id: member.userId,
      actor_name: `Mara Conti <${member.email}>`,
      membership_id: member.membershipId,
      address: "192.0.2.1",
      action: "customer:edit",
      entity: "customer 1",
      outcome: "done",
      reason: "asked by phone",
      ticket: "T-1",
      detail: { name: ["Rossi", "Bianchi — è"] },
    });
  });

  test.each([
    ["at", "at + interval '1 microsecond'"],
    ["actor_kind", "'job'"],
    ["actor_id", "actor_id || 'x'"],
    ["actor_name", "'Somebody else'"],
    ["membership_id", "gen_random_uuid()"],
    ["membership_id", "null"],
    ["address", "'203.0.113.1'"],
    ["action", "'customer:open'"],
    ["entity", "'customer 9'"],
    ["outcome", "'failed'"],
    ["reason", "'another'"],
    ["ticket", "''"],
    ["detail", "'{}'"],
    ["customer_id", "gen_random_uuid()"],
    ["hash", "sha256('x')"],
    ["previous_hash", "sha256('x')"],
  ])("shows a change of %s to %s", async (column, value) => {
    const found = await verifyAfter(
      `update audit_entry set ${column} = ${value} where partner_id = $1 and seq = 3`,
      where(),
    );
    expect(found.map((row) => Number(row.seq))).toContain(3);
  });

  test("a text moved from one field to the next is a change", async () => {
    const found = await verifyAfter(
      "update audit_entry set reason = reason || ticket, ticket = '' where partner_id = $1 and seq = 3",
      where(),
    );
    expect(found).toEqual([{ seq: "3", problem: "changed" }]);
  });

  test("every column of an entry is among those tried, or is its place", async () => {
    const columns = await adminQuery<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0 and not attisdropped order by 1",
    );
    expect(columns.map((row) => row.name)).toEqual([
      "action",
      "actor_id",
      "actor_kind",
      "actor_name",
      "address",
      "at",
      "chain_id",
      "customer_id",
      "detail",
      "entity",
      "hash",
      "membership_id",
      "outcome",
      "partner_id",
      "previous_hash",
      "reason",
      "seq",
      "ticket",
    ]);
  });

  test("shows a deleted entry: first, middle, last, several, all", async () => {
    const without = (condition: string) =>
      verifyAfter(`delete from audit_entry where partner_id = $1 and ${condition}`, where());
    expect(await without("seq = 1")).toContainEqual({ seq: "2", problem: "missing" });
    expect(await without("seq = 3")).toContainEqual({ seq: "4", problem: "missing" });
    expect(await without("seq = 5")).toEqual([{ seq: "5", problem: "cut" }]);
    expect(await without("seq > 2")).toEqual([{ seq: "5", problem: "cut" }]);
    expect(await without("true")).toEqual([{ seq: "5", problem: "cut" }]);
  });

  test("shows entries that changed places, and one that was written twice", async () => {
    const swapped = await verifyAfter(
      "update audit_entry set seq = case seq when 2 then 1003 else 1002 end where partner_id = $1 and seq in (2, 3)",
      where(),
    );
    expect(swapped.length).toBeGreaterThan(0);
    const moved = await verifyAfter(
      "with a as (update audit_entry set seq = -seq where partner_id = $1 and seq in (2, 3) returning *) select count(*) from a",
      where(),
    );
    expect(moved.length).toBeGreaterThan(0);
    const copied = await verifyAfter(
      "insert into audit_entry select partner_id, chain_id, 6, customer_id, at, actor_kind, actor_id, actor_name, membership_id, address, action, entity, outcome, reason, ticket, detail, previous_hash, hash from audit_entry where partner_id = $1 and seq = 5",
      where(),
    );
    expect(copied.length).toBeGreaterThan(0);
  });

  test("shows an entry slipped into another chain, and a head turned back", async () => {
    const other = await makeMember();
    await append(other);
    expect(
      (await verifyAfter("update audit_chain set seq = 3 where partner_id = $1", where())).map(
        (row) => row.problem,
      ),
    ).toEqual(["cut"]);
    const slipped = await verifyAfter(
      "insert into audit_entry select $2, (select id from audit_chain where partner_id = $2), 2, customer_id, at, actor_kind, actor_id, actor_name, membership_id, address, action, entity, outcome, reason, ticket, detail, previous_hash, hash from audit_entry where partner_id = $1 and seq = 2",
      [member.partnerId, other.partnerId],
    );
    expect(slipped.length).toBeGreaterThan(0);
  });

  test.each(["web", "worker", "signin"] as const)(
    "cannot be written, changed or emptied by %s",
    async (role) => {
      const client = new Client({ connectionString: process.env[`${role.toUpperCase()}_DATABASE_URL`] });
      await client.connect();
      await client.query(`set app.partner_id = '${member.partnerId}'`);
      for (const statement of [
        "update audit_entry set reason = 'x'",
        "delete from audit_entry",
        "truncate audit_entry",
        "insert into audit_entry (partner_id) values (null)",
        "update audit_chain set seq = 0",
        "delete from audit_chain",
        "insert into audit_chain (partner_id) values (gen_random_uuid())",
        "alter table audit_entry disable trigger all",
        "alter table audit_entry disable row level security",
      ])
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: "42501" });
      await client.end();
      expect(await entries(member.partnerId)).toHaveLength(5);
    },
  );
});

describe("many at once", () => {
  test("stand in one chain without gap or fork", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => append(member, { entity: `e${n}` })));
    expect((await entries(member.partnerId)).map((row) => Number(row.seq))).toEqual(
      Array.from({ length: 60 }, (_, n) => n + 1),
    );
    expect(
      await adminQuery("select count(distinct hash)::int as n from audit_entry where partner_id = $1", [
        member.partnerId,
      ]),
    ).toEqual([{ n: 60 }]);
    expect(await adminQuery("select * from audit.verify()")).toEqual([]);
  });

  test("that are undone leave no gap", async () => {
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) =>
        withScope(scopeOf(member), "read write", async (db) => {
          await appendAudit(db, member, { action: "a", entity: `e${n}`, customerId: null });
          if (n % 3 === 0) throw new Error("undone");
        }),
      ),
    );
    expect((await entries(member.partnerId)).map((row) => Number(row.seq))).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
  });
});

describe("chains", () => {
  test("are one per partner, one per customer, one for the system", async () => {
    const viewer = await makeMember({ role: "customerViewer", partnerId: member.partnerId });
    await append(member);
    await append(member, { customerId: viewer.customerId });
    await append(viewer, { customerId: viewer.customerId });
    await append(await makeMember());
    const rows = await entries(member.partnerId);
    expect(new Set(rows.map((row) => row.chain_id)).size).toBe(2);
    expect(rows.filter((row) => row.customer_id === viewer.customerId).map((row) => Number(row.seq))).toEqual(
      [1, 2],
    );
  });

  test("a customer's user writes and reads that customer's alone", async () => {
    const admin = await makeMember({ role: "customerAdmin", partnerId: member.partnerId });
    const neighbour = await makeMember({ role: "customerAdmin", partnerId: member.partnerId });
    await append(member, { action: "partner's" });
    await append(neighbour, { customerId: neighbour.customerId, action: "neighbour's" });
    await append(admin, { customerId: admin.customerId, action: "own" });
    for (const customerId of [null, neighbour.customerId])
      await expect(append(admin, { customerId })).rejects.toMatchObject({ code: "42501" });
    const seen = await withScope(scopeOf(admin), "read only", (db) =>
      db.selectFrom("auditEntry").select("action").execute(),
    );
    expect(seen).toEqual([{ action: "own" }]);
  });

  test("a partner reads its own alone", async () => {
    await append(member);
    const strange = await withScope({ partnerId: await makePartner(), memberAll: true }, "read only", (db) =>
      db.selectFrom("auditEntry").select("seq").execute(),
    );
    expect(strange).toEqual([]);
  });

  test("the system's is out of every partner's reach", async () => {
    const client = new Client({ connectionString: process.env["ADMIN_DATABASE_URL"] });
    await client.connect();
    await client.query("set app.partner_id = '00000000-0000-0000-0000-000000000000'");
    await client.query(
      "select audit.append(null, 'job', 'setup', 'setup', null, '', 'system:start', 'system', 'done', '', '', '{}')",
    );
    await client.end();
    const seen = await withScope(scopeOf(member), "read only", (db) =>
      db.selectFrom("auditEntry").select("action").where("action", "=", "system:start").execute(),
    );
    expect(seen).toEqual([]);
    expect(await adminQuery("select from audit_entry where action = 'system:start'")).toHaveLength(1);
  });
});

test("an entry that cannot be stored undoes what it records", async () => {
  const attempt = withScope(scopeOf(member), "read write", async (db) => {
    await db
      .insertInto("customerGroup")
      .values({ partnerId: member.partnerId, name: "unrecorded" })
      .execute();
    await appendAudit(db, member, {
      action: "group:create",
      entity: "group",
      customerId: null,
      outcome: "unheard of" as never,
    });
  });
  await expect(attempt).rejects.toMatchObject({ code: "23514" });
  expect(await adminQuery("select from customer_group where partner_id = $1", [member.partnerId])).toEqual(
    [],
  );
});

test("a refusal is an entry of its own", async () => {
  await auditRefusal(member, "price:edit", "permission.denied");
  expect(
    await adminQuery("select action, entity, outcome, detail from audit_entry where partner_id = $1", [
      member.partnerId,
    ]),
  ).toEqual([
    { action: "price:edit", entity: "permission", outcome: "refused", detail: { code: "permission.denied" } },
  ]);
});
