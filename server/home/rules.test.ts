// Decisions of Home: which kinds of work each role knows of and may take, what a row comes to, which cursors are read.
import { describe, expect, test } from "vitest";
import type { Reason } from "#server/customers/schema.ts";
import { type Actor, partnerRoles } from "#server/permissions.ts";
import type { WorkRow } from "./queries-work.ts";
import { isCursorOf, visibleKinds, workItem } from "./rules.ts";
import { workKinds } from "./schema.ts";

const actor = (given: Partial<Actor> = {}) =>
  ({ role: "superAdmin", customerId: null, memberAll: true, membershipId: "me", ...given }) as Actor;
const now = new Date("2026-11-21T12:00:00Z");
const id = "0b5e0b5e-0b5e-4b5e-8b5e-0b5e0b5e0b5e";
const silent: Reason = { code: "devices_silent", since: "2026-11-20T00:00:00.000Z", evidence: { count: 3 } };
const row = (given: Partial<WorkRow> = {}): WorkRow => ({
  cursor: [],
  subjectId: id,
  customerId: id,
  customerName: "Rossi",
  relationship: "managed",
  assignedTo: null,
  reasons: [silent],
  code: "devices_silent",
  subject: "",
  appearedAt: new Date("2026-11-20T00:00:00Z"),
  since: new Date("2026-11-20T00:00:00Z"),
  grownAt: null,
  grownFrom: null,
  ...given,
});
const make = (given: Partial<WorkRow> = {}, who: Partial<Actor> = {}) =>
  workItem("warning", row(given), actor(who), new Map([["other", "Ada"]]), now);

describe("kinds", () => {
  test.each([
    ["superAdmin", workKinds],
    ["admin", workKinds],
    ["helpDesk", workKinds.filter((kind) => kind !== "account")],
    ["business", workKinds.filter((kind) => kind !== "account" && kind !== "warning")],
    ["readOnly", workKinds.filter((kind) => kind !== "account")],
  ] as const)("%s knows of %s", (role, kinds) => {
    expect(visibleKinds(actor({ role }), undefined)).toEqual(kinds);
  });

  test("accounts belong to no group, and to nobody who sees some customers only", () => {
    expect(visibleKinds(actor(), id)).not.toContain("account");
    expect(visibleKinds(actor({ memberAll: false }), undefined)).not.toContain("account");
  });

  test.each(["customerAdmin", "customerViewer"] as const)("%s knows of none", (role) => {
    expect(visibleKinds(actor({ role, customerId: id }), undefined)).toEqual([]);
  });
});

describe("a row", () => {
  test("names its customer, its reason and since when; it is new for seven days", () => {
    expect(make()).toMatchObject({
      customer: { id, name: "Rossi" },
      reason: { code: "devices_silent" },
      since: "2026-11-20T00:00:00.000Z",
      isNew: true,
      grown: null,
      assignee: null,
      mayTake: true,
    });
    expect(make({ appearedAt: new Date("2026-11-14T11:00:00Z") })?.isNew).toBe(false);
  });

  test("that grew says from what, and is not new beside", () => {
    const grownAt = new Date("2026-11-21T00:00:00Z");
    expect(make({ grownAt, grownFrom: 1 })).toMatchObject({
      grown: { at: "2026-11-21T00:00:00.000Z", from: 1 },
      isNew: false,
    });
  });

  test("whose reason went or was put aside a moment ago is none", () => {
    expect(make({ reasons: [] })).toBeUndefined();
    const muted = { kind: "accepted", until: null, why: "" } as const;
    expect(make({ reasons: [{ ...silent, muted }] })).toBeUndefined();
  });

  test("says whose it is, and that it is mine; who has left has it no longer", () => {
    expect(make({ assignedTo: "other" })?.assignee).toEqual({ id: "other", name: "Ada", isMe: false });
    expect(make({ assignedTo: "other" }, { membershipId: "other" })?.assignee?.isMe).toBe(true);
    expect(make({ assignedTo: "gone" })?.assignee).toBeNull();
  });

  test("is taken on by who may settle it", () => {
    const able = partnerRoles.filter((role) => make({}, { role })?.mayTake);
    expect(able).toEqual(["superAdmin", "admin", "helpDesk"]);
    const { code: _, ...none } = row();
    const ending: WorkRow = { ...none, until: "2026-12-01", due: "2026-12-01" };
    const taking = (given: Partial<WorkRow>, role: Actor["role"]) =>
      workItem("licence_end", { ...ending, ...given }, actor({ role }), new Map(), now);
    expect(taking({}, "business")).toMatchObject({ mayTake: true, until: "2026-12-01", due: "2026-12-01" });
    expect(taking({}, "helpDesk")?.mayTake).toBe(false);
    expect(taking({ relationship: "order_only" }, "superAdmin")?.mayTake).toBe(false);
  });

  test("of a request beside live access is nobody's to take", () => {
    const request = (reasons: Reason[]) =>
      workItem("request", row({ code: "grant_pending", reasons }), actor(), new Map(), now);
    const asked = { ...silent, code: "grant_pending" };
    expect(request([asked])?.mayTake).toBe(true);
    expect(request([])).toMatchObject({ mayTake: false, reason: null });
  });
});

describe("a cursor", () => {
  test.each([
    ["licence_end", ["2026-11-21", id], true],
    ["licence_end", ["2026-02-31", id], false],
    ["licence_end", ["2026-11-21"], false],
    ["licence_end", ["2026-11-21", "x"], false],
    ["request", ["2026-11-21 10:00:00.123456+00", id], true],
    ["request", ["2026-11-21 99:00:00+00", id], false],
    ["request", ["2026-11-21 10:00:00+99", id], false],
    ["warning", ["2026-11-21 10:00:00+00", id, "run_failed", "snow"], true],
    ["warning", ["2026-11-21 10:00:00+00", id, "run_failed", "\0"], false],
    ["warning", "x", false],
    ["warning", null, false],
  ] as const)("of %s: %j is read: %s", (kind, value, isRead) => {
    expect(isCursorOf(kind)(value)).toBe(isRead);
  });
});
