// Which source counts, what is blank and why, and exact sums; each rule of merging at its boundaries.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { toUnits } from "#server/licences/rules.ts";
import type { Reason } from "#server/customers/schema.ts";
import {
  type AccountReport,
  type Family,
  figuresOf,
  isSameWork,
  monthly,
  openReasons,
  total,
} from "./rules.ts";

const since = new Date("2026-11-01T08:00:00.000Z");
const at = (days: number) => new Date(since.getTime() + days * 86_400_000);
const parts = ["devices", "alerts", "applications", "saas"] as const;
type Part = (typeof parts)[number];

/** An account that has told what is given, and nothing else; without saying why. */
function account(vendor: string, told: readonly Part[], given: Partial<AccountReport> = {}): AccountReport {
  const untold = parts.filter((part) => !told.includes(part));
  return {
    vendor,
    lastSuccessAt: at(1),
    gaps: untold.map((part) => ({ part, reason: "not_reported", isUntold: true })),
    unprotected: null,
    devices: {
      recent: 0,
      silent: 0,
      quarantined: 0,
      inactive: 0,
      unprotected: 0,
      known: 0,
      oldestSilentAt: null,
      nextToFallSilentAt: null,
    },
    alerts: { high: 0, medium: 0, low: 0 },
    applications: { installed: 0, unused: 0, shortfall: 0 },
    denied: [],
    saas: { applications: 0, subscriptions: null, unassigned: null, yearlyCost: null, currencies: [] },
    saasUsers: null,
    saasActiveUsers: null,
    ...given,
  };
}
const computers = (recent: number, given: Partial<AccountReport["devices"]> = {}) => ({
  devices: { ...account("", []).devices, recent, known: recent, ...given },
});
const refusing = (vendor: string, reason: "not_entitled" | "not_reported") =>
  account(vendor, [], { gaps: parts.map((part) => ({ part, reason })) });
const of = (...accounts: AccountReport[]) => figuresOf(accounts, since);

describe("computers are those of one source", () => {
  it.each<[string, AccountReport[], string | null, number]>([
    ["nobody", [], null, 0],
    ["Sophos alone", [account("sophos", ["devices"], computers(3))], "sophos", 3],
    [
      "Snow before Sophos, whatever the order and however few",
      [account("sophos", ["devices"], computers(9)), account("snow", ["devices"], computers(2))],
      "snow",
      2,
    ],
    [
      "Snow that reports none at all",
      [account("sophos", ["devices"], computers(9)), account("snow", ["devices"])],
      "snow",
      0,
    ],
    [
      "Snow without the entitlement",
      [account("sophos", ["devices"], computers(9)), refusing("snow", "not_entitled")],
      "sophos",
      9,
    ],
    [
      "Snow that was never read",
      [
        account("sophos", ["devices"], computers(9)),
        account("snow", ["devices"], { ...computers(2), lastSuccessAt: null }),
      ],
      "sophos",
      9,
    ],
    [
      "Snow that was read under an earlier grant only",
      [
        account("sophos", ["devices"], computers(9)),
        account("snow", ["devices"], { ...computers(2), lastSuccessAt: new Date(since.getTime() - 1) }),
      ],
      "sophos",
      9,
    ],
    [
      "read at the instant of the grant",
      [account("snow", ["devices"], { ...computers(2), lastSuccessAt: since })],
      "snow",
      2,
    ],
    [
      "two accounts of the vendor add up",
      [
        account("snow", ["devices"], computers(2)),
        account("snow", ["devices"], computers(5)),
        account("sophos", ["devices"], computers(9)),
      ],
      "snow",
      7,
    ],
    [
      "of unknown vendors the first by name, after the known ones",
      [account("zeta", ["devices"], computers(1)), account("alfa", ["devices"], computers(2))],
      "alfa",
      2,
    ],
  ])("%s", (_, accounts, vendor, recent) => {
    expect(of(...accounts).devices).toMatchObject({ vendor, recent });
  });

  test("with its instants, not those of another source", () => {
    const seen = (day: number) => ({ silent: 1, oldestSilentAt: at(-day), nextToFallSilentAt: at(-day / 2) });
    const devices = of(
      account("sophos", ["devices"], computers(1, seen(40))),
      account("snow", ["devices"], computers(1, seen(20))),
      account("snow", ["devices"], computers(1, seen(10))),
    ).devices;
    expect(devices).toMatchObject({ silent: 2, oldestSilentAt: at(-20), nextToFallSilentAt: at(-10) });
  });
});

