// Groups through their forms and procedures: who may, what is refused, and that scope follows at the next request.
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { revokeAccess } from "#server/access/service.ts";
import { settleGroup } from "#server/jobs/group.ts";
import { saveGroupThresholds, saveWindow } from "#server/settings/handler.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeFullCustomer,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { ledTo } from "#tests/forms.ts";
import { changeGroup, changeMembers, countCustomers, makeGroup as create } from "./handler.ts";
import { settleMembers } from "./queries-rule.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>;

function send(
  handler: unknown,
  who: { token: string } | null,
  path: string,
  body: Record<string, unknown> | null,
  type: "form" | "json" = "json",
): Promise<Response> {
  const isForm = type === "form";
  const sent = isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body);
  const request = new Request(`${origin}/api/groups${path}${isForm ? "?lang=it" : ""}`, {
    method: body === null ? "GET" : "POST",
    ...(body !== null && { body: sent }),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      ...(isForm && { accept: "text/html" }),
      ...(who && { cookie: `${sessionCookieName()}=${who.token}` }),
    },
  });
  return (handler as Handler)(request, { params: Promise.resolve({ id: path.slice(1, 37) } as never) });
}
type Answer = { id?: string; changed?: number; count?: number; error?: { code: string } } | null;
/** The status, and what went wrong or came of it. */
const answer = async (response: Promise<Response>): Promise<[number, unknown]> => {
  const { status, body } = await response.then(async (one) => ({
    status: one.status,
    body: (await one.json()) as Answer,
  }));
  return [status, body?.error?.code ?? body?.id ?? body?.changed ?? body?.count ?? null];
};
const made = async (response: Promise<Response>): Promise<string> => {
  const [status, id] = await answer(response);
  expect(status, String(id)).toBe(200);
  return String(id);
};
const change = (who: Member, id: string, body: Record<string, unknown>) =>
  answer(send(changeGroup, who, `/${id}`, body));
const move = (who: Member, group: string, action: "add" | "remove", ...customers: Customer[]) =>
  answer(send(changeMembers, who, "/members", { action, group, customers: customers.map(({ id }) => id) }));
const seen = async (member: Member) =>
  (await (await callerFor(member)).customers.list({})).rows.map((row) => row.id).sort();
const ids = (...customers: Customer[]) => customers.map(({ id }) => id).sort();
const membersOf = async (groupId: string) =>
  (
    await adminQuery<{ id: string }>(
      "select customer_id as id from customer_group_member where group_id = $1 order by 1",
      [groupId],
    )
  ).map((row) => row.id);
const audited = async (partnerId: string) =>
  (
    await adminQuery<{ action: string }>(
      "select action from audit_entry where partner_id = $1 and outcome = 'done' order by at, seq",
      [partnerId],
    )
  ).map((row) => row.action);
/** What ingest, an edit or a job does to the facts of a customer. */
const alter = (partnerId: string, statement: RawBuilder<unknown>) =>
  withScope({ partnerId }, "read write", (db) => statement.execute(db), "worker");
const tick = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "on"]));

