// Every status and reason, each at its boundary, and the instant at which the clock changes them.
import {
  toUnits,
  licenceSummary,
  licenceStatus,
  isOverUsed,
  dayIn,
  addDays,
  type LicenceFacts,
} from "#server/licences/rules.ts";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type AccountFacts,
  customerStatus,
  type DeviceFacts,
  type GrantFacts,
  type StatusFacts,
  type StatusResult,
} from "./rules.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const thresholds = { silentDays: 7, stuckHours: 24 };
const now = new Date("2026-11-21T09:30:00.000Z");
const at = (offset: number) => new Date(now.getTime() + offset);

const none: DeviceFacts = {
  recent: 0,
  silent: 0,
  quarantined: 0,
  inactive: 0,
  unprotected: 0,
  oldestSilentAt: null,
  nextToFallSilentAt: null,
};
const read: AccountFacts = {
  vendor: "sophos",
  lastSuccessAt: at(-HOUR),
  lastDataAt: at(-HOUR),
  errorCode: null,
  errorSince: null,
  isRunning: false,
};
const unread: AccountFacts = { ...read, lastSuccessAt: null, lastDataAt: null };
const live: GrantFacts = {
  state: "active",
  hasMetrics: true,
  fromAt: at(-50 * DAY),
  untilAt: null,
  endReason: null,
};
const facts = (given: Partial<StatusFacts> = {}): StatusFacts => ({
  relationship: "delegated",
  createdAt: at(-100 * DAY),
  grant: live,
  accounts: [read],
  devices: none,
  ...given,
});
const statusOf = (given: Partial<StatusFacts>, when = now) => customerStatus(facts(given), thresholds, when);
const codes = (result: StatusResult) => [result.status, ...result.reasons.map((reason) => reason.code)];
const grant = (given: Partial<GrantFacts>): GrantFacts => ({ ...live, ...given });
const account = (given: Partial<AccountFacts>): AccountFacts => ({ ...read, ...given });
const failing = { errorCode: "vendor.forbidden", errorSince: at(-3 * HOUR) };
const silent = { ...none, silent: 1, oldestSilentAt: at(-9 * DAY) };

