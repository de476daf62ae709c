// Saved views over their forms and procedures: names, sharing, defaults, undo, two at once, what is gone, who sees what.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { env } from "#server/env.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { changeViewHandler, saveViewHandler, shareViewHandler } from "./handler.ts";

let partnerId: string;
let member: Member;
let colleague: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  member = await makeMember({ partnerId });
  colleague = await makeMember({ partnerId, role: "helpDesk" });
});
afterAll(closeDatabase);

const headersOf = (by: Member, type: string, accept = "application/json") => ({
  cookie: `${sessionCookieName()}=${by.token}`,
  origin: env().origin,
  "content-type": type,
  accept,
});
const request = (by: Member, path: string, fields: Record<string, string>) =>
  new Request(`${env().origin}/api/views${path}`, {
    method: "POST",
    headers: headersOf(by, "application/json"),
    body: JSON.stringify(fields),
  });
type Answer = { id?: string; notice?: string; error?: { code: string } };
const told = async (response: Response) => {
  const { id, notice, error } = (await response.json()) as Answer;
  return { id: id ?? "", outcome: error?.code ?? notice ?? "nothing" };
};
const save = async (by: Member, fields: Record<string, string>) =>
  told(await saveViewHandler(request(by, "", fields), { params: Promise.resolve({}) }));
const change = async (by: Member, id: string, fields: Record<string, string>) =>
  (await told(await changeViewHandler(request(by, `/${id}`, fields), { params: Promise.resolve({ id }) })))
    .outcome;
const share = async (by: Member, id: string, action: "share" | "unshare") =>
  (
    await told(
      await shareViewHandler(request(by, `/${id}/share`, { action }), { params: Promise.resolve({ id }) }),
    )
  ).outcome;
const views = async (by: Member) => (await (await callerFor(by)).views.list({ shown: "" })).views;
const open = async (by: Member, id: string) => (await callerFor(by)).views.open({ id });
const named = async (by: Member) => (await views(by)).map(({ name }) => name);
let count = 0;
const fresh = () => `View ${(count += 1)}`;

