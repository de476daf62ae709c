// What is read from any bytes that people call CSV, and what is written.
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import {
  decodePieces,
  delimiters,
  detectDelimiter,
  detectEncoding,
  encodings,
  readRecords,
  unescapeFormula,
  writeCsv,
} from "./rules.ts";

const bytes = (text: string, encoding = "utf-8", addBOM = false) => iconv.encode(text, encoding, { addBOM });
const read = (text: string, delimiter: (typeof delimiters)[number] = ",") => [
  ...readRecords([text], delimiter),
];
const cells = (text: string, delimiter: (typeof delimiters)[number] = ",") =>
  read(text, delimiter).map((record) => record.cells);
const decode = (content: Uint8Array, encoding: (typeof encodings)[number]) =>
  [...decodePieces(content, encoding)].join("");
const sample = "Nom;Ville\r\nÉlan Béton;Saint-Étienne\r\nSocietà è più;Forlì\r\n";

describe("the encoding", () => {
  test.each<[string, Buffer, string]>([
    ["UTF-8", bytes(sample), "utf-8"],
    ["UTF-8 with its mark", bytes(sample, "utf-8", true), "utf-8"],
    ["plain ASCII", bytes("name,city\nAcme,Rome\n"), "utf-8"],
    ["UTF-16 little-endian with its mark", bytes(sample, "utf-16le", true), "utf-16le"],
    ["UTF-16 big-endian with its mark", bytes(sample, "utf-16be", true), "utf-16be"],
    ["UTF-16 little-endian without a mark", bytes(sample, "utf-16le"), "utf-16le"],
    ["UTF-16 big-endian without a mark", bytes(sample, "utf-16be"), "utf-16be"],
    ["Windows-1252", bytes(sample, "windows-1252"), "windows-1252"],
  ])("%s is recognised and read without its mark", (_name, content, encoding) => {
    const detected = detectEncoding(content);
    expect(detected).toBe(encoding);
    expect(decode(content, detected ?? "utf-8")).toBe(
      content.length === 20 ? "name,city\nAcme,Rome\n" : sample,
    );
  });

  test("one damaged row among many does not make UTF-8 something else", () => {
    const good = Array.from({ length: 20 }, (_, index) => `Caffè ${index};Forlì`).join("\n");
    const content = Buffer.concat([bytes(`${good}\n`), Buffer.from([0xe8, 0x41, 0x0a]), bytes(good)]);
    expect(detectEncoding(content)).toBe("utf-8");
    expect(decode(content, "utf-8")).toContain("\ufffdA\n");
  });

  test.each<[string, Buffer]>([
    ["a zip or xlsx", Buffer.from("504b030414000600080000002100", "hex")],
    ["a PNG", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["a PDF", Buffer.from("%PDF-1.7\n")],
    ["an old Excel file", Buffer.from("d0cf11e0a1b11ae10000", "hex")],
    ["bytes of any kind", Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256))],
  ])("%s is no text", (_name, content) => {
    expect(detectEncoding(content)).toBeUndefined();
  });

  test("pieces cut a character nowhere", () => {
    const text = `a${"è".repeat(700_000)}`;
    for (const encoding of encodings) expect(decode(bytes(text, encoding), encoding) === text).toBe(true);
  });
});

describe("the delimiter", () => {
  test.each([...delimiters])(
    "%j is found, quoted fields with the others in them do not mislead",
    (delimiter) => {
      const text = writeCsv(
        [
          ["name", "city", "note"],
          ...Array.from({ length: 9 }, (_, index) => [`A${index}`, "Paris, 1; x|y\tz", "1,5"]),
        ],
        delimiter,
      );
      expect(detectDelimiter(bytes(text), "utf-8")).toBe(delimiter);
    },
  );
  test("decimal commas in most rows do not beat the semicolons of all", () => {
    expect(detectDelimiter(bytes("name;price, net\nA;1,5\nB;2,5\nC;3\n"), "utf-8")).toBe(";");
  });
  test("some damaged rows do not hide it", () => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      index % 20 === 0 ? `broken "row ${index}` : `A${index}\tB\tC`,
    );
    expect(detectDelimiter(bytes(["a\tb\tc", ...rows].join("\n")), "utf-8")).toBe("\t");
  });
  test("a declaration of Excel is believed and is no row", () => {
    const text = "sep=|\r\na|b,c\r\n1|2,3\r\n";
    expect(detectDelimiter(bytes(text), "utf-8")).toBe("|");
    expect(read(text, "|")).toEqual([
      { line: 2, cells: ["a", "b,c"], isDamaged: false },
      { line: 3, cells: ["1", "2,3"], isDamaged: false },
    ]);
  });
  test("one column alone is read with the comma", () => {
    expect(detectDelimiter(bytes("name\nAcme\nBeta\n"), "utf-8")).toBe(",");
  });
});

