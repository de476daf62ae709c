// Which column is what, which cells are read as what, and why a row is refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Field, fieldIds, fields } from "#server/imports/schema.ts";
import { isRejected, proposeMapping, readRow, type Values } from "./rules.ts";

const proposed = (...header: string[]) => proposeMapping(header).map(({ field }) => field);
const row = (values: Values, line = 2) => {
  const ids = Object.keys(values) as Field[];
  return readRow(
    { line, cells: Object.values(values), isDamaged: false },
    ids.map((field) => ({ header: field, field })),
  );
};
/** The value that is stored, or the codes of what is wrong. */
const read = (field: Field, cell: string) => {
  const found = row(field === "name" ? { name: cell } : { name: "Acme", [field]: cell });
  return isRejected(found) ? found.reasons.map(({ code }) => code).join() : found.values[field];
};

describe("the proposed mapping", () => {
  test("of the real list", () => {
    expect(
      proposed(
        "Symbol",
        "Security",
        "GICS Sector",
        "GICS Sub-Industry",
        "Headquarters Location",
        "Date added",
        "CIK",
        "Founded",
      ),
    ).toEqual(["externalId", "name", null, null, "city", null, null, null]);
  });
  test.each<[string, string[], (Field | null)[]]>([
    [
      "English",
      ["Customer name", "Website", "Account Manager", "E-mail", "Post code", "Customer since"],
      ["name", "domain", "accountManager", "contactEmail", "postalCode", "since"],
    ],
    [
      "Italian",
      ["Ragione sociale", "Codice cliente", "Città", "Cognome", "Nome visualizzato come", "Cliente dal"],
      ["name", "externalId", "city", "contactLastName", "nameShown", "since"],
    ],
    [
      "French",
      ["Raison sociale", "N°", "Prénom", "Nom affiché", "Code postal", "Étiquettes", "Pays"],
      ["name", null, "contactFirstName", "nameShown", "postalCode", "tags", "country"],
    ],
  ])("of %s headers", (_language, header, expected) => {
    expect(proposed(...header)).toEqual(expected);
  });
  test("a field is proposed once, for the header that says it best", () => {
    expect(proposed("Company", "Name", "Name")).toEqual([null, "name", null]);
  });
  test("a field's own name is always understood", () => {
    expect(proposed(...fieldIds)).toEqual(fieldIds);
  });
  test("a header that no database takes is made storable", () => {
    expect(proposeMapping(["a\0b\ud800"])).toEqual([{ header: "a\ufffdb\ufffd", field: null }]);
  });
});

