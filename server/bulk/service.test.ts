// Actions on many customers from the form to each customer's result: who may, whom it reaches, stopping, resuming, undoing.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { runBulk } from "#server/jobs/bulk.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeCustomer,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { choose, results, start, stop, takeBack, tryAgain } from "./handler.ts";
import type { BulkAction, RowOutcome } from "./schema.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
const never = new AbortController().signal;

type Fields = Record<string, string | string[]>;
function request(who: Member | null, path: string, fields: Fields | null): Request {
  const body = new URLSearchParams(
    Object.entries(fields ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
  );
  return new Request(`${origin}${path}?lang=en`, {
    ...(fields && { method: "POST", body: body.toString() }),
    headers: {
      origin,
      host: "127.0.0.1:3000",
      accept: "text/html",
      referer: `${origin}/en/customers`,
      ...(fields && { "content-type": "application/x-www-form-urlencoded" }),
      ...(who && { cookie: `${sessionCookieName()}=${who.token}` }),
    },
  });
}
const locationOf = (answer: Response) => answer.headers.get("location") ?? `${answer.status}`;
const noParams = { params: Promise.resolve({}) };
const choosing = async (who: Member | null, fields: Fields) =>
  locationOf(await choose(request(who, "/api/bulk", fields), noParams));
type Handler = typeof start;
const doing = async (handler: Handler, who: Member, id: string, fields: Fields = {}) =>
  locationOf(await handler(request(who, `/api/bulk/${id}/x`, fields), { params: Promise.resolve({ id }) }));

/** The id at the end of the page that a form led to. */
const idIn = (location: string): string => {
  const [, id = ""] = /^\/en\/bulk\/([0-9a-f-]{36})$/.exec(location) ?? [];
  expect(id, location).not.toBe("");
  return id;
};
const run = (who: { partnerId: string }, bulkId: string, signal = never) =>
  runBulk({ partnerId: who.partnerId, bulkId }, signal);

async function whole(who: Member, action: BulkAction, fields: Fields, options: Fields = {}): Promise<string> {
  const id = idIn(await choosing(who, { action, key: randomUUID(), ...fields }));
  expect(await doing(start, who, id, options)).toBe(`/en/bulk/${id}`);
  await run(who, id);
  return id;
}
const rowsOf = async (who: Member, bulkId: string) => {
  const { rows } = await (await callerFor(who)).bulk.rows({ bulkId, pageSize: 5_000 });
  return new Map(rows.map(({ customerId, outcome, code }) => [customerId, code ?? outcome]));
};
const filter = (given: object) => ({ all: "1", filter: JSON.stringify(given) });
const membersOf = async (groupId: string) =>
  (
    await adminQuery<{ id: string }>(
      "select customer_id as id from customer_group_member where group_id = $1 order by 1",
      [groupId],
    )
  ).map(({ id }) => id);

let partnerId: string;
let boss: Member;
let managed: Customer;
let delegated: Customer;
let closed: Customer;
let order: Customer;
beforeAll(async () => {
  partnerId = await makePartner();
  boss = await makeMember({ partnerId });
  managed = await makeCustomer({ partnerId });
  delegated = await makeCustomer({ partnerId, relationship: "delegated" });
  await makeGrant(delegated);
  closed = await makeCustomer({ partnerId, relationship: "delegated" });
  order = await makeCustomer({ partnerId, relationship: "order_only" });
});
const four = () => ({ id: [managed, delegated, closed, order].map(({ id }) => id) });

describe("each action", () => {
  test("puts customers into a group, says of each what became of it, and takes back what it did alone", async () => {
    const { id: groupId } = await makeGroup({ partnerId, customers: [managed.id] });
    const foreign = await makeCustomer();
    const id = await whole(boss, "groupAdd", { id: [...four().id, foreign.id] }, { groupId });
    expect(await rowsOf(boss, id)).toEqual(
      new Map(
        [
          [managed.id, "unchanged"],
          [delegated.id, "changed"],
          [closed.id, "changed"],
          [order.id, "bulk.orderOnly"],
          [foreign.id, "customer.notFound"],
        ].sort(([a = ""], [b = ""]) => a.localeCompare(b)) as [string, RowOutcome][],
      ),
    );
    const api = await callerFor(boss);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({
      state: "finished",
      total: 5,
      done: 5,
      changed: 2,
      unchanged: 1,
      refused: 2,
      failed: 0,
      may: { start: false, cancel: false, undo: true, retry: true },
    });
    const back = idIn(await doing(takeBack, boss, id));
    expect(idIn(await doing(takeBack, boss, id))).toBe(back);
    await run(boss, back);
    expect(await membersOf(groupId)).toEqual([managed.id]);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({ undoneBy: back, may: { undo: false } });
    expect((await api.bulk.byId({ bulkId: back })).changed).toBe(2);
  });

  test("tags and untags, whatever the capitals, and no more than twenty", async () => {
    const full = await makeCustomer({ partnerId, tags: Array.from({ length: 20 }, (_, n) => `t${n}`) });
    const id = await whole(boss, "tag", { id: [...four().id, full.id] }, { tag: "  Gold  " });
    expect((await rowsOf(boss, id)).get(full.id)).toBe("bulk.tooManyTags");
    const again = await whole(boss, "tag", { id: [managed.id] }, { tag: "gold" });
    expect((await rowsOf(boss, again)).get(managed.id)).toBe("unchanged");
    const tagsOf = async () =>
      (await adminQuery<{ tags: string[] }>("select tags from customer where id = $1", [managed.id]))[0]
        ?.tags;
    expect(await tagsOf()).toEqual(["Gold"]);
    await whole(boss, "untag", four(), { tag: "GOLD" });
    expect(await tagsOf()).toEqual([]);
    for (const tag of ["", " ", "x".repeat(41), "a;b", "a\tb", "\u200B", "\u202E"]) {
      const draft = idIn(await choosing(boss, { action: "tag", id: managed.id, key: randomUUID() }));
      expect(await doing(start, boss, draft, { tag })).toContain("error=bulk.tagInvalid");
    }
  });

  test("gives a tag back as each customer had it, whatever was typed to take it off", async () => {
    const [gold, loud, other] = await Promise.all(
      [["Gold", "VIP"], ["GOLD", "gold"], ["VIP"]].map((tags) => makeCustomer({ partnerId, tags })),
    );
    const ids = { id: [gold, loud, other].map((one) => one?.id ?? "") };
    const tagsOf = async () => {
      const rows = await adminQuery<{ id: string; tags: string[] }>(
        "select id, tags from customer where id = any ($1)",
        [ids.id],
      );
      return ids.id.map((id) => rows.find((row) => row.id === id)?.tags.toSorted());
    };
    const before = await tagsOf();
    const id = await whole(boss, "untag", ids, { tag: "gOLD" });
    expect(await tagsOf()).toEqual([["VIP"], [], ["VIP"]]);
    await run(boss, idIn(await doing(takeBack, boss, id)));
    expect(await tagsOf()).toEqual(before);
  });

  test("pins up to fifty, and the pins are one's own", async () => {
    const own = await makeMember({ partnerId, role: "readOnly" });
    const id = await whole(own, "pin", four());
    const rows = await rowsOf(own, id);
    expect([rows.get(managed.id), rows.get(order.id)]).toEqual(["changed", "bulk.orderOnly"]);
    expect((await (await callerFor(own)).pins.list({})).length).toBe(3);
    expect((await (await callerFor(boss)).bulk.byId({ bulkId: id })).may.undo).toBe(false);
    await run(own, idIn(await doing(takeBack, own, id)));
    expect(await (await callerFor(own)).pins.list({})).toEqual([]);
  });

  test("asks for access where there is something to ask for, once, in the customer's ledger", async () => {
    const options = { capability: ["metrics", "console"], why: "On-call" };
    const id = await whole(boss, "requestAccess", four(), options);
    const rows = await rowsOf(boss, id);
    expect(four().id.map((one) => rows.get(one))).toEqual([
      "bulk.alwaysOpen",
      "bulk.accessLive",
      "changed",
      "bulk.orderOnly",
    ]);
    const grants = await adminQuery(
      "select state, origin, capabilities, requested_by from access_grant where customer_id = $1",
      [closed.id],
    );
    expect(grants).toEqual([
      {
        state: "pending",
        origin: "request",
        capabilities: ["metrics", "console"],
        requested_by: boss.userId,
      },
    ]);
    const [entry] = await adminQuery("select action, reason from audit_entry where customer_id = $1", [
      closed.id,
    ]);
    expect(entry).toEqual({ action: "access:request", reason: "On-call" });
    const again = await whole(boss, "requestAccess", { id: closed.id }, options);
    expect((await rowsOf(boss, again)).get(closed.id)).toBe("unchanged");
    const draft = idIn(await choosing(boss, { action: "requestAccess", id: closed.id, key: randomUUID() }));
    expect(await doing(start, boss, draft, {})).toContain("error=bulk.capabilityMissing");
  });

  test("synchronises what live access opens, joined where it runs", async () => {
    const source = await makeCustomer({ partnerId, relationship: "delegated" });
    await makeGrant(source);
    await makeAccount(source);
    const id = await whole(boss, "sync", { id: [...four().id, source.id] });
    const rows = await rowsOf(boss, id);
    expect([managed, closed, order, source].map((one) => rows.get(one.id))).toEqual([
      "sync.noSource",
      "customer.accessDisabled",
      "bulk.orderOnly",
      "changed",
    ]);
    const again = await whole(boss, "sync", { id: source.id });
    expect((await rowsOf(boss, again)).get(source.id)).toBe("bulk.joined");
    const entries = await adminQuery("select action from audit_entry where customer_id = $1", [source.id]);
    expect(entries).toEqual([{ action: "sync:start" }, { action: "sync:start" }]);
  });

  test("unlinks by the rules of the licences, and only with the word", async () => {
    const one = await makeCustomer({ partnerId });
    await makeAccount(one);
    const ids = { id: [one.id, managed.id] };
    const id = idIn(await choosing(boss, { action: "unlink", key: "k", ...ids }));
    const preview = await (await callerFor(boss)).bulk.preview({ bulkId: id });
    expect(preview).toMatchObject({ open: 1, refusals: [{ code: "account.notLinked", count: 1 }] });
    expect(preview.samples.map(({ effect, code }) => code ?? effect).sort()).toEqual([
      "account.notLinked",
      "now",
    ]);
    for (const word of ["", "no", "ouais"])
      expect(await doing(start, boss, id, { word })).toBe(`/en/bulk/${id}?error=account.wordMissing`);
    await doing(start, boss, id, { word: "yes" });
    await run(boss, id);
    const rows = await rowsOf(boss, id);
    expect([rows.get(one.id), rows.get(managed.id)]).toEqual(["changed", "account.notLinked"]);
    const [account] = await adminQuery(
      "select customer_id from vendor_account where partner_id = $1 and name = 'Tenant' and customer_id = $2",
      [partnerId, one.id],
    );
    expect(account).toBeUndefined();
  });

  test("counts before unlinking who may leave, as the rules of the licences say, the first by name first", async () => {
    const today = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const other = await makePartner({ timeZone: "UTC" });
    const who = await makeMember({ partnerId: other });
    const made: Customer[] = [];
    for (const [name, licences, unlinkOn] of [
      ["F runs", [{ endsOn: today(0) }], null],
      ["E has no end", [{ endsOn: null }], null],
      ["D ended", [{ endsOn: today(-59) }, { endsOn: today(-70) }], null],
      ["C ended long ago", [{ endsOn: today(-60) }], null],
      ["B by the month", [{ kind: "monthly" }, { kind: "trial" }], null],
      ["A leaves", [{ endsOn: today(10) }], today(20)],
    ] as const) {
      const customer = await makeCustomer({ partnerId: other, name });
      const account = await makeAccount(customer, { unlinkOn });
      for (const licence of licences) await makeLicence({ customer, account }, licence);
      made.push(customer);
    }
    const id = idIn(
      await choosing(who, { action: "unlink", key: "k", id: made.map((customer) => customer.id) }),
    );
    const preview = await (await callerFor(who)).bulk.preview({ bulkId: id });
    expect(preview).toMatchObject({ open: 2, same: 1 });
    expect(preview.refusals).toEqual([
      { code: "account.termLicence", count: 2 },
      { code: "account.recentLicence", count: 1 },
    ]);
    expect(preview.samples.map(({ name, effect, code }) => [name, code ?? effect])).toEqual([
      ["A leaves", "already"],
      ["B by the month", "scheduled"],
      ["C ended long ago", "now"],
      ["D ended", "account.recentLicence"],
      ["E has no end", "account.termLicence"],
      ["F runs", "account.termLicence"],
    ]);
    await doing(start, who, id, { word: "yes" });
    await run(who, id);
    const rows = await rowsOf(who, id);
    expect(made.map((customer) => rows.get(customer.id))).toEqual([
      "account.termLicence",
      "account.termLicence",
      "account.recentLicence",
      "changed",
      "bulk.unlinkScheduled",
      "unchanged",
    ]);
  });

  test("converts trials of each customer, one refusal harming no other", async () => {
    const flexId = await makePartner({ mspFlex: true });
    const who = await makeMember({ partnerId: flexId });
    const bare = await makeCustomer({ partnerId: flexId });
    const id = await whole(who, "convertTrial", { id: bare.id });
    expect((await rowsOf(who, id)).get(bare.id)).toBe("trial.none");
  });

  test("holds a selection for its export", async () => {
    const id = idIn(await choosing(boss, { action: "export", key: "e", ...four() }));
    expect(await (await callerFor(boss)).bulk.preview({ bulkId: id })).toMatchObject({
      open: 4,
      refusals: [],
    });
  });
});

describe("a selection", () => {
  test("by a filter is its rule at that instant: who comes later is not in it, who no longer matches is", async () => {
    const { id: groupId } = await makeGroup({ partnerId, customers: [managed.id, delegated.id] });
    const id = idIn(await choosing(boss, { action: "groupRemove", key: "f", ...filter({ group: groupId }) }));
    const late = await makeCustomer({ partnerId, createdAt: new Date(Date.now() + 60_000) });
    await adminQuery("insert into customer_group_member values ($1, $2, $3)", [partnerId, groupId, late.id]);
    const api = await callerFor(boss);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({
      selection: "filter",
      filter: { group: groupId },
      total: null,
    });
    expect(await api.bulk.preview({ bulkId: id })).toMatchObject({ counted: 2, open: 2, isMore: false });
    await doing(start, boss, id, { groupId });
    await run(boss, id);
    expect(await membersOf(groupId)).toEqual([late.id]);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({ total: 2, changed: 2 });
  });

  test("by a search is who was found", async () => {
    const name = `Zirkel ${randomUUID().slice(0, 8)}`;
    const found = await makeCustomer({ partnerId, name });
    const id = await whole(boss, "tag", filter({ q: name }), { tag: "found" });
    expect([...(await rowsOf(boss, id))]).toContainEqual([found.id, "changed"]);
  });

  test.each<[string, () => Fields, string]>([
    ["nobody", () => ({}), "bulk.nothing"],
    [
      "more than a thousand",
      () => ({ id: Array.from({ length: 1_001 }, () => randomUUID()) }),
      "bulk.tooMany",
    ],
    ["what is no customer", () => ({ id: ["1; drop table customer"] }), "request.invalid"],
    ["all, by a filter that there is not", () => filter({ stauts: "warning" }), "request.invalid"],
    ["all, by a value that there is not", () => filter({ status: "nice" }), "request.invalid"],
    ["all, without saying of what", () => ({ all: "1" }), "request.invalid"],
    ["all, by no JSON", () => ({ all: "1", filter: "{" }), "request.invalid"],
  ])("of %s is refused", async (_what, fields, code) => {
    expect(await choosing(boss, { action: "tag", key: "k", ...fields() })).toBe(
      `/en/customers?error=${code}`,
    );
  });

  test("sent twice is one; another choice of the same page is another", async () => {
    const key = randomUUID();
    const once = { action: "pin", key, id: [managed.id, closed.id] };
    const [first = "", second = ""] = await Promise.all([choosing(boss, once), choosing(boss, once)]);
    expect(idIn(first)).toBe(idIn(second));
    expect(idIn(await choosing(boss, { ...once, id: [managed.id] }))).not.toBe(idIn(first));
    const [a, b] = await Promise.all([doing(start, boss, idIn(first)), doing(start, boss, idIn(first))]);
    expect([a, b]).toEqual([first, first]);
    const jobs = await adminQuery(
      "select id from pgboss.job where name = 'bulk' and data ->> 'bulkId' = $1",
      [idIn(first)],
    );
    expect(jobs).toHaveLength(1);
    await Promise.all([run(boss, idIn(first)), run(boss, idIn(first))]);
    expect((await (await callerFor(boss)).bulk.byId({ bulkId: idIn(first) })).done).toBe(2);
  });
});

describe("who may", () => {
  test("begin what its role allows, as everywhere", async () => {
    const wrong: [Parameters<typeof makeMember>[0], BulkAction][] = [
      [{ role: "admin" }, "groupAdd"],
      [{ role: "business" }, "sync"],
      [{ role: "helpDesk" }, "tag"],
      [{ role: "readOnly" }, "requestAccess"],
      [{ role: "business" }, "unlink"],
      [{ role: "helpDesk" }, "convertTrial"],
    ];
    for (const [wish, action] of wrong) {
      const who = await makeMember({ partnerId, ...wish });
      expect(await choosing(who, { action, key: "k", id: managed.id })).toBe(
        "/en/customers?error=permission.denied",
      );
    }
    const viewer = await makeMember({ role: "customerAdmin", partnerId, customerId: managed.id });
    expect(await choosing(viewer, { action: "pin", key: "k", id: managed.id })).toContain(
      "permission.denied",
    );
    expect(await choosing(null, { action: "pin", key: "k", id: managed.id })).toContain("auth.required");
  });

  test("see a job: its own member, and once it has begun who sees all customers; of another partner nobody", async () => {
    const draft = idIn(await choosing(boss, { action: "pin", key: randomUUID(), id: managed.id }));
    const colleague = await makeMember({ partnerId });
    const limited = await makeMember({ partnerId, role: "admin", customers: [managed.id] });
    const stranger = await makeMember();
    const codeOf = async (who: Member, bulkId: string) =>
      (await callerFor(who)).bulk.byId({ bulkId }).then(
        () => "OK",
        ({ message }: Error) => message,
      );
    expect(await codeOf(colleague, draft)).toBe("bulk.notFound");
    expect(await doing(start, colleague, draft)).toBe("/en/bulk?error=bulk.notFound");
    await doing(start, boss, draft);
    await run(boss, draft);
    expect([
      await codeOf(colleague, draft),
      await codeOf(limited, draft),
      await codeOf(stranger, draft),
    ]).toEqual(["OK", "bulk.notFound", "bulk.notFound"]);
    expect((await (await callerFor(limited)).bulk.list({})).jobs.map(({ id }) => id)).not.toContain(draft);
    for (const handler of [start, stop, takeBack, tryAgain])
      expect(await doing(handler, stranger, draft)).toContain("error=bulk.notFound");
  });

  test("names of customers out of the reader's scope are not told", async () => {
    const limited = await makeMember({ partnerId, role: "admin", customers: [managed.id, closed.id] });
    const id = await whole(limited, "tag", { id: [managed.id, closed.id, delegated.id] }, { tag: "scope" });
    expect((await rowsOf(limited, id)).get(delegated.id)).toBe("customer.notFound");
    await adminQuery("delete from membership_scope where membership_id = $1 and customer_id = $2", [
      limited.membershipId,
      closed.id,
    ]);
    const { rows } = await (await callerFor(limited)).bulk.rows({ bulkId: id });
    expect(rows.filter(({ name }) => name !== null).map(({ customerId }) => customerId)).toEqual([
      managed.id,
    ]);
  });
});

describe("a job", () => {
  /** Makes adding this customer to a group fail as a fault of ours would. */
  const breakFor = (customerId: string) =>
    adminQuery(`create function app.broken() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
      create trigger broken before insert on customer_group_member for each row
        when (new.customer_id = '${customerId}') execute function app.broken()`);
  const mend = () => adminQuery("drop trigger broken on customer_group_member; drop function app.broken()");

  test("goes on past a fault at one customer, which is tried again by itself", async () => {
    const { id: groupId } = await makeGroup({ partnerId });
    await breakFor(delegated.id);
    let id = "";
    try {
      id = await whole(boss, "groupAdd", { id: [managed.id, delegated.id, closed.id] }, { groupId });
    } finally {
      await mend();
    }
    const rows = await rowsOf(boss, id);
    expect([rows.get(managed.id), rows.get(delegated.id), rows.get(closed.id)]).toEqual([
      "changed",
      "unexpected",
      "changed",
    ]);
    const again = idIn(await doing(tryAgain, boss, id));
    expect(idIn(await doing(tryAgain, boss, id))).toBe(again);
    const api = await callerFor(boss);
    expect(await api.bulk.preview({ bulkId: again })).toMatchObject({ open: 1, same: 0 });
    await doing(start, boss, again, { groupId });
    await run(boss, again);
    expect([...(await rowsOf(boss, again))]).toEqual([[delegated.id, "changed"]]);
    expect(await membersOf(groupId)).toHaveLength(3);
  });

  test("stopped in between goes on where it was, each customer once", async () => {
    const id = idIn(await choosing(boss, { action: "tag", key: randomUUID(), ...four() }));
    await doing(start, boss, id, { tag: "resumed" });
    const stopped = new AbortController();
    stopped.abort();
    await expect(run(boss, id, stopped.signal)).rejects.toThrow(/abort/i);
    const api = await callerFor(boss);
    expect((await api.bulk.byId({ bulkId: id })).state).toBe("queued");
    await run(boss, id);
    await run(boss, id);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({ state: "finished", done: 4, changed: 3 });
  });

  test("cancelled leaves the others alone, and cannot be begun again", async () => {
    const id = idIn(await choosing(boss, { action: "tag", key: randomUUID(), ...four() }));
    await doing(start, boss, id, { tag: "never" });
    const colleague = await makeMember({ partnerId });
    expect(await doing(stop, colleague, id)).toBe(`/en/bulk/${id}`);
    await run(boss, id);
    await doing(start, boss, id, { tag: "never" });
    await run(boss, id);
    const job = await (await callerFor(boss)).bulk.byId({ bulkId: id });
    expect(job).toMatchObject({ state: "cancelled", done: 0, cancelledBy: colleague.name });
    expect(await adminQuery("select id from customer where 'never' = any (tags)", [])).toEqual([]);
  });

  test.each<[string, (who: Member) => Promise<unknown>]>([
    [
      "their role",
      ({ membershipId }) =>
        adminQuery("update membership set role = 'readOnly' where id = $1", [membershipId]),
    ],
    [
      "their membership",
      ({ membershipId }) =>
        adminQuery("update membership set disabled_at = now() where id = $1", [membershipId]),
    ],
    [
      "their sign-in",
      ({ userId }) => adminQuery(`update "user" set disabled_at = now() where id = $1`, [userId]),
    ],
  ])("of somebody who lost %s does nothing more", async (_what, lose) => {
    const who = await makeMember({ partnerId, role: "admin" });
    const id = idIn(await choosing(who, { action: "tag", key: randomUUID(), ...four() }));
    await doing(start, who, id, { tag: "lost" });
    await lose(who);
    await run(who, id);
    expect(await (await callerFor(boss)).bulk.byId({ bulkId: id })).toMatchObject({
      state: "cancelled",
      errorCode: "permission.denied",
      done: 0,
    });
    const [entry] = await adminQuery(
      "select action, outcome from audit_entry where entity = $1 order by seq desc limit 1",
      [`bulk ${id}`],
    );
    expect(entry).toEqual({ action: "bulk:tag", outcome: "refused" });
  });

  test("reaches nobody who left the member's scope meanwhile", async () => {
    const who = await makeMember({ partnerId, role: "admin", customers: [managed.id, closed.id] });
    const id = idIn(await choosing(who, { action: "tag", key: randomUUID(), ...four() }));
    await doing(start, who, id, { tag: "scoped" });
    await adminQuery("delete from membership_scope where membership_id = $1 and customer_id = $2", [
      who.membershipId,
      closed.id,
    ]);
    await run(who, id);
    const rows = await rowsOf(who, id);
    expect([rows.get(managed.id), rows.get(closed.id)]).toEqual(["changed", "customer.notFound"]);
  });

  test("has one entry on the partner's chain with a digest of who and what, and its results as a file", async () => {
    const id = await whole(boss, "tag", four(), { tag: "=cmd()" });
    const [entry] = await adminQuery<{ detail: Record<string, unknown> }>(
      "select detail from audit_entry where entity = $1 and action = 'bulk:tag'",
      [`bulk ${id}`],
    );
    expect(entry?.detail).toMatchObject({ customers: 4, changed: 3, refused: 1, options: { tag: "=cmd()" } });
    expect(entry?.detail["digest"]).toMatch(/^[0-9a-f]{64}$/);
    const file = await results(request(boss, `/api/bulk/${id}/results.csv`, null), {
      params: Promise.resolve({ id }),
    });
    const text = await file.text();
    expect(text.startsWith("Customer,Customer ID,Result,Reason\r\n")).toBe(true);
    expect(text.split("\r\n")).toHaveLength(6);
    expect(text).toContain(`${order.id},Refused,"Orders of managed customers`);
    const stranger = await makeMember();
    expect(
      locationOf(
        await results(request(stranger, `/api/bulk/${id}/results.csv`, null), {
          params: Promise.resolve({ id }),
        }),
      ),
    ).toContain("error=bulk.notFound");
  });

  test("takes more customers than one transaction holds", async () => {
    const big = await makePartner();
    const who = await makeMember({ partnerId: big });
    const made = await adminQuery<{ id: string }>(
      `insert into customer (partner_id, name, name_shown, relationship, created_at)
       select $1, 'C ' || n, 'C ' || n, 'managed', now() - interval '1 day' from generate_series(1, 5200) n returning id`,
      [big],
    );
    await refresh(
      big,
      made.map(({ id }) => id),
    );
    const { id: groupId } = await makeGroup({ partnerId: big });
    const id = await whole(who, "groupAdd", filter({}), { groupId });
    const api = await callerFor(who);
    expect(await api.bulk.byId({ bulkId: id })).toMatchObject({ state: "finished", changed: 5_200 });
    expect(await membersOf(groupId)).toHaveLength(5_200);
    const first = await api.bulk.rows({ bulkId: id, pageSize: 5_000 });
    const second = await api.bulk.rows({ bulkId: id, pageSize: 5_000, after: first.next ?? "" });
    expect([second.rows.length, second.next]).toEqual([200, null]);
    expect(await api.bulk.rows({ bulkId: id, show: "trouble" })).toEqual({ rows: [], next: null });
  }, 60_000);
});
