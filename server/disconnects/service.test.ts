// Disconnecting through the form and its job: out of sight at once, gone in pieces, the ledger whole, closures remembered.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { disconnectCustomer } from "#server/jobs/disconnect.ts";
import { ingest } from "#server/sync/service.ts";
import { Snapshot } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeDevices,
  makeFullCustomer,
  makeGrant,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { post, submit } from "#tests/posts.ts";
import { disconnect } from "./handler.ts";

afterAll(closeDatabase);
const never = new AbortController().signal;
let partnerId: string;
let admin: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  admin = await makeMember({ partnerId, role: "admin" });
});
const ask = (customer: { id: string }, word = "yes", who = admin) =>
  post(disconnect, who, customer.id, { word });
const work = ({ id: customerId }: { id: string }) => disconnectCustomer({ partnerId, customerId }, never);

/** Rows that still name a customer, by table; what has to stay is not counted. */
async function left({ id }: { id: string }): Promise<Record<string, number>> {
  const tables = await adminQuery<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'customer_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not in ('audit_chain', 'audit_entry', 'customer_disconnect', 'kept_month')`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of [...tables, { name: "customer" }]) {
    const column = name === "customer" ? "id" : "customer_id";
    const [row] = await adminQuery<{ n: number }>(
      `select count(*)::int as n from ${name} where ${column} = $1`,
      [id],
    );
    if (row && row.n > 0) counts[name] = row.n;
  }
  return counts;
}
const recordOf = async ({ id }: { id: string }) =>
  (
    await adminQuery<{ state: string; ledger_problems: number | null; rows_deleted: string }>(
      "select state, ledger_problems, rows_deleted from customer_disconnect where customer_id = $1",
      [id],
    )
  )[0];

describe("a disconnect", () => {
  test("says what goes and what stays, and does nothing without the word", async () => {
    const customer = await makeFullCustomer({ partnerId });
    const details = await (await callerFor(admin)).disconnects.byCustomer({ customerId: customer.id });
    expect(details.goes).toMatchObject({ accounts: 1, licences: 2, devices: 3, alerts: 1, contacts: 1 });
    expect(details.stays.ledger).toBe(0);
    expect(await ask(customer, "no")).toBe("400 account.wordMissing");
    expect(await submit(disconnect, admin, customer.id, { word: "" })).toBe(
      `303 /it/customers/${customer.id}/disconnect?error=account.wordMissing`,
    );
    expect(await left(customer)).toMatchObject({ customer: 1 });
  });

  test("takes the customer out of sight at once and leaves nothing but its ledger", async () => {
    const customer = await makeFullCustomer({ partnerId });
    const viewer = await makeMember({ partnerId, role: "customerViewer", customerId: customer.id });
    expect(await submit(disconnect, admin, customer.id, { word: "Sì" })).toBe(
      "303 /it/customers/disconnected?notice=disconnected",
    );
    const api = await callerFor(admin);
    await expect(api.customers.byId({ customerId: customer.id, devices: "all" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(
      await callerFor(viewer)
        .then(
          (own) => own.unlinks.subject({ customerId: customer.id }),
          () => "gone",
        )
        .catch(() => "gone"),
    ).toBe("gone");
    await work(customer);
    expect(await left(customer)).toEqual({});
    expect(await recordOf(customer)).toMatchObject({ state: "done", ledger_problems: 0 });
    const actions = await adminQuery<{ action: string }>(
      "select action from audit_entry where customer_id = $1 order by seq",
      [customer.id],
    );
    expect(actions.at(-1)?.action).toBe("customer:disconnect");
    expect(await adminQuery("select * from audit.verify()")).toEqual([]);
    const { rows } = await api.disconnects.list({});
    expect(rows.find((row) => row.customerId === customer.id)).toMatchObject({
      state: "done",
      ledgerProblems: 0,
    });
  });

  test("ten clicks of two people are one, also after it is gone", async () => {
    const customer = await makeFullCustomer({ partnerId });
    const other = await makeMember({ partnerId });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask(customer, "yes", n % 2 ? admin : other)),
    );
    expect(new Set(answers)).toEqual(new Set(["200"]));
    await Promise.all([work(customer), work(customer)]);
    expect(await left(customer)).toEqual({});
    expect(await ask(customer)).toBe("200");
    const ends = await adminQuery(
      "select from audit_entry where partner_id = $1 and action = 'customer:disconnected' and entity = $2",
      [partnerId, `customer ${customer.id}`],
    );
    expect(ends).toHaveLength(1);
  });

  test("stopped in the middle it goes on where it was", async () => {
    const customer = await makeFullCustomer({ partnerId });
    await ask(customer);
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    await expect(disconnectCustomer({ partnerId, customerId: customer.id }, stop.signal)).rejects.toThrow(
      "stopped",
    );
    expect(await recordOf(customer)).toMatchObject({ state: "queued" });
    await work(customer);
    expect(await left(customer)).toEqual({});
  });

  test("keeps billed months, whatever the licences, and takes a connection of its own with its secret", async () => {
    const customer = await makeCustomer({ partnerId });
    const { id: connectionId } = await makeConnection({
      partnerId,
      customerId: customer.id,
      vendor: "snow",
      secret: Buffer.from("x"),
    });
    const account = await makeAccount(customer, { connectionId, vendor: "snow" });
    await makeLicence({ customer, account }, { kind: "monthly", endsOn: null });
    await makeLicence({ customer, account }, { kind: "term" });
    const month = (back: number) => {
      const now = new Date();
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 8);
    };
    for (const [day, used] of [
      [`${month(2)}03`, 2],
      [`${month(1)}27`, 3],
      [`${month(1)}28`, 5],
    ])
      await adminQuery(
        "insert into customer_history (partner_id, customer_id, day, status, licensed, used) values ($1, $2, $3, 'synced', 10, $4)",
        [partnerId, customer.id, day, used],
      );
    expect(await ask(customer)).toBe("200");
    await work(customer);
    // The present month is there too: today's figures were noted when the licences came.
    expect(
      await adminQuery(
        "select month::text, used::int from kept_month where customer_id = $1 and month < date_trunc('month', now()) order by 1",
        [customer.id],
      ),
    ).toEqual([
      { month: `${month(2)}01`, used: 2 },
      { month: `${month(1)}01`, used: 5 },
    ]);
    expect(await adminQuery("select from connection where id = $1", [connectionId])).toEqual([]);
  });

  test("asks for a fresh proof and is refused to others", async () => {
    const customer = await makeCustomer({ partnerId });
    await adminQuery("update session set proved_at = now() - interval '10 minutes' where id = $1", [
      admin.sessionId,
    ]);
    expect(await ask(customer)).toBe("401 auth.proofNeeded");
    expect(await submit(disconnect, admin, customer.id, { word: "sì" })).toBe(
      `303 /it/profile/prove?return=${encodeURIComponent(`/it/customers/${customer.id}/disconnect`)}`,
    );
    await adminQuery("update session set proved_at = now() where id = $1", [admin.sessionId]);
    const business = await makeMember({ partnerId, role: "business" });
    expect(await ask(customer, "yes", business)).toBe("403 permission.denied");
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await ask(order)).toBe("409 account.orderOnly");
    expect(await ask(await makeCustomer())).toBe("404 customer.notFound");
  });
});

