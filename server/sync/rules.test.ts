// What a new account makes of its customer, how long a failed reading waits, and how many calls are taken at once.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  arrivalOf,
  blockOf,
  isPassing,
  opensCircuit,
  passingCodes,
  pauseSeconds,
  retrySeconds,
} from "./rules.ts";
import { vendorErrorCodes } from "./snapshot.ts";

const all = ["metrics", "licences", "console", "reports"];
it.each([
  ["usage", "delegated", { origin: "monthly", capabilities: all }],
  ["trial", "delegated", { origin: "trial", capabilities: all }],
  ["order", "order_only", { origin: "order", capabilities: ["console"] }],
  ["term", "delegated", null],
  ["unknown", "delegated", null],
] as const)("an account billed by %s arrives as %s", (billing, relationship, grant) =>
  expect(arrivalOf(billing)).toEqual({ relationship, grant }),
);

test("waiting doubles from a minute to six hours", () => {
  expect([0, 1, 2, 3, 8, 9, 10, 30, 5_000].map(retrySeconds)).toEqual([
    60, 60, 120, 240, 7_680, 15_360, 21_600, 21_600, 21_600,
  ]);
});

test("what only people can mend is not tried again before the next day", () => {
  expect(vendorErrorCodes.filter((code) => !isPassing(code))).toEqual([
    "vendor.credentials",
    "vendor.wrongKind",
    "vendor.forbidden",
    "vendor.notFound",
    "vendor.wrongAccount",
    "vendor.blocked",
  ]);
  expect(passingCodes).toContain("vendor.throttled");
});

describe("blocks of calls", () => {
  const limit = fc.record({
    calls: fc.integer({ min: 1, max: 100_000 }),
    seconds: fc.integer({ min: 1, max: 86_400 }),
  });

  test("at full use no period holds a block more than its limit, and at least three fifths of it", () => {
    fc.assert(
      fc.property(limit, (one) => {
        const { calls, periods } = blockOf([one]);
        const cost = periods[0]?.cost ?? 0;
        // Blocks begin at least `cost` apart, and their calls are made within it.
        const most = calls * (Math.ceil(one.seconds / cost - 1e-9) + 1);
        expect(most).toBeLessThanOrEqual(one.calls + calls);
        expect((calls * one.seconds) / cost).toBeGreaterThanOrEqual(one.calls * 0.6 - 1e-6);
        expect(cost).toBeGreaterThan(0);
      }),
    );
  });

  test("of several limits the smallest block counts, and each period pays for it", () => {
    expect(
      blockOf([
        { calls: 10, seconds: 1 },
        { calls: 100, seconds: 60 },
      ]),
    ).toEqual({
      calls: 3,
      periods: [
        { seconds: 1, cost: 3 / 7 },
        { seconds: 60, cost: 180 / 97 },
      ],
    });
    expect(blockOf([{ calls: 1, seconds: 5 }])).toEqual({ calls: 1, periods: [{ seconds: 5, cost: 5 }] });
  });
});

describe("an ill vendor", () => {
  const fault = (code: string, isWidespread = false) => ({ code, isWidespread });

  test("is left alone at once where nobody gets an answer, else after three failed readings in a row", () => {
    expect(opensCircuit(fault("vendor.failed", true), 1, false)).toBe(true);
    expect(opensCircuit(fault("vendor.unreachable"), 2, true)).toBe(false);
    expect(opensCircuit(fault("vendor.unreachable"), 3, true)).toBe(true);
    // Three times single accounts failed, and now the vendor for the first time.
    expect(opensCircuit(fault("vendor.throttled"), 4, false)).toBe(false);
  });

  test.each(["vendor.credentials", "vendor.malformed", "vendor.forbidden", "unexpected"])(
    "%s does not make it ill",
    (code) => expect(opensCircuit(fault(code), 9, true)).toBe(false),
  );

  test("is asked again after the back-off, or when it says, at most six hours on", () => {
    expect([pauseSeconds(1, null), pauseSeconds(1, 900), pauseSeconds(9, 5), pauseSeconds(1, 1e6)]).toEqual([
      60, 900, 15_360, 21_600,
    ]);
  });
});
