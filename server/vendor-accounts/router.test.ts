// Vendor accounts through the router: proposals, links, merges, splits, unlinks, and who may.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeDevices,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { endScheduledLinks } from "#server/links/service.ts";

afterAll(closeDatabase);

let partnerId: string;
let admin: Member;
let connectionId: string;
beforeAll(async () => {
  partnerId = await makePartner();
  admin = await makeMember({ partnerId, role: "admin" });
  connectionId = (await makeConnection({ partnerId, vendor: "push", name: "Push" })).id;
});

let number = 0;
/** An account that nobody matched, as a source leaves it. */
async function makeHomeless(given: { name: string; domain?: string | null; identity?: object }) {
  number += 1;
  const [row] = await adminQuery<{ id: string }>(
    `insert into vendor_account (partner_id, connection_id, vendor, external_id, name, domain, billing, link_state, identity)
     values ($1, $2, 'push', $3, $4, $5, 'term', 'not_linked', $6) returning id`,
    [partnerId, connectionId, `H-${number}`, given.name, given.domain ?? null, given.identity ?? {}],
  );
  return row?.id ?? "";
}
const customerOf = async (accountId: string) =>
  (
    await adminQuery<{ customer_id: string | null; link_state: string; unlink_on: string | null }>(
      "select customer_id, link_state, unlink_on::text from vendor_account where id = $1",
      [accountId],
    )
  )[0];
const auditsOf = async (customer: Customer) =>
  (
    await adminQuery<{ action: string }>(
      "select action from audit_entry where customer_id = $1 and actor_kind = 'user' order by seq",
      [customer.id],
    )
  ).map((entry) => entry.action);
const refusal = (code: string, httpCode: string) => ({ code: httpCode, message: code });

describe("the queue", () => {
  test("proposes by identifier, domain and name, best first, and says why", async () => {
    const rossi = await makeCustomer({ partnerId, name: "Officine Verdi", domain: "verdi-officine.it" });
    const namesake = await makeCustomer({ partnerId, name: "Officine Verdi Nord" });
    const coded = await makeCustomer({ partnerId, name: "Altro Nome", externalId: "CRM-77" });
    const id = await makeHomeless({
      name: "OFFICINE VERDI S.R.L.",
      domain: "verdi-officine.it",
      identity: { externalIds: ["CRM-77"], emails: [], country: "IT" },
    });
    const api = await callerFor(admin);
    const account = await api.vendorAccounts.byId({ accountId: id });
    expect(account.proposals.map(({ id: customer, score }) => [customer, score])).toEqual([
      [coded.id, 100],
      [rossi.id, 95],
      [namesake.id, expect.any(Number)],
    ]);
    expect(account.proposals[1]?.reasons).toEqual(["domain", "name"]);
    const { rows } = await api.vendorAccounts.list({ view: "unmatched", q: "officine" });
    expect(rows).toMatchObject([{ id, best: { id: coded.id }, customer: null, linkState: "not_linked" }]);
  });

  test("a name that a vendor sent twice is marked, not refused", async () => {
    await makeHomeless({ name: "Gemelli & Figli" });
    await makeHomeless({ name: "GEMELLI & FIGLI" });
    const { rows } = await (await callerFor(admin)).vendorAccounts.list({ view: "unmatched", q: "gemelli" });
    expect(rows.map((row) => row.isNameTwice)).toEqual([true, true]);
  });

  test("pages by name, each account once", async () => {
    for (let n = 0; n < 30; n += 1) await makeHomeless({ name: `Pagina ${String(n).padStart(2, "0")}` });
    const api = await callerFor(admin);
    const first = await api.vendorAccounts.list({ view: "unmatched", q: "pagina" });
    const second = await api.vendorAccounts.list({ view: "unmatched", q: "pagina", after: first.next ?? "" });
    const names = [...first.rows, ...second.rows].map((row) => row.name);
    expect([first.rows.length, second.rows.length, second.next]).toEqual([25, 5, null]);
    expect(new Set(names).size).toBe(30);
    expect(names).toEqual(names.toSorted());
    await expect(api.vendorAccounts.list({ view: "unmatched", after: "x" })).rejects.toMatchObject(
      refusal("request.invalid", "BAD_REQUEST"),
    );
  });

  test("setting aside takes it out, taking back puts it in again", async () => {
    const id = await makeHomeless({ name: "Da parte" });
    const api = await callerFor(admin);
    const inView = async (view: "unmatched" | "setAside") =>
      (await api.vendorAccounts.list({ view, q: "da parte" })).rows.length;
    await api.vendorAccounts.setAside({ accountId: id, isSetAside: true });
    expect([await inView("unmatched"), await inView("setAside")]).toEqual([0, 1]);
    await api.vendorAccounts.setAside({ accountId: id, isSetAside: false });
    expect([await inView("unmatched"), await inView("setAside")]).toEqual([1, 0]);
  });
});