describe("the first rule that holds wins", () => {
  it.each<[string, Partial<StatusFacts>, string[]]>([
    [
      "an order, whatever else",
      { relationship: "order_only", grant: null, accounts: [account(failing)], devices: silent },
      ["not_applicable", "order_only"],
    ],
    [
      "managed without a source",
      { relationship: "managed", grant: null, accounts: [] },
      ["sync_pending", "no_source"],
    ],
    ["managed needs no grant", { relationship: "managed", grant: null }, ["synced"]],
    [
      "managed with a grant that is over",
      { relationship: "managed", grant: grant({ state: "ended" }) },
      ["synced"],
    ],
    ["no grant", { grant: null }, ["access_disabled", "no_grant"]],
    ["asked for", { grant: grant({ state: "pending" }) }, ["access_disabled", "grant_pending"]],
    [
      "asked for without metrics",
      { grant: grant({ state: "pending", hasMetrics: false }) },
      ["access_disabled", "grant_pending"],
    ],
    [
      "ended",
      { grant: grant({ state: "ended", endReason: "revoked", untilAt: at(-DAY) }) },
      ["access_disabled", "grant_ended"],
    ],
    [
      "over, though nobody wrote it down yet",
      { grant: grant({ untilAt: at(-1) }) },
      ["access_disabled", "grant_ended"],
    ],
    ["over at this very instant", { grant: grant({ untilAt: now }) }, ["access_disabled", "grant_ended"]],
    ["one millisecond left", { grant: grant({ untilAt: at(1) }) }, ["synced"]],
    [
      "without metrics",
      { grant: grant({ hasMetrics: false }) },
      ["access_disabled", "grant_without_metrics"],
    ],
    [
      "without metrics and over",
      { grant: grant({ hasMetrics: false, untilAt: at(-1) }) },
      ["access_disabled", "grant_ended"],
    ],
    ["begins in a millisecond", { grant: grant({ fromAt: at(1) }) }, ["access_disabled", "grant_starts"]],
    [
      "begins now: what came before does not count",
      { grant: grant({ fromAt: now }) },
      ["sync_pending", "not_run"],
    ],
    [
      "disabled before pending and warning",
      { grant: null, accounts: [account(failing)], devices: silent },
      ["access_disabled", "no_grant"],
    ],
    ["no source", { grant: grant({ fromAt: at(-HOUR) }), accounts: [] }, ["sync_pending", "no_source"]],
    ["no source stays so", { accounts: [] }, ["sync_pending", "no_source"]],
    ["not run yet", { grant: grant({ fromAt: at(-HOUR / 2) }) }, ["sync_pending", "not_run"]],
    [
      "running",
      { grant: grant({ fromAt: at(-HOUR / 2) }), accounts: [account({ isRunning: true })] },
      ["sync_pending", "running"],
    ],
    [
      "running after a failure",
      { grant: grant({ fromAt: at(-HOUR / 2) }), accounts: [account({ ...failing, isRunning: true })] },
      ["sync_pending", "running"],
    ],
    [
      "first run failed",
      { grant: grant({ fromAt: at(-2 * HOUR) }), accounts: [account({ ...unread, ...failing })] },
      ["sync_pending", "first_failed"],
    ],
    [
      "no data yet",
      { grant: grant({ fromAt: at(-2 * HOUR) }), accounts: [account({ lastDataAt: null })] },
      ["sync_pending", "no_data"],
    ],
    [
      "data of an earlier grant",
      { grant: grant({ fromAt: at(-2 * HOUR) }), accounts: [account({ lastDataAt: at(-2 * HOUR - 1) })] },
      ["sync_pending", "no_data"],
    ],
    [
      "data at the instant of the grant",
      { grant: grant({ fromAt: at(-2 * HOUR) }), accounts: [account({ lastDataAt: at(-2 * HOUR) })] },
      ["synced"],
    ],
    [
      "24 h less a millisecond",
      { grant: grant({ fromAt: at(1 - DAY) }), accounts: [unread] },
      ["sync_pending", "not_run"],
    ],
    ["24 h: stuck", { grant: grant({ fromAt: at(-DAY) }), accounts: [unread] }, ["sync_pending", "stuck"]],
    [
      "stuck, even while running",
      { accounts: [account({ ...unread, isRunning: true })] },
      ["sync_pending", "stuck"],
    ],
    [
      "stuck, even after a failure",
      { accounts: [account({ ...unread, ...failing })] },
      ["sync_pending", "stuck"],
    ],
    [
      "pending before warning",
      { accounts: [account({ ...unread, ...failing })], devices: silent },
      ["sync_pending", "stuck"],
    ],
    ["a later run in progress changes nothing", { accounts: [account({ isRunning: true })] }, ["synced"]],
    ["silent", { devices: silent }, ["warning", "devices_silent"]],
    ["never seen is silent", { devices: { ...none, silent: 2 } }, ["warning", "devices_silent"]],
    ["unprotected", { devices: { ...none, recent: 1, unprotected: 1 } }, ["warning", "devices_unprotected"]],
    ["the latest run failed", { accounts: [account(failing)] }, ["warning", "run_failed"]],
    [
      "everything at once",
      { accounts: [account(failing)], devices: { ...silent, unprotected: 3 } },
      ["warning", "devices_silent", "devices_unprotected", "run_failed"],
    ],
    [
      "quarantined and inactive alarm nobody",
      { devices: { ...none, quarantined: 4, inactive: 9 } },
      ["synced"],
    ],
    [
      "one of two accounts failed",
      { accounts: [read, account({ vendor: "snow", ...failing })] },
      ["warning", "run_failed"],
    ],
    [
      "both failed",
      { accounts: [account(failing), account({ vendor: "snow", ...failing })] },
      ["warning", "run_failed", "run_failed"],
    ],
    [
      "one has data, the other was never read",
      { accounts: [unread, account({ vendor: "snow" })] },
      ["synced"],
    ],
    [
      "none has data, one runs",
      {
        grant: grant({ fromAt: at(-HOUR / 2) }),
        accounts: [unread, account({ ...unread, isRunning: true })],
      },
      ["sync_pending", "running"],
    ],
  ])("%s", (_, given, expected) => {
    expect(codes(statusOf(given))).toEqual(expected);
  });
});

