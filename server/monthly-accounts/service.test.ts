// Monthly accounts through the wizard's handler to the vendor's emulator: nothing is lost, one is created, one is opened.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { type SophosEmulator, startSophosEmulator } from "#emulators/sophos/server.ts";
import { openAccount } from "#server/jobs/open-account.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeCustomer, makeMember, makePartner, type Member } from "#tests/factories.ts";
import { post, submit } from "#tests/posts.ts";
import { connectSophos } from "#tests/runs.ts";
import { advance } from "./handler.ts";
import { TERMS_VERSION } from "./schema.ts";

const never = new AbortController().signal;
let emulator: SophosEmulator;
let partnerId: string;
let admin: Member;
beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0 });
  await adminQuery(
    "insert into product values ('sophos', 'CIXAXDR', 'Intercept X', 'endpoint') on conflict do nothing",
  );
  partnerId = await makePartner({ mspFlex: true });
  admin = await makeMember({ partnerId, role: "admin" });
});
afterAll(async () => {
  await emulator.close();
  await closeDatabase();
});
const control = (order: object) =>
  fetch(`${emulator.url}/__control`, { method: "POST", body: JSON.stringify(order) });
afterEach(() => control({ mode: "ok" }));

const details = (name: string, more: object = {}) => ({
  step: "details",
  name,
  firstName: "Ada",
  lastName: "Neri",
  email: `ada@${name.replaceAll(" ", "-").toLowerCase()}.example`,
  street: "Via Roma 1",
  city: "Trento",
  postalCode: "38121",
  country: "IT",
  region: "eu01",
  ...more,
});
/** A draft that can be created; returns its id. */
async function fill(who: Member, name: string, more: object = {}): Promise<string> {
  const id = randomUUID();
  expect(await post(advance, who, id, details(name, more))).toBe("200");
  expect(await post(advance, who, id, { step: "licences", "quantity:CIXAXDR": "12" })).toBe("200");
  expect(await post(advance, who, id, { step: "terms", accepted: TERMS_VERSION })).toBe("200");
  return id;
}
const create = (who: Member, id: string) => post(advance, who, id, { step: "create" });
const customersNamed = (name: string) =>
  adminQuery<{ id: string; relationship: string; domain: string }>(
    "select id, relationship, domain from customer where name = $1",
    [name],
  );
const accountOf = async (id: string) =>
  (
    await adminQuery<{ customer_id: string; opening: string; opening_code: string | null }>(
      "select customer_id, opening, opening_code from monthly_account where id = $1",
      [id],
    )
  )[0];

