// A customer's contacts through their form: who may, what is refused, and that a vendor's contact does not come back by itself.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { replaceContacts } from "#server/sync/queries.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeContact,
  makeCustomer,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { formOf, ledTo } from "#tests/forms.ts";
import { change } from "./handler.ts";

afterAll(closeDatabase);
let partnerId: string;
let admin: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  admin = await makeMember({ partnerId, role: "admin" });
});
const { send, answer } = formOf(change, "contacts");
const contactsOf = async ({ id }: Customer, who = admin) =>
  (await (await callerFor(who)).records.byCustomer({ customerId: id })).contacts;
const shown = async (customer: Customer) =>
  (await (await callerFor(admin)).customers.byId({ customerId: customer.id })).contacts.map(
    ({ name }) => name,
  );

const ada = {
  role: "billing",
  firstName: " Ada ",
  lastName: "O’Brien",
  email: "ada@x.example",
  phone: "+39 02 55",
};

test("is added, changed, removed, and the removal taken back", async () => {
  const customer = await makeCustomer({ partnerId });
  expect(await answer(admin, customer, { act: "add", ...ada })).toBe("200");
  const [added] = await contactsOf(customer);
  expect(added).toMatchObject({ ...ada, firstName: "Ada", source: "person", version: 1 });
  const which = { contactId: added?.id ?? "", version: 1 };
  const changed = { act: "change", ...which, role: "technical", lastName: "=cmd() <b>مها</b> 🏔️" };
  expect(await answer(admin, customer, changed)).toBe("200");
  expect(await contactsOf(customer)).toMatchObject([
    { role: "technical", firstName: "", email: "", version: 2 },
  ]);
  // Who saw the earlier one learns of it.
  expect(await answer(admin, customer, changed)).toBe("409 contact.changed");
  expect(await answer(admin, customer, { act: "remove", ...which })).toBe("409 contact.changed");
  const removed = await send(
    admin,
    customer,
    { act: "remove", contactId: which.contactId, version: "2" },
    true,
  );
  const to = new URL(removed.headers.get("location") ?? "", "http://here.invalid");
  expect([to.pathname, to.hash, to.searchParams.get("done")]).toEqual([
    `/it/customers/${customer.id}/edit`,
    "#contacts",
    "remove",
  ]);
  expect(await contactsOf(customer)).toEqual([]);
  // Who the contact was stands in no address, and is not brought back by one that somebody made up.
  const { query, undo, was } = await ledTo(removed, admin, "contact", customer.id);
  expect(query).toEqual({ done: "remove" });
  expect(was).not.toContain("technical");
  expect(await answer(admin, customer, undo ?? {})).toBe("200");
  expect(await contactsOf(customer)).toMatchObject([{ role: "technical", lastName: "=cmd() <b>مها</b> 🏔️" }]);
  const actions = await adminQuery<{ action: string; detail: object }>(
    "select action, detail from audit_entry where customer_id = $1 and outcome = 'done' order by seq",
    [customer.id],
  );
  expect(actions.map(({ action }) => action)).toEqual([
    "contact:add",
    "contact:change",
    "contact:remove",
    "contact:add",
  ]);
  expect(JSON.stringify(actions)).not.toContain("x.example");
});