describe("a link", () => {
  test("takes the account's data along, is in both ledgers and in the account's history", async () => {
    const from = await makeCustomer({ partnerId, name: "Prima" });
    const to = await makeCustomer({ partnerId, name: "Poi" });
    const account = await makeAccount(from, { connectionId });
    await makeDevices({ customer: from, account }, 3);
    await makeLicence({ customer: from, account });
    const api = await callerFor(admin);
    await api.vendorAccounts.link({ accountId: account.id, toCustomerId: to.id });
    expect((await customerOf(account.id))?.customer_id).toBe(to.id);
    const held = await adminQuery(
      "select customer_id from device where vendor_account_id = $1 union select customer_id from licence where vendor_account_id = $1",
      [account.id],
    );
    expect(held).toEqual([{ customer_id: to.id }]);
    expect([await auditsOf(from), await auditsOf(to)]).toEqual([["account:linked"], ["account:linked"]]);
    const { history, linkedBy } = await api.vendorAccounts.byId({ accountId: account.id });
    expect(linkedBy).toBe("person");
    expect(history).toMatchObject([
      { kind: "linked", fromName: "Prima", toName: "Poi", actorName: admin.name },
    ]);
    await expect(
      api.vendorAccounts.link({ accountId: account.id, toCustomerId: to.id }),
    ).rejects.toMatchObject(refusal("account.sameCustomer", "CONFLICT"));
  });

  test("a split makes a customer of the account, with the access that its kind brings", async () => {
    const customer = await makeCustomer({ partnerId, name: "Insieme" });
    const account = await makeAccount(customer, { connectionId, name: "Da soli", billing: "trial" });
    const { customerId } = await (await callerFor(admin)).vendorAccounts.split({ accountId: account.id });
    const [made] = await adminQuery(
      `select c.name, c.relationship, g.origin from customer c left join access_grant g on g.customer_id = c.id where c.id = $1`,
      [customerId],
    );
    expect(made).toEqual({ name: "Da soli", relationship: "delegated", origin: "trial" });
    expect((await customerOf(account.id))?.customer_id).toBe(customerId);
  });

  test("never opens what a customer closed: not by a link, a split, a merge, nor by way of unlinking", async () => {
    const closed = await makeCustomer({ partnerId, relationship: "delegated", name: "Chiusa" });
    await makeGrant(closed, { state: "ended", endReason: "revoked", origin: "trial", endedAt: new Date() });
    const own = await makeCustomer({ partnerId, name: "Gestita" });
    const account = await makeAccount(closed, { connectionId, billing: "trial" });
    const api = await callerFor(admin);
    const refused = refusal("customer.accessDisabled", "FORBIDDEN");
    const link = () => api.vendorAccounts.link({ accountId: account.id, toCustomerId: own.id });
    const split = () => api.vendorAccounts.split({ accountId: account.id });
    await expect(link()).rejects.toMatchObject(refused);
    await expect(split()).rejects.toMatchObject(refused);
    await expect(
      api.vendorAccounts.merge({ fromCustomerId: closed.id, intoCustomerId: own.id, word: "yes" }),
    ).rejects.toMatchObject(refused);
    await api.vendorAccounts.unlink({ accountId: account.id });
    await expect(link()).rejects.toMatchObject(refused);
    await expect(split()).rejects.toMatchObject(refused);
    await api.vendorAccounts.link({ accountId: account.id, toCustomerId: closed.id });
    expect((await customerOf(account.id))?.customer_id).toBe(closed.id);
  });

  test("an order takes no account", async () => {
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    const id = await makeHomeless({ name: "Ordine" });
    await expect(
      (await callerFor(admin)).vendorAccounts.link({ accountId: id, toCustomerId: order.id }),
    ).rejects.toMatchObject(refusal("account.orderOnly", "CONFLICT"));
  });
});

