// A group as a filter of the other pages: vendor accounts, connections, synchronisations.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";

afterAll(closeDatabase);

let boss: Member;
let limited: Member;
let customerAdmin: Member;
let group: string;
let inside: { account: string; connection: string };

beforeAll(async () => {
  const partnerId = await makePartner();
  const place = async (name: string) => {
    const customer = await makeCustomer({ partnerId, name });
    const connection = (await makeConnection({ partnerId, vendor: "push", name })).id;
    const account = (await makeAccount(customer, { connectionId: connection, name })).id;
    return { customer, account, connection };
  };
  const [one, other] = [await place("Dentro"), await place("Fuori")];
  const made = await makeGroup({ partnerId, customers: [one.customer.id] });
  group = made.id;
  inside = one;
  boss = await makeMember({ partnerId, role: "superAdmin" });
  limited = await makeMember({ partnerId, role: "admin", groups: [group] });
  customerAdmin = await makeMember({ partnerId, role: "customerAdmin", customerId: one.customer.id });
  const [batch] = await adminQuery<{ id: string }>(
    "insert into sync_batch (partner_id, cause) values ($1, 'schedule') returning id",
    [partnerId],
  );
  for (const { connection } of [one, other])
    await adminQuery(
      "insert into sync_run (partner_id, batch_id, connection_id, state, finished_at) values ($1, $2, $3, 'succeeded', now())",
      [partnerId, batch?.id, connection],
    );
});

test("vendor accounts: rows and counts are those of its customers", async () => {
  const { list } = (await callerFor(boss)).vendorAccounts;
  const all = await list({ view: "linked" });
  expect([all.rows.length, all.counts.linked, all.groups.map(({ id }) => id)]).toEqual([2, 2, [group]]);
  const narrowed = await list({ view: "linked", group });
  expect([narrowed.rows.map(({ id }) => id), narrowed.counts.linked]).toEqual([[inside.account], 1]);
  expect((await list({ view: "linked", group: randomUUID() })).rows).toEqual([]);
});

test("connections: those that read its customers", async () => {
  const { list } = (await callerFor(boss)).connections;
  expect((await list({})).counts.all).toBe(2);
  const narrowed = await list({ group });
  expect([narrowed.rows.map(({ id }) => id), narrowed.counts.all]).toEqual([[inside.connection], 1]);
  expect((await list({ group: randomUUID() })).rows).toEqual([]);
});

test("synchronisations: their runs, and batches that have any", async () => {
  const { overview } = (await callerFor(boss)).sync;
  expect((await overview({})).batches.map(({ runs }) => runs.length)).toEqual([2]);
  const { batches } = await overview({ group });
  expect(batches.map(({ runs, counts }) => [runs.map((run) => run.connectionId), counts.succeeded])).toEqual([
    [[inside.connection], 1],
  ]);
  expect((await overview({ group: randomUUID() })).batches).toEqual([]);
});

test("a limited member chooses among the groups of the own scope, a customer's user among none", async () => {
  const own = await callerFor(limited);
  expect((await own.connections.list({})).groups).toMatchObject([{ id: group }]);
  expect((await own.vendorAccounts.list({})).groups).toMatchObject([{ id: group }]);
  const theirs = (await callerFor(customerAdmin)).connections;
  const { customerId } = customerAdmin;
  expect((await theirs.listOwn({ customerId: customerId ?? "" })).groups).toEqual([]);
});