describe("the wizard", () => {
  test("keeps what is wrong and leads back to it; going back loses nothing", async () => {
    const id = randomUUID();
    const page = `/it/customers/new/${id}`;
    const wrong = details("Ditta Errata", { email: "nessuno" }) as Record<string, string>;
    expect(await submit(advance, admin, id, wrong)).toBe(`303 ${page}?step=details&error=monthly.incomplete`);
    const api = await callerFor(admin);
    expect(await api.monthlyAccounts.byId({ id })).toMatchObject({
      details: { name: "Ditta Errata", email: "nessuno" },
      detailFaults: { email: "email" },
      missing: "details",
      created: null,
    });
    expect((await api.monthlyAccounts.wizard({})).drafts.map((draft) => draft.id)).toContain(id);
    expect(await submit(advance, admin, id, details("Ditta Errata") as Record<string, string>)).toBe(
      `303 ${page}?step=licences`,
    );
    expect(await submit(advance, admin, id, { step: "licences", "quantity:CIXAXDR": "0" })).toBe(
      `303 ${page}?step=licences&error=monthly.incomplete`,
    );
    expect((await api.monthlyAccounts.byId({ id })).lineFaults).toEqual(["CIXAXDR"]);
    expect(await submit(advance, admin, id, { step: "create" })).toContain("error=monthly.incomplete");
    expect(await customersNamed("Ditta Errata")).toEqual([]);
    expect(await submit(advance, admin, id, { step: "discard" })).toContain("notice=discarded");
    await expect(api.monthlyAccounts.byId({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("creates a delegated customer with contact, access from the start and its ledger", async () => {
    const id = await fill(admin, "Ditta Nuova");
    expect(await create(admin, id)).toBe("200");
    const [customer] = await customersNamed("Ditta Nuova");
    expect(customer).toMatchObject({ relationship: "delegated", domain: "ditta-nuova.example" });
    const [grant] = await adminQuery(
      "select state, origin, capabilities, until_at from access_grant where customer_id = $1",
      [customer?.id],
    );
    expect(grant).toEqual({
      state: "active",
      origin: "monthly",
      capabilities: ["metrics", "licences", "console", "reports"],
      until_at: null,
    });
    expect(
      await adminQuery("select email, role from contact where customer_id = $1", [customer?.id]),
    ).toEqual([{ email: "ada@ditta-nuova.example", role: "administrator" }]);
    const [entry] = await adminQuery<{ detail: { terms: object; lines: object } }>(
      "select detail from audit_entry where customer_id = $1 and action = 'account:create'",
      [customer?.id],
    );
    expect(entry?.detail).toMatchObject({
      terms: { version: TERMS_VERSION, by: admin.name },
      lines: [{ code: "CIXAXDR", quantity: "12" }],
    });
    expect(await accountOf(id)).toMatchObject({ opening: "by_hand" });
  });

  test("twenty clicks of two people at once create one", async () => {
    const other = await makeMember({ partnerId, role: "superAdmin" });
    const id = await fill(admin, "Ditta Doppia");
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => create(n % 2 ? admin : other, id)),
    );
    expect(new Set(answers)).toEqual(new Set(["200"]));
    expect(await customersNamed("Ditta Doppia")).toHaveLength(1);
    expect(await create(admin, id)).toBe("200");
    expect(await customersNamed("Ditta Doppia")).toHaveLength(1);
  });

  test("names visible customers that may be the same", async () => {
    const named = await makeCustomer({ partnerId, name: "Società Gemella" });
    const domained = await makeCustomer({ partnerId, name: "Altra", domain: "societa-gemella.example" });
    await makeCustomer({ name: "Società Gemella" });
    const id = await fill(admin, "SOCIETA GEMELLA");
    const { twins } = await (await callerFor(admin)).monthlyAccounts.byId({ id });
    expect(twins).toEqual([
      { id: domained.id, name: "Altra", sameName: false, sameDomain: true },
      { id: named.id, name: "Società Gemella", sameName: true, sameDomain: false },
    ]);
  });

  test("is refused without MSP Flex, and drafts are their author's", async () => {
    const plain = await makeMember({ role: "admin" });
    expect(await post(advance, plain, randomUUID(), details("Senza Flex"))).toBe("409 monthly.notFlex");
    expect((await (await callerFor(plain)).monthlyAccounts.wizard({})).isFlex).toBe(false);
    const limited = await makeMember({
      partnerId,
      role: "admin",
      customers: [(await makeCustomer({ partnerId })).id],
    });
    const id = await fill(admin, "Di Altri");
    expect(await create(limited, id)).toBe("404 monthly.notFound");
    expect(await post(advance, limited, id, details("Di Altri"))).toBe("404 monthly.notFound");
  });

  test("who sees only some customers sees the one they made", async () => {
    const limited = await makeMember({
      partnerId,
      role: "admin",
      customers: [(await makeCustomer({ partnerId })).id],
    });
    const id = await fill(limited, "Ditta Vista");
    expect(await create(limited, id)).toBe("200");
    const [customer] = await customersNamed("Ditta Vista");
    await expect(
      (await callerFor(limited)).unlinks.subject({ customerId: customer?.id ?? "" }),
    ).resolves.toEqual({ name: "Ditta Vista", relationship: "delegated" });
  });
});

describe("at the vendor", () => {
  let flexId: string;
  let flex: Member;
  let connectionId: string;
  beforeAll(async () => {
    flexId = await makePartner({ mspFlex: true });
    flex = await makeMember({ partnerId: flexId });
    ({ connectionId } = await connectSophos(emulator.url, "alpina", {
      partnerId: flexId,
      settings: { maxRetries: "0" },
    }));
  });
  const open = (accountId: string) => openAccount({ partnerId: flexId, accountId }, never);
  const accounts = (customerId: string | undefined) =>
    adminQuery<{ external_id: string; billing: string; connection_id: string }>(
      "select external_id, billing, connection_id from vendor_account where customer_id = $1",
      [customerId],
    );
  const tenants = async (name: string) => {
    const count = await adminQuery<{ n: number }>(
      "select count(*)::int as n from vendor_account where name = $1",
      [name],
    );
    return count[0]?.n;
  };

  test("the account is opened, linked with what was ordered, and read; again changes nothing", async () => {
    const id = await fill(flex, "Aperta Subito");
    await create(flex, id);
    expect(await accountOf(id)).toMatchObject({ opening: "waiting" });
    await open(id);
    await open(id);
    const account = await accountOf(id);
    expect(account).toMatchObject({ opening: "opened", opening_code: null });
    expect(await accounts(account?.customer_id)).toEqual([
      { external_id: expect.any(String), billing: "usage", connection_id: connectionId },
    ]);
    expect(
      await adminQuery("select kind, owner, quantity::int, is_recorded from licence where customer_id = $1", [
        account?.customer_id,
      ]),
    ).toEqual([{ kind: "monthly", owner: "partner", quantity: 12, is_recorded: true }]);
    expect(await tenants("Aperta Subito")).toBe(1);
  });

  test("a refusal says why and is final until a person tries again", async () => {
    const id = await fill(flex, "Rifiutata", { region: "jp01" });
    await create(flex, id);
    await open(id);
    expect(await accountOf(id)).toMatchObject({ opening: "refused", opening_code: "vendor.failed" });
    await open(id);
    expect(await accountOf(id)).toMatchObject({ opening: "refused" });
    expect(await post(advance, flex, id, { step: "again" })).toBe("200");
    expect(await accountOf(id)).toMatchObject({ opening: "waiting", opening_code: null });
    expect(await post(advance, flex, id, { step: "again" })).toBe("409 monthly.notRefused");
  });

  test("an answer that was lost is looked for before anything is asked again", async () => {
    const id = await fill(flex, "Risposta Persa");
    await create(flex, id);
    await open(id);
    const [first] = await accounts((await accountOf(id))?.customer_id);
    // As a worker leaves it that died between the vendor's answer and its own note.
    await adminQuery("delete from vendor_account where external_id = $1", [first?.external_id]);
    await adminQuery("update monthly_account set opening = 'sending' where id = $1", [id]);
    await open(id);
    const [second] = await accounts((await accountOf(id))?.customer_id);
    expect(second?.external_id).toBe(first?.external_id);
  });

  test("trouble on the way leaves it in doubt, and the queue tries again", async () => {
    const id = await fill(flex, "In Dubbio");
    await create(flex, id);
    await control({ mode: "status", status: 503 });
    await expect(open(id)).rejects.toMatchObject({ code: "vendor.failed" });
    expect(await accountOf(id)).toMatchObject({ opening: "sending", opening_code: "vendor.failed" });
    await control({ mode: "ok" });
    await open(id);
    expect(await accountOf(id)).toMatchObject({ opening: "opened" });
  });

  test("a customer that a synchronisation made of it meanwhile becomes part of it", async () => {
    const id = await fill(flex, "Arrivata Prima");
    await create(flex, id);
    await open(id);
    const { customer_id: customerId } = (await accountOf(id)) ?? { customer_id: "" };
    const arrived = await makeCustomer({
      partnerId: flexId,
      name: "Arrivata Prima",
      relationship: "delegated",
    });
    await adminQuery(
      "update vendor_account set customer_id = $2, linked_by = 'arrival' where customer_id = $1",
      [customerId, arrived.id],
    );
    await adminQuery("update monthly_account set opening = 'sending' where id = $1", [id]);
    await open(id);
    expect(await accounts(customerId)).toHaveLength(1);
    expect(await adminQuery("select from customer where id = $1", [arrived.id])).toEqual([]);
  });
});
