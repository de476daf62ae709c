// What people may write of a customer: tags, time zones, and that what was typed comes back whole.
import { expect, test } from "vitest";
import { isTimeZone, packTyped, readTags, unpackTyped } from "./rules.ts";

test("tags are read one by one, each once", () => {
  expect(readTags(" VIP; retail ;;vip\nNord  Est\r\n")).toEqual(["vip", "retail", "Nord Est"]);
  expect(readTags("=cmd(); <b>; 🏔️")).toEqual(["=cmd()", "<b>", "🏔️"]);
  expect(readTags(" ; \n")).toEqual([]);
  expect(readTags("\u200B; \u2060\u202E ;V\u200BIP; \u202Eretail")).toEqual(["VIP", "retail"]);
  expect(readTags("x".repeat(101))).toEqual(["x".repeat(101)]);
});

test("what was typed comes back whole, and anything else as nothing", () => {
  const typed = { nameShown: "Ñandú 🏔️ مخبز", notes: "riga\n".repeat(400) };
  const packed = packTyped(typed);
  expect(unpackTyped(packed)).toEqual(typed);
  expect(packed.length).toBeLessThan(200);
  for (const bad of [undefined, "", "x", "<script>", packed.slice(0, -9), packTyped({}).repeat(3)])
    expect(unpackTyped(bad)).toEqual({});
  expect(unpackTyped(packTyped({ notes: "x".repeat(10_001) }))).toEqual({});
  expect(unpackTyped(packTyped({ a: "0".repeat(9_000_000) }))).toEqual({});
});

test("the longest form fits an address, whatever its script", () => {
  const emoji = Array.from({ length: 1_000 }, (_, n) => String.fromCodePoint(0x1f300 + ((n * 7919) % 700)));
  const typed = { notes: emoji.join(""), tags: emoji.slice(0, 400).join("") };
  expect(packTyped(typed).length).toBeLessThan(8_000);
});

test("time zones are those that there are", () => {
  for (const zone of ["Europe/Rome", "UTC", "America/Argentina/Buenos_Aires"])
    expect(isTimeZone(zone)).toBe(true);
  for (const zone of ["", "Mars/Olympus", "Europe/Rome;x"]) expect(isTimeZone(zone)).toBe(false);
});
