// Living with a warning through its form and procedure: who may, what is refused, both histories, that the status follows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { refreshDue } from "#server/overview/service.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  daysAgo,
  makeAccount,
  makeApplication,
  makeCustomer,
  makeDevices,
  makeFullCustomer,
  makeGroup,
  makeMember,
  makePartner,
  makeUser,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { handle } from "./handler.ts";
import type { HandledReason } from "./schema.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";

function send(
  who: { token: string } | null,
  customerId: string,
  body: Record<string, unknown>,
  type: "form" | "json" = "json",
): Promise<Response> {
  const isForm = type === "form";
  const request = new Request(`${origin}/api/warnings/${customerId}${isForm ? "?lang=it" : ""}`, {
    method: "POST",
    body: isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      ...(isForm && { accept: "text/html" }),
      ...(who && { cookie: `${sessionCookieName()}=${who.token}` }),
    },
  });
  return handle(request, { params: Promise.resolve({ id: customerId }) });
}
const answer = async (response: Promise<Response>): Promise<string> => {
  const one = await response;
  const { error } = (await one.json()) as { error?: { code: string } };
  return `${one.status}${error ? ` ${error.code}` : ""}`;
};
const minute = async (partnerId: string, now?: Date) => {
  // The database counts microseconds: what was marked just now is due in the next millisecond.
  await new Promise((resolve) => setTimeout(resolve, 2));
  const at = now ?? new Date();
  await withScope({ partnerId }, "read write", (db) => refreshDue(db, partnerId, at, 500), "worker");
};
const statusOf = async ({ id }: Customer) => {
  const [row] = await adminQuery<{ status: string }>(
    "select status from customer_overview where customer_id = $1",
    [id],
  );
  return row?.status;
};
const chain = ({ id }: Customer) =>
  adminQuery<{ action: string; reason: string; detail: Record<string, unknown> }>(
    "select action, reason, detail from audit_entry where customer_id = $1 and action like 'warning:%' and outcome = 'done' order by at, seq",
    [id],
  );
const read = async (member: Member, { id }: Customer) =>
  (await callerFor(member)).warnings.byCustomer({ customerId: id });
const reasonOf = async (member: Member, customer: Customer, code: string): Promise<HandledReason> => {
  const found = (await read(member, customer)).reasons.find(({ reason }) => reason.code === code);
  if (!found) throw new Error(`there is no ${code}`);
  return found;
};

const silent = { code: "devices_silent", subject: "" };
const unprotected = { code: "devices_unprotected", subject: "" };

let partnerId: string;
let helpDesk: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  helpDesk = await makeMember({ partnerId, role: "helpDesk" });
});

