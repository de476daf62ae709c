// A customer's record: what each reader sees of it, and its form with what is refused and what comes back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeContact,
  makeCustomer,
  makeFullCustomer,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { formOf } from "#tests/forms.ts";
import { edit } from "./handler.ts";
import { unpackTyped } from "./rules.ts";

afterAll(closeDatabase);
let partnerId: string;
let business: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  business = await makeMember({ partnerId, role: "business" });
});
const read = async (who: Member, { id }: Customer) =>
  (await callerFor(who)).records.byCustomer({ customerId: id });

describe("reading", () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await makeFullCustomer({
      partnerId,
      name: "Cartiera Alta",
      domain: "cartiera.example",
      externalId: "ERP-1",
      country: "IT",
      language: "it",
      timeZone: "Europe/Rome",
      accountManager: "Mara Conti",
      notes: "Paga tardi",
      tags: ["vip"],
      address: JSON.stringify({ street: "Via Alta 1", city: "Bergamo", postalCode: "24121" }),
    });
    await makeContact(customer, { lastName: "Nascosto", source: "vendor", isHidden: true });
  });

  test("the partner sees the whole baseline, and editors what is hidden", async () => {
    const record = await read(business, customer);
    expect(record).toMatchObject({
      nameShown: "Cartiera Alta",
      domain: "cartiera.example",
      externalId: "ERP-1",
      language: "it",
      timeZone: "Europe/Rome",
      address: { street: "Via Alta 1", city: "Bergamo", postalCode: "24121" },
      accountManager: "Mara Conti",
      internal: { tags: ["vip"], notes: "Paga tardi" },
      may: { edit: true, contacts: true, convert: false, unlink: false },
      launch: "role",
      hasMonthly: false,
    });
    expect(record.contacts.map(({ lastName }) => lastName)).toEqual(["Nascosto", "Rossi"]);
  });

  test("help desk reads and may launch, and edits nothing", async () => {
    const record = await read(await makeMember({ partnerId, role: "helpDesk" }), customer);
    expect(record).toMatchObject({ may: { edit: false, contacts: false }, launch: "later" });
    expect(record.contacts.map(({ lastName }) => lastName)).toEqual(["Rossi"]);
  });

  test("the customer's own people see no notes, tags or ways to vendors", async () => {
    for (const role of ["customerAdmin", "customerViewer"] as const) {
      const theirs = await makeMember({ partnerId, role, customerId: customer.id });
      const record = await read(theirs, customer);
      expect(record.internal).toBe(null);
      expect(record.may).toEqual({
        edit: false,
        contacts: role === "customerAdmin",
        convert: false,
        unlink: false,
      });
      expect(JSON.stringify(record)).not.toMatch(/Paga tardi|vip/);
    }
  });

  test("converting is offered where a trial runs and the partner takes part in MSP Flex, unlinking where an account is linked", async () => {
    const flexId = await makePartner({ mspFlex: true });
    const [admin, editor] = [
      await makeMember({ partnerId: flexId, role: "admin" }),
      await makeMember({ partnerId: flexId, role: "business" }),
    ];
    const may = async (who: Member, one: Customer) => {
      const { convert, unlink } = (await read(who, one)).may;
      return [convert, unlink];
    };
    const trial = await makeCustomer({ partnerId: flexId });
    await makeLicence({ customer: trial }, { kind: "trial", isSuspended: true });
    expect(await may(admin, trial)).toEqual([true, true]);
    expect(await may(editor, trial)).toEqual([true, false]);
    expect(await may(await makeMember({ partnerId: flexId, role: "helpDesk" }), trial)).toEqual([
      false,
      false,
    ]);
    const over = await makeCustomer({ partnerId: flexId });
    await makeLicence({ customer: over }, { kind: "trial", endsOn: "2020-01-01" });
    expect(await may(admin, over)).toEqual([false, true]);
    expect(await may(admin, await makeCustomer({ partnerId: flexId }))).toEqual([false, false]);
    const order = await makeCustomer({ partnerId: flexId, relationship: "order_only" });
    await makeLicence({ customer: order }, { kind: "trial" });
    expect(await may(admin, order)).toEqual([false, false]);
    const plain = await makeCustomer({ partnerId });
    await makeLicence({ customer: plain }, { kind: "trial" });
    expect(await may(business, plain)).toEqual([false, false]);
  });

  test("monthly licences are told, because most early access programmes refuse them", async () => {
    const monthly = await makeFullCustomer({ partnerId });
    await makeLicence({ customer: monthly }, { kind: "monthly" });
    expect((await read(business, monthly)).hasMonthly).toBe(true);
  });

  test("without the customer's grant launching waits for it", async () => {
    const closed = await makeCustomer({ partnerId, relationship: "delegated" });
    const admin = await makeMember({ partnerId, role: "admin" });
    expect((await read(admin, closed)).launch).toBe("access");
  });

  test("the panel of a list is lenient, and shows nothing that is not in scope", async () => {
    const listed = async (who: Member, panel: string) =>
      (await (await callerFor(who)).records.listed({ panel }))?.nameShown;
    expect(await listed(business, customer.id)).toBe("Cartiera Alta");
    for (const id of ["", "x", "' or 1=1", crypto.randomUUID()])
      expect(await listed(business, id)).toBe(undefined);
    expect(await listed(await makeMember(), customer.id)).toBe(undefined);
    const denied = await makeMember({ partnerId, denied: [customer.id] });
    expect(await listed(denied, customer.id)).toBe(undefined);
  });
});