describe("unprotected devices are whoever's count is worst", () => {
  const bad = (unprotected: number) => computers(9, { unprotected });
  it.each<[string, AccountReport[], boolean, number, string | null]>([
    ["nobody says", [account("snow", ["devices"], computers(9, { known: 0 }))], false, 0, null],
    ["by its devices", [account("sophos", ["devices"], bad(2))], true, 2, "sophos"],
    ["by its own count", [account("sophos", [], { unprotected: 4 })], true, 4, "sophos"],
    [
      "the greater of the two",
      [account("sophos", ["devices"], { ...bad(2), unprotected: 4 })],
      true,
      4,
      "sophos",
    ],
    ["none", [account("sophos", ["devices"], bad(0))], true, 0, "sophos"],
    [
      "the source of the computers says nothing",
      [account("snow", ["devices"], computers(9, { known: 0 })), account("sophos", ["devices"], bad(3))],
      true,
      3,
      "sophos",
    ],
    [
      "both say, and are not added",
      [account("snow", ["devices"], bad(1)), account("sophos", ["devices"], bad(3))],
      true,
      3,
      "sophos",
    ],
    [
      "no devices, protection refused",
      [account("sophos", ["devices"], { gaps: [{ part: "protection", reason: "not_entitled" }] })],
      false,
      0,
      null,
    ],
    ["devices not reported any more", [account("sophos", [], bad(3))], false, 0, null],
    [
      "of an earlier grant",
      [account("sophos", ["devices"], { ...bad(3), lastSuccessAt: at(-1) })],
      false,
      0,
      null,
    ],
  ])("%s", (_, accounts, knowsProtection, unprotected, unprotectedVendor) => {
    const { devices, knowsProtection: knows } = of(...accounts);
    expect([knows, devices.unprotected, devices.unprotectedVendor]).toEqual([
      knowsProtection,
      unprotected,
      unprotectedVendor,
    ]);
  });
});

test("alerts are everybody's who tells of them", () => {
  const alerts = (high: number) => ({ alerts: { high, medium: 1, low: 0 } });
  const all = of(
    account("sophos", ["alerts"], alerts(2)),
    account("snow", ["alerts"], alerts(3)),
    account("snow", [], alerts(9)),
  );
  expect(all.alerts).toEqual({ high: 5, medium: 2, low: 0 });
  expect(of(account("snow", ["devices"], alerts(9))).alerts).toBeNull();
});

describe("applications and SaaS", () => {
  const installed = (unused: number | null, denied: string[] = []) => ({
    applications: { installed: 10, unused, shortfall: 2 },
    denied,
  });
  test("are blank where nobody tells, and nought where somebody says so", () => {
    expect(of(account("sophos", ["devices"], installed(1)))).toMatchObject({
      applications: null,
      saas: null,
    });
    expect(of(account("snow", ["applications", "saas"]))).toMatchObject({
      applications: { installed: 0, unused: 0, shortfall: 0 },
      saas: { applications: 0, users: null, monthlySpend: null },
      gaps: { computers: "not_reported", alerts: "not_reported" },
    });
  });
  test("are those of one vendor, whose accounts add up; a denied name counts once", () => {
    const merged = of(
      account("other", ["applications"], installed(9, ["Tor"])),
      account("snow", ["applications"], installed(null, ["Zoom", "Bit"])),
      account("snow", ["applications"], installed(4, ["Bit"])),
      account("snow", ["saas"], installed(9, ["Emule"])),
    );
    expect(merged.applications).toEqual({ installed: 20, unused: 4, shortfall: 4 });
    expect(merged.denied).toEqual(["Bit", "Zoom"]);
    expect(of(account("snow", ["applications"], installed(null))).applications?.unused).toBeNull();
    const unknown = { applications: { installed: 10, unused: null, shortfall: null }, denied: [] };
    expect(of(account("snow", ["applications"], unknown)).applications?.shortfall).toBeNull();
  });
  const spending = (yearlyCost: string | null, currencies: (string | null)[], subscriptions = 0) =>
    account("snow", ["saas"], {
      saas: { applications: 1, subscriptions, unassigned: null, yearlyCost, currencies },
      saasUsers: subscriptions || null,
    });
  it.each<[string, AccountReport[], string | null, string | null]>([
    ["no cost is known", [spending(null, [])], null, null],
    ["a twelfth", [spending("1200.0000", ["EUR"])], "100.0000", "EUR"],
    ["several accounts", [spending("1", ["EUR"]), spending("2", ["EUR"])], "0.2500", "EUR"],
    ["the currency is unknown", [spending("12", [null])], "1.0000", null],
    ["two currencies have no sum", [spending("12", ["EUR"]), spending("12", ["USD"])], null, null],
    ["nor have a known and an unknown one", [spending("12", ["EUR", null])], null, null],
  ])("spend: %s", (_, accounts, monthlySpend, currency) => {
    expect(of(...accounts).saas).toMatchObject({ monthlySpend, currency });
  });
  test("people and subscriptions add up where they are known, to what a column takes", () => {
    expect(of(spending(null, [], 3), spending(null, [])).saas).toMatchObject({
      users: 3,
      subscriptions: 3,
      unassigned: null,
    });
    expect(of(spending(null, [], 2e9), spending(null, [], 2e9)).saas).toMatchObject({
      subscriptions: 2147483647,
    });
  });
});

