// How a customer’s name stands at a vendor, and when a failed try is repeated.
import { describe, expect, test } from "vitest";
import { nextTry, writeStateOf } from "./rules.ts";

describe("how it stands at an account", () => {
  const account = { name: "Rossi SRL" };
  test("where the vendor shows it too, whatever was asked", () => {
    expect(writeStateOf("Rossi SRL", account, { name: "Rossi SRL", state: "refused" })).toBe("same");
    expect(writeStateOf("Rossi SRL", account, undefined)).toBe("same");
  });
  test("as the latest request says, where it is about this name", () => {
    for (const state of ["waiting", "by_hand", "sent", "refused"])
      expect(writeStateOf("Rossi", account, { name: "Rossi", state })).toBe(state);
    expect(writeStateOf("Rossi", account, { name: "Rossi", state: "superseded" })).toBe(null);
    expect(writeStateOf("Rossi", account, { name: "Bianchi", state: "sent" })).toBe(null);
    expect(writeStateOf("Rossi", account, undefined)).toBe(null);
  });
});

describe("after a failed try", () => {
  const now = new Date("2026-11-21T10:00:00Z");
  const after = (code: "vendor.failed" | "vendor.forbidden" | "unexpected", tries: number, wait?: number) =>
    nextTry({ code, retryAfterSeconds: wait ?? null }, tries, now)?.toISOString() ?? null;
  test("it is repeated later and later, and not before the vendor lets", () => {
    expect(after("vendor.failed", 1)).toBe("2026-11-21T10:01:00.000Z");
    expect(after("vendor.failed", 3)).toBe("2026-11-21T10:04:00.000Z");
    expect(after("vendor.failed", 1, 600)).toBe("2026-11-21T10:10:00.000Z");
  });
  test("it is refused where trying again does not help, and in the end", () => {
    expect(after("vendor.forbidden", 1)).toBe(null);
    expect(after("unexpected", 1)).toBe(null);
    expect(after("vendor.failed", 7)).not.toBe(null);
    expect(after("vendor.failed", 8)).toBe(null);
  });
});