describe("editing", () => {
  const { send, answer } = formOf(edit, "records");
  const whole = {
    version: 1,
    nameShown: "Nuova Seta",
    accountManager: " Ada\tRossi ",
    tags: "vip; tessile; VIP",
    notes: " =cmd()\r\n<b>مخبز</b> 🏔️ ",
    language: "fr",
    timeZone: "Europe/Paris",
  };

  test("saves all of it, says what changed, and not what the notes say", async () => {
    const customer = await makeCustomer({ partnerId, name: "Seta" });
    expect(await answer(business, customer, whole)).toBe("200");
    const record = await read(business, customer);
    expect(record).toMatchObject({
      nameShown: "Nuova Seta",
      isNameChosen: true,
      accountManager: "Ada Rossi",
      internal: { tags: ["VIP", "tessile"], notes: "=cmd()\n<b>مخبز</b> 🏔️" },
      language: "fr",
      timeZone: "Europe/Paris",
    });
    expect(record.version).toBeGreaterThan(1);
    const [entry] = await adminQuery<{ action: string; detail: Record<string, unknown> }>(
      "select action, detail from audit_entry where customer_id = $1",
      [customer.id],
    );
    expect(entry).toEqual({
      action: "customer:edit",
      detail: {
        accountManager: { from: null, to: "Ada Rossi" },
        tags: { from: [], to: ["VIP", "tessile"] },
        notes: true,
        language: { from: null, to: "fr" },
        timeZone: { from: null, to: "Europe/Paris" },
        nameShown: { from: "Seta", to: "Nuova Seta" },
      },
    });
    const empty = { version: record.version, nameShown: "Nuova Seta" };
    expect(await answer(business, customer, empty)).toBe("200");
    expect(await read(business, customer)).toMatchObject({
      accountManager: null,
      internal: { tags: [], notes: "" },
      language: null,
      timeZone: null,
    });
  });

  test("of two who edit one record the second is told, and has what was typed", async () => {
    const customer = await makeCustomer({ partnerId, name: "Canapa" });
    const first = { version: 1, nameShown: "Canapa", notes: "prima" };
    const second = { version: "1", nameShown: "Canapa", notes: "seconda ".repeat(200), tags: "a; b" };
    expect(await answer(business, customer, first)).toBe("200");
    const back = await send(business, customer, second, true);
    const to = new URL(back.headers.get("location") ?? "", "http://here.invalid");
    expect([back.status, to.pathname, to.searchParams.get("wrong")]).toEqual([
      303,
      `/it/customers/${customer.id}/edit`,
      "customer.changed",
    ]);
    expect(unpackTyped(to.searchParams.get("typed") ?? "")).toEqual({
      nameShown: "Canapa",
      notes: second.notes,
      tags: "a; b",
    });
    expect((await read(business, customer)).internal?.notes).toBe("prima");
    const editor = await (
      await callerFor(business)
    ).records.editor({
      customerId: customer.id,
      typed: to.searchParams.get("typed") ?? "",
    });
    expect(editor).toMatchObject({ record: { version: 2 }, typed: { notes: second.notes } });
    const again = await send(business, customer, { ...second, version: "2" }, true);
    expect(again.headers.get("location")).toBe(`/it/customers/${customer.id}?saved=record`);
  });

  test("fifty at once: one is saved, nothing is half done", async () => {
    const customer = await makeCustomer({ partnerId, name: "Lino" });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        answer(business, customer, { version: 1, nameShown: `Lino ${n}`, tags: `t${n}` }),
      ),
    );
    expect(answers.filter((one) => one === "200")).toHaveLength(1);
    expect(answers.filter((one) => one === "409 customer.changed")).toHaveLength(49);
    const { nameShown, internal } = await read(business, customer);
    expect(internal?.tags).toEqual([nameShown.replace("Lino ", "t")]);
  });

  test("what is wrong with a field is told, and nothing is saved", async () => {
    const customer = await makeCustomer({ partnerId, name: "Juta" });
    const valid = { version: 1, nameShown: "Juta 2" };
    for (const [fields, code] of [
      [{ nameShown: "" }, "customer.nameRequired"],
      [{ nameShown: "x".repeat(101) }, "customer.nameTooLong"],
      [{ accountManager: "x".repeat(101) }, "customer.managerTooLong"],
      [{ notes: "x".repeat(2_001) }, "customer.notesTooLong"],
      [{ tags: Array.from({ length: 21 }, (_, n) => n).join(";") }, "customer.tags"],
      [{ tags: "x".repeat(41) }, "customer.tags"],
      [{ timeZone: "Mars/Olympus" }, "customer.timeZone"],
      [{ language: "de" }, "request.invalid"],
      [{ notes: "\uD800" }, "request.malformed"],
      [{ version: "x" }, "request.invalid"],
      [{ domain: "x.example" }, "request.invalid"],
    ] as const)
      expect(await answer(business, customer, { ...valid, ...fields })).toBe(`400 ${code}`);
    expect(await read(business, customer)).toMatchObject({ nameShown: "Juta", version: 1 });
    await makeCustomer({ partnerId, name: "Júta Ròssa" });
    expect(await answer(business, customer, { ...valid, nameShown: "juta rossa", tags: "x" })).toBe(
      "409 customer.nameTaken",
    );
    expect((await read(business, customer)).internal?.tags).toEqual([]);
  });

  test("what could not be typed stays, and keeps no other field from being saved", async () => {
    const stored = {
      nameShown: `Nome \u202E${"n".repeat(200)}`,
      accountManager: "m".repeat(150),
      tags: [...Array.from({ length: 25 }, (_, n) => `t${n}`), "T1", "x".repeat(60)],
      notes: `riga\r\n${"riga\n".repeat(1_990)}.`,
      timeZone: "Mars/Olympus",
    };
    const customer = await makeCustomer({ partnerId, name: "Iuta", ...stored });
    const stands = () =>
      adminQuery(
        `select name_shown as "nameShown", account_manager as "accountManager", tags, notes, time_zone as "timeZone", language
           from customer where id = $1`,
        [customer.id],
      );
    const form = {
      ...stored,
      version: 1,
      tags: stored.tags.join("; "),
      notes: stored.notes.replaceAll(/\r?\n/g, "\r\n"),
      language: "fr",
    };
    expect(await answer(business, customer, form)).toBe("200");
    expect(await stands()).toEqual([{ ...stored, language: "fr" }]);
    const [entry] = await adminQuery<{ detail: object }>(
      "select detail from audit_entry where customer_id = $1",
      [customer.id],
    );
    expect(entry?.detail).toEqual({ language: { from: null, to: "fr" } });
    for (const [fields, code] of [
      [{ nameShown: "n".repeat(101) }, "customer.nameTooLong"],
      [{ accountManager: "m".repeat(149) }, "customer.managerTooLong"],
      [{ notes: "n".repeat(2_001) }, "customer.notesTooLong"],
      [{ tags: stored.tags.slice(1).join("; ") }, "customer.tags"],
      [{ timeZone: "Mars/Arsia" }, "customer.timeZone"],
    ] as const)
      expect(await answer(business, customer, { ...form, version: 2, ...fields })).toBe(`400 ${code}`);
  });

  test("only editors, at customers in their scope", async () => {
    const customer = await makeCustomer({ partnerId, name: "Rafia" });
    const body = { version: 1, nameShown: "X" };
    for (const role of ["helpDesk", "readOnly", "customerAdmin", "customerViewer"] as const) {
      const own = role.startsWith("customer") ? { customerId: customer.id } : {};
      const who = await makeMember({ partnerId, role, ...own });
      expect(await answer(who, customer, body)).toBe("403 permission.denied");
    }
    expect(await answer(await makeMember(), customer, body)).toBe("404 customer.notFound");
    expect(await answer(null, customer, body)).toBe("401 auth.required");
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await answer(business, order, body)).toBe("403 customer.accessDisabled");
  });
});
