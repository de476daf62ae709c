// What a licence is on a day, a customer's licences in one line, exact decimals and calendar days.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyLicence,
  type HeldLicence,
  toUnits,
  licenceSummary,
  licenceStatus,
  isOverUsed,
  dayIn,
  addDays,
  type LicenceFacts,
} from "./rules.ts";

const term: LicenceFacts = {
  kind: "term",
  isSuspended: false,
  isUnlimited: false,
  quantity: "10",
  used: "4",
  startsOn: "2026-01-01",
  endsOn: "2027-12-31",
};
const licence = (given: Partial<LicenceFacts>): LicenceFacts => ({ ...term, ...given });
const today = "2026-11-21";

describe("licences", () => {
  it.each<[Partial<LicenceFacts>, string]>([
    [{}, "active"],
    [{ startsOn: today, endsOn: today }, "active"],
    [{ endsOn: "2026-11-20" }, "expired"],
    [{ endsOn: "2026-11-20", isSuspended: true }, "expired"],
    [{ isSuspended: true }, "suspended"],
    [{ startsOn: "2026-11-22" }, "not_started"],
    [{ startsOn: "2026-11-22", kind: "trial" }, "not_started"],
    [{ kind: "trial", endsOn: today }, "trial"],
    [{ kind: "monthly", startsOn: null, endsOn: null }, "active"],
  ])("%o is %s", (given, status) => expect(licenceStatus(licence(given), today)).toBe(status));

  it.each<[string, Partial<LicenceFacts>[], object]>([
    ["none", [], { stateRank: 6, kinds: [], isOverUsed: false, endsOn: null }],
    ["30 days before its end: expiring", [{ endsOn: "2026-12-21" }], { stateRank: 3, endsOn: "2026-12-21" }],
    ["31 days before: active", [{ endsOn: "2026-12-22" }], { stateRank: 5 }],
    ["on its last day", [{ endsOn: today }], { stateRank: 3, endsOn: today }],
    [
      "a trial does not expire but end",
      [{ kind: "trial", endsOn: "2026-11-25" }],
      { stateRank: 4, endsOn: "2026-11-25" },
    ],
    [
      "the worst of several",
      [{}, { endsOn: "2026-11-01" }, { kind: "trial" }, { isSuspended: true }],
      { stateRank: 1, kinds: ["term", "trial"], endsOn: "2027-12-31" },
    ],
    ["suspended before expiring", [{ endsOn: "2026-12-01" }, { isSuspended: true }], { stateRank: 2 }],
    [
      "monthly ones have no end to expire at",
      [{ kind: "monthly", endsOn: "2026-11-30" }],
      { stateRank: 5, endsOn: null },
    ],
    [
      "not started: only its kind counts",
      [{ startsOn: "2026-12-01", endsOn: "2026-12-05", used: "99" }],
      { stateRank: 6, kinds: ["term"], isOverUsed: false, endsOn: null },
    ],
    ["over its limit", [{}, { used: "10.0001" }], { isOverUsed: true }],
  ])("%s", (_, given, expected) => expect(licenceSummary(given.map(licence), today)).toMatchObject(expected));

  it.each<[string | null, string | null, boolean, boolean]>([
    ["10", "10.0000", false, false],
    ["10", "10.0001", false, true],
    ["10.00", "9.9999", false, false],
    [null, "5", false, false],
    ["5", null, false, false],
    [null, "5", true, false],
    ["0", "0", false, false],
    ["999999999999.9998", "999999999999.9999", false, true],
    ["-1", "-0.5", false, true],
  ])("of %s %s used, unlimited %s: over its limit %s", (quantity, used, isUnlimited, expected) =>
    expect(isOverUsed({ quantity, used, isUnlimited })).toBe(expected),
  );

  it("reads decimals exactly, to four places", () => {
    expect(["1", "1.5", "-0.0001", "007.10", "0.12345", "-3"].map(toUnits)).toEqual([
      10_000n,
      15_000n,
      -1n,
      71_000n,
      1_234n,
      -30_000n,
    ]);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), (units) => {
        const size = units < 0n ? -units : units;
        expect(
          toUnits(`${units < 0n ? "-" : ""}${size / 10_000n}.${String(size % 10_000n).padStart(4, "0")}`),
        ).toBe(units);
      }),
    );
  });
});

