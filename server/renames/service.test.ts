// A customer's name through its form: who may, what is refused, what is kept from synchronisation, what is asked of vendors.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { ingest } from "#server/sync/service.ts";
import type { Snapshot } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { formOf, ledTo } from "#tests/forms.ts";
import { rename } from "./handler.ts";

afterAll(closeDatabase);
let partnerId: string;
let admin: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  admin = await makeMember({ partnerId, role: "admin" });
});

const { send, answer } = formOf(rename, "renames", { act: "rename" });
const nameOf = async ({ id }: Customer) =>
  (
    await adminQuery<{ name_shown: string; is_name_chosen: boolean; listed: string; sorted: string }>(
      `select c.name_shown, c.is_name_chosen, o.name_shown as listed, o.name_sort as sorted
       from customer c join customer_overview o on o.customer_id = c.id where c.id = $1`,
      [id],
    )
  )[0];
const asked = ({ id }: Customer) =>
  adminQuery<{ number: number; name: string; state: string }>(
    "select number, name, state from customer_rename where customer_id = $1 order by vendor_account_id, number",
    [id],
  );
const jobs = async ({ id }: Customer) =>
  adminQuery<{ name: string; singleton_key: string }>(
    `select j.name, j.singleton_key from pgboss.job j where j.name = 'rename'
       and j.data ->> 'renameId' in (select r.id::text from customer_rename r where r.customer_id = $1)`,
    [id],
  );

test("shows in the record, in the list and in the ledger, at once", async () => {
  const customer = await makeCustomer({ partnerId, name: "Tessitura Bianchi" });
  expect(await answer(admin, customer, { name: " Tessitura  Élite ", seen: "Tessitura Bianchi" })).toBe(
    "200",
  );
  expect(await nameOf(customer)).toEqual({
    name_shown: "Tessitura Élite",
    is_name_chosen: true,
    listed: "Tessitura Élite",
    sorted: "tessitura elite",
  });
  const [entry] = await adminQuery<{ action: string; detail: object }>(
    "select action, detail from audit_entry where customer_id = $1 order by seq desc limit 1",
    [customer.id],
  );
  expect(entry).toEqual({
    action: "customer:rename",
    detail: { from: "Tessitura Bianchi", to: "Tessitura Élite" },
  });
});

describe("is refused", () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await makeCustomer({ partnerId, name: "Officina Neri" });
    await makeCustomer({ partnerId, name: "Güte & Söhne" });
  });
  const seen = "Officina Neri";

  test("when it is empty, too long or no text a database takes", async () => {
    expect(await answer(admin, customer, { name: " \u200B ", seen })).toBe("400 customer.nameRequired");
    expect(await answer(admin, customer, { seen })).toBe("400 customer.nameRequired");
    expect(await answer(admin, customer, { name: "x".repeat(101), seen })).toBe("400 customer.nameTooLong");
    expect(await answer(admin, customer, { name: "x\0", seen })).toBe("400 request.malformed");
    expect(await answer(admin, customer, { name: "x", seen, more: "1" })).toBe("400 request.invalid");
  });

  test("when another customer has it, whatever its case and accents, also one that is not seen", async () => {
    for (const name of ["Güte & Söhne", "GUTE & SOHNE", "gu\u0308te & so\u0308hne"])
      expect(await answer(admin, customer, { name, seen })).toBe("409 customer.nameTaken");
    const limited = await makeMember({ partnerId, role: "business", customers: [customer.id] });
    expect(await answer(limited, customer, { name: "Gute & Sohne", seen })).toBe("409 customer.nameTaken");
    const other = await makeMember();
    const theirs = await makeCustomer({ partnerId: other.partnerId });
    const { name_shown: now = "" } = (await nameOf(theirs)) ?? {};
    expect(await answer(other, theirs, { name: "Güte & Söhne", seen: now })).toBe("200");
  });

  test("to roles that may not edit, outside the scope, and at an order", async () => {
    for (const role of ["helpDesk", "readOnly"] as const)
      expect(await answer(await makeMember({ partnerId, role }), customer, { name: "X", seen })).toBe(
        "403 permission.denied",
      );
    const theirs = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    expect(await answer(theirs, customer, { name: "X", seen })).toBe("403 permission.denied");
    const denied = await makeMember({ partnerId, role: "admin", denied: [customer.id] });
    expect(await answer(denied, customer, { name: "X", seen })).toBe("404 customer.notFound");
    expect(await answer(await makeMember(), customer, { name: "X", seen })).toBe("404 customer.notFound");
    expect(await answer(null, customer, { name: "X", seen })).toBe("401 auth.required");
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await answer(admin, order, { name: "X", seen })).toBe("403 customer.accessDisabled");
  });

  test("when somebody else has changed it meanwhile: the form comes back with what was typed", async () => {
    const one = await makeCustomer({ partnerId, name: "Vecchio" });
    expect(await answer(admin, one, { name: "Primo", seen: "Vecchio" })).toBe("200");
    expect(await answer(admin, one, { name: "Secondo", seen: "Vecchio" })).toBe("409 customer.changed");
    expect((await nameOf(one))?.name_shown).toBe("Primo");
    const page = `/it/customers?status=warning&panel=${one.id}`;
    const back = await send(admin, one, { name: "Secondo ✓", seen: "Vecchio", return: page }, true);
    expect(back.status).toBe(303);
    expect(back.headers.get("location")).toBe(
      `${page}&edit=name&name=Secondo+%E2%9C%93&wrong=customer.changed`,
    );
    // Saved again with the name that stands now, it goes through; a repeat of the click changes nothing.
    for (let n = 0; n < 2; n += 1)
      expect(await answer(admin, one, { name: "Secondo ✓", seen: "Primo" })).toBe("200");
    const done = await send(admin, one, { name: "Terzo", seen: "Secondo ✓", return: page }, true);
    const { query, undo, was } = await ledTo(done, admin, "rename", one.id);
    expect([query, undo]).toEqual([
      { status: "warning", panel: one.id, saved: "rename" },
      { name: "Secondo ✓" },
    ]);
    expect(was).not.toContain("Secondo");
    const evil = { name: "Quarto", seen: "Terzo", return: "//evil.example" };
    expect((await send(admin, one, evil, true)).headers.get("location")).toMatch(
      new RegExp(`^/it/customers/${one.id}\\?saved=rename&was=`),
    );
  });

  test("of two who ask for one name at the same time one gets it", async () => {
    const all = await Promise.all([1, 2, 3, 4].map((n) => makeCustomer({ partnerId, name: `Gara ${n}` })));
    const answers = await Promise.all(
      all.map((one, n) => answer(admin, one, { name: "Il Vincitore", seen: `Gara ${n + 1}` })),
    );
    expect(answers.toSorted()).toEqual(["200", ...Array(3).fill("409 customer.nameTaken")]);
  });
});

