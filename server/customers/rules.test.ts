// Every status and reason, each at its boundary, and the instant at which the clock changes them.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type AccountFacts,
  customerStatus,
  type DeviceFacts,
  type GrantFacts,
  type Handling,
  type MaintenanceWindow,
  type StatusFacts,
  type StatusResult,
  subjectOf,
} from "./rules.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const thresholds = { silentDays: 7, stuckHours: 24 };
const now = new Date("2026-11-21T09:30:00.000Z");
const at = (offset: number) => new Date(now.getTime() + offset);

const none: DeviceFacts = {
  vendor: "sophos",
  unprotectedVendor: null,
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
  denied: [],
  handlings: [],
  windows: [],
  previous: [],
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
    ["a denied application", { denied: ["BitTorrent"] }, ["warning", "denied_application"]],
    ["pending before a denied application", { accounts: [unread], denied: ["x"] }, ["sync_pending", "stuck"]],
    ["the latest run failed", { accounts: [account(failing)] }, ["warning", "run_failed"]],
    [
      "everything at once",
      { accounts: [account(failing)], denied: ["x"], devices: { ...silent, unprotected: 3 } },
      ["warning", "devices_silent", "denied_application", "devices_unprotected", "run_failed"],
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
      evidence: { count: 1, days: 7, oldestAt: at(-9 * DAY).toISOString(), vendor: "sophos" },
    });
    expect(only({ accounts: [account(failing)] })).toMatchObject({
      since: failing.errorSince.toISOString(),
      evidence: { vendor: "sophos", errorCode: "vendor.forbidden", lastSuccessAt: at(-HOUR).toISOString() },
    });
  });
  test("that nothing dates began when they were first seen, each vendor's run by itself", () => {
    const undated = account({ ...failing, errorSince: null });
    const given: Partial<StatusFacts> = {
      accounts: [undated, { ...undated, vendor: "snow" }],
      devices: { ...none, silent: 2, unprotected: 1 },
      denied: ["x"],
    };
    const seen = (code: string, days: number, evidence = {}) => ({
      code,
      since: at(-days * DAY).toISOString(),
      evidence,
    });
    const previous = [
      seen("devices_silent", 1, { oldestAt: null }),
      seen("denied_application", 2),
      seen("run_failed", 3, { vendor: "snow" }),
      seen("stuck", 4),
    ];
    expect(statusOf({ ...given, previous }).reasons.map(({ since }) => since)).toEqual([
      at(-DAY).toISOString(),
      at(-2 * DAY).toISOString(),
      now.toISOString(),
      now.toISOString(),
      at(-3 * DAY).toISOString(),
    ]);
    // What is dated is not taken from before.
    const moved = { devices: silent, previous: [seen("devices_silent", 30)] };
    expect(only(moved)?.since).toBe(at(-2 * DAY).toISOString());
  });
  test("count denied applications and name five of them", () => {
    const denied = ["a", "b", "c", "d", "e", "f", "g"];
    expect(only({ denied })?.evidence).toEqual({ count: 7, names: ["a", "b", "c", "d", "e"] });
  });
  test("of devices name the vendor that is believed", () => {
    const devices = { ...silent, vendor: "snow", unprotected: 2, unprotectedVendor: "sophos" };
    expect(statusOf({ devices }).reasons.map(({ evidence }) => evidence["vendor"])).toEqual([
      "snow",
      "sophos",
    ]);
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

const handling = (code: string, given: Partial<Handling> = {}): Handling => ({
  code,
  subject: "",
  snoozedUntil: null,
  isAccepted: false,
  why: "known",
  updatedAt: at(-HOUR),
  ...given,
});
const snooze = (code: string, given: Partial<Handling> = {}) =>
  handling(code, { snoozedUntil: at(DAY), ...given });
const accept = (code: string, given: Partial<Handling> = {}) =>
  handling(code, { isAccepted: true, ...given });
const work = (from: number, to: number, name = "Move"): MaintenanceWindow => ({
  name,
  startsAt: at(from),
  endsAt: at(to),
});
const [SILENT, BARE] = ["devices_silent", "devices_unprotected"];
const known = [{ code: BARE, since: at(-2 * DAY).toISOString(), evidence: {} }];
const bare: Partial<StatusFacts> = { devices: { ...none, recent: 1, unprotected: 1 }, previous: known };
const both: Partial<StatusFacts> = { ...bare, devices: { ...silent, unprotected: 1 } };
const failed = { accounts: [account(failing), account({ vendor: "snow", ...failing })] };
const silentSince = (offset: number) => ({ devices: { ...silent, oldestSilentAt: at(offset - 7 * DAY) } });

describe("living with a warning", () => {
  it.each<[string, Partial<StatusFacts>, string]>([
    ["nothing was decided", {}, "warning -"],
    ["snoozed", { handlings: [snooze(BARE)] }, "synced snoozed"],
    ["accepted", { handlings: [accept(BARE)] }, "synced accepted"],
    ["only assigned", { handlings: [handling(BARE)] }, "warning -"],
    ["snoozed to this instant", { handlings: [snooze(BARE, { snoozedUntil: now })] }, "warning -"],
    ["for a millisecond more", { handlings: [snooze(BARE, { snoozedUntil: at(1) })] }, "synced snoozed"],
    ["another reason is snoozed", { handlings: [snooze(SILENT)] }, "warning -"],
    ["one of two is", { ...both, handlings: [snooze(SILENT)] }, "warning snoozed -"],
    ["both are", { ...both, handlings: [snooze(SILENT), accept(BARE)] }, "synced snoozed accepted"],
    [
      "one vendor's run is",
      { ...failed, previous: [], devices: none, handlings: [snooze("run_failed", { subject: "snow" })] },
      "warning - snoozed",
    ],
    ["no vendor's run is", { ...failed, devices: none, handlings: [snooze("run_failed")] }, "warning - -"],
    ["gone and back after the snooze", { previous: [], handlings: [snooze(BARE)] }, "warning -"],
    ["younger than the snooze", { ...silentSince(-HOUR + 1), handlings: [snooze(SILENT)] }, "warning -"],
    ["as old as the snooze", { ...silentSince(-HOUR), handlings: [snooze(SILENT)] }, "synced snoozed"],
    ["accepted, gone and back", { previous: [], handlings: [accept(BARE)] }, "synced accepted"],
    ["maintenance", { ...both, windows: [work(-HOUR, HOUR)] }, "synced maintenance maintenance"],
    ["maintenance begins now", { windows: [work(0, HOUR)] }, "synced maintenance"],
    ["maintenance ends now", { windows: [work(-HOUR, 0)] }, "warning -"],
    ["maintenance to come", { windows: [work(1, HOUR)] }, "warning -"],
    [
      "a decision in maintenance",
      { ...both, handlings: [snooze(SILENT)], windows: [work(-HOUR, HOUR)] },
      "synced snoozed maintenance",
    ],
    ["pending in maintenance", { accounts: [unread], windows: [work(-HOUR, HOUR)] }, "sync_pending -"],
  ])("%s", (_, given, expected) => {
    const { status, reasons } = statusOf({ ...bare, ...given });
    expect([status, ...reasons.map(({ muted }) => muted?.kind ?? "-")].join(" ")).toBe(expected);
  });

  test("says until when and why; of several windows the last to end", () => {
    const muted = (given: Partial<StatusFacts>) => statusOf({ ...bare, ...given }).reasons[0]?.muted;
    expect(muted({ handlings: [snooze(BARE)] })).toEqual({
      kind: "snoozed",
      until: at(DAY).toISOString(),
      why: "known",
    });
    expect(muted({ handlings: [accept(BARE)] })).toEqual({
      kind: "accepted",
      until: null,
      why: "known",
    });
    const windows = [work(-HOUR, HOUR, "short"), work(-2 * HOUR, 2 * HOUR, "long"), work(HOUR, DAY, "later")];
    expect(muted({ windows })).toEqual({
      kind: "maintenance",
      until: at(2 * HOUR).toISOString(),
      why: "long",
    });
  });

  test("changes by the clock: windows and the end of a snooze", () => {
    const given = {
      ...bare,
      handlings: [snooze(BARE, { snoozedUntil: at(5 * HOUR) })],
      windows: [work(HOUR, 6 * HOUR), work(8 * HOUR, 9 * HOUR)],
    };
    const steps: [string, string | undefined, number][] = [];
    for (let when: Date | null = now; when;) {
      const result = statusOf(given, when);
      steps.push([result.status, result.reasons[0]?.muted?.kind, (when.getTime() - now.getTime()) / HOUR]);
      when = result.nextChangeAt;
    }
    expect(steps).toEqual([
      ["synced", "snoozed", 0],
      ["synced", "maintenance", 5],
      ["warning", undefined, 6],
      ["synced", "maintenance", 8],
      ["warning", undefined, 9],
    ]);
    // Where nothing is wrong, and where it is accepted, the clock has nothing to change.
    expect(statusOf({ windows: given.windows, handlings: given.handlings }).nextChangeAt).toBeNull();
    const accepted = { ...given, handlings: [accept(BARE)] };
    expect(statusOf(accepted).nextChangeAt).toBeNull();
  });

  test("a handling is about the code, of a failed run about its vendor too", () => {
    expect(statusOf({ ...failed, devices: silent }).reasons.map(subjectOf)).toEqual(["", "sophos", "snow"]);
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
/** Without the instants that only say "now": nothing tells when a coming grant was made, or a device that was never seen and an application appeared. */
const isUndated = ({ code, evidence }: StatusResult["reasons"][number]) =>
  code === "grant_starts" ||
  code === "denied_application" ||
  (code === "devices_silent" && evidence["oldestAt"] === null);
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
  denied: fc.constantFrom([], [], ["BitTorrent"]),
  handlings: fc.uniqueArray(
    fc
      .record({
        code: fc.constantFrom("devices_silent", "denied_application", "run_failed"),
        subject: fc.constantFrom("", "sophos", "snow"),
        until: maybe(instant),
        isAccepted: fc.boolean(),
        ago: fc.integer({ min: 1, max: 3 * DAY }),
      })
      .map(({ until, isAccepted, ago, ...key }) => ({
        ...key,
        isAccepted,
        snoozedUntil: isAccepted ? null : until,
        why: "",
        updatedAt: at(-ago),
      })),
    { maxLength: 4, selector: ({ code, subject }) => `${code} ${subject}` },
  ),
  windows: fc.array(
    fc
      .tuple(instant, fc.integer({ min: 1, max: 2 * DAY }))
      .map(([startsAt, length]) => ({ name: "", startsAt, endsAt: new Date(startsAt.getTime() + length) })),
    { maxLength: 3 },
  ),
  previous: fc.subarray([
    { code: "devices_silent", since: at(-5 * DAY).toISOString(), evidence: {} },
    { code: "denied_application", since: at(-4 * DAY).toISOString(), evidence: {} },
  ]),
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
