// What the wizard takes: every field at its limits, quantities, and which step is still missing.
import { describe, expect, test } from "vitest";
import { detailFaultsOf, missingStep, readDetails, readLines, unitsOf } from "./rules.ts";
import { TERMS_VERSION } from "./schema.ts";

const details = {
  name: "Ditta Prova",
  firstName: "Ada",
  lastName: "Neri",
  email: "ada@prova.example",
  street: "Via Roma 1",
  city: "Trento",
  postalCode: "38121",
  country: "IT",
  region: "eu01",
};

describe("details", () => {
  test("complete ones have no fault, without a postal code either", () => {
    expect(detailFaultsOf(details)).toEqual({});
    expect(detailFaultsOf({ ...details, postalCode: "" })).toEqual({});
  });

  test.each([
    [{ name: "" }, { name: "missing" }],
    [{ name: "x".repeat(101) }, { name: "tooLong" }],
    [{ name: "🍦".repeat(100) }, {}],
    [{ name: "=cmd()" }, {}],
    [{ name: "\u200B" }, { name: "missing" }],
    [
      { firstName: "\u202E", lastName: "\u2066\u2069" },
      { firstName: "missing", lastName: "missing" },
    ],
    [{ name: "<b>مؤسسة</b>" }, {}],
    [{ email: "ada" }, { email: "email" }],
    [{ email: "ada@prova" }, { email: "email" }],
    [{ email: "a b@prova.example" }, { email: "email" }],
    [{ country: "XX" }, { country: "country" }],
    [{ country: "it" }, { country: "country" }],
    [{ region: "mars" }, { region: "region" }],
    [
      { city: "", street: "" },
      { city: "missing", street: "missing" },
    ],
  ])("%o", (given, faults) => expect(detailFaultsOf({ ...details, ...given })).toEqual(faults));

  test("are kept trimmed, whatever they are, and nothing else is", () => {
    expect(
      readDetails({ name: "  Ditta  ", email: "no", city: 7, step: "details", country: "I\uD800" }),
    ).toEqual({
      name: "Ditta",
      email: "no",
      country: "I\uFFFD",
    });
    expect(readDetails({ name: "x".repeat(5_000) }).name).toHaveLength(400);
    expect(readDetails({ name: "\u202EattiD\u200B", lastName: "\u200B" })).toEqual({
      name: "attiD",
      lastName: "\u200B",
    });
  });
});

describe("licences", () => {
  test("are the quantities that were filled in", () => {
    expect(readLines({ "quantity:A B": " 3 ", "quantity:C": "", "quantity:": "4", other: "5" })).toEqual([
      { code: "A B", quantity: "3" },
    ]);
  });

  test.each([
    ["1", 1],
    ["1000000", 1_000_000],
    ["1000001", undefined],
    ["0", undefined],
    ["-3", undefined],
    ["2.5", undefined],
    ["1e3", undefined],
    ["three", undefined],
  ])("%s units", (quantity, units) => expect(unitsOf({ quantity })).toBe(units));
});

test("the first step that is not complete", () => {
  const lines = [{ code: "A", quantity: "3" }];
  const draft = { details, lines, termsVersion: TERMS_VERSION };
  expect(missingStep(draft)).toBeNull();
  expect(missingStep({ ...draft, details: {} })).toBe("details");
  expect(missingStep({ ...draft, lines: [] })).toBe("licences");
  expect(missingStep({ ...draft, lines: [{ code: "A", quantity: "x" }] })).toBe("licences");
  expect(missingStep({ ...draft, termsVersion: null })).toBe("terms");
  expect(missingStep({ ...draft, termsVersion: "1999-01" })).toBe("terms");
});
