// A plan that a connection keeps serves one reader after another: it must show each their own rows, as they are now.
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { closeDatabase, executeKept, type ScopedDb, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeCustomer, makePartner } from "#tests/factories.ts";

afterAll(closeDatabase);

/** Names of the partner's customers, and how many plans this connection keeps of the statement. */
const ask = (db: ScopedDb, partnerId: string) =>
  executeKept(
    db,
    sql<{ name: string; connection: number; plans: number }>`
      select o.name_shown as name, pg_backend_pid() as connection,
        (select count(*)::int from pg_prepared_statements p where p.statement like '%as plans%') as plans
      from readable_overview o where o.partner_id = ${partnerId}`.compile(db),
  );

test("one connection keeps the plan from transaction to transaction, of whatever scope, and after a table changed", async () => {
  const partners = await Promise.all([makePartner(), makePartner()]);
  for (const partnerId of partners) await makeCustomer({ partnerId, name: `Di ${partnerId}` });
  const connections = new Set<number>();
  // The sixth time and later by the plan for whatever values.
  for (let n = 0; n < 10; n += 1) {
    for (const partnerId of partners) {
      const rows = await withScope({ partnerId, memberAll: true }, "read only", (db) => ask(db, partnerId));
      expect(rows.map(({ name, plans }) => [name, plans])).toEqual([[`Di ${partnerId}`, 1]]);
      for (const { connection } of rows) connections.add(connection);
    }
  }
  expect(connections.size).toBe(1);
  const [one = "", other = ""] = partners;
  expect(await withScope({ partnerId: one }, "read only", (db) => ask(db, other))).toEqual([]);
  await adminQuery("create index kept_plans_test on customer (partner_id, name_shown)");
  const again = await withScope({ partnerId: one, memberAll: true }, "read only", (db) => ask(db, one));
  expect(again.map(({ name }) => name)).toEqual([`Di ${one}`]);
});