describe("reasons", () => {
  const only = (given: Partial<StatusFacts>) => statusOf(given).reasons[0];
  test("tell since when, where that is known", () => {
    expect(only({ grant: null })?.since).toBe(at(-100 * DAY).toISOString());
    expect(only({ grant: grant({ state: "ended", untilAt: at(-DAY), endReason: "revoked" }) })).toMatchObject(
      { since: at(-DAY).toISOString(), evidence: { endReason: "revoked" } },
    );
    expect(only({ grant: grant({ untilAt: at(-DAY) }) })).toMatchObject({
      since: at(-DAY).toISOString(),
      evidence: { endReason: "expired" },
    });
    expect(only({ accounts: [unread] })).toMatchObject({
      since: at(-50 * DAY + DAY).toISOString(),
      evidence: { vendor: "sophos", hours: 24, errorCode: null },
    });
    expect(only({ devices: silent })).toMatchObject({
      since: at(-2 * DAY).toISOString(),
      evidence: { count: 1, days: 7, oldestAt: at(-9 * DAY).toISOString() },
    });
    expect(only({ accounts: [account(failing)] })).toMatchObject({
      since: failing.errorSince.toISOString(),
      evidence: { vendor: "sophos", errorCode: "vendor.forbidden", lastSuccessAt: at(-HOUR).toISOString() },
    });
  });
  test("name the vendor that failed", () => {
    const { reasons } = statusOf({ accounts: [read, account({ vendor: "snow", ...failing })] });
    expect(reasons.map(({ evidence }) => evidence["vendor"])).toEqual(["snow"]);
    const stuck = statusOf({ accounts: [unread, account({ ...unread, vendor: "snow", ...failing })] });
    expect(stuck.reasons[0]?.evidence).toMatchObject({ vendor: "snow", errorCode: "vendor.forbidden" });
  });
  test("the interval in which metrics may be shown follows the grant", () => {
    expect(statusOf({ grant: grant({ untilAt: at(DAY) }) })).toMatchObject({
      metricsFrom: live.fromAt,
      metricsUntil: at(DAY),
    });
    expect(statusOf({ grant: grant({ fromAt: at(DAY), untilAt: at(2 * DAY) }) })).toMatchObject({
      metricsFrom: at(DAY),
      metricsUntil: at(2 * DAY),
    });
    expect(statusOf({ grant: grant({ hasMetrics: false, untilAt: at(DAY) }) })).toMatchObject({
      metricsFrom: null,
      metricsUntil: null,
    });
    expect(statusOf({ relationship: "managed", grant: null })).toMatchObject({
      metricsFrom: at(-100 * DAY),
      metricsUntil: null,
    });
  });
  test("thresholds are the partner's", () => {
    const result = customerStatus(
      facts({ accounts: [unread], grant: grant({ fromAt: at(-2 * DAY) }) }),
      { silentDays: 30, stuckHours: 72 },
      now,
    );
    expect([...codes(result), result.nextChangeAt]).toEqual(["sync_pending", "not_run", at(DAY)]);
  });
});

/** What there is, apart from the clock; the facts at an instant follow from it as the database counts them. */
type World = Omit<StatusFacts, "devices"> & { seen: (Date | null)[]; silentDays: number; stuckHours: number };
function resultAt({ seen, silentDays, stuckHours, ...rest }: World, when: Date): StatusResult {
  const before = when.getTime() - silentDays * DAY;
  const isSilent = (one: Date | null) => one === null || one.getTime() < before;
  const min = (dates: (Date | null)[]) =>
    dates.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
  const devices: DeviceFacts = {
    ...none,
    recent: seen.filter((one) => !isSilent(one)).length,
    silent: seen.filter(isSilent).length,
    oldestSilentAt: min(seen.filter(isSilent)),
    nextToFallSilentAt: min(seen.filter((one) => !isSilent(one))),
  };
  return customerStatus({ ...rest, devices }, { silentDays, stuckHours }, when);
}
/** Without the instants that only say "now": nothing tells when a coming grant was made or a device that was never seen appeared. */
const isUndated = ({ code, evidence }: StatusResult["reasons"][number]) =>
  code === "grant_starts" || (code === "devices_silent" && evidence["oldestAt"] === null);
