// What may be a name, how it is kept, and what a shorter place for it takes.
import { describe, expect, test } from "vitest";
import { cleanName, readName } from "./rules.ts";

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
    ["Cafe\u200B\u0301", "Café"],
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

test("where a place holds less, a name is counted as it is kept", () => {
  expect(readName(" VIP\u200B ", 3)).toBe("VIP");
  expect(readName("🟢".repeat(3), 3)).toBe("🟢".repeat(3));
  for (const none of ["", "\u200B", "\u202E", "VIPs", "🇮🇹🇮🇹"]) expect(readName(none, 3)).toBeUndefined();
});