describe("a reason", () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await makeFullCustomer({ partnerId });
  });

  test("is snoozed with a why and an end, shown so at once, no warning within a minute, and reopened", async () => {
    const snooze = { act: "snooze", for: "week", why: "On holiday" };
    expect(await answer(send(helpDesk, customer.id, { ...snooze, ...silent }))).toBe("200");
    const at = await reasonOf(helpDesk, customer, "devices_silent");
    expect(at).toMatchObject({
      muted: { kind: "snoozed", why: "On holiday", by: helpDesk.name },
      acts: ["assign", "comment", "reopen"],
    });
    expect(Date.parse(at.muted?.until ?? "") / 1000).toBeCloseTo(Date.now() / 1000 + 7 * 86_400, -2);
    await minute(partnerId);
    // The other reason still makes it one.
    expect(await statusOf(customer)).toBe("warning");
    await answer(send(helpDesk, customer.id, { ...snooze, ...unprotected, for: "day" }));
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("synced");
    expect((await read(helpDesk, customer)).reasons.map(({ muted }) => muted?.kind)).toEqual([
      "snoozed",
      "snoozed",
    ]);
    // When the snooze is over it is a warning again, with nobody doing anything.
    await minute(partnerId, new Date(Date.now() + 2 * 86_400_000));
    expect(await statusOf(customer)).toBe("warning");

    expect(await answer(send(helpDesk, customer.id, { act: "reopen", ...silent }))).toBe("200");
    expect(await reasonOf(helpDesk, customer, "devices_silent")).toMatchObject({
      muted: null,
      acts: ["assign", "comment", "snooze", "accept"],
    });
    expect(await answer(send(helpDesk, customer.id, { act: "reopen", ...silent }))).toBe("409 warning.open");
    expect((await read(helpDesk, customer)).events.map(({ kind, text }) => `${kind} ${text}`.trim())).toEqual(
      ["reopened", "snoozed On holiday", "snoozed On holiday"],
    );
    expect(await chain(customer)).toMatchObject([
      { action: "warning:snooze", reason: "On holiday", detail: { until: at.muted?.until } },
      { action: "warning:snooze" },
      { action: "warning:reopen" },
    ]);
  });

  test("is accepted for good", async () => {
    const body = { act: "accept", why: "A kiosk without disk", ...silent };
    expect(await answer(send(helpDesk, customer.id, body))).toBe("200");
    await minute(partnerId, new Date(Date.now() + 20 * 86_400_000));
    expect(await reasonOf(helpDesk, customer, "devices_silent")).toMatchObject({
      muted: { kind: "accepted", until: null, why: "A kiosk without disk", by: helpDesk.name },
    });
    await answer(send(helpDesk, customer.id, { act: "reopen", ...silent }));
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("warning");
  });

  test("is assigned to somebody of the team who sees the customer, and to nobody else", async () => {
    const group = await makeGroup({ partnerId, customers: [customer.id] });
    const able = [
      await makeMember({ partnerId, role: "readOnly", groups: [group.id] }),
      await makeMember({ partnerId, role: "admin", customers: [customer.id] }),
    ];
    const elsewhere = await makeCustomer({ partnerId });
    const gone = await makeMember({ partnerId });
    await adminQuery("update membership set disabled_at = now() where id = $1", [gone.membershipId]);
    const left = await makeMember({
      partnerId,
      userId: (await makeUser({ name: "Ugo", disabledAt: new Date() })).id,
    }).catch(() => undefined);
    expect(left).toBeUndefined();
    const unable = [
      await makeMember({ partnerId, denied: [customer.id] }),
      await makeMember({ partnerId, groups: [group.id], denied: [customer.id] }),
      await makeMember({ partnerId, customers: [elsewhere.id] }),
      await makeMember({ partnerId, scopeAll: false }),
      await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id }),
      await makeMember(),
      gone,
    ].map((one) => one.membershipId);
    const { team } = await read(helpDesk, customer);
    const offered = team.map(({ id }) => id);
    expect(offered).toEqual(expect.arrayContaining([helpDesk, ...able].map((one) => one.membershipId)));
    for (const id of unable) expect(offered).not.toContain(id);
    for (const to of [...unable, crypto.randomUUID(), "x"])
      expect(await answer(send(helpDesk, customer.id, { act: "assign", to, ...silent })), to).toBe(
        "400 warning.assignee",
      );
    const to = able[0]?.membershipId;
    await answer(send(helpDesk, customer.id, { act: "assign", to, ...silent }));
    expect((await reasonOf(helpDesk, customer, "devices_silent")).assignee).toEqual({
      id: to,
      name: "Mara Conti",
    });
    await answer(send(helpDesk, customer.id, { act: "assign", to: "", from: to, ...silent }));
    expect((await reasonOf(helpDesk, customer, "devices_silent")).assignee).toBeNull();
    expect((await chain(customer)).slice(-2)).toMatchObject([
      { action: "warning:assign", detail: { to: "Mara Conti" } },
      { action: "warning:assign", detail: { to: "" } },
    ]);
  });

  test("is not assigned away from somebody whom the page did not show", async () => {
    const colleague = await makeMember({ partnerId, userId: (await makeUser({ name: "Elio" })).id });
    const other = await makeMember({ partnerId });
    const assign = (who: Member, to: string, from: string) =>
      send(who, customer.id, { act: "assign", to, from, ...silent });
    expect(await answer(assign(colleague, colleague.membershipId, ""))).toBe("200");
    for (const [to, from] of [
      ["", ""],
      [helpDesk.membershipId, ""],
      [helpDesk.membershipId, other.membershipId],
    ] as const) {
      const refused = await assign(helpDesk, to, from);
      expect([refused.status, await refused.json()], `${to} from ${from}`).toMatchObject([
        409,
        { error: { code: "work.assigned", fields: { from: colleague.membershipId, name: "Elio" } } },
      ]);
    }
    const form = { act: "assign", to: "", from: "", ...silent };
    const toPage = await send(helpDesk, customer.id, form, "form");
    expect(toPage.headers.get("location")).toContain("&refused=work.assigned");
    const toHome = await send(helpDesk, customer.id, { ...form, return: "/it?of=mine" }, "form");
    expect(toHome.headers.get("location")).toBe(
      `/it?of=mine&about=${colleague.membershipId}&refused=work.assigned`,
    );
    expect((await reasonOf(helpDesk, customer, "devices_silent")).assignee?.name).toBe("Elio");
    // From whom the page shows, by whom it is, and twice: all of that may be.
    expect(await answer(assign(helpDesk, helpDesk.membershipId, colleague.membershipId))).toBe("200");
    expect(await answer(assign(helpDesk, helpDesk.membershipId, colleague.membershipId))).toBe("200");
    expect(await answer(assign(helpDesk, "", ""))).toBe("200");
  });

  test("is assigned anew where who has it is nobody that the page can show", async () => {
    const outsider = await makeMember({ partnerId, role: "customerAdmin", customerId: customer.id });
    const to = helpDesk.membershipId;
    const assign = () => answer(send(helpDesk, customer.id, { act: "assign", to, from: "", ...silent }));
    expect(await assign()).toBe("200");
    await adminQuery(
      "update warning_handling set assigned_to = $2 where customer_id = $1 and code = 'devices_silent'",
      [customer.id, outsider.membershipId],
    );
    expect((await reasonOf(helpDesk, customer, "devices_silent")).assignee).toBeNull();
    expect(await assign()).toBe("200");
    expect((await reasonOf(helpDesk, customer, "devices_silent")).assignee?.id).toBe(to);
    await answer(send(helpDesk, customer.id, { act: "assign", to: "", from: to, ...silent }));
  });

  test("is commented for the team: the customer's chain holds that, not what", async () => {
    const text = "Ms Favre does not answer.\nAgain on Monday.";
    expect(await answer(send(helpDesk, customer.id, { act: "comment", text, ...silent }))).toBe("200");
    expect((await reasonOf(helpDesk, customer, "devices_silent")).comments).toMatchObject([
      { actor: helpDesk.name, text },
    ]);
    const last = (await chain(customer)).at(-1);
    expect(last?.action).toBe("warning:comment");
    expect(JSON.stringify(last)).not.toContain("Favre");
  });

  test("an assignment does not lengthen a snooze that was of an earlier trouble, nor say who snoozed", async () => {
    const boss = await makeMember({ partnerId, userId: (await makeUser({ name: "Boss" })).id });
    await answer(send(boss, customer.id, { act: "snooze", for: "day", why: "x", ...silent }));
    await answer(send(helpDesk, customer.id, { act: "assign", to: boss.membershipId, ...silent }));
    expect((await reasonOf(helpDesk, customer, "devices_silent")).muted?.by).toBe("Boss");
    await answer(send(boss, customer.id, { act: "reopen", ...silent }));
  });

  test("decided by two at once: the last counts, both stand in the history", async () => {
    const other = await makeMember({ partnerId });
    const before = (await read(helpDesk, customer)).events.length;
    const outcomes = await Promise.all([
      answer(send(helpDesk, customer.id, { act: "snooze", for: "day", why: "one", ...silent })),
      answer(send(other, customer.id, { act: "accept", why: "two", ...silent })),
    ]);
    expect(outcomes).toEqual(["200", "200"]);
    const { events } = await read(helpDesk, customer);
    expect(events.length).toBe(before + 2);
    const { muted } = await reasonOf(helpDesk, customer, "devices_silent");
    expect(["one", "two"]).toContain(muted?.why);
    expect(muted?.kind).toBe(muted?.why === "one" ? "snoozed" : "accepted");
    // Reopened by both: the second is told.
    const again = await Promise.all(
      [helpDesk, other].map((who) => answer(send(who, customer.id, { act: "reopen", ...silent }))),
    );
    expect(again.sort()).toEqual(["200", "409 warning.open"]);
  });

  test.each([
    [{ act: "snooze", for: "week", why: " " }, "400 warning.why"],
    [{ act: "snooze", for: "week", why: "x".repeat(501) }, "400 warning.why"],
    [{ act: "snooze", for: "until", why: "x" }, "400 warning.until"],
    [{ act: "snooze", for: "until", until: "2020-01-01T10:00", why: "x" }, "400 warning.until"],
    [{ act: "snooze", for: "until", until: "2999-01-01T10:00", why: "x" }, "400 warning.until"],
    [{ act: "snooze", for: "until", until: "tomorrow", why: "x" }, "400 warning.until"],
    [{ act: "snooze", for: "ever", why: "x" }, "400 warning.until"],
    [{ act: "accept", why: "" }, "400 warning.why"],
    [{ act: "comment", text: "" }, "400 warning.comment"],
    [{ act: "comment", text: "x".repeat(2001) }, "400 warning.comment"],
    [{ act: "destroy" }, "400 request.invalid"],
    [{ act: "reopen", surplus: 1 }, "400 request.invalid"],
    [{ act: "accept", why: "x", code: "run_failed", subject: "sophos" }, "409 warning.gone"],
    [{ act: "snooze", for: "day", why: "x", code: "nonsense" }, "409 warning.gone"],
    [
      { act: "disallow", code: undefined, subject: undefined, denied: crypto.randomUUID() },
      "409 warning.open",
    ],
  ])("%j is refused", async (body, code) => {
    const count = async () => (await read(helpDesk, customer)).events.length;
    const before = await count();
    expect(await answer(send(helpDesk, customer.id, { ...silent, ...body }))).toBe(code);
    expect(await count()).toBe(before);
  });

  test("a refused form leads back with what was typed; a done one with what was done", async () => {
    const place = `/it/customers/${customer.id}`;
    const form = { act: "snooze", for: "until", until: "2020-01-01T10:00", why: "perché", ...silent };
    const { status, headers } = await send(helpDesk, customer.id, form, "form");
    const to = new URL(headers.get("location") ?? "", origin);
    expect([status, to.pathname, to.hash]).toEqual([303, place, "#why"]);
    expect(Object.fromEntries(to.searchParams)).toEqual({ ...form, refused: "warning.until" });
    const done = await send(helpDesk, customer.id, { ...form, for: "day", until: "" }, "form");
    expect(done.headers.get("location")).toBe(`${place}?handled=snooze&code=devices_silent&subject=#why`);
    const nobody = await send(null, customer.id, form, "form");
    expect(nobody.headers.get("location")).toBe("/it/sign-in");
  });
});