const meaning = ({ status, reasons, metricsFrom, metricsUntil }: StatusResult) =>
  JSON.stringify([
    status,
    reasons.map((one) => (isUndated(one) ? { ...one, since: null } : one)),
    metricsFrom,
    metricsUntil,
  ]);

const instant = fc.integer({ min: -12 * DAY, max: 4 * DAY }).map(at);
const past = fc.integer({ min: -12 * DAY, max: 0 }).map(at);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const worlds: fc.Arbitrary<World> = fc.record({
  relationship: fc.constantFrom("managed", "delegated", "order_only"),
  createdAt: past,
  grant: maybe(
    fc
      .record({
        state: fc.constantFrom("pending", "active", "active", "active", "ended"),
        hasMetrics: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
        fromAt: instant,
        length: maybe(fc.integer({ min: 1, max: 10 * DAY })),
        back: fc.integer({ min: 0, max: DAY }),
      })
      .map(({ length, back, ...one }) => ({
        ...one,
        untilAt:
          one.state === "ended"
            ? at(-back)
            : length === null
              ? null
              : new Date(one.fromAt.getTime() + length),
        endReason: one.state === "ended" ? "revoked" : null,
      })),
  ),
  accounts: fc.array(
    fc
      .record({
        vendor: fc.constantFrom("sophos", "snow"),
        lastSuccessAt: maybe(past),
        lastDataAt: maybe(past),
        isRunning: fc.boolean(),
        failedAt: maybe(past),
      })
      .map(({ failedAt, ...one }) => ({
        ...one,
        errorCode: failedAt && "vendor.failed",
        errorSince: failedAt,
      })),
    { maxLength: 3 },
  ),
  seen: fc.array(maybe(past), { maxLength: 5 }),
  silentDays: fc.integer({ min: 1, max: 9 }),
  stuckHours: fc.integer({ min: 1, max: 48 }),
});

describe("nextChangeAt", () => {
  it("is exactly the next instant at which the result is another", () => {
    fc.assert(
      fc.property(
        worlds,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
          minLength: 3,
          maxLength: 8,
        }),
        (world, parts) => {
          const result = resultAt(world, now);
          const next = result.nextChangeAt;
          const length = next === null ? 400 * DAY : next.getTime() - now.getTime();
          expect(length).toBeGreaterThan(0);
          const before = [now, ...parts.map((part) => at(Math.floor(part * length))), at(length - 1)];
          for (const when of before) {
            expect(meaning(resultAt(world, when))).toBe(meaning(result));
            expect(resultAt(world, when).nextChangeAt).toEqual(next);
          }
          expect(next === null || meaning(resultAt(world, next)) !== meaning(result)).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("walks through a window to its end and then stops", () => {
    const world: World = {
      ...facts({ grant: grant({ fromAt: at(DAY), untilAt: at(20 * DAY) }) }),
      seen: [at(-3 * DAY)],
      ...thresholds,
    };
    const steps: [string[], number][] = [];
    for (let when: Date | null = now; when;) {
      const result = resultAt(world, when);
      steps.push([codes(result), when.getTime() - now.getTime()]);
      when = result.nextChangeAt;
    }
    expect(steps).toEqual([
      [["access_disabled", "grant_starts"], 0],
      [["sync_pending", "not_run"], DAY],
      [["sync_pending", "stuck"], 2 * DAY],
      [["access_disabled", "grant_ended"], 20 * DAY],
    ]);
    const synced: World = { ...world, grant: grant({ untilAt: at(20 * DAY) }) };
    expect(resultAt(synced, now).nextChangeAt).toEqual(at(4 * DAY + 1));
    expect(codes(resultAt(synced, at(4 * DAY)))).toEqual(["synced"]);
    expect(codes(resultAt(synced, at(4 * DAY + 1)))).toEqual(["warning", "devices_silent"]);
  });
});

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
