// Whom a member sees is one answer, whether it is asked for one customer or read once for all.
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import {
  callerFor,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";

afterAll(closeDatabase);

let partnerId: string;
let ids: Record<"north" | "both" | "south" | "single" | "other", string>;
let groups: { north: string; south: string };

beforeAll(async () => {
  partnerId = await makePartner();
  const make = async (name: string) => {
    const { id } = await makeCustomer({ partnerId, name });
    await refresh(partnerId, [id]);
    return id;
  };
  ids = {
    north: await make("north"),
    both: await make("both"),
    south: await make("south"),
    single: await make("single"),
    other: await make("other"),
  };
  groups = {
    north: (await makeGroup({ partnerId, customers: [ids.north, ids.both] })).id,
    south: (await makeGroup({ partnerId, customers: [ids.south, ids.both] })).id,
  };
});

/** Names that the overview's view shows, with at most `limit` customers held as a set, and those that the function answers for. */
const seenBy = (member: Member, limit: string) =>
  withScope(scopeOf(member), "read only", async (db) => {
    await sql`select set_config('app.scope_limit', ${limit}, true)`.execute(db);
    const shown = await sql<{ name: string }>`
      select name_shown as name from readable_overview where partner_id = ${partnerId}`.execute(db);
    const asked = await sql<{ name: string }>`
      select name_shown as name from visible_customer where partner_id = ${partnerId}`.execute(db);
    const names = ({ rows }: typeof shown) => rows.map(({ name }) => name).sort();
    return { shown: names(shown), asked: names(asked) };
  });

type Case = [what: string, wish: () => Parameters<typeof makeMember>[0], seen: string[]];
const cases: Case[] = [
  ["all", () => ({}), ["both", "north", "other", "single", "south"]],
  ["all but one", () => ({ denied: [ids.both] }), ["north", "other", "single", "south"]],
  ["a group", () => ({ groups: [groups.north] }), ["both", "north"]],
  ["two groups that share one", () => ({ groups: [groups.north, groups.south] }), ["both", "north", "south"]],
  ["a group but one", () => ({ groups: [groups.north], denied: [ids.north] }), ["both"]],
  [
    "a group and a customer",
    () => ({ groups: [groups.south], customers: [ids.single] }),
    ["both", "single", "south"],
  ],
  [
    "a customer that is denied as well",
    () => ({ customers: [ids.single, ids.other], denied: [ids.single] }),
    ["other"],
  ],
  ["nobody", () => ({ scopeAll: false }), []],
];

describe.each(["", "0", "1", "2"])("with a set of at most %j", (limit) => {
  test.each(cases)("a member sees %s", async (_, wish, seen) => {
    const member = await makeMember({ partnerId, role: "helpDesk", ...wish() });
    expect(await seenBy(member, limit)).toEqual({ shown: seen, asked: seen });
  });
});

test("a customer's admin sees theirs alone", async () => {
  const member = await makeMember({ partnerId, role: "customerAdmin", customerId: ids.south });
  expect(await seenBy(member, "")).toEqual({ shown: ["south"], asked: ["south"] });
});

test("the list counts each customer once, in however many of the member's groups", async () => {
  const member = await makeMember({
    partnerId,
    role: "helpDesk",
    groups: [groups.north, groups.south],
    customers: [ids.both],
  });
  const list = await (await callerFor(member)).customers.list({});
  expect(list.total).toBe(3);
  expect(list.isMore).toBe(false);
  expect(list.rows.map(({ name }) => name)).toEqual(["both", "north", "south"]);
});