describe("a merge", () => {
  test("moves accounts, groups, scopes and pins, and the customer is gone", async () => {
    const twin = await makeCustomer({ partnerId, name: "Doppio" });
    const into = await makeCustomer({ partnerId, name: "Doppio originale" });
    const account = await makeAccount(twin, { connectionId });
    const group = await makeGroup({ partnerId, customers: [twin.id] });
    const one = await makeMember({ partnerId, role: "helpDesk", customers: [twin.id] });
    await adminQuery(
      "insert into customer_pin (partner_id, membership_id, customer_id) values ($1, $2, $3)",
      [partnerId, one.membershipId, twin.id],
    );
    const api = await callerFor(admin);
    const wish = { fromCustomerId: twin.id, intoCustomerId: into.id };
    await expect(api.vendorAccounts.merge({ ...wish, word: "no" })).rejects.toMatchObject(
      refusal("account.wordMissing", "BAD_REQUEST"),
    );
    await api.vendorAccounts.merge({ ...wish, word: "YES" });
    expect((await customerOf(account.id))?.customer_id).toBe(into.id);
    expect(await adminQuery("select id from customer where id = $1", [twin.id])).toEqual([]);
    expect(
      await adminQuery("select customer_id from customer_group_member where group_id = $1", [group.id]),
    ).toEqual([{ customer_id: into.id }]);
    expect(
      await adminQuery("select customer_id from membership_scope where membership_id = $1", [
        one.membershipId,
      ]),
    ).toEqual([{ customer_id: into.id }]);
    expect(
      await adminQuery("select customer_id from customer_pin where membership_id = $1", [one.membershipId]),
    ).toEqual([{ customer_id: into.id }]);
    expect(await auditsOf(twin)).toEqual(["account:merged"]);
    const { history } = await api.vendorAccounts.byId({ accountId: account.id });
    expect(history).toMatchObject([{ kind: "merged", fromName: "Doppio", toName: "Doppio originale" }]);
  });

  test("is refused where the customer has people or gave access itself", async () => {
    const into = await makeCustomer({ partnerId });
    const withPeople = await makeCustomer({ partnerId });
    await makeMember({ partnerId, role: "customerAdmin", customerId: withPeople.id });
    const granting = await makeCustomer({ partnerId, relationship: "delegated" });
    await makeGrant(granting);
    const api = await callerFor(admin);
    const merge = (fromCustomerId: string) =>
      api.vendorAccounts.merge({ fromCustomerId, intoCustomerId: into.id, word: "Yes" });
    await expect(merge(withPeople.id)).rejects.toMatchObject(refusal("account.mergeHasUsers", "CONFLICT"));
    await expect(merge(granting.id)).rejects.toMatchObject(refusal("account.mergeHasGrant", "CONFLICT"));
    await expect(merge(into.id)).rejects.toMatchObject(refusal("account.sameCustomer", "CONFLICT"));
  });
});

