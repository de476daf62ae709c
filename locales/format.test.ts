import { expect, test } from "vitest";
import {
  countryName,
  formatAge,
  formatAgo,
  formatChange,
  formatDateTime,
  formatDay,
  formatList,
  formatNumber,
  formatPercent,
} from "./format.ts";

const now = new Date("2026-11-21T12:00:00Z");
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

test("decimal strings keep every digit", () => {
  expect(formatNumber("en", "123456789012.3456")).toBe("123,456,789,012.3456");
  expect(formatNumber("fr", "1234.5000")).toBe("1\u202f234,5");
  expect(formatNumber("it", "12345")).toBe("12.345");
});

test("changes carry their sign, zero none", () => {
  expect(formatChange("en", 12)).toBe("+12");
  expect(formatChange("en", "0")).toBe("0");
});

test.each([
  [0, "0 min", "0 min", "0 min"],
  [59, "59 min", "59 min", "59 min"],
  [60, "1 h", "1 h", "1 h"],
  [60 * 24 - 1, "23 h", "23 h", "23 h"],
  [60 * 24 * 3, "3 d", "3 g", "3 j"],
  [-5, "0 min", "0 min", "0 min"],
])("an age of %i minutes", (minutes, en, it, fr) => {
  const ages = (["en", "it", "fr"] as const).map((language) =>
    formatAge(language, before(minutes), now).replace("\u202f", " "),
  );
  expect(ages).toEqual([en, it, fr]);
});

test("ages in words", () => {
  expect(formatAgo("en", before(180), now)).toBe("3 hours ago");
  expect(formatAgo("it", before(60 * 24), now)).toBe("ieri");
});

test("an instant is shown in the user's zone, a day in none", () => {
  expect(formatDateTime("en", "Europe/Rome", now)).toBe("21 Nov 2026, 13:00");
  expect(formatDay("en", "2026-11-21")).toBe("21 Nov 2026");
});

test("percent, lists and countries", () => {
  expect(formatPercent("en", 0.824)).toBe("82%");
  expect(formatList("it", ["Nord", "Retail"])).toBe("Nord e Retail");
  expect(countryName("fr", "DE")).toBe("Allemagne");
  expect(countryName("en", "??")).toBe("??");
});