describe("of a vendor", () => {
  const elena = {
    role: "administrator" as const,
    firstName: "Elena",
    lastName: "Rossi",
    email: "e@x.example",
    phone: "",
  };
  const read = (customer: Customer, contacts: (typeof elena)[]) =>
    withScope(
      { partnerId },
      "read write",
      (db) => replaceContacts(db, partnerId, [{ customerId: customer.id, contacts }]),
      "worker",
    );

  test("what a person hid or replaced does not come back, until the vendor names somebody else", async () => {
    const customer = await makeCustomer({ partnerId });
    await read(customer, [elena]);
    const [told] = await contactsOf(customer);
    expect(told).toMatchObject({ source: "vendor", isHidden: false });
    const which = { contactId: told?.id ?? "", version: 1 };
    expect(await answer(admin, customer, { act: "change", ...which, ...elena, phone: "035 55" })).toBe("200");
    expect(await shown(customer)).toEqual(["Elena Rossi"]);
    await read(customer, [elena]);
    expect(await contactsOf(customer)).toHaveLength(2);
    expect(await shown(customer)).toHaveLength(1);
    expect(await answer(admin, customer, { act: "show", contactId: told?.id, version: 2 })).toBe("200");
    expect(await shown(customer)).toHaveLength(2);
    const gone = await send(
      admin,
      customer,
      { act: "remove", contactId: told?.id ?? "", version: "3" },
      true,
    );
    const { undo } = await ledTo(gone, admin, "contact", customer.id);
    expect(undo).toMatchObject({ act: "show" });
    await read(customer, [{ ...elena, email: "new@x.example" }]);
    expect((await contactsOf(customer)).filter(({ isHidden }) => isHidden)).toEqual([]);
    expect(await shown(customer)).toHaveLength(2);
  });

  test("search forgets what is hidden", async () => {
    const customer = await makeCustomer({ partnerId });
    await makeContact(customer, { source: "vendor", lastName: "Zwingli", isHidden: true });
    await refresh(partnerId, [customer.id]);
    const list = await (await callerFor(admin)).customers.list({ q: "zwingli" });
    expect(list.rows).toEqual([]);
  });
});

describe("is refused", () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await makeCustomer({ partnerId });
  });

  test("when a field is wrong or nothing is told", async () => {
    for (const [fields, code] of [
      [{ firstName: "", lastName: "\n", email: "", phone: "" }, "contact.empty"],
      [{ email: "ada" }, "contact.email"],
      [{ email: "a b@x.example" }, "contact.email"],
      [{ phone: "call me" }, "contact.phone"],
      [{ role: "boss" }, "request.invalid"],
      [{ lastName: "x".repeat(101) }, "request.invalid"],
      [{ firstName: "\0" }, "request.malformed"],
      [{ source: "vendor" }, "request.invalid"],
    ] as const)
      expect(await answer(admin, customer, { act: "add", ...ada, ...fields })).toBe(`400 ${code}`);
    const back = await send(admin, customer, { act: "add", ...ada, email: "ada" }, true);
    const to = new URL(back.headers.get("location") ?? "", "http://here.invalid").searchParams;
    expect(Object.fromEntries(to)).toEqual({ act: "add", ...ada, email: "ada", wrong: "contact.email" });
    const many = await makeCustomer({ partnerId });
    await adminQuery(
      "insert into contact (partner_id, customer_id, role, source) select $1, $2, 'other', 'person' from generate_series(1, 100)",
      [partnerId, many.id],
    );
    expect(await answer(admin, many, { act: "add", ...ada })).toBe("409 contact.tooMany");
  });

  test("to others than editors and the customer's own admin, and at what is not theirs", async () => {
    const theirs = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    expect(await answer(theirs, customer, { act: "add", ...ada })).toBe("200");
    expect(await contactsOf(customer, theirs)).toHaveLength(1);
    const other = await makeCustomer({ partnerId });
    expect(await answer(theirs, other, { act: "add", ...ada })).toBe("404 customer.notFound");
    const [own] = await contactsOf(customer);
    const which = { contactId: own?.id, version: 1 };
    expect(await answer(admin, other, { act: "remove", ...which })).toBe("404 contact.notFound");
    for (const role of ["helpDesk", "readOnly", "customerViewer"] as const) {
      const more = role === "customerViewer" ? { customerId: customer.id } : {};
      const who = await makeMember({ partnerId, role, ...more });
      expect(await answer(who, customer, { act: "remove", ...which })).toBe("403 permission.denied");
    }
    expect(await answer(await makeMember(), customer, { act: "remove", ...which })).toBe(
      "404 customer.notFound",
    );
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await answer(admin, order, { act: "add", ...ada })).toBe("403 customer.accessDisabled");
  });
});