describe("unlinking", () => {
  const monthly = { kind: "monthly", endsOn: null };
  test("without licences is done at once and leaves nothing at the customer", async () => {
    const customer = await makeCustomer({ partnerId, name: "Scollegata" });
    const account = await makeAccount(customer, { connectionId });
    await makeDevices({ customer, account }, 2);
    const api = await callerFor(admin);
    expect((await api.vendorAccounts.byId({ accountId: account.id })).plan).toEqual({ kind: "now" });
    expect(await api.vendorAccounts.unlink({ accountId: account.id })).toEqual({
      answer: "account.unlinked",
    });
    expect(await customerOf(account.id)).toMatchObject({ customer_id: null, link_state: "not_linked" });
    expect(await adminQuery("select 1 from device where vendor_account_id = $1", [account.id])).toEqual([]);
    await expect(api.vendorAccounts.unlink({ accountId: account.id })).rejects.toMatchObject(
      refusal("account.notLinked", "CONFLICT"),
    );
  });

  test("a running term refuses it", async () => {
    const customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer, { connectionId });
    await makeLicence({ customer, account });
    await expect(
      (await callerFor(admin)).vendorAccounts.unlink({ accountId: account.id }),
    ).rejects.toMatchObject(refusal("account.termLicence", "CONFLICT"));
    expect((await customerOf(account.id))?.link_state).toBe("linked");
  });

  test("monthly use schedules it, which can be cancelled, and the day ends it", async () => {
    const customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer, { connectionId });
    await makeLicence({ customer, account }, monthly);
    const api = await callerFor(admin);
    const end = (today: string) =>
      withScope({ partnerId }, "read write", (db) => endScheduledLinks(db, partnerId, today), "worker");
    expect(await api.vendorAccounts.unlink({ accountId: account.id })).toEqual({
      answer: "account.unlinkScheduled",
    });
    await api.vendorAccounts.cancelUnlink({ accountId: account.id });
    expect(await customerOf(account.id)).toMatchObject({ link_state: "linked", unlink_on: null });
    await expect(api.vendorAccounts.cancelUnlink({ accountId: account.id })).rejects.toMatchObject(
      refusal("account.notScheduled", "CONFLICT"),
    );
    await api.vendorAccounts.unlink({ accountId: account.id });
    const { unlinkOn } = await api.vendorAccounts.byId({ accountId: account.id });
    const dayBefore = new Date(Date.parse(`${unlinkOn}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    await end(dayBefore);
    expect((await customerOf(account.id))?.customer_id).toBe(customer.id);
    await end(unlinkOn ?? "");
    expect(await customerOf(account.id)).toMatchObject({ customer_id: null, unlink_on: null });
    const { history } = await api.vendorAccounts.byId({ accountId: account.id });
    expect(history.map((entry) => entry.kind)).toEqual([
      "unlinked",
      "unlink_scheduled",
      "unlink_cancelled",
      "unlink_scheduled",
    ]);
  });
});

describe("who may", () => {
  test("nobody without a session, nor help desk, business or a customer's admin", async () => {
    await expect((await callerFor(null)).vendorAccounts.list({})).rejects.toMatchObject(
      refusal("auth.required", "UNAUTHORIZED"),
    );
    for (const role of ["helpDesk", "business", "readOnly", "customerAdmin"] as const) {
      const member = await makeMember({ partnerId, role });
      await expect((await callerFor(member)).vendorAccounts.list({})).rejects.toMatchObject(
        refusal("permission.denied", "FORBIDDEN"),
      );
    }
  });

  test("a limited admin sees the accounts of their customers, and not what belongs to nobody", async () => {
    const mine = await makeCustomer({ partnerId });
    const other = await makeCustomer({ partnerId });
    const account = await makeAccount(mine, { connectionId });
    const hidden = await makeAccount(other, { connectionId });
    const homeless = await makeHomeless({ name: "Di nessuno" });
    const api = await callerFor(await makeMember({ partnerId, role: "admin", customers: [mine.id] }));
    const { rows } = await api.vendorAccounts.list({ view: "linked" });
    expect(rows.map((row) => row.id)).toEqual([account.id]);
    expect((await api.vendorAccounts.list({ view: "unmatched" })).rows).toEqual([]);
    for (const accountId of [hidden.id, homeless])
      await expect(api.vendorAccounts.byId({ accountId })).rejects.toMatchObject(
        refusal("account.notFound", "NOT_FOUND"),
      );
    await expect(
      api.vendorAccounts.link({ accountId: account.id, toCustomerId: other.id }),
    ).rejects.toMatchObject(refusal("customer.notFound", "NOT_FOUND"));
  });

  test("another partner finds nothing", async () => {
    const customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer, { connectionId });
    const stranger = await makeMember();
    const own = await makeCustomer({ partnerId: stranger.partnerId });
    const api = await callerFor(stranger);
    const missing = refusal("account.notFound", "NOT_FOUND");
    await expect(api.vendorAccounts.byId({ accountId: account.id })).rejects.toMatchObject(missing);
    await expect(
      api.vendorAccounts.link({ accountId: account.id, toCustomerId: own.id }),
    ).rejects.toMatchObject(missing);
    await expect(api.vendorAccounts.unlink({ accountId: account.id })).rejects.toMatchObject(missing);
    await expect(
      api.vendorAccounts.merge({ fromCustomerId: customer.id, intoCustomerId: own.id, word: "yes" }),
    ).rejects.toMatchObject(refusal("customer.notFound", "NOT_FOUND"));
  });
});
