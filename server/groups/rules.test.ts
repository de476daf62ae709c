// Names of groups, words that confirm, and what the fields of a form mean as a rule.
import { describe, expect, test } from "vitest";
import { readName } from "./rules.ts";
import { readDraft, readRule } from "./schema.ts";

describe("a name", () => {
  test.each([
    ["  Nord   Ovest ", "Nord Ovest"],
    ["<b>Nord</b>", "<b>Nord</b>"],
    ["=cmd()", "=cmd()"],
    ["🏔️", "🏔️"],
    ["מרכז", "מרכז"],
    ["e\u0301cole", "école"],
    ["\u202EdroN\u200B", "droN"],
    ["'; drop table customer; --", "'; drop table customer; --"],
    ["x".repeat(100), "x".repeat(100)],
    // Characters, not the two halves that such a one is stored as.
    ["🟢".repeat(100), "🟢".repeat(100)],
  ])("%j is %j", (text, name) => expect(readName(text)).toBe(name));
  test.each([
    "",
    "   ",
    "\u200b\u200d",
    "\u202e",
    "\u0301",
    "x".repeat(101),
    "🟢".repeat(101),
    "a\u0007b",
    "a\ufffdb",
    "\ud83d",
  ])("%j is none", (text) => expect(readName(text)).toBeUndefined());
});

describe("a rule of a form's fields", () => {
  const nothing = {
    match: "all",
    statuses: [],
    licenceKinds: [],
    categories: [],
    vendors: [],
    countries: [],
    tags: [],
  };

  test("takes what is ticked, and tags each once", () => {
    const fields = {
      match: "any",
      "statuses.warning": "on",
      "statuses.synced": "on",
      "countries.IT": "on",
      tags: " VIP, vip ;  gold\nplus , ,",
      name: "x",
      unknown: "y",
    };
    expect(readRule(fields)).toEqual({
      ...nothing,
      match: "any",
      statuses: ["warning", "synced"],
      countries: ["IT"],
      tags: ["vip", "gold", "plus"],
    });
  });

  test("that ask nothing are no rule", () => {
    expect(readRule({ match: "any", tags: " , " })).toBeNull();
    expect(readDraft({ match: "some", tags: 5 })).toEqual(nothing);
  });

  test.each([
    { "statuses.not_applicable": "on" },
    { "statuses.": "on" },
    { "licenceKinds.free": "on" },
    { "countries.it": "on" },
    { "vendors.So phos": "on" },
    { "categories.'; drop": "on" },
    { tags: Array.from({ length: 21 }, (_, n) => `t${n}`).join() },
    { tags: "x".repeat(101) },
  ])("%j is refused", (fields) => expect(readRule(fields)).toBeUndefined());
});