describe("a group that people fill", () => {
  let partnerId: string;
  let boss: Member;
  beforeAll(async () => {
    partnerId = await makePartner();
    boss = await makeMember({ partnerId });
  });

  test("is made, renamed and found by name; a name is one's own whatever its capitals", async () => {
    const id = await made(send(create, boss, "", { name: "  Nord   Est " }));
    expect(await answer(send(create, boss, "", { name: "NORD EST" }))).toEqual([409, "group.nameTaken"]);
    const other = await made(send(create, boss, "", { name: "Sud 🏔️ <b>'\"=cmd()" }));
    expect(await change(boss, other, { action: "rename", version: 1, name: "nord est" })).toEqual([
      409,
      "group.nameTaken",
    ]);
    expect(await change(boss, id, { action: "rename", version: 1, name: "Nord-Est" })).toEqual([200, null]);
    const { rows, total } = await (await callerFor(boss)).groups.list({ q: "NÔRD" });
    expect(rows.map(({ name, version, rule, customers }) => ({ name, version, rule, customers }))).toEqual([
      { name: "Nord-Est", version: 2, rule: null, customers: { count: 0, isMore: false } },
    ]);
    expect(total).toBe(2);
    for (const name of ["", "   ", "x".repeat(101), "\u200b", 5])
      expect(await answer(send(create, boss, "", { name })), String(name)).toEqual([400, "group.name"]);
    expect((await audited(partnerId)).slice(-3)).toEqual(["group:create", "group:create", "group:rename"]);
  });

  test("pages by name", async () => {
    const many = await makePartner();
    const owner = await makeMember({ partnerId: many });
    for (let n = 0; n < 53; n += 1)
      await makeGroup({ partnerId: many, name: `G${String(n).padStart(2, "0")}` });
    const api = await callerFor(owner);
    const first = await api.groups.list({});
    const second = await api.groups.list({ after: first.next ?? "" });
    expect([first.rows.length, second.rows.map(({ name }) => name), second.next, first.total]).toEqual([
      50,
      ["G50", "G51", "G52"],
      null,
      53,
    ]);
    await expect(api.groups.list({ after: "bm90aGluZw" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("the second of two people is told, and loses nothing of what was typed", async () => {
    const { id } = await makeGroup({ partnerId });
    const both = await Promise.all(
      ["Prima", "Seconda"].map((name) => change(boss, id, { action: "rename", version: 1, name })),
    );
    expect(both.map(([status]) => status).sort()).toEqual([200, 409]);
    const late = { action: "rename", version: "1", name: "Terza" };
    const back = await send(changeGroup, boss, `/${id}`, late, "form");
    expect([back.status, back.headers.get("location")]).toEqual([
      303,
      `/it/groups/${id}?name=Terza&of=rename&error=group.changed#rename`,
    ]);
  });

  test("what takes a change back is opened for whom made it, of that group and change, and nothing made up is", async () => {
    const { id } = await makeGroup({ partnerId, name: "Come era" });
    const { id: otherGroup } = await makeGroup({ partnerId });
    const rename = { action: "rename", version: "1", name: "Come è" };
    const answered = await send(changeGroup, boss, `/${id}`, rename, "form");
    const { query, undo, was } = await ledTo(answered, boss, "group rename", id);
    expect([query, undo]).toEqual([{ notice: "rename" }, { action: "rename", name: "Come era" }]);
    expect(was).not.toContain("Come");
    const told = { act: "group rename", of: id, was };
    const open = async (who: Member, input: typeof told) => (await callerFor(who)).undo.open(input);
    expect(await open(await makeMember({ partnerId }), told)).toBeNull();
    for (const other of [
      { act: "group take" },
      { of: otherGroup },
      { was: "Come era" },
      { was: `${was.slice(0, -2)}AA` },
      { was: was.slice(0, 20) },
    ])
      expect(await open(boss, { ...told, ...other }), JSON.stringify(other)).toBeNull();
  });

  test("what takes back customers and a rule are the forms' own fields, as far as an address holds them", async () => {
    const large = await makePartner();
    const owner = await makeMember({ partnerId: large });
    const { id } = await makeGroup({ partnerId: large });
    const add = async (customers: number) => {
      const added: string[] = [];
      for (let n = 0; n < customers; n += 1) added.push((await makeCustomer({ partnerId: large })).id);
      const ticked = Object.fromEntries(added.map((customer) => [`customer.${customer}`, "on"]));
      const fields = { action: "add", group: id, return: `/it/groups/${id}`, ...ticked };
      const moved = await send(changeMembers, owner, "/members", fields, "form");
      return { ticked, ...(await ledTo(moved, owner, "group added", id)) };
    };
    const few = await add(100);
    expect(few.query).toEqual({ notice: "added", n: "100", moved: id });
    expect(few.undo).toEqual({ action: "remove", group: id, ...few.ticked });
    expect((await add(130)).undo).toBeNull();

    const tags = Array.from({ length: 20 }, (_, n) => `etichetta ${n}`).join(", ");
    const countries = tick(...["AT", "CH", "DE", "FR", "IT"].map((code) => `countries.${code}`));
    const rule = { match: "any", tags, ...countries };
    const byRule = await made(send(create, boss, "", { name: "Regola che torna", kind: "rule", ...rule }));
    const other = { action: "rule", version: "1", match: "all", tags: "nessuno" };
    const set = await send(changeGroup, boss, `/${byRule}`, other, "form");
    expect((await ledTo(set, boss, "group rule", byRule)).undo).toEqual({ action: "rule", ...rule });
  });

  test("shows its administrators present and future customers, from their next request to their last", async () => {
    const present = await makeCustomer({ partnerId });
    const future = await makeCustomer({ partnerId });
    const elsewhere = await makeCustomer({ partnerId });
    const denied = await makeCustomer({ partnerId });
    const group = await makeGroup({ partnerId, customers: [present.id, denied.id] });
    const person = await makeMember({
      partnerId,
      role: "helpDesk",
      customers: [elsewhere.id],
      denied: [denied.id],
    });
    expect(await seen(person)).toEqual(ids(elsewhere));
    const { membershipId } = person;
    expect(await change(boss, group.id, { action: "give", membershipId })).toEqual([200, null]);
    expect(await seen(person)).toEqual(ids(present, elsewhere));
    expect(await move(boss, group.id, "add", future, present)).toEqual([200, 1]);
    expect(await seen(person)).toEqual(ids(present, future, elsewhere));
    expect(await move(boss, group.id, "remove", present)).toEqual([200, 1]);
    expect(await seen(person)).toEqual(ids(future, elsewhere));
    const details = await (await callerFor(boss)).groups.byId({ id: group.id });
    expect(details.administrators).toMatchObject([{ membershipId, seesAll: false, onlyThis: false }]);
    expect(details.candidates.some((one) => one.membershipId === membershipId)).toBe(false);
    expect(await change(boss, group.id, { action: "take", membershipId })).toEqual([200, null]);
    expect(await seen(person)).toEqual(ids(elsewhere));
    await change(boss, group.id, { action: "give", membershipId });
    const word = { action: "delete", word: "yes" };
    expect(await change(boss, group.id, { ...word, word: "no" })).toEqual([400, "group.wordMissing"]);
    expect(await seen(person)).toEqual(ids(future, elsewhere));
    expect(await change(boss, group.id, word)).toEqual([200, null]);
    expect(await seen(person)).toEqual(ids(elsewhere));
    // Its customers stay.
    expect(await seen(boss)).toEqual(expect.arrayContaining(ids(present, future, denied)));
    expect((await audited(partnerId)).slice(-6)).toEqual([
      "group:give",
      "group:add",
      "group:remove",
      "group:take",
      "group:give",
      "group:delete",
    ]);
  });

  test("takes no orders, nothing of another partner, and names what is missing", async () => {
    const { id } = await makeGroup({ partnerId });
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    const customer = await makeCustomer({ partnerId });
    const stranger = await makeCustomer();
    expect(await move(boss, id, "add", order)).toEqual([409, "group.orderOnly"]);
    expect(await move(boss, id, "add", order, customer)).toEqual([200, 1]);
    expect(await move(boss, id, "add", stranger)).toEqual([404, "customer.notFound"]);
    expect(await move(boss, id, "add")).toEqual([400, "group.noneChosen"]);
    expect(await move(boss, (await makeGroup()).id, "add", customer)).toEqual([404, "group.notFound"]);
    expect(await membersOf(id)).toEqual(ids(customer));
    // One that becomes an order leaves.
    await alter(partnerId, sql`update customer set relationship = 'order_only' where id = ${customer.id}`);
    expect(await membersOf(id)).toEqual([]);
    const outsider = await makeMember();
    const give = { action: "give", membershipId: outsider.membershipId };
    expect(await change(boss, id, give)).toEqual([404, "group.personNotFound"]);
    expect(await change(outsider, id, { action: "delete", word: "yes" })).toEqual([404, "group.notFound"]);
    expect(await change(boss, "nothing", { action: "delete", word: "yes" })).toEqual([404, "group.notFound"]);
    expect(await change(boss, id, { action: "explode" })).toEqual([400, "request.invalid"]);
    expect(await change(boss, id, { action: "rename", name: "x" })).toEqual([400, "request.invalid"]);
  });

  test("is nobody's to manage but a Super Admin's, by form, procedure or program", async () => {
    const customer = await makeCustomer({ partnerId });
    const group = await makeGroup({ partnerId, customers: [customer.id] });
    const { id } = group;
    for (const role of [
      "admin",
      "helpDesk",
      "business",
      "readOnly",
      "customerAdmin",
      "customerViewer",
    ] as const) {
      const member = await makeMember({ partnerId, role });
      const { membershipId } = member;
      const refused = [403, "permission.denied"];
      expect(await answer(send(create, member, "", { name: `x ${role}` })), role).toEqual(refused);
      expect(await change(member, id, { action: "rename", version: 1, name: "x" })).toEqual(refused);
      expect(await change(member, id, { action: "give", membershipId })).toEqual(refused);
      expect(await change(member, id, { action: "delete", word: "yes" })).toEqual(refused);
      expect(await move(member, id, "add", customer)).toEqual(refused);
      expect(await move(member, id, "remove", customer)).toEqual(refused);
      expect(await answer(send(countCustomers, member, "/count", null))).toEqual(refused);
      await expect((await callerFor(member)).groups.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect(await membersOf(id)).toEqual(ids(customer));
    expect(await answer(send(create, null, "", { name: "x" }))).toEqual([401, "auth.required"]);
  });

  test("decides the status of who joins and leaves by its thresholds, which go with it", async () => {
    const { id } = await makeGroup({ partnerId, silentDays: 30 });
    const customer = await makeCustomer({ partnerId });
    const isDue = async () => {
      const [row] = await adminQuery<{ due: boolean }>(
        "select coalesce(next_change_at <= now(), false) as due from customer_overview where customer_id = $1",
        [customer.id],
      );
      await refresh(partnerId, [customer.id]);
      return row?.due;
    };
    await move(boss, id, "add", customer);
    expect(await isDue()).toBe(true);
    await move(boss, id, "add", customer);
    expect(await isDue()).toBe(false);
    await change(boss, id, { action: "delete", word: "yes" });
    expect(await isDue()).toBe(true);
  });

  test("of one customer are shown with those it may join", async () => {
    const customer = await makeCustomer({ partnerId });
    const member = await makeGroup({ partnerId, name: "Ist drin", customers: [customer.id] });
    const other = await makeGroup({ partnerId, name: "Noch nicht" });
    const api = await callerFor(boss);
    const { member: inIt, others } = await api.groups.ofCustomer({ of: customer.id });
    expect(inIt).toEqual([{ id: member.id, name: "Ist drin", isByRule: false }]);
    expect(others).toContainEqual({ id: other.id, name: "Noch nicht" });
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await api.groups.ofCustomer({ of: order.id })).toEqual({ member: [], others: [] });
  });
});

describe("a group by rule", () => {
  let partnerId: string;
  let boss: Member;
  beforeAll(async () => {
    partnerId = await makePartner();
    boss = await makeMember({ partnerId });
  });
  const byRule = (name: string, fields: Record<string, unknown>) =>
    made(send(create, boss, "", { name, kind: "rule", ...fields }));
  const counted = (fields: Record<string, string>) =>
    answer(send(countCustomers, boss, `/count?${new URLSearchParams(fields)}`, null));

  test("has whom its conditions mean: all of them or any, counted before it is made", async () => {
    const italian = await makeCustomer({ partnerId, country: "IT", tags: ["VIP", "Élite"] });
    const french = await makeCustomer({ partnerId, country: "FR", tags: ["vip"] });
    const snow = await makeConnection({ partnerId, vendor: "snow" });
    await makeAccount(french, { connectionId: snow.id, vendor: "snow" });
    const swiss = await makeFullCustomer({ partnerId, country: "CH" });
    const order = await makeCustomer({ partnerId, country: "IT", relationship: "order_only", tags: ["vip"] });
    const meant = async (fields: Record<string, string>, ...customers: Customer[]) => {
      expect(await counted(fields)).toEqual([200, customers.length]);
      const id = await byRule(`r ${crypto.randomUUID()}`, fields);
      expect(await membersOf(id)).toEqual(ids(...customers));
      const group = await (await callerFor(boss)).groups.byId({ id });
      expect([group.customers.count, group.isSettled]).toEqual([customers.length, true]);
    };
    await meant({ tags: "Vip" }, italian, french);
    await meant({ tags: "elite, nobody" }, italian);
    await meant({ tags: "vip", ...tick("countries.FR", "countries.CH") }, french);
    await meant(
      { match: "any", tags: "vip", ...tick("countries.FR", "countries.CH") },
      italian,
      french,
      swiss,
    );
    await meant(tick("vendors.snow"), french);
    await meant(tick("licenceKinds.term"), swiss);
    await meant(tick("licenceKinds.trial"));
    await meant(tick("categories.endpoint", "categories.server"), swiss);
    await meant(tick("statuses.warning"), swiss);
    await meant({ match: "any", ...tick("statuses.warning", "vendors.snow") }, french, swiss);
    expect(await seen(boss)).toContain(order.id);
    expect(await counted({})).toEqual([200, null]);
    expect(await counted(tick("statuses.happy"))).toEqual([400, "group.rule"]);
    expect(await answer(send(create, boss, "", { name: "Leer", kind: "rule" }))).toEqual([
      400,
      "group.ruleEmpty",
    ]);
    const options = await (await callerFor(boss)).groups.options();
    expect(options.countries).toEqual(["CH", "FR", "IT"]);
    expect(options.vendors).toEqual(["snow", "sophos"]);
    expect(options.categories).toContain("endpoint");
  });

  test("follows each fact in the transaction that changes it, and its administrators see who comes and goes", async () => {
    const tagged = await byRule("Etichetta", { tags: "gold" });
    const french = await byRule("Francia", tick("countries.FR"));
    const sophos = await byRule("Sophos", tick("vendors.sophos"));
    const warned = await byRule("Avvisi", tick("statuses.warning"));
    const trial = await byRule("Prove", tick("licenceKinds.trial"));
    const person = await makeMember({ partnerId, role: "readOnly", groups: [tagged] });
    const here = async (customer: Customer) =>
      Object.entries({ tagged, french, sophos, warned, trial }).map(async ([name, id]) =>
        (await membersOf(id)).includes(customer.id) ? name : "",
      );
    const inGroups = async (customer: Customer) => (await Promise.all(await here(customer))).join("");
    // Present and future: this one comes after the group was made and given.
    const customer = await makeCustomer({ partnerId, tags: ["gold"] });
    expect(await inGroups(customer)).toBe("tagged");
    expect(await seen(person)).toEqual([customer.id]);
    await alter(partnerId, sql`update customer set tags = '{}', country = 'FR' where id = ${customer.id}`);
    expect(await inGroups(customer)).toBe("french");
    expect(await seen(person)).toEqual([]);
    const account = await makeAccount(customer);
    expect(await inGroups(customer)).toBe("frenchsophos");
    await makeLicence({ customer, account }, { kind: "trial" });
    expect(await inGroups(customer)).toBe("frenchsophostrial");
    const other = await makeCustomer({ partnerId });
    await alter(partnerId, sql`update vendor_account set customer_id = ${other.id} where id = ${account.id}`);
    expect([await inGroups(customer), await inGroups(other)]).toEqual(["frenchtrial", "sophos"]);
    await alter(partnerId, sql`delete from vendor_account where id = ${account.id}`);
    expect(await inGroups(other)).toBe("");
    await alter(partnerId, sql`delete from customer where id = ${customer.id}`);
    expect(await membersOf(french)).not.toContain(customer.id);
  });

  test("lets go of who withdraws access in the transaction of the customer that withdraws it", async () => {
    const warned = await byRule("Ritirati", tick("statuses.warning"));
    const customer = await makeFullCustomer({ partnerId });
    const admin = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    const person = await makeMember({ partnerId, role: "helpDesk", groups: [warned] });
    expect(await seen(person)).toContain(customer.id);
    const scope = { partnerId, customerId: customer.id, memberId: admin.membershipId };
    await withScope(scope, "read write", (db) =>
      revokeAccess({ db, partnerId, audit: async () => undefined }, customer.id, new Date()),
    );
    expect(await seen(person)).not.toContain(customer.id);
  });

  test("changes with its rule: who no longer belongs leaves at once, and nobody else may say who does", async () => {
    const [one, two] = [
      await makeCustomer({ partnerId, tags: ["uno"] }),
      await makeCustomer({ partnerId, tags: ["due"] }),
    ];
    const id = await byRule("Regola", { tags: "uno" });
    const person = await makeMember({ partnerId, role: "helpDesk", groups: [id] });
    expect(await seen(person)).toEqual(ids(one));
    expect(await change(boss, id, { action: "rule", version: 1, tags: "due" })).toEqual([200, null]);
    expect(await seen(person)).toEqual(ids(two));
    expect(await change(boss, id, { action: "rule", version: 1, tags: "tre" })).toEqual([
      409,
      "group.changed",
    ]);
    expect(await change(boss, id, { action: "rule", version: 2 })).toEqual([400, "group.ruleEmpty"]);
    expect(await move(boss, id, "add", one)).toEqual([409, "group.byRule"]);
    expect(await move(boss, id, "remove", two)).toEqual([409, "group.byRule"]);
    const filled = await makeGroup({ partnerId });
    expect(await change(boss, filled.id, { action: "rule", version: 1, tags: "due" })).toEqual([
      409,
      "group.notByRule",
    ]);
    expect(await membersOf(id)).toEqual(ids(two));
  });

  test("does not ask for a status that it decides itself", async () => {
    const id = await byRule("Soglie", { tags: "uno" });
    await adminQuery("update customer_group set silent_days = 3 where id = $1", [id]);
    const status = { action: "rule", version: 1, ...tick("statuses.warning") };
    expect(await change(boss, id, status)).toEqual([409, "group.circle"]);
    await adminQuery("update customer_group set silent_days = null where id = $1", [id]);
    expect(await change(boss, id, status)).toEqual([200, null]);
    const { groups } = await (await callerFor(boss)).settings.thresholds();
    expect(groups.some((group) => group.id === id)).toBe(false);
    const none = { stuckHours: "", wasSilentDays: "", wasStuckHours: "" };
    const circle = [409, "settings.groupByStatus"];
    expect(await answer(send(saveGroupThresholds, boss, `/${id}`, { silentDays: 3, ...none }))).toEqual(
      circle,
    );
    const window = {
      name: "x",
      covers: "group",
      groupId: id,
      from: "2099-01-01T10:00",
      until: "2099-01-01T11:00",
    };
    expect(await answer(send(saveWindow, boss, "", window))).toEqual(circle);
  });

  test("is right in the end, however facts and rules change at the same time", async () => {
    const tags = ["a", "b", "c"];
    const customers: Customer[] = [];
    for (let n = 0; n < 6; n += 1) customers.push(await makeCustomer({ partnerId }));
    const groups = [await byRule("Gara 1", { tags: "a" }), await byRule("Gara 2", { tags: "b" })];
    const one = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        if (n % 4 !== 0) {
          const tagging = sql`update customer set tags = array[${one(tags, n)}] where id = any(${ids(one(customers, n), one(customers, n * 5))}::uuid[])`;
          return alter(partnerId, tagging).then(() => 200);
        }
        const id = one(groups, n / 4);
        const { version } = await (await callerFor(boss)).groups.byId({ id });
        const [status] = await change(boss, id, { action: "rule", version, tags: one(tags, n / 4) });
        return status;
      }),
    );
    expect(outcomes.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    for (const id of groups) {
      await settleGroup({ partnerId, groupId: id }, new AbortController().signal);
      const { rule } = await (await callerFor(boss)).groups.byId({ id });
      const meant = await adminQuery<{ id: string }>(
        "select id from customer where partner_id = $1 and tags && $2::text[] order by id",
        [partnerId, rule?.tags],
      );
      expect(await membersOf(id)).toEqual(meant.map((row) => row.id));
    }
  });

  test("is settled in steps by the worker, which mends what changed meanwhile", async () => {
    const customers: Customer[] = [];
    for (let n = 0; n < 7; n += 1) customers.push(await makeCustomer({ partnerId, tags: ["passo"] }));
    const id = await byRule("Passi", { tags: "passo" });
    // As it is when a fact changed by the old rule while the new one was being saved.
    await adminQuery("delete from customer_group_member where group_id = $1 and customer_id = $2", [
      id,
      customers[3]?.id,
    ]);
    await adminQuery("update customer_group set settled_version = 0 where id = $1", [id]);
    await settleGroup({ partnerId, groupId: id }, new AbortController().signal);
    expect(await membersOf(id)).toEqual(ids(...customers));
    const group = await (await callerFor(boss)).groups.byId({ id });
    expect(group.isSettled).toBe(true);
    await adminQuery("delete from customer_group_member where group_id = $1", [id]);
    const steps: (string | null)[] = [];
    await withScope(
      { partnerId },
      "read write",
      async (db) => {
        for (let after: string | null = null; steps.length < 50;) {
          after = await settleMembers(db, partnerId, id, after, 3);
          steps.push(after);
          if (after === null) break;
        }
      },
      "worker",
    );
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.at(-1)).toBeNull();
    expect(await membersOf(id)).toEqual(ids(...customers));
    await settleGroup({ partnerId, groupId: crypto.randomUUID() }, new AbortController().signal);
  });

  test("is refused beyond fifty", async () => {
    const full = await makePartner();
    const owner = await makeMember({ partnerId: full });
    for (let n = 0; n < 50; n += 1) await makeGroup({ partnerId: full, ruleMatch: "all", ruleTags: ["x"] });
    const more = { name: "Zu viel", kind: "rule", tags: "x" };
    expect(await answer(send(create, owner, "", more))).toEqual([409, "group.tooManyRules"]);
    await made(send(create, owner, "", { name: "Doch" }));
  });
});