test("of a run that failed is told apart by its vendor", async () => {
  const customer = await makeCustomer({ partnerId });
  for (const vendor of ["sophos", "snow"])
    await makeAccount(customer, { vendor, errorCode: "vendor.failed", errorSince: daysAgo(1) });
  const body = { act: "snooze", for: "day", why: "Known outage", code: "run_failed", subject: "snow" };
  expect(await answer(send(helpDesk, customer.id, body))).toBe("200");
  expect(await answer(send(helpDesk, customer.id, { ...body, subject: "" }))).toBe("409 warning.gone");
  await minute(partnerId);
  const { reasons } = await read(helpDesk, customer);
  expect(reasons.map(({ subject, muted }) => [subject, muted?.kind])).toEqual(
    expect.arrayContaining([
      ["sophos", undefined],
      ["snow", "snoozed"],
    ]),
  );
  expect(await statusOf(customer)).toBe("warning");
});

describe("a denied application", () => {
  let customer: Customer;
  let torrents: string;
  beforeAll(async () => {
    customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer, { vendor: "snow" });
    for (const name of ["µTorrent 3.6", "BitTorrent", "TeamViewer 15"])
      await makeApplication({ customer, account }, { name });
    for (const pattern of ["*torrent*", "teamviewer*", "absent"])
      await adminQuery(
        "insert into denied_application (partner_id, pattern, created_by) values ($1, $2, 'Mara')",
        [partnerId, pattern],
      );
    await refresh(partnerId, [customer.id]);
    torrents =
      (await read(helpDesk, customer)).denied.find(({ pattern }) => pattern === "*torrent*")?.id ?? "";
  });
  const denied = { code: "denied_application", subject: "" };

  test("is allowed here by choice, and no longer by another", async () => {
    expect((await read(helpDesk, customer)).denied.map(({ pattern, names }) => [pattern, names])).toEqual([
      ["*torrent*", ["BitTorrent", "µTorrent 3.6"]],
      ["teamviewer*", ["TeamViewer 15"]],
    ]);
    const body = { act: "accept", why: "Video studio", ...denied };
    expect(await answer(send(helpDesk, customer.id, body))).toBe("400 warning.applications");
    expect(
      await answer(send(helpDesk, customer.id, { ...body, denied: [torrents, crypto.randomUUID()] })),
    ).toBe("400 warning.applications");
    const form = { ...body, [`denied-${torrents}`]: "on" };
    expect((await send(helpDesk, customer.id, form, "form")).headers.get("location")).toContain(
      "handled=accept",
    );
    await minute(partnerId);
    const now = await read(helpDesk, customer);
    expect(now.reasons.map(({ reason }) => reason.evidence)).toMatchObject([
      { count: 1, names: ["TeamViewer 15"] },
    ]);
    expect(now.allowed).toMatchObject([{ id: torrents, pattern: "*torrent*", why: "Video studio" }]);
    expect(now.denied.map(({ pattern }) => pattern)).toEqual(["teamviewer*"]);
    expect(now.events[0]).toMatchObject({ kind: "accepted", subject: "*torrent*", text: "Video studio" });
    const rest = now.denied.map(({ id }) => id);
    await answer(send(helpDesk, customer.id, { ...body, denied: rest }));
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("synced");

    const back = { act: "disallow", denied: torrents };
    expect(await answer(send(helpDesk, customer.id, back))).toBe("200");
    expect(await answer(send(helpDesk, customer.id, back))).toBe("409 warning.open");
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("warning");
    expect((await chain(customer)).map(({ action }) => action)).toEqual([
      "warning:accept",
      "warning:accept",
      "warning:disallow",
    ]);
  });

  test("can be snoozed as any other reason", async () => {
    expect(
      await answer(send(helpDesk, customer.id, { act: "snooze", for: "week", why: "Asked", ...denied })),
    ).toBe("200");
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("synced");
  });
});