describe("what vendors say afterwards", () => {
  const told = (externalId: string, name: string): Snapshot => ({
    version: 1,
    takenAt: new Date().toISOString(),
    account: {
      externalId,
      name,
      domain: "neve.example",
      country: "IT",
      region: null,
      externalIds: [],
      contacts: [],
      address: null,
      billing: "usage",
    },
    devices: null,
    licences: null,
    alerts: null,
    applications: null,
    saas: null,
    unprotectedCount: null,
    gaps: [],
  });

  test("leaves a chosen name alone, and is followed again once the vendor's own is saved", async () => {
    const { id: connectionId } = await makeConnection({ partnerId });
    const source = { partnerId, connectionId, vendor: "sophos", customerId: null };
    const read = (name: string) =>
      withScope(
        { partnerId },
        "read write",
        (db) => ingest(db, source, [told("t-1", name)], [], new Date()),
        "worker",
      );
    await read("Neve SRL");
    const [row] = await adminQuery<{ id: string }>("select id from customer where name = 'Neve SRL'");
    const customer = { id: row?.id ?? "", partnerId };
    expect(await answer(admin, customer, { name: "Neve", seen: "Neve SRL" })).toBe("200");
    await read("Neve S.r.l.");
    expect(await nameOf(customer)).toMatchObject({ name_shown: "Neve", listed: "Neve" });
    expect(await asked(customer)).toEqual([{ number: 1, name: "Neve", state: "waiting" }]);
    // The vendor shows it by now, whoever did that.
    await read("Neve");
    const { accounts } = await (await callerFor(admin)).records.byCustomer({ customerId: customer.id });
    expect(accounts).toMatchObject([{ name: "Neve", write: { state: "same" } }]);
    await read("Neve S.r.l.");
    expect(await answer(admin, customer, { name: "Neve S.r.l.", seen: "Neve" })).toBe("200");
    expect(await asked(customer)).toEqual([{ number: 1, name: "Neve", state: "superseded" }]);
    await read("Neve SPA");
    expect(await nameOf(customer)).toMatchObject({ name_shown: "Neve SPA", is_name_chosen: false });
  });
});

test("each linked account is asked once per name, the last one counts", async () => {
  const customer = await makeCustomer({ partnerId, name: "Lago" });
  await makeAccount(customer, { name: "Lago SRL" });
  await makeAccount(customer, { name: "Lago Azzurro" });
  await makeAccount(customer, { name: "Altro", linkState: "not_linked" });
  expect(await answer(admin, customer, { name: "Lago Azzurro", seen: "Lago" })).toBe("200");
  expect(await asked(customer)).toEqual([{ number: 1, name: "Lago Azzurro", state: "waiting" }]);
  expect(await answer(admin, customer, { name: "Lago Blu", seen: "Lago Azzurro" })).toBe("200");
  expect((await asked(customer)).filter(({ state }) => state === "waiting")).toHaveLength(2);
  expect((await asked(customer)).filter(({ state }) => state === "superseded")).toHaveLength(1);
  expect(await jobs(customer)).toHaveLength(3);
});

test("what was refused is sent again, once", async () => {
  const customer = await makeCustomer({ partnerId, name: "Riva" });
  const account = await makeAccount(customer, { name: "Riva SRL" });
  expect(await answer(admin, customer, { name: "Riva Nuova", seen: "Riva" })).toBe("200");
  const retry = { act: "retry", accountId: account.id };
  expect(await answer(admin, customer, retry)).toBe("409 customer.notRefused");
  await adminQuery(
    "update customer_rename set state = 'refused', error_code = 'vendor.forbidden', settled_at = now() where customer_id = $1",
    [customer.id],
  );
  const before = await (await callerFor(admin)).records.byCustomer({ customerId: customer.id });
  expect(before.accounts[0]?.write).toMatchObject({ state: "refused", code: "vendor.forbidden" });
  const done = await send(admin, customer, retry, true);
  expect(done.headers.get("location")).toBe(`/it/customers/${customer.id}?saved=retry`);
  const after = await (await callerFor(admin)).records.byCustomer({ customerId: customer.id });
  expect(after.accounts[0]?.write).toMatchObject({ state: "waiting", code: null });
  expect(await jobs(customer)).toHaveLength(2);
  expect(await answer(admin, customer, retry)).toBe("409 customer.notRefused");
});
