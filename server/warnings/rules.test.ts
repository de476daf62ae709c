// Ends of snoozes by the calendar, and that a reason stands here as the status has it.
import { describe, expect, test } from "vitest";
import { customerStatus, type Handling, type StatusFacts } from "#server/customers/rules.ts";
import { mutedNow, snoozeEnd } from "./rules.ts";

describe("a snooze", () => {
  const end = (form: Parameters<typeof snoozeEnd>[0], now: string, zone = "Europe/Rome") =>
    snoozeEnd(form, zone, new Date(now))?.toISOString();

  test("of a day, a week or a month ends at the same hour of the user's clock", () => {
    expect(end({ for: "day" }, "2026-11-21T15:30:20.500Z")).toBe("2026-11-22T15:30:20.000Z");
    expect(end({ for: "week" }, "2026-11-21T15:30:00Z")).toBe("2026-11-28T15:30:00.000Z");
    expect(end({ for: "month" }, "2026-11-21T15:30:00Z")).toBe("2026-12-21T15:30:00.000Z");
    // Clocks change in between.
    expect(end({ for: "week" }, "2026-03-27T09:00:00Z")).toBe("2026-04-03T08:00:00.000Z");
    expect(end({ for: "month" }, "2026-10-10T08:00:00Z")).toBe("2026-11-10T09:00:00.000Z");
  });

  test("of a month ends on the last day of a shorter one", () => {
    expect(end({ for: "month" }, "2027-01-31T10:00:00Z")).toBe("2027-02-28T10:00:00.000Z");
    expect(end({ for: "month" }, "2028-01-30T10:00:00Z")).toBe("2028-02-29T10:00:00.000Z");
    expect(end({ for: "month" }, "2026-12-31T10:00:00Z")).toBe("2027-01-31T10:00:00.000Z");
  });

  test("until a time of one's own: ahead, within a year", () => {
    const until = (time: string) => end({ for: "until", until: time }, "2026-11-21T15:30:00Z");
    expect(until("2026-11-21T16:31")).toBe("2026-11-21T15:31:00.000Z");
    expect(until("2027-11-21T16:30")).toBe("2027-11-21T15:30:00.000Z");
    for (const time of ["2026-11-21T16:30", "2020-01-01T00:00", "2027-11-21T16:32", "2026-02-30T10:00", ""])
      expect(until(time), time).toBeUndefined();
  });
});

describe("how a reason stands before the minute job", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const hours = (n: number) => new Date(now.getTime() + n * 3_600_000);
  const handling = (given: Partial<Handling> = {}): Handling & { updatedBy: string } => ({
    code: "devices_silent",
    subject: "",
    snoozedUntil: null,
    isAccepted: false,
    why: "away",
    updatedAt: hours(-1),
    updatedBy: "Mara",
    ...given,
  });
  const facts = (handlings: Handling[], windows: StatusFacts["windows"] = []): StatusFacts => ({
    relationship: "managed",
    createdAt: hours(-1000),
    grant: null,
    accounts: [
      {
        vendor: "sophos",
        lastSuccessAt: hours(-1),
        lastDataAt: hours(-1),
        errorCode: null,
        errorSince: null,
        isRunning: false,
      },
    ],
    devices: {
      vendor: "sophos",
      unprotectedVendor: "sophos",
      recent: 1,
      silent: 1,
      quarantined: 0,
      inactive: 0,
      unprotected: 0,
      oldestSilentAt: hours(-24 * 10),
      nextToFallSilentAt: null,
    },
    denied: [],
    handlings,
    windows,
    previous: [],
  });
  const decide = (one: Handling[], windows: StatusFacts["windows"] = []) => {
    const [reason] = customerStatus(facts(one, windows), { silentDays: 7, stuckHours: 24 }, now).reasons;
    if (!reason) throw new Error("no reason");
    return reason;
  };

  test.each([
    ["nothing decided", {}],
    ["snoozed", { snoozedUntil: hours(5) }],
    ["a snooze that is over", { snoozedUntil: hours(-1) }],
    ["accepted", { isAccepted: true }],
    ["a snooze of an earlier trouble", { snoozedUntil: hours(5), updatedAt: hours(-24 * 5) }],
  ])("is as the status has it after: %s", (_, given) => {
    const window = { name: "Patch night", startsAt: hours(-1), endsAt: hours(1) };
    for (const windows of [[], [window]]) {
      const one = handling(given);
      const decided = decide([one], windows);
      const { muted } = decided;
      const before = decide([], windows);
      // The status has not heard of it yet, or has.
      for (const stored of [before, decided]) {
        const shown = mutedNow(stored, one, now);
        expect(shown && { kind: shown.kind, until: shown.until, why: shown.why }).toEqual(muted ?? null);
        expect(shown?.by ?? null).toBe(muted && muted.kind !== "maintenance" ? "Mara" : null);
      }
    }
  });

  test("is open at once after it was reopened, whatever the status still says", () => {
    const stored = decide([handling({ snoozedUntil: hours(5) })]);
    expect(stored.muted?.kind).toBe("snoozed");
    expect(mutedNow(stored, handling(), now)).toBeNull();
  });
});
