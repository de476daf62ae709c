// What of an address a view keeps, and what of a kept one is gone.
import { describe, expect, test } from "vitest";
import { goneFrom, viewQuery, without } from "./rules.ts";

const group = "6f6f2ad4-5be1-4c8e-9d0c-2b1f4b7f2b11";

describe("what of an address is a view", () => {
  test.each([
    ["", ""],
    ["status=warning", "status=warning"],
    ["sort=-alerts&status=warning", "status=warning&sort=-alerts"],
    [`group=${group}&q=%20rossi%20`, `q=rossi&group=${group}`],
    ["pageSize=200&after=abc&status=synced", "status=synced"],
    ["view=all&viewNotice=saved&panel=1&error=x", ""],
    ["status=nothing&q=a", "q=a"],
    ["status=&q=%20", ""],
    ["columns=status%2Cname%2Cinvented", "columns=name%2Cstatus"],
    ["q=%00%F0%9F%A6%8A", "q=%F0%9F%A6%8A"],
    ["__proto__=1&constructor=2", ""],
  ])("%s is %s", (address, expected) => {
    const kept = viewQuery(address);
    if (address.startsWith("columns=")) expect(kept.split("%2C").length).toBe(2);
    else expect(kept).toBe(expected);
    expect(viewQuery(kept)).toBe(kept);
    expect(goneFrom(kept)).toEqual([]);
  });
});

describe("what is gone", () => {
  test.each([
    ["status=warning", []],
    ["status=retired&q=a", [{ name: "status", value: "retired" }]],
    ["region=north", [{ name: "region", value: "north" }]],
    ["sort=-oldColumn", [{ name: "sort", value: "-oldColumn" }]],
    ["columns=name%2ColdColumn%2Cstatus", [{ name: "columns", value: "oldColumn" }]],
    [
      "columns=oldOne%2ColdTwo",
      [
        { name: "columns", value: "oldOne" },
        { name: "columns", value: "oldTwo" },
      ],
    ],
  ])("of %s", (query, expected) => {
    expect(goneFrom(query)).toEqual(expected);
  });

  test("a parameter is taken out, the others stay", () => {
    expect(without(`q=a&group=${group}&sort=name`, "group")).toBe("q=a&sort=name");
  });
});