describe("without figures", () => {
  test("a reason says why there are none: it is assigned and commented, not put aside", async () => {
    const pending = await makeCustomer({ partnerId });
    const { reasons } = await read(helpDesk, pending);
    expect(reasons).toMatchObject([{ reason: { code: "no_source" }, acts: ["assign", "comment"] }]);
    const which = { code: "no_source", subject: "" };
    expect(await answer(send(helpDesk, pending.id, { act: "comment", text: "Ask them", ...which }))).toBe(
      "200",
    );
    expect((await read(helpDesk, pending)).reasons[0]?.comments).toMatchObject([{ text: "Ask them" }]);
    for (const act of [
      { act: "snooze", for: "day", why: "x" },
      { act: "accept", why: "x" },
    ])
      expect(await answer(send(helpDesk, pending.id, { ...act, ...which }))).toBe("409 warning.noWarning");
  });

  test("what was said about figures is hidden with them when access ends", async () => {
    const customer = await makeFullCustomer({ partnerId });
    await answer(send(helpDesk, customer.id, { act: "comment", text: "three laptops", ...silent }));
    await adminQuery(
      "update access_grant set state = 'ended', end_reason = 'revoked', ended_at = now() where customer_id = $1",
      [customer.id],
    );
    await refresh(partnerId, [customer.id]);
    const now = await read(helpDesk, customer);
    expect([now.reasons.map(({ reason }) => reason.code), now.events, now.denied]).toEqual([
      ["grant_ended"],
      [],
      [],
    ]);
  });

  test("orders of managed customers are refused", async () => {
    const order = await makeCustomer({ partnerId, relationship: "order_only" });
    expect(await read(helpDesk, order)).toMatchObject({
      reasons: [{ acts: [] }],
      team: [],
      mayHandle: false,
    });
    const body = { act: "comment", text: "x", code: "order_only", subject: "" };
    expect(await answer(send(helpDesk, order.id, body))).toBe("403 customer.accessDisabled");
  });
});

