// The queue of work through its procedure and forms: what waits for whom, in whose scope, page by page, and who takes it on.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { revokeAccess } from "#server/access/service.ts";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { handle as handleWarning } from "#server/warnings/handler.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  daysAgo,
  makeAccount,
  makeConnection,
  makeCustomer,
  makeDevices,
  makeFullCustomer,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  makeUser,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { takeAccess, takeAccount, takeConnection, takeLicences } from "./handler.ts";
import type { QueueInput, WorkItem, WorkKind } from "./schema.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

const sections = async (who: Member, input: Partial<QueueInput> = {}) =>
  (await (await callerFor(who)).home.queue(input)).sections;
const itemsOf = async (who: Member, kind: WorkKind, input: Partial<QueueInput> = {}): Promise<WorkItem[]> =>
  (await sections(who, input)).find((one) => one.kind === kind)?.items ?? [];

type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>;
function send(handler: Handler, who: Member, body: Record<string, string>, isForm = true): Promise<Response> {
  const request = new Request(`${origin}/api/home/x?lang=it`, {
    method: "POST",
    body: isForm ? new URLSearchParams(body).toString() : JSON.stringify(body),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      accept: isForm ? "text/html" : "application/json",
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      cookie: `${sessionCookieName()}=${who.token}`,
    },
  });
  return handler(request, { params: Promise.resolve({} as never) });
}

let partnerId: string;
let lead: Member;
let customer: Customer & { connectionId: string };
beforeAll(async () => {
  partnerId = await makePartner();
  lead = await makeMember({ partnerId });
  customer = await makeFullCustomer({ partnerId, name: "Rossi" });
});

describe("warnings", () => {
  test("wait from when they appear; what grows says from what, until it is down again", async () => {
    const first = await itemsOf(lead, "warning");
    expect(first.map(({ reason, isNew }) => [reason?.code, isNew]).sort()).toEqual([
      ["devices_silent", true],
      ["devices_unprotected", true],
    ]);
    expect(first[0]?.customer).toEqual({ id: customer.id, name: "Rossi" });
    await adminQuery("update open_reason set appeared_at = $2 where customer_id = $1", [
      customer.id,
      daysAgo(20),
    ]);
    expect(await itemsOf(lead, "warning")).toEqual([]);
    const account = { id: "" };
    const [row] = await adminQuery<{ id: string }>("select id from vendor_account where customer_id = $1", [
      customer.id,
    ]);
    account.id = row?.id ?? "";
    await makeDevices({ customer, account }, 2, { lastSeenAt: daysAgo(9) });
    const [grown, ...others] = await itemsOf(lead, "warning");
    expect(others).toEqual([]);
    expect(grown).toMatchObject({ reason: { code: "devices_silent" }, grown: { from: 1 }, isNew: false });
    await adminQuery(
      "delete from device where customer_id = $1 and last_seen_at < $2 and hostname like 'pc%'",
      [customer.id, daysAgo(8)],
    );
    await refresh(partnerId, [customer.id]);
    expect(await itemsOf(lead, "warning")).toEqual([]);
    expect(await adminQuery("select code from open_reason where customer_id = $1", [customer.id])).toEqual(
      [],
    );
  });

  test("that somebody puts aside leave at once; mine stay whatever their age", async () => {
    const other = await makeFullCustomer({ partnerId, name: "Verdi" });
    const act = (body: Record<string, string>) => {
      const request = new Request(`${origin}/api/warnings/${other.id}?lang=fr`, {
        method: "POST",
        body: new URLSearchParams({ code: "devices_silent", subject: "", ...body }).toString(),
        headers: {
          host: "127.0.0.1:3000",
          origin,
          accept: "text/html",
          "content-type": "application/x-www-form-urlencoded",
          cookie: `${sessionCookieName()}=${lead.token}`,
        },
      });
      return handleWarning(request, { params: Promise.resolve({ id: other.id }) });
    };
    const taken = await act({ act: "assign", to: lead.membershipId, return: "/fr?of=team&kind=warning" });
    expect(taken.headers.get("location")).toBe("/fr?of=team&kind=warning&notice=work.taken");
    await adminQuery("update open_reason set appeared_at = $2 where customer_id = $1", [
      other.id,
      daysAgo(20),
    ]);
    const [mine, ...rest] = await itemsOf(lead, "warning", { of: "mine" });
    expect(rest).toEqual([]);
    expect(mine).toMatchObject({
      customer: { name: "Verdi" },
      assignee: { id: lead.membershipId, isMe: true },
      isNew: false,
    });
    const refused = await act({ act: "assign", to: randomUUID(), return: "/fr" });
    expect(refused.headers.get("location")).toBe("/fr?refused=warning.assignee");
    await act({ act: "snooze", for: "day", why: "later" });
    expect(await itemsOf(lead, "warning", { of: "mine" })).toEqual([]);
    await act({ act: "reopen" });
    expect(await itemsOf(lead, "warning", { of: "mine" })).toHaveLength(1);
    const given = await act({ act: "assign", to: "", return: "https://evil.example" });
    expect(given.headers.get("location")).toBe("/fr?notice=work.given");
    expect(await itemsOf(lead, "warning", { of: "mine" })).toEqual([]);
  });

  test("vanish with the access to the figures", async () => {
    const gone = await makeFullCustomer({ partnerId, name: "Bianchi" });
    const names = async () =>
      (await itemsOf(lead, "warning", { kind: "warning" })).map((item) => item.customer?.name);
    expect(await names()).toContain("Bianchi");
    await withScope(scopeOf(lead), "read write", (db) =>
      revokeAccess({ db, partnerId, audit: (entry) => appendAudit(db, lead, entry) }, gone.id, new Date()),
    );
    expect(await names()).not.toContain("Bianchi");
    await refresh(partnerId, [gone.id]);
    expect(
      await adminQuery("select from open_reason where customer_id = $1 and kind = 'warning'", [gone.id]),
    ).toEqual([]);
  });
});