describe("saving", () => {
  test("keeps filters, order and, if asked, columns; not the page one was on", async () => {
    const query = "status=warning&sort=-alerts&pageSize=200&after=abc&panel=1";
    const plain = await save(member, { name: fresh(), query });
    expect(await open(member, plain.id)).toMatchObject({ query: "status=warning&sort=-alerts", gone: [] });
    const wide = await save(member, { name: fresh(), query, columns: "name,status,alerts" });
    const kept = new URLSearchParams((await open(member, wide.id))?.query);
    expect(kept.get("columns")?.split(",").toSorted()).toEqual(["alerts", "name", "status"]);
  });

  test.each([
    ["  Nord  ", "Nord"],
    ["🦊".repeat(100), "🦊".repeat(100)],
    ["شركة النور", "شركة النور"],
    ["e\u0301te\u0301", "été"],
    ["two\nlines\tand tabs", "two lines and tabs"],
    ["\u202EdroN\u200B", "droN"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["'; drop table saved_view; --", "'; drop table saved_view; --"],
    ["=cmd()", "=cmd()"],
  ])("takes the name %j", async (name, expected) => {
    const { id } = await save(member, { name, query: "" });
    expect((await open(member, id))?.name).toBe(expected);
  });

  test.each([
    ["", "view.nameInvalid"],
    ["   ", "view.nameInvalid"],
    ["\n", "view.nameInvalid"],
    ["\u200B", "view.nameInvalid"],
    ["\u202E\u2066", "view.nameInvalid"],
    ["a".repeat(101), "view.nameInvalid"],
    ["🦊".repeat(101), "view.nameInvalid"],
    ["a\0b", "request.malformed"],
    ["a\ud800", "request.malformed"],
  ])("refuses the name %j", async (name, code) => {
    expect((await save(member, { name, query: "" })).outcome).toBe(code);
  });

  test("an address that is too long or no address is refused or left out, never stored", async () => {
    expect((await save(member, { name: fresh(), query: "q=".padEnd(2_001, "a") })).outcome).toBe(
      "view.nameInvalid",
    );
    const { id } = await save(member, { name: fresh(), query: "status=nothing&drop=table&q=%00" });
    expect((await open(member, id))?.query).toBe("");
  });

  test("a name is unique per person, whatever its case; a double click saves once", async () => {
    const name = "Unique É";
    const both = await Promise.all([
      save(member, { name, query: "q=a" }),
      save(member, { name, query: "q=a" }),
    ]);
    expect(both[0].id).toBe(both[1].id);
    expect((await save(member, { name: "unique é", query: "q=b" })).outcome).toBe("view.nameTaken");
    expect((await save(colleague, { name, query: "q=b" })).outcome).toBe("saved");
  });

  test("one's own view is replaced, nobody else's", async () => {
    const { id } = await save(member, { name: fresh(), query: "q=a" });
    expect(await save(member, { replaces: id, query: "q=b" })).toEqual({ id, outcome: "replaced" });
    expect((await open(member, id))?.query).toBe("q=b");
    expect((await save(colleague, { replaces: id, query: "q=c" })).outcome).toBe("view.notFound");
  });

  test("a hundred views are enough", async () => {
    const busy = await makeMember({ partnerId });
    await adminQuery(
      "insert into saved_view (partner_id, membership_id, owner_name, name, query) select $1, $2, 'x', 'n' || n, '' from generate_series(1, 100) n",
      [partnerId, busy.membershipId],
    );
    expect((await save(busy, { name: fresh(), query: "" })).outcome).toBe("view.tooMany");
    // One that was deleted comes back where there is room again.
    const [deleted, other] = await views(busy);
    await change(busy, deleted?.id ?? "", { action: "delete" });
    const { id } = await save(busy, { name: fresh(), query: "" });
    expect(await change(busy, deleted?.id ?? "", { action: "restore" })).toBe("view.tooMany");
    expect(await change(busy, other?.id ?? "", { action: "restore" })).toBe("restored");
    await change(busy, id, { action: "delete" });
    expect(await change(busy, deleted?.id ?? "", { action: "restore" })).toBe("restored");
  });
});

describe("changing", () => {
  test("rename, delete and take back", async () => {
    const owner = await makeMember({ partnerId });
    const { id } = await save(owner, { name: "First", query: "q=a" });
    const other = await save(owner, { name: "Other", query: "q=b" });
    expect(await change(owner, id, { action: "rename", name: "Second" })).toBe("renamed");
    expect(await change(owner, id, { action: "rename", name: "SECOND" })).toBe("renamed");
    expect(await change(owner, id, { action: "rename", name: "other" })).toBe("view.nameTaken");
    expect(await change(owner, id, { action: "rename", name: " " })).toBe("view.nameInvalid");
    expect(await change(owner, id, { action: "delete" })).toBe("deleted");
    expect(await named(owner)).toEqual(["Other"]);
    expect(await open(owner, id)).toBeNull();
    expect(await change(owner, id, { action: "delete" })).toBe("view.notFound");
    expect(await change(owner, other.id, { action: "rename", name: "Second" })).toBe("renamed");
    expect(await change(owner, id, { action: "restore" })).toBe("view.nameTaken");
    expect(await change(owner, other.id, { action: "rename", name: "Third" })).toBe("renamed");
    expect(await change(owner, id, { action: "restore" })).toBe("restored");
    expect(await named(owner)).toEqual(["SECOND", "Third"]);
    const log = await adminQuery<{ action: string }>(
      "select action from audit_entry where membership_id = $1 and outcome = 'done' order by seq",
      [owner.membershipId],
    );
    expect(log.map(({ action }) => action)).toEqual([
      "view:save",
      "view:save",
      "view:rename",
      "view:rename",
      "view:delete",
      "view:rename",
      "view:rename",
      "view:restore",
    ]);
  });

  test("a deleted view goes for good after a day, when the next one is deleted", async () => {
    const owner = await makeMember({ partnerId });
    const old = await save(owner, { name: "Old", query: "" });
    const next = await save(owner, { name: "Next", query: "" });
    await change(owner, old.id, { action: "delete" });
    await adminQuery("update saved_view set deleted_at = now() - interval '25 hours' where id = $1", [
      old.id,
    ]);
    await change(owner, next.id, { action: "delete" });
    expect(await change(owner, old.id, { action: "restore" })).toBe("view.notFound");
    expect(await change(owner, next.id, { action: "restore" })).toBe("restored");
  });

  test("what opens the list is each person's own, and ends with the view", async () => {
    const { id } = await save(member, { name: fresh(), query: "q=a", share: "on", isDefault: "on" });
    const isDefault = async (by: Member) => (await views(by)).find((view) => view.id === id)?.isDefault;
    expect([await isDefault(member), await isDefault(colleague)]).toEqual([true, false]);
    expect(await change(colleague, id, { action: "setDefault" })).toBe("defaultSet");
    expect(await change(member, id, { action: "clearDefault" })).toBe("defaultCleared");
    expect([await isDefault(member), await isDefault(colleague)]).toEqual([false, true]);
    expect(await share(member, id, "unshare")).toBe("unshared");
    expect([await isDefault(colleague), await open(colleague, id)]).toEqual([undefined, null]);
    expect(await change(colleague, id, { action: "setDefault" })).toBe("view.notFound");
  });
});

describe("sharing", () => {
  test("everyone of the partner sees it and nobody else changes it", async () => {
    const { id } = await save(member, { name: fresh(), query: "status=warning", share: "on" });
    expect(await open(colleague, id)).toMatchObject({ isOwn: false, isShared: true, owner: "Mara Conti" });
    for (const action of [{ action: "rename", name: "Mine" }, { action: "delete" }, { action: "restore" }])
      expect(await change(colleague, id, action)).toBe("view.notFound");
    const foreign = await makeMember({ partnerId: await makePartner() });
    expect([await open(foreign, id), await named(foreign)]).toEqual([null, []]);
    expect(await change(foreign, id, { action: "setDefault" })).toBe("view.notFound");
  });

  test("of somebody who left is deleted and taken back by who may share, and changed by nobody", async () => {
    const owner = await makeMember({ partnerId });
    const { id } = await save(owner, { name: fresh(), query: "q=left", share: "on" });
    const kept = await save(owner, { name: fresh(), query: "q=kept" });
    expect(await change(member, id, { action: "delete" })).toBe("view.notFound");
    await adminQuery("update membership set disabled_at = now() where id = $1", [owner.membershipId]);
    expect(await open(member, id)).toMatchObject({ isOwn: false, isLeft: true });
    const foreign = await makeMember({ partnerId: await makePartner() });
    for (const by of [colleague, foreign])
      expect(await change(by, id, { action: "delete" })).toBe("view.notFound");
    expect(await change(member, id, { action: "rename", name: "Mine" })).toBe("view.notFound");
    expect(await change(member, kept.id, { action: "delete" })).toBe("view.notFound");
    expect(await change(member, id, { action: "delete" })).toBe("deleted");
    expect(await open(colleague, id)).toBeNull();
    expect(await change(member, id, { action: "delete" })).toBe("view.notFound");
    expect(await change(member, id, { action: "restore" })).toBe("restored");
    expect((await open(colleague, id))?.query).toBe("q=left");
  });

  test("a private view is nobody else's", async () => {
    const { id } = await save(member, { name: fresh(), query: "q=secret" });
    expect([await open(colleague, id), (await views(colleague)).some((view) => view.id === id)]).toEqual([
      null,
      false,
    ]);
  });

  test("who may not share saves for themselves alone", async () => {
    expect((await save(colleague, { name: "Shared?", query: "", share: "on" })).outcome).toBe(
      "permission.denied",
    );
    const { id } = await save(colleague, { name: fresh(), query: "" });
    expect(await share(colleague, id, "share")).toBe("permission.denied");
    expect((await (await callerFor(colleague)).views.list({ shown: "" })).mayShare).toBe(false);
  });

  test("each sees their own customers in it", async () => {
    const group = await makeGroup({
      partnerId,
      customers: [(await makeCustomer({ partnerId, name: "Seen" })).id],
    });
    await makeCustomer({ partnerId, name: "Unseen" });
    const limited = await makeMember({ partnerId, role: "helpDesk", groups: [group.id] });
    const { id } = await save(member, { name: fresh(), query: "sort=name", share: "on" });
    const opened = await open(limited, id);
    const { rows } = await (await callerFor(limited)).customers.list({ sort: "name" });
    expect([opened?.query, rows.map((row) => row.name)]).toEqual(["sort=name", ["Seen"]]);
  });

  test("a customer's user has no views", async () => {
    const customer = await makeCustomer({ partnerId });
    const user = await makeMember({ role: "customerAdmin", partnerId, customerId: customer.id });
    await expect((await callerFor(user)).views.list({ shown: "" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect((await save(user, { name: "x", query: "" })).outcome).toBe("permission.denied");
  });
});

describe("a view that names what is gone", () => {
  test("opens without it and says so", async () => {
    const group = await makeGroup({ partnerId });
    const { id } = await save(member, { name: fresh(), query: `status=warning&group=${group.id}` });
    expect(await open(member, id)).toMatchObject({ query: `status=warning&group=${group.id}`, gone: [] });
    await adminQuery("delete from customer_group where id = $1", [group.id]);
    expect(await open(member, id)).toMatchObject({
      query: "status=warning",
      gone: [{ name: "group", value: group.id }],
    });
    await adminQuery("update saved_view set query = $2 where id = $1", [
      id,
      "status=retired&sort=-oldColumn&q=rossi",
    ]);
    expect(await open(member, id)).toMatchObject({
      query: "q=rossi",
      gone: [
        { name: "status", value: "retired" },
        { name: "sort", value: "-oldColumn" },
      ],
    });
  });

  test("a column, by itself", async () => {
    const { id } = await save(member, { name: fresh(), query: "q=a", columns: "name,status" });
    await adminQuery("update saved_view set query = $2 where id = $1", [
      id,
      "q=a&columns=name,oldColumn,status",
    ]);
    const opened = await open(member, id);
    expect(opened?.gone).toEqual([{ name: "columns", value: "oldColumn" }]);
    const columns = new URLSearchParams(opened?.query).get("columns")?.split(",");
    expect(columns?.toSorted()).toEqual(["name", "status"]);
  });

  test("a group that somebody does not look after is one, too", async () => {
    const group = await makeGroup({ partnerId });
    const { id } = await save(member, { name: fresh(), query: `group=${group.id}`, share: "on" });
    const limited = await makeMember({
      partnerId,
      role: "helpDesk",
      groups: [(await makeGroup({ partnerId })).id],
    });
    expect((await open(limited, id))?.gone).toEqual([{ name: "group", value: group.id }]);
  });
});

describe("the form without a script", () => {
  const post = async (fields: Record<string, string>, by = member) => {
    const response = await saveViewHandler(
      new Request(`${env().origin}/api/views?membership=${by.membershipId}&lang=it`, {
        method: "POST",
        headers: headersOf(by, "application/x-www-form-urlencoded", "text/html"),
        body: new URLSearchParams(fields),
      }),
      { params: Promise.resolve({}) },
    );
    const to = new URL(response.headers.get("location") ?? "", "http://here.invalid");
    return { status: response.status, path: to.pathname, query: Object.fromEntries(to.searchParams) };
  };

  test("leads to the view, or back to what was to be kept with the name that was typed", async () => {
    const name = fresh();
    const saved = await post({ name, query: "status=warning" });
    expect(saved).toMatchObject({ status: 303, path: "/it/customers", query: { viewNotice: "saved" } });
    expect(await post({ name, query: "q=other" })).toMatchObject({
      path: "/it/customers",
      query: { q: "other", viewError: "view.nameTaken", viewName: name },
    });
    expect((await post({ name: " ", query: "" })).query).toMatchObject({
      view: "all",
      viewError: "view.nameInvalid",
    });
  });
});
