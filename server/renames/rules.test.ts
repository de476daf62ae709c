// What may be a customer’s name, how it stands at a vendor, and when a failed try is repeated.
import { describe, expect, test } from "vitest";
import { cleanName, nextTry, writeStateOf } from "./rules.ts";

describe("a name", () => {
  const kept: [typed: string, name: string][] = [
    ["  Bottega   Rossi\t\n", "Bottega Rossi"],
    ["Cafe\u0301 d’Été", "Café d’Été"],
    ["مخبز الأرز", "مخبز الأرز"],
    ["👩‍👩‍👧‍👦 Famiglia", "👩‍👩‍👧‍👦 Famiglia"],
    ["<b>\"Rossi\" & 'figli'</b>", "<b>\"Rossi\" & 'figli'</b>"],
    ['=cmd()|"/c calc"!A1', '=cmd()|"/c calc"!A1'],
    ["Al\u200Bpi\u00ADna\u2060 SA\uFEFF", "Alpina SA"],
    ["\u202EgnirtS\u202C", "gnirtS"],
    ["🇮🇹".repeat(100), "🇮🇹".repeat(100)],
    ["é".repeat(100), "é".repeat(100)],
    ["?", "?"],
  ];
  for (const [typed, name] of kept)
    test(`${JSON.stringify(typed.slice(0, 30))} is kept`, () => expect(cleanName(typed)).toEqual({ name }));

  const refused: [typed: string, fault: string][] = [
    ["", "required"],
    [" \n\t ", "required"],
    ["\u200B\u2060\u202E", "required"],
    ["\u0301", "required"],
    ["a".repeat(101), "tooLong"],
    ["👩‍👩‍👧‍👦".repeat(101), "tooLong"],
    // One character to the eye, and a thousand to the database.
    [`a${"\u0301".repeat(1_000)}`, "tooLong"],
  ];
  for (const [typed, fault] of refused)
    test(`${JSON.stringify(typed.slice(0, 10))} is ${fault}`, () =>
      expect(cleanName(typed)).toEqual({ fault }));
});

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
