// Settings of status through their forms and procedures: who may, what is refused, and that the status follows.
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
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import {
  changeWindow,
  deleteDenied,
  saveDenied,
  saveGroupThresholds,
  saveThresholds,
  saveWindow,
} from "./handler.ts";
import { wallClock } from "./rules.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>;

function send(
  handler: unknown,
  who: { token: string } | null,
  path: string,
  body: Record<string, unknown>,
  type: "form" | "json" = "json",
): Promise<Response> {
  const isForm = type === "form";
  const request = new Request(`${origin}/api/settings/${path}${isForm ? "?lang=fr" : ""}`, {
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
  const [, id = ""] = path.split("/");
  return (handler as Handler)(request, { params: Promise.resolve({ id } as never) });
}
type Answer = { id?: string; error?: { code: string } };
const answer = async (response: Promise<Response>): Promise<[number, string | undefined]> => {
  const { status, body } = await response.then(async (one) => ({
    status: one.status,
    body: (await one.json()) as Answer,
  }));
  return [status, body.error?.code ?? body.id];
};
const made = async (response: Promise<Response>): Promise<string> => {
  const [status, id] = await answer(response);
  expect(status, id).toBe(200);
  return id ?? "";
};
/** What the minute job does for one partner. */
const minute = async (partnerId: string, now?: Date) => {
  // The database counts microseconds: what was marked just now is due in the next millisecond.
  await new Promise((resolve) => setTimeout(resolve, 2));
  const at = now ?? new Date();
  await withScope({ partnerId }, "read write", (db) => refreshDue(db, partnerId, at, 500), "worker");
};
const statusOf = async ({ id }: Customer) => {
  const [row] = await adminQuery<{ status: string; reasons: { code: string; muted?: object }[] }>(
    "select status, reasons from customer_overview where customer_id = $1",
    [id],
  );
  return `${row?.status} ${row?.reasons.map((one) => `${one.code}${one.muted ? " muted" : ""}`).join(", ")}`.trim();
};
const audited = async (partnerId: string) =>
  (
    await adminQuery<{ action: string }>(
      "select action from audit_entry where partner_id = $1 and outcome = 'done' order by at, seq",
      [partnerId],
    )
  ).map((row) => row.action);

/** A computer that has been silent for `days` days. */
async function makeSilent(partnerId: string, days: number, name?: string): Promise<Customer> {
  const customer = await makeCustomer({ partnerId, ...(name !== undefined && { name }) });
  const account = await makeAccount(customer);
  await makeDevices({ customer, account }, 1, { lastSeenAt: daysAgo(days) });
  return customer;
}

describe("thresholds", () => {
  let partnerId: string;
  let admin: Member;
  beforeAll(async () => {
    partnerId = await makePartner();
    admin = await makeMember({ partnerId });
  });
  const was = { wasSilentDays: 7, wasStuckHours: 24 };

  test("of the partner and of a group decide within a minute; of several groups the smallest", async () => {
    const [plain, inOne, inTwo] = [
      await makeSilent(partnerId, 10),
      await makeSilent(partnerId, 10),
      await makeSilent(partnerId, 10),
    ];
    const small = await makeGroup({ partnerId, customers: [inTwo.id] });
    const large = await makeGroup({ partnerId, customers: [inOne.id, inTwo.id] });
    expect(await statusOf(plain)).toBe("warning devices_silent");
    await made(send(saveThresholds, admin, "thresholds", { silentDays: 30, stuckHours: 48, ...was }));
    await minute(partnerId);
    for (const one of [plain, inOne, inTwo]) expect(await statusOf(one)).toBe("synced");
    const none = { stuckHours: "", wasSilentDays: "", wasStuckHours: "" };
    await made(send(saveGroupThresholds, admin, `groups/${large.id}`, { silentDays: 20, ...none }));
    await made(send(saveGroupThresholds, admin, `groups/${small.id}`, { silentDays: "9", ...none }));
    await minute(partnerId);
    expect([await statusOf(plain), await statusOf(inOne), await statusOf(inTwo)]).toEqual([
      "synced",
      "synced",
      "warning devices_silent",
    ]);
    const { partner, groups } = await (await callerFor(admin)).settings.thresholds();
    expect(partner).toEqual({ silentDays: 30, stuckHours: 48 });
    expect(groups.find(({ id }) => id === small.id)).toMatchObject({ silentDays: 9, stuckHours: null });
    expect((await audited(partnerId)).slice(-3)).toEqual([
      "settings:thresholds",
      "group:thresholds",
      "group:thresholds",
    ]);
  });

  test("the second of two people sees the difference and loses nothing", async () => {
    const now = { wasSilentDays: 30, wasStuckHours: 48 };
    const late = { silentDays: 5, stuckHours: 5, ...was };
    expect(await answer(send(saveThresholds, admin, "thresholds", late))).toEqual([409, "settings.conflict"]);
    const form = Object.fromEntries(Object.entries(late).map(([name, value]) => [name, String(value)]));
    const back = await send(saveThresholds, admin, "thresholds", form, "form");
    expect([back.status, back.headers.get("location")]).toEqual([
      303,
      "/fr/settings?silentDays=5&stuckHours=5&error=settings.conflict",
    ]);
    await made(send(saveThresholds, admin, "thresholds", { ...late, ...now }));
    const twice = await Promise.all(
      [6, 8].map((silentDays) =>
        answer(
          send(saveThresholds, admin, "thresholds", {
            silentDays,
            stuckHours: 5,
            wasSilentDays: 5,
            wasStuckHours: 5,
          }),
        ),
      ),
    );
    expect(twice.map(([status]) => status).sort()).toEqual([200, 409]);
  });

  test.each([
    [{ silentDays: 0 }],
    [{ silentDays: 366 }],
    [{ silentDays: "" }],
    [{ silentDays: 1.5 }],
    [{ stuckHours: 721 }],
    [{ stuckHours: "soon" }],
    [{ surplus: 1 }],
  ])("%j is refused", async (wrong) => {
    const body = { silentDays: 7, stuckHours: 24, ...was, ...wrong };
    expect(await answer(send(saveThresholds, admin, "thresholds", body))).toEqual([
      400,
      "settings.thresholds",
    ]);
  });

  test("of another partner's group are not found", async () => {
    const foreign = await makeGroup();
    const body = { silentDays: 1, stuckHours: 1, wasSilentDays: "", wasStuckHours: "" };
    for (const id of [foreign.id, crypto.randomUUID(), "x"])
      expect(await answer(send(saveGroupThresholds, admin, `groups/${id}`, body))).toEqual([
        404,
        "settings.notFound",
      ]);
  });
});

describe("maintenance windows", () => {
  let partnerId: string;
  let admin: Member;
  let struck: Customer;
  let other: Customer;
  beforeAll(async () => {
    partnerId = await makePartner();
    admin = await makeMember({ partnerId });
    struck = await makeSilent(partnerId, 10, "Forno Bäcker");
    other = await makeSilent(partnerId, 10, "Forno Rossi");
  });
  /** The wall clock of the member's zone, `hours` from now. */
  const local = (hours: number) =>
    wallClock(admin.timeZone, new Date(Date.now() + hours * 3_600_000))
      .toISOString()
      .slice(0, 16);
  const window = (given: Record<string, unknown> = {}) => ({
    name: "Patch night",
    covers: "all",
    from: local(-1),
    until: local(5),
    ...given,
  });

  test("mute what they cover while they are open, and can be ended", async () => {
    const id = await made(
      send(saveWindow, admin, "windows", window({ covers: "customer", customer: "forno backer" })),
    );
    await minute(partnerId);
    expect([await statusOf(struck), await statusOf(other)]).toEqual([
      "synced devices_silent muted",
      "warning devices_silent",
    ]);
    const api = await callerFor(admin);
    const { current } = await api.settings.windows();
    expect(current).toMatchObject([{ id, name: "Patch night", covers: "customer", of: "Forno Bäcker" }]);
    expect(await answer(send(changeWindow, admin, `windows/${id}`, { act: "delete" }))).toEqual([
      409,
      "settings.windowOver",
    ]);
    await answer(send(changeWindow, admin, `windows/${id}`, { act: "end" }));
    await minute(partnerId);
    expect(await statusOf(struck)).toBe("warning devices_silent");
    expect((await api.settings.windows()).past.map((one) => one.id)).toEqual([id]);
    expect(await answer(send(changeWindow, admin, `windows/${id}`, { act: "end" }))).toEqual([
      409,
      "settings.windowOver",
    ]);
  });

  test("that are coming change the status at their hour and can be deleted; overlapping is fine", async () => {
    const group = await makeGroup({ partnerId, customers: [other.id] });
    const coming = { from: local(2), until: local(4), covers: "group", groupId: group.id };
    const id = await made(send(saveWindow, admin, "windows", window(coming)));
    await made(send(saveWindow, admin, "windows", window({ ...coming, until: local(3) })));
    await minute(partnerId);
    expect(await statusOf(other)).toBe("warning devices_silent");
    await minute(partnerId, new Date(Date.now() + 3 * 3_600_000 - 60_000));
    expect(await statusOf(other)).toBe("synced devices_silent muted");
    for (const one of (await (await callerFor(admin)).settings.windows()).coming)
      await answer(send(changeWindow, admin, `windows/${one.id}`, { act: "delete" }));
    await minute(partnerId);
    expect(await statusOf(other)).toBe("warning devices_silent");
    expect(await answer(send(changeWindow, admin, `windows/${id}`, { act: "delete" }))).toEqual([
      404,
      "settings.notFound",
    ]);
  });

  test.each([
    [{ name: " " }, "settings.windowInvalid"],
    [{ name: "x".repeat(101) }, "settings.windowInvalid"],
    [{ from: "soon" }, "settings.windowInvalid"],
    [{ covers: "some" }, "settings.windowInvalid"],
    [{ until: "2020-01-01T10:00" }, "settings.windowTimes"],
    [{ until: "2999-01-01T10:00" }, "settings.windowTooLong"],
    [{ covers: "group" }, "settings.groupMissing"],
    [{ covers: "group", groupId: crypto.randomUUID() }, "settings.groupMissing"],
    [{ covers: "customer" }, "settings.customerUnclear"],
    [{ covers: "customer", customer: "forno" }, "settings.customerUnclear"],
    [{ covers: "customer", customerId: crypto.randomUUID() }, "settings.customerUnclear"],
  ])("%j is refused", async (wrong, code) => {
    expect(await answer(send(saveWindow, admin, "windows", window(wrong)))).toEqual([400, code]);
  });

  test("of a customer that is not clear are offered those that may be meant", async () => {
    const api = await callerFor(admin);
    const found = async (customer: string) =>
      (await api.settings.windows({ customer })).matches.map((match) => match.name).sort();
    expect(await found("forno")).toEqual(["Forno Bäcker", "Forno Rossi"]);
    expect(await found("FORNO ROSSI")).toEqual(["Forno Rossi"]);
    const twin = await makeCustomer({ partnerId, name: "forno rossi", externalId: "X-1" });
    await makeCustomer({ partnerId, name: "Forno Rossi", relationship: "order_only" });
    const unclear = window({ covers: "customer", customer: "Forno Rossi" });
    expect(await answer(send(saveWindow, admin, "windows", unclear))).toEqual([
      400,
      "settings.customerUnclear",
    ]);
    expect(await found("Forno Rossi")).toEqual(["Forno Rossi", "forno rossi"]);
    const id = await made(send(saveWindow, admin, "windows", { ...unclear, customerId: twin.id }));
    await answer(send(changeWindow, admin, `windows/${id}`, { act: "end" }));
  });

  test("of customers outside a member's scope are neither seen nor ended", async () => {
    const limited = await makeMember({ partnerId, customers: [other.id] });
    const id = await made(
      send(saveWindow, admin, "windows", window({ covers: "customer", customerId: struck.id })),
    );
    const seen = await (await callerFor(limited)).settings.windows({ customer: "Forno Bäcker" });
    expect([seen.current, seen.matches]).toEqual([[], []]);
    expect(await answer(send(changeWindow, limited, `windows/${id}`, { act: "end" }))).toEqual([
      404,
      "settings.notFound",
    ]);
    const stranger = await makeMember();
    expect(await answer(send(changeWindow, stranger, `windows/${id}`, { act: "end" }))).toEqual([
      404,
      "settings.notFound",
    ]);
    await answer(send(changeWindow, admin, `windows/${id}`, { act: "end" }));
  });
});

describe("denied applications", () => {
  let partnerId: string;
  let admin: Member;
  let customer: Customer;
  beforeAll(async () => {
    partnerId = await makePartner();
    admin = await makeMember({ partnerId });
    customer = await makeCustomer({ partnerId });
    const account = await makeAccount(customer, { vendor: "snow" });
    await makeApplication({ customer, account }, { name: "µTorrent 3.6 (100%)" });
    await makeApplication({ customer, account }, { name: "Notepad_x" });
    await makeSilent(partnerId, 0);
  });

  test("make a warning where one is found, count it, and no longer when they are removed", async () => {
    const id = await made(send(saveDenied, admin, "denied", { pattern: "*TÓRRENT*", note: "Policy 12" }));
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("warning denied_application");
    const api = await callerFor(admin);
    expect(await api.settings.denied()).toMatchObject([
      { id, pattern: "*TÓRRENT*", note: "Policy 12", customers: 1, exceptions: 0, createdBy: admin.name },
    ]);
    const limited = await makeMember({ partnerId, scopeAll: false });
    expect((await (await callerFor(limited)).settings.denied()).map((one) => one.customers)).toEqual([0]);
    expect(await answer(send(saveDenied, admin, "denied", { pattern: "*torrent*" }))).toEqual([
      409,
      "settings.patternTaken",
    ]);
    const stranger = await makeMember();
    expect(await (await callerFor(stranger)).settings.denied()).toEqual([]);
    expect(await answer(send(deleteDenied, stranger, `denied/${id}`, {}))).toEqual([
      404,
      "settings.notFound",
    ]);
    expect((await send(deleteDenied, admin, `denied/${id}`, {})).status).toBe(200);
    await minute(partnerId);
    expect(await statusOf(customer)).toBe("synced");
    expect(await answer(send(deleteDenied, admin, `denied/${id}`, {}))).toEqual([404, "settings.notFound"]);
    expect((await audited(partnerId)).slice(-2)).toEqual(["denied:add", "denied:remove"]);
  });

  test("are compared as a whole; what only resembles a wildcard is itself", async () => {
    const counts = async (pattern: string) => {
      const id = await made(send(saveDenied, admin, "denied", { pattern }));
      const listed = await (await callerFor(admin)).settings.denied();
      expect((await send(deleteDenied, admin, `denied/${id}`, {})).status).toBe(200);
      return listed.find((one) => one.id === id)?.customers;
    };
    for (const [pattern, customers] of [
      ["torrent", 0],
      ["*torrent 3.6 (100%)", 1],
      ["notepad_x", 1],
      ["notepa__x", 0],
      ["%otepad%", 0],
      ["n*\\*x", 0],
    ] as const)
      expect(await counts(pattern), pattern).toBe(customers);
  });

  test("where access has ended no figure is counted", async () => {
    const closed = await makeCustomer({ partnerId, relationship: "delegated" });
    const account = await makeAccount(closed, { vendor: "snow" });
    await makeApplication({ customer: closed, account }, { name: "BitTorrent" });
    const id = await made(send(saveDenied, admin, "denied", { pattern: "BitTorrent" }));
    expect(await (await callerFor(admin)).settings.denied()).toMatchObject([{ id, customers: 0 }]);
    expect((await send(deleteDenied, admin, `denied/${id}`, {})).status).toBe(200);
  });

  test.each([
    ["*", "settings.patternTooBroad"],
    ["**", "settings.patternTooBroad"],
    ["* * *", "settings.patternTooBroad"],
    ["", "settings.patternInvalid"],
    ["x".repeat(201), "settings.patternInvalid"],
  ])("%j is refused", async (pattern, code) => {
    expect(await answer(send(saveDenied, admin, "denied", { pattern }))).toEqual([400, code]);
  });
});

test("a form leads back to its page, also from nobody", async () => {
  const admin = await makeMember();
  const saved = await send(saveDenied, admin, "denied", { pattern: "aMule" }, "form");
  expect([saved.status, saved.headers.get("location")]).toEqual([
    303,
    "/fr/settings/applications?notice=patternAdded",
  ]);
  const refused = await send(saveDenied, admin, "denied", { pattern: "**", note: "é&=" }, "form");
  expect(refused.headers.get("location")).toBe(
    "/fr/settings/applications?pattern=**&note=%C3%A9%26%3D&error=settings.patternTooBroad",
  );
  const nobody = await send(saveDenied, null, "denied", { pattern: "aMule" }, "form");
  expect(nobody.headers.get("location")).toBe("/fr/sign-in");
});

test("only a Super Admin reads and changes them", async () => {
  const partnerId = await makePartner();
  for (const role of ["admin", "helpDesk", "business", "readOnly", "customerAdmin"] as const) {
    const member = await makeMember({ partnerId, role });
    const api = await callerFor(member);
    for (const read of [api.settings.thresholds, api.settings.windows, api.settings.denied])
      await expect(read()).rejects.toMatchObject({ code: "FORBIDDEN", message: "permission.denied" });
    for (const [handler, path] of [
      [saveThresholds, "thresholds"],
      [saveGroupThresholds, `groups/${crypto.randomUUID()}`],
      [saveWindow, "windows"],
      [changeWindow, `windows/${crypto.randomUUID()}`],
      [saveDenied, "denied"],
      [deleteDenied, `denied/${crypto.randomUUID()}`],
    ] as const)
      expect(await answer(send(handler, member, path, {})), path).toEqual([403, "permission.denied"]);
  }
});
