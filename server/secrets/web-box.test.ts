// The box opens at its place with its key, and after no change.
import { describe, expect, test } from "vitest";
import { box, unbox } from "./web-box.ts";

const place = { table: "user", column: "totp_secret", row: "r1" };

describe("the web's box", () => {
  test("opens at the same place; two of the same text differ", () => {
    const boxed = box("sécret ✓", place);
    expect(boxed.includes(Buffer.from("sécret"))).toBe(false);
    expect(unbox(boxed, place)).toBe("sécret ✓");
    expect(box("sécret ✓", place).equals(boxed)).toBe(false);
    expect(unbox(box("", place), place)).toBe("");
  });
  test("does not open at another place, cut short, or after a change of any byte", () => {
    const boxed = box("secret", place);
    for (const other of [{ row: "r2" }, { column: "x" }, { table: "x" }])
      expect(() => unbox(boxed, { ...place, ...other })).toThrow(/authenticate/);
    for (let index = 0; index < boxed.length; index += 1) {
      const changed = Buffer.from(boxed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => unbox(changed, place)).toThrow(/authenticate|version/);
      expect(() => unbox(boxed.subarray(0, index), place)).toThrow(/authenticate|version/);
    }
  });
});