describe("who", () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await makeFullCustomer({ partnerId });
    await answer(send(helpDesk, customer.id, { act: "comment", text: "internal", ...silent }));
    await answer(send(helpDesk, customer.id, { act: "assign", to: helpDesk.membershipId, ...silent }));
    await answer(send(helpDesk, customer.id, { act: "snooze", for: "week", why: "between us", ...silent }));
    await minute(partnerId);
  });
  const body = { act: "comment", text: "x", ...silent };

  test("may not: no session, wrong roles, the customer's own users", async () => {
    expect(await answer(send(null, customer.id, body))).toBe("401 auth.required");
    for (const role of ["business", "readOnly", "customerAdmin", "customerViewer"] as const) {
      const own = role.startsWith("customer") && { customerId: customer.id };
      const member = await makeMember({ partnerId, role, ...own });
      expect(await answer(send(member, customer.id, body)), role).toBe("403 permission.denied");
    }
    await expect(
      (await callerFor(null)).warnings.byCustomer({ customerId: customer.id }),
    ).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
  });

  test("finds nothing: another partner, outside the scope, another customer's user", async () => {
    const other = await makeCustomer({ partnerId });
    const members = [
      await makeMember(),
      await makeMember({ partnerId, role: "helpDesk", customers: [other.id] }),
      await makeMember({ partnerId, role: "admin", denied: [customer.id] }),
    ];
    for (const member of members) {
      expect(await answer(send(member, customer.id, body))).toBe("404 customer.notFound");
      await expect(read(member, customer)).rejects.toMatchObject({ message: "customer.notFound" });
    }
    const neighbour = await makeMember({ partnerId, role: "customerAdmin", customerId: other.id });
    await expect(read(neighbour, customer)).rejects.toMatchObject({ message: "customer.notFound" });
    for (const id of ["x", crypto.randomUUID()])
      expect(await answer(send(helpDesk, id, body))).toBe("404 customer.notFound");
  });

  test("reads: the customer's users that a reason is put aside and until when, nothing that is said among the team", async () => {
    for (const role of ["customerAdmin", "customerViewer"] as const) {
      const member = await makeMember({ partnerId, role, customerId: customer.id });
      const seen = await read(member, customer);
      expect(seen.reasons.find(({ reason }) => reason.code === "devices_silent")).toMatchObject({
        muted: { kind: "snoozed", why: null, by: null },
        assignee: null,
        comments: [],
        acts: [],
      });
      expect({ ...seen, reasons: [] }).toEqual({
        reasons: [],
        events: [],
        allowed: [],
        denied: [],
        team: [],
        mayHandle: false,
      });
      expect(JSON.stringify(seen)).not.toMatch(/internal|between us|Conti/);
    }
  });

  test("reads: Read-only everything without a form, Business only the reasons", async () => {
    const readOnly = await read(await makeMember({ partnerId, role: "readOnly" }), customer);
    expect(readOnly.events.map(({ kind }) => kind)).toEqual(["snoozed", "assigned", "commented"]);
    expect([readOnly.team, readOnly.mayHandle]).toEqual([[], false]);
    const business = await read(await makeMember({ partnerId, role: "business" }), customer);
    expect(business.events).toEqual([]);
    expect(JSON.stringify(business)).not.toMatch(/internal|between us/);
  });

  test("who has left is still named where they decided, and is no longer offered", async () => {
    const leaver = await makeMember({ partnerId, userId: (await makeUser({ name: "Gone Girl" })).id });
    await answer(send(helpDesk, customer.id, { act: "assign", to: leaver.membershipId, ...unprotected }));
    await adminQuery(`update "user" set disabled_at = now() where id = $1`, [leaver.userId]);
    expect((await reasonOf(helpDesk, customer, "devices_unprotected")).assignee?.name).toBe("Gone Girl");
    expect((await read(helpDesk, customer)).team.map(({ name }) => name)).not.toContain("Gone Girl");
  });
});

test("devices that fall silent later are another trouble than the one that was snoozed", async () => {
  const customer = await makeCustomer({ partnerId });
  const account = await makeAccount(customer);
  await makeDevices({ customer, account }, 1, { lastSeenAt: daysAgo(8) });
  await answer(send(helpDesk, customer.id, { act: "snooze", for: "month", why: "x", ...silent }));
  await minute(partnerId);
  expect(await statusOf(customer)).toBe("synced");
  await adminQuery("update device set last_seen_at = $2 where customer_id = $1", [customer.id, daysAgo(6)]);
  await refresh(partnerId, [customer.id], new Date(Date.now() + 3 * 86_400_000));
  expect(await statusOf(customer)).toBe("warning");
});