describe("why a family is blank", () => {
  it.each<[string, AccountReport[], Family, string | undefined]>([
    [
      "somebody tells",
      [account("sophos", ["devices"]), refusing("snow", "not_entitled")],
      "computers",
      undefined,
    ],
    [
      "all that could tell may not",
      [refusing("snow", "not_entitled"), refusing("sophos", "not_entitled")],
      "computers",
      "not_entitled",
    ],
    [
      "one only did not",
      [refusing("snow", "not_entitled"), refusing("sophos", "not_reported")],
      "computers",
      "not_reported",
    ],
    [
      "who knows nothing of it is not asked",
      [refusing("snow", "not_entitled"), account("sophos", ["devices"])],
      "saas",
      "not_entitled",
    ],
    ["nobody knows of it", [account("sophos", ["devices"])], "saas", "not_reported"],
    [
      "who was never read could tell",
      [refusing("snow", "not_entitled"), account("sophos", [], { lastSuccessAt: null })],
      "alerts",
      "not_reported",
    ],
    ["there is no source", [], "applications", "not_reported"],
  ])("%s", (_, accounts, family, expected) => {
    expect(of(...accounts).gaps[family]).toBe(expected);
  });
});

describe("exact decimals", () => {
  it.each([
    ["12", "1.0000"],
    ["0", "0.0000"],
    ["1", "0.0833"],
    ["0.0006", "0.0001"],
    ["0.0005", "0.0000"],
    ["0.0018", "0.0002"],
    ["-0.0006", "0.0000"],
    ["-0.0007", "-0.0001"],
    ["-12", "-1.0000"],
    ["999999999999.9999", "83333333333.3333"],
  ])("a twelfth of %s is %s", (yearly, expected) => expect(monthly(yearly)).toBe(expected));
  test("a twelfth is never off by more than half a unit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (units) => {
        const off = 12n * toUnits(monthly(total([`${units}`]) ?? "")) - 10_000n * units;
        expect(off > -6n && off <= 6n).toBe(true);
      }),
    );
  });
  it.each<[(string | null)[], string | null]>([
    [[], null],
    [[null], null],
    [["0.1", "0.2", null], "0.3000"],
    [["-0.5", "0.25"], "-0.2500"],
  ])("the sum of %o is %s", (values, expected) => expect(total(values)).toBe(expected));
});

describe("the queue of work", () => {
  const reason = (code: string, evidence: Reason["evidence"] = {}, muted?: Reason["muted"]): Reason => ({
    code,
    since: "2026-11-01T00:00:00.000Z",
    evidence,
    ...(muted && { muted }),
  });

  test("holds warnings and what is stuck, unless put aside, and over-use; with what they count", () => {
    expect(
      openReasons(
        [
          reason("devices_silent", { count: 3 }),
          reason("denied_application", { count: 2 }, { kind: "accepted", until: null, why: "" }),
          reason("run_failed", { vendor: "snow" }),
          reason("run_failed", { vendor: "snow" }),
          reason("run_failed", { vendor: "sophos" }),
        ],
        true,
      ),
    ).toEqual([
      { kind: "warning", code: "devices_silent", subject: "", amount: 3 },
      { kind: "warning", code: "run_failed", subject: "snow", amount: null },
      { kind: "warning", code: "run_failed", subject: "sophos", amount: null },
      { kind: "over_use", code: "over_use", subject: "", amount: null },
    ]);
    expect(openReasons([reason("stuck", { hours: 24 })], false)).toEqual([
      { kind: "stuck", code: "stuck", subject: "", amount: null },
    ]);
    expect(openReasons([reason("no_grant"), reason("running")], false)).toEqual([]);
  });

  test("is the same in any order, and another with another amount", () => {
    const a = { kind: "warning", code: "devices_silent", subject: "", amount: 3 } as const;
    const b = { kind: "over_use", code: "over_use", subject: "", amount: null } as const;
    expect(isSameWork([a, b], [b, a])).toBe(true);
    expect(isSameWork([a], [{ ...a, amount: 4 }])).toBe(false);
    expect(isSameWork([a], [a, b])).toBe(false);
  });
});
