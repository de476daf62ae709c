// The layout of the list: what is kept of a stored one, what each button of the chooser does.
import { describe, expect, test } from "vitest";
import { allColumns, columnIds, columns } from "#server/columns/schema.ts";
import { changedLayout, layoutOf } from "./rules.ts";
import { LayoutForm } from "./schema.ts";

const usual = layoutOf(null);
const form = (fields: object) => LayoutForm.parse(fields);

describe("what is shown", () => {
  test("without a choice: the usual columns, the ten that sort among them", () => {
    expect(usual.columns).toEqual(columns.filter(({ shown }) => shown).map(({ id }) => id));
    expect(usual).toMatchObject({ widths: {}, folded: [], density: "comfortable" });
  });

  test("what another release stored is dropped, the rest holds, the name comes first", () => {
    const stored = {
      columns: ["used", "gone", "name", "used"],
      widths: { used: "wide", gone: "wide" },
      folded: ["gone", "saas"],
      density: "compact",
    };
    expect(layoutOf(stored)).toEqual({
      columns: ["name", "used"],
      widths: { used: "wide" },
      folded: ["saas"],
      density: "compact",
    });
    expect(layoutOf({ ...stored, widths: { used: "huge" } })).toEqual(usual);
  });

  test("an address names its own columns and nothing else", () => {
    const stored = { columns: ["used"], widths: {}, folded: ["saas"], density: "compact" };
    expect(layoutOf(stored, ["status"])).toMatchObject({ columns: ["name", "status"], density: "compact" });
  });
});

describe("a button of the chooser", () => {
  const order = allColumns(["name", "used", "status"]);
  const shown = { "show.name": "1", "show.used": "1", "show.status": "1" };
  const press = (fields: object) =>
    changedLayout(usual, form({ order: order.join(","), ...shown, ...fields })).columns;

  test("lists all columns, hidden ones behind their nearest neighbour", () => {
    expect(new Set(order)).toEqual(new Set(columnIds));
    expect(order.slice(0, 2)).toEqual(["name", "used"]);
    expect(order.indexOf("usedShare")).toBe(order.indexOf("used") + 1);
  });

  const kept = layoutOf({ ...usual, columns: ["name", "used", "status"] });
  const move = (to: string, fields: object = shown) =>
    changedLayout(kept, form({ order: order.join(","), ...fields, move: to })).columns;

  test("a move passes the next column that is shown, hidden ones between or not", () => {
    expect(press({})).toEqual(["name", "used", "status"]);
    expect(order.indexOf("status") - order.indexOf("used")).toBeGreaterThan(1);
    expect(move("up:status")).toEqual(["name", "status", "used"]);
    expect(move("down:used")).toEqual(["name", "status", "used"]);
    expect(move("down:used", { "show.used": "1" })).toEqual(["name", "used"]);
  });

  test("a second move from a page that does not show the first yet is a second move", () => {
    const three = layoutOf({ ...usual, columns: ["name", "used", "status", "alerts"] });
    const stale = form({
      order: allColumns(three.columns).join(","),
      ...shown,
      "show.alerts": "1",
      move: "down:used",
    });
    const once = changedLayout(three, stale);
    expect(once.columns).toEqual(["name", "status", "used", "alerts"]);
    expect(changedLayout(once, stale).columns).toEqual(["name", "status", "alerts", "used"]);
  });

  test.each(["up:used", "up:name", "down:name", "down:status", "down:groups"])(
    "%s leaves all as it is: nothing goes before the name, behind the last or comes by moving",
    (to) => expect(move(to)).toEqual(["name", "used", "status"]),
  );

  test("the name stays although it is not ticked", () => {
    expect(changedLayout(usual, form({ order: order.join(",") })).columns).toEqual(["name"]);
  });

  test("widths are those of the form, anything else is the usual width", () => {
    const { widths } = changedLayout(
      { ...usual, widths: { name: "wide" } },
      form({ order: order.join(","), "width.used": "narrow", "width.status": "", "width.groups": "huge" }),
    );
    expect(widths).toEqual({ used: "narrow" });
  });
});

describe("the other buttons leave the columns alone", () => {
  test("density", () => {
    expect(changedLayout(usual, form({ density: "compact" }))).toEqual({ ...usual, density: "compact" });
  });
  test("a group folds and unfolds", () => {
    const folded = changedLayout(usual, form({ fold: "computers" }));
    expect(folded).toEqual({ ...usual, folded: ["computers"] });
    expect(changedLayout(folded, form({ fold: "computers" }))).toEqual(usual);
  });
  test("what is no column, group or density is refused", () => {
    for (const fields of [{ order: "name,x" }, { fold: "x" }, { density: "x" }, { move: "left:used" }])
      expect(LayoutForm.safeParse(fields).success, JSON.stringify(fields)).toBe(false);
  });
});
