// What counts as the typed word.
import { expect, test } from "vitest";
import { isConfirmed } from "./typed-word.ts";

test.each(["Yes", " yes ", "YES", "Sì", "si", "SI\u0300", "Oui", "OUI"])("%j confirms", (typed) => {
  expect(isConfirmed(typed)).toBe(true);
});
test.each(["", "no", "Yes!", "y", "yesyes", "sí no", "maybe"])("%j does not", (typed) => {
  expect(isConfirmed(typed)).toBe(false);
});