describe("what ends, waits and fails", () => {
  let own: string;
  let boss: Member;
  beforeAll(async () => {
    own = await makePartner();
    boss = await makeMember({ partnerId: own });
  });
  const only = async (kind: WorkKind) => {
    const all = await sections(boss);
    expect(all.filter(({ total }) => total > 0).map((one) => one.kind)).toContain(kind);
    const [item, ...rest] = all.find((one) => one.kind === kind)?.items ?? [];
    expect(rest).toEqual([]);
    return item;
  };

  test("nothing, at first", async () => {
    const all = await sections(boss);
    expect(all.map(({ total, items, next }) => [total, items.length, next])).toEqual(
      all.map(() => [0, 0, null]),
    );
  });

  test("a synchronisation that is stuck", async () => {
    const stuck = await makeCustomer({ partnerId: own, name: "Fermo" });
    await makeAccount(stuck, { lastSuccessAt: null, lastDataAt: null });
    expect(await only("stuck")).toMatchObject({ customer: { name: "Fermo" }, reason: { code: "stuck" } });
  });

  test("a request that is not answered, and access that ends within thirty days", async () => {
    const asked = await makeCustomer({ partnerId: own, name: "Chiesto", relationship: "delegated" });
    await makeGrant(asked, { state: "pending" });
    expect(await only("request")).toMatchObject({ customer: { name: "Chiesto" }, mayTake: true });
    const ending = await makeCustomer({ partnerId: own, name: "Finisce", relationship: "delegated" });
    const until = inDays(29);
    await makeGrant(ending, { untilAt: until });
    const later = await makeCustomer({ partnerId: own, name: "Dopo", relationship: "delegated" });
    await makeGrant(later, { untilAt: inDays(31) });
    expect(await only("access_end")).toMatchObject({
      customer: { name: "Finisce" },
      until: until.toISOString(),
      due: dayOf(until),
    });
  });

  test("a licence that ends, and one that is over-used, also for Business and without figures", async () => {
    const used = await makeCustomer({ partnerId: own, name: "Licenze" });
    const account = await makeAccount(used);
    await makeLicence({ customer: used, account }, { endsOn: dayOf(inDays(10)), used: "11" });
    await makeLicence({ customer: used, account }, { endsOn: dayOf(inDays(40)) });
    expect(await only("licence_end")).toMatchObject({
      until: dayOf(inDays(10)),
      customer: { name: "Licenze" },
    });
    expect(await only("over_use")).toMatchObject({ customer: { name: "Licenze" } });
    const business = await makeMember({ partnerId: own, role: "business" });
    const kinds = (await sections(business)).map((one) => one.kind);
    expect(kinds).not.toContain("warning");
    expect((await itemsOf(business, "licence_end"))[0]).toMatchObject({ mayTake: true });
    await adminQuery("update licence set used = 3 where customer_id = $1", [used.id]);
    await refresh(own, [used.id]);
    expect(await itemsOf(boss, "over_use")).toEqual([]);
  });

  test("a vendor’s account without a customer, and a connection that fails", async () => {
    const { id: connectionId } = await makeConnection({
      partnerId: own,
      name: "Snow Nord",
      vendor: "snow",
      errorCode: "vendor.credentials",
      errorSince: daysAgo(2),
    });
    await adminQuery(
      `insert into vendor_account (partner_id, connection_id, vendor, external_id, name, billing, link_state)
       values ($1, $2, 'snow', 'H-1', 'Senza casa', 'term', 'not_linked')`,
      [own, connectionId],
    );
    expect(await only("connection")).toMatchObject({ name: "Snow Nord", errorCode: "vendor.credentials" });
    expect(await only("account")).toMatchObject({ name: "Senza casa", customer: null });
  });

  test("is taken on and given back by who may settle it", async () => {
    const readOnly = await makeMember({ partnerId: own, role: "readOnly" });
    const handlers: [WorkKind, Handler][] = [
      ["access_end", takeAccess],
      ["licence_end", takeLicences],
      ["account", takeAccount],
      ["connection", takeConnection],
    ];
    for (const [kind, handler] of handlers) {
      const [item] = await itemsOf(boss, kind);
      const body = { kind, subjectId: item?.subjectId ?? "", due: item?.due ?? "infinity" };
      const back = await send(handler, boss, { ...body, to: "me", return: "/it?of=mine&error=x" });
      expect(back.headers.get("location"), kind).toBe("/it?of=mine&notice=work.taken");
      expect((await itemsOf(boss, kind, { of: "mine" }))[0]?.assignee, kind).toMatchObject({ isMe: true });
      expect((await itemsOf(readOnly, kind, { of: "mine" })).length, kind).toBe(0);
      expect((await send(handler, readOnly, { ...body, to: "me" }, false)).status, kind).toBe(403);
      expect((await send(handler, boss, { ...body, to: "nobody" }, false)).status, kind).toBe(200);
      expect((await itemsOf(boss, kind, { of: "mine" })).length, kind).toBe(0);
      const nobody = await send(handler, boss, { ...body, subjectId: randomUUID(), to: "me" }, false);
      expect(nobody.status, kind).toBe(404);
      const stranger = await makeMember();
      expect((await send(handler, stranger, { ...body, to: "me" }, false)).status, kind).toBe(404);
    }
    const [item] = await itemsOf(boss, "licence_end");
    const wrong = { kind: "account", subjectId: item?.subjectId ?? "", to: "me" };
    expect((await send(takeLicences, boss, wrong, false)).status).toBe(400);
    const back = await send(takeLicences, boss, { ...wrong, return: "/it?kind=account" });
    expect(back.headers.get("location")).toBe("/it?kind=account&error=request.invalid");
    const entries = await adminQuery<{ entity: string; customer_id: string | null }>(
      "select entity, customer_id from audit_entry where partner_id = $1 and action = 'work:assign' and outcome = 'done'",
      [own],
    );
    expect(entries).toHaveLength(8);
    // What is about a customer stands in its own ledger.
    for (const { entity, customer_id: about } of entries) {
      const [kind, subjectId] = entity.split(" ");
      expect(about, entity).toBe(kind === "access_end" || kind === "licence_end" ? subjectId : null);
    }
  });

  test("is not taken from a colleague whom the page did not show, nor given back for them", async () => {
    const colleague = await makeMember({ partnerId: own, userId: (await makeUser({ name: "Elio" })).id });
    for (const [kind, handler] of [
      ["access_end", takeAccess],
      ["licence_end", takeLicences],
      ["account", takeAccount],
      ["connection", takeConnection],
    ] as const) {
      const [item] = await itemsOf(boss, kind);
      const body = { kind, subjectId: item?.subjectId ?? "", due: item?.due ?? "infinity" };
      expect((await send(handler, colleague, { ...body, to: "me" }, false)).status, kind).toBe(200);
      const stale = await send(handler, boss, { ...body, to: "me", from: "" }, false);
      expect([stale.status, await stale.json()], kind).toMatchObject([
        409,
        { error: { code: "work.assigned", fields: { from: colleague.membershipId, name: "Elio" } } },
      ]);
      const given = await send(handler, boss, { ...body, to: "nobody", return: "/it?of=mine" });
      expect(given.headers.get("location"), kind).toBe(
        `/it?of=mine&about=${colleague.membershipId}&error=work.assigned`,
      );
      expect((await itemsOf(boss, kind))[0]?.assignee, kind).toMatchObject({ name: "Elio" });
      const over = { ...body, to: "me", from: colleague.membershipId };
      expect((await send(handler, boss, over, false)).status, kind).toBe(200);
      expect((await send(handler, boss, over, false)).status, kind).toBe(200);
      expect((await itemsOf(boss, kind))[0]?.assignee, kind).toMatchObject({ isMe: true });
      expect((await send(handler, boss, { ...body, to: "nobody" }, false)).status, kind).toBe(200);
      const both = await Promise.all(
        [boss, colleague].map((who) => send(handler, who, { ...body, to: "me" }, false)),
      );
      expect(both.map(({ status }) => status).sort(), kind).toEqual([200, 409]);
      await adminQuery("delete from work_assignment where partner_id = $1", [own]);
    }
    const api = await callerFor(boss);
    expect((await api.home.queue({ about: colleague.membershipId })).about).toBe("Elio");
    expect((await api.home.queue({ about: lead.membershipId })).about).toBeNull();
  });

  test("of who has left is taken over by name of their membership", async () => {
    const leaver = await makeMember({ partnerId: own });
    const [item] = await itemsOf(boss, "licence_end");
    const body = { kind: "licence_end", subjectId: item?.subjectId ?? "", due: item?.due ?? "", to: "me" };
    await send(takeLicences, leaver, body, false);
    await adminQuery("update membership set disabled_at = now() where id = $1", [leaver.membershipId]);
    const [left] = await itemsOf(boss, "licence_end");
    expect(left).toMatchObject({ assignee: null, assignedTo: leaver.membershipId });
    const taken = await send(takeLicences, boss, { ...body, from: left?.assignedTo ?? "" }, false);
    expect(taken.status).toBe(200);
    expect((await itemsOf(boss, "licence_end"))[0]?.assignee).toMatchObject({ isMe: true });
  });

  test("that does not wait is nobody's to take", async () => {
    const quiet = await makeCustomer({ partnerId: own });
    const account = await makeAccount(quiet);
    const [ending] = await itemsOf(boss, "licence_end");
    for (const [handler, body] of [
      [takeAccess, { kind: "access_end", subjectId: quiet.id, due: dayOf(inDays(3)) }],
      [takeLicences, { kind: "licence_end", subjectId: quiet.id, due: dayOf(inDays(3)) }],
      [takeLicences, { kind: "licence_end", subjectId: ending?.subjectId ?? "", due: dayOf(inDays(3)) }],
      [takeLicences, { kind: "over_use", subjectId: quiet.id, due: "infinity" }],
      [takeAccount, { kind: "account", subjectId: account.id, due: "infinity" }],
      [takeConnection, { kind: "connection", subjectId: account.connectionId, due: "infinity" }],
    ] as const) {
      const refused = await send(handler, boss, { ...body, to: "me" }, false);
      expect([refused.status, await refused.json()], body.kind).toMatchObject([
        409,
        { error: { code: "work.gone" } },
      ]);
    }
  });

  test("that comes again has been taken on by nobody", async () => {
    const colleague = await makeMember({ partnerId: own });
    const used = await makeCustomer({ partnerId: own, name: "Ancora" });
    await makeLicence({ customer: used, account: await makeAccount(used) }, { used: "11" });
    const [failing] = await itemsOf(boss, "connection");
    const [unmatched] = await itemsOf(boss, "account");
    const api = await callerFor(boss);
    const accountId = unmatched?.subjectId ?? "";
    const recurrences: [WorkKind, Handler, string, () => Promise<unknown>][] = [
      [
        "over_use",
        takeLicences,
        used.id,
        async () => {
          for (const amount of [3, 12]) {
            await adminQuery("update licence set used = $2 where customer_id = $1", [used.id, amount]);
            await refresh(own, [used.id]);
          }
        },
      ],
      [
        "account",
        takeAccount,
        accountId,
        async () => {
          await api.vendorAccounts.link({ accountId, toCustomerId: used.id });
          await api.vendorAccounts.unlink({ accountId });
        },
      ],
      [
        "connection",
        takeConnection,
        failing?.subjectId ?? "",
        () =>
          adminQuery("update connection set error_since = clock_timestamp() where id = $1", [
            failing?.subjectId,
          ]),
      ],
    ];
    for (const [kind, handler, subjectId, comeAgain] of recurrences) {
      const body = { kind, subjectId, due: "infinity", to: "me" };
      const item = async (of: "team" | "mine" = "team") =>
        (await itemsOf(boss, kind, { of })).find((one) => one.subjectId === subjectId);
      expect((await send(handler, boss, body, false)).status, kind).toBe(200);
      expect((await item("mine"))?.assignee, kind).toMatchObject({ isMe: true });
      await comeAgain();
      expect(await item(), kind).toMatchObject({ assignee: null, assignedTo: null });
      expect(await item("mine"), kind).toBeUndefined();
      expect((await send(handler, colleague, body, false)).status, kind).toBe(200);
      expect((await item())?.assignedTo, kind).toBe(colleague.membershipId);
    }
  });
});