describe("calendar days", () => {
  it.each([
    ["Europe/Rome", "2026-11-20T22:59:59.999Z", "2026-11-20"],
    ["Europe/Rome", "2026-11-20T23:00:00.000Z", "2026-11-21"],
    ["Europe/Rome", "2026-06-30T21:59:59.999Z", "2026-06-30"],
    ["Europe/Rome", "2026-06-30T22:00:00.000Z", "2026-07-01"],
    // The clocks go forward on 29 March and back on 25 October 2026.
    ["Europe/Rome", "2026-03-28T23:00:00.000Z", "2026-03-29"],
    ["Europe/Rome", "2026-03-29T21:59:59.999Z", "2026-03-29"],
    ["Europe/Rome", "2026-03-29T22:00:00.000Z", "2026-03-30"],
    ["Europe/Rome", "2026-10-25T22:59:59.999Z", "2026-10-25"],
    ["Europe/Rome", "2026-10-25T23:00:00.000Z", "2026-10-26"],
    ["Asia/Kathmandu", "2026-11-20T18:14:59.999Z", "2026-11-20"],
    ["Asia/Kathmandu", "2026-11-20T18:15:00.000Z", "2026-11-21"],
    ["America/New_York", "2027-01-01T04:59:59.999Z", "2026-12-31"],
    ["Pacific/Kiritimati", "2026-11-20T10:00:00.000Z", "2026-11-21"],
  ])("%s at %s is %s", (zone, when, day) => expect(dayIn(zone, new Date(when))).toBe(day));

  it("adds days across months, leap days and changes of the clock", () => {
    expect([
      addDays("2026-03-28", 2),
      addDays("2026-10-24", 2),
      addDays("2028-02-28", 1),
      addDays("2026-12-31", 1),
      addDays("2026-01-01", -30),
    ]).toEqual(["2026-03-30", "2026-10-26", "2028-02-29", "2027-01-01", "2025-12-02"]);
  });
});

describe("applying a licence", () => {
  const held = (id: string, given: Partial<HeldLicence>): HeldLicence => ({
    id,
    kind: "trial",
    product: "X",
    line: "endpoint",
    startsOn: "2026-11-01",
    endsOn: "2026-12-01",
    ...given,
  });
  const annual = {
    ...held("new", { kind: "term", endsOn: "2027-11-20" }),
    startsOn: "2026-11-21",
  };
  const ends = (present: HeldLicence[], applied = annual) => [...applyLicence(present, applied).ends];

  it.each<[string, HeldLicence[], typeof annual, [string, string | null][]]>([
    ["a trial of the line ends the day before", [held("t", {})], annual, [["t", "2026-11-20"]]],
    ["also of another product of it", [held("t", { product: "Y" })], annual, [["t", "2026-11-20"]]],
    ["of another line it goes on", [held("t", { line: "email" })], annual, []],
    ["one that has ended stays as it was", [held("t", { endsOn: "2026-11-20" })], annual, []],
    [
      "one that ends on the first day gives it up",
      [held("t", { endsOn: "2026-11-21" })],
      annual,
      [["t", "2026-11-20"]],
    ],
    ["a trial without an end", [held("t", { startsOn: null, endsOn: null })], annual, [["t", "2026-11-20"]]],
    [
      "across the end of a month",
      [held("t", {})],
      { ...annual, startsOn: "2026-12-01" },
      [["t", "2026-11-30"]],
    ],
    [
      "across a leap day",
      [held("t", { endsOn: null })],
      { ...annual, startsOn: "2028-03-01" },
      [["t", "2028-02-29"]],
    ],
    [
      "monthly ends every trial, whatever its line",
      [held("a", {}), held("b", { line: "email", endsOn: null }), held("c", { endsOn: "2026-11-02" })],
      { ...annual, kind: "monthly", endsOn: null },
      [
        ["a", "2026-11-20"],
        ["b", "2026-11-20"],
      ],
    ],
    [
      "a term of the same product that overlaps ends with it",
      [held("o", { kind: "term", endsOn: "2026-12-31" })],
      annual,
      [["o", "2027-11-20"]],
    ],
    ["one of another product does not", [held("o", { kind: "term", product: "Y" })], annual, []],
    ["one that has ended does not", [held("o", { kind: "term", endsOn: "2026-11-20" })], annual, []],
  ])("%s", (_, present, applied, expected) => expect(ends(present, applied)).toEqual(expected));

  it("overlapping ones end on the latest day, and an end that is open stays open", () => {
    const longer = held("o", { kind: "term", endsOn: "2028-01-31" });
    expect(applyLicence([longer], annual)).toEqual({ ends: new Map(), endsOn: "2028-01-31" });
    const open = held("p", { kind: "term", endsOn: null });
    expect(applyLicence([longer, open], annual)).toEqual({ ends: new Map([["o", null]]), endsOn: null });
    expect(applyLicence([], annual).endsOn).toBe("2027-11-20");
  });
});
