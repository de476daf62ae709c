// Decisions of the settings: wall clocks of zones that change, lengths of windows, patterns.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantOf, isTooBroad, offsetName, wallClock, windowOf } from "./rules.ts";

describe("the instant of a wall clock's reading", () => {
  test.each([
    ["Europe/Rome", "2026-11-21T15:30", "2026-11-21T14:30:00.000Z"],
    ["Europe/Rome", "2026-07-01T00:00", "2026-06-30T22:00:00.000Z"],
    ["Asia/Kathmandu", "2026-01-01T05:45", "2026-01-01T00:00:00.000Z"],
    ["America/St_Johns", "2026-07-01T09:30", "2026-07-01T12:00:00.000Z"],
    ["UTC", "2024-02-29T23:59", "2024-02-29T23:59:00.000Z"],
    // The clock goes from 02:00 to 03:00: 02:30 is half an hour after that.
    ["Europe/Rome", "2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["Europe/Rome", "2026-03-29T03:00", "2026-03-29T01:00:00.000Z"],
    ["Pacific/Apia", "2011-12-31T08:00", "2011-12-30T18:00:00.000Z"],
  ])("%s %s is %s", (zone, local, instant) => {
    expect(instantOf(zone, local)?.toISOString()).toBe(instant);
  });

  test("of an hour that comes twice the first or the last", () => {
    expect(instantOf("Europe/Rome", "2026-10-25T02:30")?.toISOString()).toBe("2026-10-25T00:30:00.000Z");
    expect(instantOf("Europe/Rome", "2026-10-25T02:30", "last")?.toISOString()).toBe(
      "2026-10-25T01:30:00.000Z",
    );
    expect(instantOf("Europe/Rome", "2026-10-25T03:30", "last")?.toISOString()).toBe(
      "2026-10-25T02:30:00.000Z",
    );
  });

  test.each(["2026-02-30T10:00", "2026-13-01T10:00", "2026-01-01T24:00", "", "tomorrow", "2026-01-01"])(
    "%j is none",
    (local) => expect(instantOf("Europe/Rome", local)).toBeUndefined(),
  );

  test("is what the clock then shows, in every zone and at every minute", () => {
    const zones = [
      "Europe/Paris",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
      "Pacific/Chatham",
    ];
    const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, (zone, minute) => {
        const instant = new Date(minute * 60_000);
        const reading = wallClock(zone, instant).toISOString().slice(0, 16);
        const found = [instantOf(zone, reading, "first"), instantOf(zone, reading, "last")];
        expect(found.map((one) => one?.getTime())).toContain(instant.getTime());
        for (const one of found) expect(one && wallClock(zone, one).toISOString().slice(0, 16)).toBe(reading);
      }),
      { numRuns: 400 },
    );
  });
});

test("a zone's distance from UTC", () => {
  const at = new Date("2026-01-10T12:00:00Z");
  expect(
    ["UTC", "Europe/Rome", "Asia/Kathmandu", "America/St_Johns"].map((zone) => offsetName(zone, at)),
  ).toEqual(["UTC", "UTC+1", "UTC+5:45", "UTC−3:30"]);
  expect(offsetName("Europe/Rome", new Date("2026-07-10T12:00:00Z"))).toBe("UTC+2");
});

describe("a window", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const window = (from: string, until: string) => windowOf("Europe/Rome", { from, until }, now);

  test("lasts 31 days of the calendar, whether the clock changes or not", () => {
    expect(window("2026-03-10T22:00", "2026-04-10T22:00")).toEqual({
      from: new Date("2026-03-10T21:00:00Z"),
      until: new Date("2026-04-10T20:00:00Z"),
    });
    expect(window("2026-10-10T22:00", "2026-11-10T22:00")).toHaveProperty("from");
    expect(window("2026-03-10T22:00", "2026-04-10T22:01")).toBe("settings.windowTooLong");
    expect(window("2026-10-10T22:00", "2026-11-10T22:01")).toBe("settings.windowTooLong");
  });

  test("over the hour that comes twice covers both", () => {
    expect(window("2026-10-25T02:00", "2026-10-25T03:00")).toEqual({
      from: new Date("2026-10-25T00:00:00Z"),
      until: new Date("2026-10-25T02:00:00Z"),
    });
    expect(window("2026-10-25T02:15", "2026-10-25T02:15")).toEqual({
      from: new Date("2026-10-25T00:15:00Z"),
      until: new Date("2026-10-25T01:15:00Z"),
    });
  });

  test("may have begun, and must end ahead and after its beginning", () => {
    expect(window("2026-02-28T12:00", "2026-03-01T13:01")).toHaveProperty("until");
    for (const [from, until] of [
      ["2026-02-28T12:00", "2026-03-01T13:00"],
      ["2026-03-05T12:00", "2026-03-05T12:00"],
      ["2026-03-05T12:00", "2026-03-05T11:59"],
      ["2026-02-30T12:00", "2026-03-05T12:00"],
    ] as const)
      expect(window(from, until), `${from} ${until}`).toBe("settings.windowTimes");
  });
});

test("a pattern that says nothing is too broad", () => {
  for (const pattern of ["*", "**", "* *", "a*", "*a*", "* -", "\u0301\u0301", "*\u0301*\u0302", "  "])
    expect(isTooBroad(pattern), pattern).toBe(true);
  for (const pattern of ["*torrent*", "C#", "C++*", "7z*", "é́à", "qq"])
    expect(isTooBroad(pattern), pattern).toBe(false);
});
