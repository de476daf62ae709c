// Cells, rows and sheet names of a workbook, whatever they are made of.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sheetRow, type SheetColumn, sheetStart, textCells, workbook } from "./rules.ts";

const column = (type: SheetColumn["type"]): SheetColumn => ({ header: "H", type, width: 10 });

describe("cells", () => {
  test.each([
    [
      "text",
      'a & <b> "c"',
      '<c t="inlineStr"><is><t xml:space="preserve">a &amp; &lt;b&gt; &quot;c&quot;</t></is></c>',
    ],
    ["text", "=1+1", '<c t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>'],
    ["text", "_x0041_", '<c t="inlineStr"><is><t xml:space="preserve">_x005F_x0041_</t></is></c>'],
    ["number", "0", "<c><v>0</v></c>"],
    ["number", "-12.5", "<c><v>-12.5</v></c>"],
    ["day", "2026-11-21", '<c s="1"><v>46347</v></c>'],
    ["instant", "2026-11-21 18:00", '<c s="2"><v>46347.75</v></c>'],
    ["number", null, "<c/>"],
  ] as const)("%s %j", (type, value, expected) => {
    expect(sheetRow([value], [column(type)])).toBe(`<row>${expected}</row>`);
  });

  test("whatever people wrote, the row is one row of XML and tells no more than was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (value) => {
        const row = sheetRow([value], [column("text")]);
        const inner = /preserve">([^<>]*)<\/t>/.exec(row)?.[1] ?? "";
        // oxlint-disable-next-line no-control-regex -- control characters are what must be gone
        expect(row).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(inner.replaceAll(/&(amp|lt|gt|quot);/g, "")).not.toContain("&");
        expect(row.match(/<row>/g)).toHaveLength(1);
      }),
    );
  });

  test("a text longer than Excel takes is cut", () => {
    expect(
      sheetRow(["x".repeat(40_000)], [column("text")])
        .match(/x+/g)
        ?.at(-1)?.length,
    ).toBe(32_767);
  });
});

test("rows of COPY's text format are taken apart as PostgreSQL put them together", () => {
  const escaped = (value: string | null) =>
    value === null
      ? "\\N"
      : value
          .replaceAll("\\", "\\\\")
          .replaceAll("\t", "\\t")
          .replaceAll("\n", "\\n")
          .replaceAll("\r", "\\r");
  const unit = fc.constantFrom("a", "\\", "\t", "\n", "\r", "N", "é", "🙂");
  const cells = fc.array(fc.option(fc.string({ unit, maxLength: 6 })), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(cells, (row) => {
      expect(textCells(row.map(escaped).join("\t"))).toEqual(row);
    }),
  );
});

test("a workbook names its sheets as Excel allows", () => {
  const { workbook: book, relations } = workbook("Kunden: [alle] / 2026 & mehr als nötig", 2);
  expect(book).toContain('<sheet name="Kunden   alle    2026 &amp; m" sheetId="1"');
  expect(book).toContain(' 2" sheetId="2"');
  expect(relations.match(/worksheet"/g)).toHaveLength(2);
  expect(sheetStart([column("text")])).toContain('<col min="1" max="1" width="10"');
});