describe("records", () => {
  test("any mixture of line ends, blank lines left out, lines counted", () => {
    expect(read('a,b\r\n1,2\n\n3,4\r5,"6\r\n7"\r\n , \n8,9')).toEqual([
      { line: 1, cells: ["a", "b"], isDamaged: false },
      { line: 2, cells: ["1", "2"], isDamaged: false },
      { line: 4, cells: ["3", "4"], isDamaged: false },
      { line: 5, cells: ["5", "6\r\n7"], isDamaged: false },
      { line: 8, cells: ["8", "9"], isDamaged: false },
    ]);
  });

  test("a quote that never closes costs its own row only", () => {
    const damaged = ['"Acme Ltd,IT', 'Rossi "Bottega srl,IT', '"Foo" Inc,IT', '"Lost,IT'];
    const good = ["Beta,FR", '"Gamma, Inc",FR', 'Delta "D" srl,FR', '"Ep""si",FR'];
    const text = ["name,country", ...damaged.flatMap((row, index) => [row, good[index]])].join("\n");
    const rows = read(text).slice(1);
    expect(rows.filter((row) => row.isDamaged).map((row) => row.cells)).toEqual(damaged.map((row) => [row]));
    expect(rows.filter((row) => !row.isDamaged).map((row) => row.cells[0])).toEqual([
      "Beta",
      "Gamma, Inc",
      'Delta "D" srl',
      'Ep"si',
    ]);
    expect(rows.map((row) => row.line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("two stray quotes that seem to belong together do not swallow the rows between", () => {
    const rows = read('name,country\n"Acme,IT\nBeta,FR\nGamma,FR\nZeta",IT,x\nEta,FR\n').slice(1);
    expect(rows.filter((row) => !row.isDamaged).map((row) => row.cells[0])).toEqual(["Beta", "Gamma", "Eta"]);
  });

  test("a row longer than any buffer is one row", () => {
    const long = "x".repeat(3_000_000);
    const pieces = [`a,b\n${long.slice(0, 1_500_000)}`, `${long.slice(1_500_000)},1\r`, "\nlast,2"];
    expect(
      [...readRecords(pieces, ",")].map(({ line, cells: [first = ""] }) => [line, first.length]),
    ).toEqual([
      [1, 1],
      [2, 3_000_000],
      [3, 4],
    ]);
  });

  const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
    fc.array(
      fc.array(
        fc.string({
          unit: fc.constantFrom(
            "a",
            "è",
            '"',
            ",",
            ";",
            "\t",
            "|",
            "\n",
            "\r",
            " ",
            "=",
            "'",
            "🙂",
            "\u202e",
          ),
        }),
        { minLength: width, maxLength: width },
      ),
      { minLength: 1, maxLength: 8 },
    ),
  );
  const hasText = (row: string[]) => row.some((cell) => cell.trim() !== "");

  test("what a writer writes is what is read, and what another reader reads", () => {
    fc.assert(
      fc.property(table, fc.constantFrom(...delimiters), (rows, delimiter) => {
        fc.pre(rows.every(hasText) && !rows[0]?.[0]?.startsWith("sep="));
        const text = writeCsv(rows, delimiter);
        const found = cells(decode(bytes(text), "utf-8"), delimiter);
        expect(found).toEqual(parse(text, { bom: true, delimiter }));
        expect(found.map((row) => row.map(unescapeFormula))).toEqual(
          rows.map((row) => row.map(unescapeFormula)),
        );
      }),
    );
  });

  test("however the text is cut into pieces, the records are the same", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r") }),
        fc.nat(20),
        (text, cut) => {
          expect([...readRecords([text.slice(0, cut), text.slice(cut)], ",")]).toEqual(read(text));
        },
      ),
    );
  });

  test("no text at all makes it fail, stall or lose a line", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", '""', ',"') }), (text) => {
        const lines = read(text).map((record) => record.line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
        expect(lines.at(-1) ?? 0).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
      }),
    );
  });

  test("the real list", () => {
    const content = readFileSync("tests/data/sp500-constituents.csv");
    const rows = [...readRecords(decodePieces(content, "utf-8"), detectDelimiter(content, "utf-8"))];
    expect(rows).toHaveLength(504);
    expect(rows.every((row) => !row.isDamaged && row.cells.length === 8)).toBe(true);
  });
});

describe("formulas", () => {
  test.each(["=1+1", "+39 02 1234", "-5", "@SUM(A1)", "\tx", "\rx", "＝1"])(
    "%j is written as text and read back",
    (cell) => {
      const written = writeCsv([["a", cell]], ",");
      expect(written).toContain(`'${cell}`);
      expect(cells(written.slice(1)).map((row) => row.map(unescapeFormula))).toEqual([["a", cell]]);
    },
  );
  test("other cells stay as they are", () => {
    expect(writeCsv([["a-b", "'quoted'", ""]], ";")).toBe("\ufeffa-b;'quoted';\r\n");
  });
});