describe("what a customer had closed", () => {
  let target: Customer;
  beforeAll(async () => {
    target = await makeCustomer({ partnerId, name: "Altro cliente" });
  });
  const revoked = { state: "ended", endReason: "revoked", endedAt: new Date() };
  async function gone(given: Record<string, unknown> | null): Promise<{ id: string; externalId: string }> {
    const customer = await makeCustomer({ partnerId, relationship: "delegated" });
    const account = await makeAccount(customer, { billing: "usage" });
    await makeDevices({ customer, account }, 2);
    if (given) await makeGrant(customer, given);
    const [row] = await adminQuery<{ external_id: string }>(
      "select external_id from vendor_account where id = $1",
      [account.id],
    );
    await ask(customer);
    await work(customer);
    return { id: account.id, externalId: row?.external_id ?? "" };
  }

  test("stays closed to every other customer, and to one of its own", async () => {
    const account = await gone(revoked);
    const api = await callerFor(admin);
    const refused = { code: "FORBIDDEN", message: "customer.accessDisabled" };
    await expect(
      api.vendorAccounts.link({ accountId: account.id, toCustomerId: target.id }),
    ).rejects.toMatchObject(refused);
    await expect(api.vendorAccounts.split({ accountId: account.id })).rejects.toMatchObject(refused);
  });

  test("also when a new connection reads the account again", async () => {
    const { externalId } = await gone(revoked);
    const connection = await makeConnection({ partnerId, name: "Sophos 2" });
    const snapshot = Snapshot.parse({
      version: 1,
      takenAt: new Date().toISOString(),
      account: { externalId, name: "Chiusa", billing: "usage" },
      devices: [],
      licences: [],
      alerts: [],
      unprotectedCount: null,
    });
    const source = { partnerId, connectionId: connection.id, vendor: "sophos", customerId: null };
    await withScope(
      { partnerId },
      "read write",
      (db) => ingest(db, source, [snapshot], [], new Date()),
      "worker",
    );
    const [row] = await adminQuery<{ id: string; customer_id: string | null }>(
      "select id, customer_id from vendor_account where connection_id = $1",
      [connection.id],
    );
    expect(row?.customer_id).toBeNull();
    await expect(
      (await callerFor(admin)).vendorAccounts.link({ accountId: row?.id ?? "", toCustomerId: target.id }),
    ).rejects.toMatchObject({ message: "customer.accessDisabled" });
  });

  test("an account that was open may be linked again", async () => {
    const account = await gone({ origin: "monthly" });
    const api = await callerFor(admin);
    await api.vendorAccounts.link({ accountId: account.id, toCustomerId: target.id });
    const [row] = await adminQuery<{ customer_id: string }>(
      "select customer_id from vendor_account where id = $1",
      [account.id],
    );
    expect(row?.customer_id).toBe(target.id);
  });
});