describe("the scope", () => {
  test("of a member and of a group narrows every kind; a group that is not known narrows to nothing", async () => {
    const own = await makePartner();
    const boss = await makeMember({ partnerId: own });
    const inside = await makeFullCustomer({ partnerId: own, name: "Dentro" });
    await makeFullCustomer({ partnerId: own, name: "Fuori" });
    const group = await makeGroup({ partnerId: own, customers: [inside.id] });
    const limited = await makeMember({ partnerId: own, role: "helpDesk", groups: [group.id] });
    const names = async (who: Member, input: Partial<QueueInput> = {}) => [
      ...new Set((await itemsOf(who, "warning", input)).map((item) => item.customer?.name)),
    ];
    expect((await names(boss)).sort()).toEqual(["Dentro", "Fuori"]);
    expect(await names(limited)).toEqual(["Dentro"]);
    expect(await names(boss, { group: group.id })).toEqual(["Dentro"]);
    expect(await names(boss, { group: randomUUID() })).toEqual([]);
    expect((await (await callerFor(limited)).home.queue({})).groups).toMatchObject([{ id: group.id }]);
  });

  test("pages each once, in their order, with a count that says when it stopped", async () => {
    const own = await makePartner();
    const boss = await makeMember({ partnerId: own });
    const from = await makeCustomer({ partnerId: own });
    await adminQuery(
      `insert into customer (partner_id, id, name, name_shown, relationship)
       select $1, gen_random_uuid(), 'C' || n, 'C' || n, 'delegated' from generate_series(1, 60) n`,
      [own],
    );
    const rows = await adminQuery<{ id: string }>(
      "select id from customer where partner_id = $1 and id <> $2",
      [own, from.id],
    );
    await adminQuery(
      "insert into access_grant (partner_id, customer_id, state, capabilities) select partner_id, id, 'pending', '{metrics}' from customer where partner_id = $1 and id <> $2",
      [own, from.id],
    );
    await refresh(
      own,
      rows.map(({ id }) => id),
    );
    const api = await callerFor(boss);
    const [first] = (await api.home.queue({ kind: "request" })).sections;
    expect([first?.items.length, first?.total, first?.isMore]).toEqual([50, 60, false]);
    const [second] = (await api.home.queue({ kind: "request", after: first?.next ?? "" })).sections;
    expect([second?.items.length, second?.next]).toEqual([10, null]);
    const seen = [...(first?.items ?? []), ...(second?.items ?? [])].map(({ subjectId }) => subjectId);
    expect(new Set(seen).size).toBe(60);
    for (const after of ["x", first?.next ?? ""])
      await expect(api.home.queue({ kind: "warning", after })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("who has access", () => {
  test("is told to the customer by name, while access is live, and to nobody else's users", async () => {
    const own = await makePartner();
    const open = await makeFullCustomer({ partnerId: own });
    const other = await makeFullCustomer({ partnerId: own });
    const group = await makeGroup({ partnerId: own, customers: [open.id] });
    const all = await makeMember({ partnerId: own, role: "admin" });
    const grouped = await makeMember({ partnerId: own, role: "helpDesk", groups: [group.id] });
    await makeMember({ partnerId: own, denied: [open.id], scopeAll: true });
    await makeMember({ partnerId: own, role: "helpDesk", customers: [other.id] });
    const viewer = await makeMember({ partnerId: own, role: "customerViewer", customerId: open.id });
    const api = await callerFor(viewer);
    const people = await api.home.people({ customerId: open.id });
    expect(people.map(({ id, role }) => [id, role]).sort()).toEqual(
      [
        [all.membershipId, "admin"],
        [grouped.membershipId, "helpDesk"],
      ].sort(),
    );
    expect(people[0]).toMatchObject({ name: "Mara Conti", email: expect.stringContaining("@") });
    await expect(api.home.people({ customerId: other.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    // However many they are, they are all told: their number is how many have access.
    await adminQuery(
      `with people as (insert into "user" (email, name) select 'many' || n || '@' || $1 || '.example', 'Many ' || n
         from generate_series(1, 600) n returning id)
       insert into membership (partner_id, user_id, role, scope_all) select $1::uuid, id, 'admin', true from people`,
      [own],
    );
    expect(await api.home.people({ customerId: open.id })).toHaveLength(602);
    // What is read for it stays closed to the customer's user.
    expect((await api.customers.byId({ customerId: open.id })).row.id).toBe(open.id);
    await adminQuery(
      "update access_grant set state = 'ended', end_reason = 'revoked', ended_at = now() where customer_id = $1",
      [open.id],
    );
    expect(await api.home.people({ customerId: open.id })).toEqual([]);
  });
});
