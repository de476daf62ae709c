// What a new account makes of its customer, and how long a failed reading waits.
import { expect, it, test } from "vitest";
import { arrivalOf, isPassing, passingCodes, retrySeconds } from "./rules.ts";
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
