// Who writes rows of the overview at the same time: they wait for each other, and the later knows what the earlier wrote.
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { refreshSoon } from "#server/settings/queries.ts";
import { adminQuery } from "#tests/database.ts";
import {
  type Customer,
  makeAccount,
  makeCustomer,
  makeFullCustomer,
  makePartner,
  refresh,
} from "#tests/factories.ts";
import { lockOverview } from "./queries.ts";
import { refreshDue, refreshOverview } from "./service.ts";

afterAll(closeDatabase);
const DAY = 86_400_000;
const HOUR = 3_600_000;
const later = (ms: number) => new Date(Date.now() + ms);

type Overview = { status: string; last_sync_at: Date };
async function overviewOf({ id }: { id: string }): Promise<Overview> {
  const [row] = await adminQuery<Overview>("select * from customer_overview where customer_id = $1", [id]);
  if (!row) throw new Error("no overview");
  return row;
}
const update = ({ id }: Customer, table: string, change: string) =>
  adminQuery(`update ${table} set ${change} where customer_id = $1`, [id]);
/** The minute job at an instant. */
const minute = (partnerId: string, at: Date) =>
  withScope({ partnerId }, "read write", (db) => refreshDue(db, partnerId, at, 500), "worker");

test("the minute job and an ingest of the same customers wait for each other, they do not deadlock", async () => {
  const partnerId = await makePartner();
  const expiring = await makeFullCustomer({ partnerId, grant: { untilAt: later(DAY) } });
  const read = await makeCustomer({ partnerId });
  await makeAccount(read);
  await update(read, "vendor_account", "error_code = 'vendor.failed', error_since = now()");
  await update(read, "customer_overview", "next_change_at = now()");
  let begun = (_: unknown) => {};
  const hasBegun = new Promise((resolve) => (begun = resolve));
  const reading = withScope(
    { partnerId },
    "read write",
    async (db) => {
      await lockOverview(db, partnerId, [read.id]);
      begun(null);
      await sleep(500);
      await refreshOverview(db, partnerId, [read.id], new Date());
    },
    "worker",
  );
  await hasBegun;
  await Promise.all([reading, minute(partnerId, later(DAY + HOUR))]);
  expect([(await overviewOf(read)).status, (await overviewOf(expiring)).status]).toEqual([
    "warning",
    "access_disabled",
  ]);
});

test("two vendors of one customer that are read at once are both told", async () => {
  const partnerId = await makePartner();
  const customer = await makeCustomer({ partnerId });
  const accounts = [await makeAccount(customer), await makeAccount(customer)];
  await update(customer, "vendor_account", "last_success_at = now() - interval '1 hour'");
  await refresh(partnerId, [customer.id]);
  const before = (await overviewOf(customer)).last_sync_at;
  const read = (account: { id: string } | undefined, meanwhile: () => Promise<unknown>) =>
    withScope(
      { partnerId },
      "read write",
      async (db) => {
        await sql`update vendor_account set last_success_at = now() where partner_id = ${partnerId} and id = ${account?.id ?? ""}`.execute(
          db,
        );
        await refreshOverview(db, partnerId, [customer.id], new Date());
        await meanwhile();
      },
      "worker",
    );
  const told = Promise.withResolvers<null>();
  const first = read(accounts[0], async () => {
    told.resolve(null);
    await sleep(300);
  });
  await told.promise;
  await Promise.all([first, read(accounts[1], () => Promise.resolve())]);
  const after = (await overviewOf(customer)).last_sync_at;
  expect(after.getTime() - before.getTime()).toBeGreaterThan(HOUR / 2);
});

test("a change of thresholds takes rows in the order of an ingest, whatever their place in the table", async () => {
  const partnerId = await makePartner();
  const ids: string[] = [];
  for (let n = 0; n < 2; n += 1) ids.push((await makeFullCustomer({ partnerId })).id);
  const [low = "", high = ""] = ids.sort();
  // Written last, it stands behind the other.
  await adminQuery("update customer_overview set last_sync_at = now() where customer_id = $1", [low]);
  const begun = Promise.withResolvers<null>();
  const reading = withScope(
    { partnerId },
    "read write",
    async (db) => {
      await lockOverview(db, partnerId, [low]);
      begun.resolve(null);
      await sleep(300);
      await lockOverview(db, partnerId, [high]);
    },
    "worker",
  );
  await begun.promise;
  const both = Promise.all([
    reading,
    withScope(
      { partnerId },
      "read write",
      async (db) => {
        // As the planner reads a partner that is most of the table.
        await sql`set local enable_indexscan = off; set local enable_bitmapscan = off`.execute(db);
        await refreshSoon(db, partnerId, null);
      },
      "worker",
    ),
  ]);
  await expect(both).resolves.toBeDefined();
});