describe("a row", () => {
  test.each<[Field, string, string | undefined]>([
    ["name", "  Élan \t Béton ", "Élan Béton"],
    ["name", "E\u0301lan", "Élan"],
    ["name", "שלום עולם", "שלום עולם"],
    ["name", '🙂 & <b>"Söhne"</b> İßΣ', '🙂 & <b>"Söhne"</b> İßΣ'],
    ["name", "'=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"],
    ["name", "=SUM(A1)", "=SUM(A1)"],
    ["name", "   ", "nameMissing"],
    ["name", "\u200b\u200b", "nameMissing"],
    ["name", "x".repeat(300), "x".repeat(300)],
    ["name", "x".repeat(301), "tooLong"],
    ["name", "a\0b", "characters"],
    ["name", "a\u0007b", "characters"],
    ["name", "a\ud800b", "characters"],
    ["name", "caff\ufffd", "characters"],
    ["nameShown", " Bottega\u200b  \u202eRossi ", "Bottega Rossi"],
    ["nameShown", "\u200b\u202e", "unseen"],
    ["nameShown", "x".repeat(101), "tooLong"],
    ["nameShown", "🇮🇹".repeat(100), "🇮🇹".repeat(100)],
    ["notes", "first\nsecond", "first\nsecond"],
    ["notes", "x".repeat(2_001), "tooLong"],
    ["accountManager", "x".repeat(101), "tooLong"],
    ["domain", "https://www.Example.COM:8080/path?x", "example.com"],
    ["domain", "bücher.de.", "xn--bcher-kva.de"],
    ["domain", "not a domain", "domain"],
    ["domain", "localhost", "domain"],
    ["domain", "-a.com", "domain"],
    ["country", "it", "IT"],
    ["country", "Svizzera", "CH"],
    ["country", "États-Unis", "US"],
    ["country", "UK", "GB"],
    ["country", "France", "FR"],
    ["country", "Germania", "DE"],
    ["country", "Atlantis", "country"],
    ["country", "ZZ", "country"],
    ["language", "Français", "fr"],
    ["language", "it-IT", "it"],
    ["language", "Klingon", "language"],
    ["contactEmail", "maria.rossi@example.it", "maria.rossi@example.it"],
    ["contactEmail", "maria@", "email"],
    ["contactEmail", "a@b", "email"],
    ["contactEmail", "a b@example.it", "email"],
    ["contactPhone", "'+39 02 1234", "+39 02 1234"],
    ["since", "2021-02-28", "2021-02-28"],
    ["since", "3/4/2021", "2021-04-03"],
    ["since", "31.12.2020", "2020-12-31"],
    ["since", "2021-02-29", "date"],
    ["since", "12/31/2020", "date"],
    ["since", "1902", "date"],
    ["tags", " a; b,a |c;; ", "a; b; c"],
    ["tags", "x".repeat(41), "tags"],
    ["tags", Array.from({ length: 21 }, (_, n) => n).join(), "tags"],
    ["city", "", undefined],
  ])("%s %j is read as %j", (field, cell, expected) => {
    expect(read(field, cell)).toBe(expected);
  });

  test("every reason is named, with what the sentence needs", () => {
    const found = row({ domain: "x y", country: "Nowhere", since: "soon" }, 7);
    expect(found).toMatchObject({
      line: 7,
      cells: ["x y", "Nowhere", "soon"],
      reasons: [
        { code: "nameMissing", field: "name" },
        { code: "domain", values: { value: "x y" } },
        { code: "country", values: { value: "Nowhere" } },
        { code: "date", values: { value: "soon" } },
      ],
    });
  });

  const columns = [
    { header: "Name", field: "name" },
    { header: "City", field: "city" },
  ] as const;
  test("a damaged row and a wrong number of columns", () => {
    expect(readRow({ line: 3, cells: ['"Acme,Rome'], isDamaged: true }, columns)).toMatchObject({
      reasons: [{ code: "quotes" }],
    });
    expect(readRow({ line: 3, cells: ["Acme"], isDamaged: false }, columns)).toMatchObject({
      reasons: [{ code: "columnCount", values: { found: 1, expected: 2 } }],
    });
    expect(readRow({ line: 3, cells: ["Acme", "Rome", "x"], isDamaged: false }, columns)).toMatchObject({
      reasons: [{ code: "columnCount", values: { found: 3, expected: 2 } }],
    });
    expect(readRow({ line: 3, cells: ["Acme", "Rome", " ", ""], isDamaged: false }, columns)).toMatchObject({
      values: { name: "Acme", city: "Rome" },
    });
  });

  test("whatever the cells hold, what is stored can be stored, and reading it again changes nothing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.string({ unit: "binary", maxLength: 40 }),
        ({ id }, name, cell) => {
          const found = row(id === "name" ? { name: cell } : { name, [id]: cell });
          const texts = isRejected(found) ? found.cells : Object.values(found.values);
          for (const text of texts) expect(text.isWellFormed() && !text.includes("\0")).toBe(true);
          // An apostrophe before a formula is taken off each time; nothing else is.
          const once =
            isRejected(found) || texts.some((text) => text.startsWith("'")) ? { name: "Acme" } : found.values;
          expect(row(once)).toMatchObject({ values: once });
        },
      ),
      { numRuns: 500 },
    );
  });
});
