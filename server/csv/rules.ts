// Reads and writes delimited text: encoding, delimiter, RFC 4180 records past damaged lines, cells no spreadsheet runs.
import { isUtf8 } from "node:buffer";
import { stringify } from "csv-stringify/sync";
import iconv from "iconv-lite";

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];
/** In the order of preference where several fit equally well. */
export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

/** One record; `line` counts lines of the file from 1. A damaged one holds its first line as it stands. */
export type CsvRecord = { line: number; cells: string[]; isDamaged: boolean };

const SAMPLE_BYTES = 256 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** A quote that is not closed within so many characters never was meant to be. */
const LONGEST_QUOTED = 200_000;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** zip and xlsx, old Excel, PDF, PNG, JPEG, GIF, gzip, 7z, RAR. */
const signatures = [
  "504b0304",
  "504b0506",
  "d0cf11e0",
  "25504446",
  "89504e47",
  "ffd8ff",
  "47494638",
  "1f8b",
  "377abcaf",
  "52617221",
];

/** What the bytes are written in; undefined: no text. Tolerates a few damaged rows in UTF-8. */
export function detectEncoding(bytes: Uint8Array): Encoding | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64 * 1024));
  const hex = start.toString("hex", 0, 8);
  if (signatures.some((signature) => hex.startsWith(signature))) return undefined;
  if (hex.startsWith("fffe")) return "utf-16le";
  if (hex.startsWith("feff")) return "utf-16be";
  let even = 0;
  let odd = 0;
  let controls = 0;
  for (const [index, byte] of start.entries()) {
    if (byte === 0) {
      if (index % 2 === 0) even += 1;
      else odd += 1;
    } else if (byte < 0x20 && byte !== 0x09 && byte !== LINE_FEED && byte !== RETURN) controls += 1;
  }
  // Half of what Western text needs in UTF-16 is NUL, always on the same side.
  const pairs = start.length / 2;
  if (odd > pairs * 0.3 && even < pairs * 0.05) return "utf-16le";
  if (even > pairs * 0.3 && odd < pairs * 0.05) return "utf-16be";
  if (controls + even + odd > start.length * 0.01 + 2) return undefined;
  return isUtf8(bytes) || isMostlyUtf8(bytes) ? "utf-8" : "windows-1252";
}

/** Sequences that are UTF-8 against bytes that are none: in another encoding, accents hardly ever form a sequence. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  let good = 0;
  let bad = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    const following = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
    const isSequence = following > 0 && isUtf8(bytes.subarray(at, at + following + 1));
    if (isSequence) {
      good += 1;
      at += following;
    } else bad += 1;
  }
  return good > bad * 4;
}

/** The text in pieces, without its byte order mark; bytes that mean nothing become U+FFFD. */
export function* decodePieces(bytes: Uint8Array, encoding: Encoding): Generator<string> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = decoder.write(
      Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(PIECE_BYTES, bytes.length - at)),
    );
    if (piece !== "") yield piece;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}

/** The delimiter with which most rows have as many cells as the header. */
export function detectDelimiter(bytes: Uint8Array, encoding: Encoding): Delimiter {
  const sample = [...decodePieces(bytes.subarray(0, SAMPLE_BYTES), encoding)].join("");
  const declared = delimiters.find((delimiter) => sample.startsWith(`sep=${delimiter}`));
  if (declared) return declared;
  const [best] = delimiters
    .map((delimiter) => {
      const rows = firstRecords(sample, delimiter, bytes.length > SAMPLE_BYTES);
      const width = rows[0]?.cells.length ?? 0;
      const fitting = rows.filter((row) => !row.isDamaged && row.cells.length === width).length;
      return { delimiter, width, share: width > 1 ? fitting / rows.length : 0 };
    })
    .sort((a, b) => b.share - a.share || b.width - a.width);
  return best && best.share > 0 ? best.delimiter : ",";
}

function firstRecords(sample: string, delimiter: Delimiter, isCut: boolean): CsvRecord[] {
  const rows: CsvRecord[] = [];
  for (const row of readRecords([sample], delimiter)) if (rows.push(row) === 200) return rows;
  return isCut && rows.length > 2 ? rows.slice(0, -1) : rows;
}

/**
 * The records in their order, blank lines left out; any mixture of line ends. A record whose quotes do not close, or
 * that runs over several lines and then has the wrong number of cells, is damaged: reading goes on in its next line, so
 * a stray quote costs one row and not the rest of the file.
 */
export function* readRecords(pieces: Iterable<string>, delimiter: Delimiter): Generator<CsvRecord> {
  const source = pieces[Symbol.iterator]();
  let text = "";
  let at = 0;
  let line = 1;
  let width: number | undefined;
  let isEnd = false;
  const more = () => {
    const next = source.next();
    if (next.done) isEnd = true;
    else {
      text = text.slice(at) + next.value;
      at = 0;
    }
  };
  while (!isEnd && text.length < LONGEST_QUOTED) more();
  const declaration = /^sep=.(\r\n|\n|\r)/.exec(text)?.[0];
  if (declaration) {
    at = declaration.length;
    line = 2;
  }
  for (;;) {
    while (!isEnd && text.length - at < LONGEST_QUOTED) more();
    if (at >= text.length) return;
    let record = recordAt(text, at, delimiter);
    while (record.next >= text.length && !isEnd) {
      more();
      record = recordAt(text, at, delimiter);
    }
    if (record.lines > 1 && width !== undefined && record.cells.length !== width)
      record = firstLine(text, at);
    const isBlank = !record.isDamaged && record.cells.every((cell) => cell.trim() === "");
    if (!isBlank) {
      width ??= record.cells.length;
      yield { line, cells: record.cells, isDamaged: record.isDamaged };
    }
    at = record.next;
    line += record.lines;
  }
}

type Found = { cells: string[]; next: number; lines: number; isDamaged: boolean };

function recordAt(text: string, start: number, delimiter: Delimiter): Found {
  const separator = delimiter.charCodeAt(0);
  const cells: string[] = [];
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at, separator);
      if (close === undefined) return firstLine(text, start);
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      const end = cellEnd(text, at, separator);
      const cell = text.slice(at, end);
      // Quotes inside a bare cell are text as long as they come in pairs.
      if (cell.includes('"') && (cell.split('"').length - 1) % 2 === 1) return firstLine(text, start);
      cells.push(cell);
      at = end;
    }
    if (text.charCodeAt(at) !== separator) break;
    at += 1;
  }
  return { cells, next: afterLineEnd(text, at), lines: countLines(text, start, at), isDamaged: false };
}

function firstLine(text: string, start: number): Found {
  const end = cellEnd(text, start, -1);
  return { cells: [text.slice(start, end)], next: afterLineEnd(text, end), lines: 1, isDamaged: true };
}

function cellEnd(text: string, start: number, separator: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === separator || code === LINE_FEED || code === RETURN) break;
  }
  return at;
}

/** Where the quoted cell that opens at `open` closes; undefined: nowhere that a cell could end. */
function closingQuote(text: string, open: number, separator: number): number | undefined {
  for (
    let at = text.indexOf('"', open + 1);
    at !== -1 && at - open <= LONGEST_QUOTED;
    at = text.indexOf('"', at + 1)
  ) {
    const after = text.charCodeAt(at + 1);
    if (after === QUOTE) at += 1;
    else
      return after === separator || after === LINE_FEED || after === RETURN || at + 1 === text.length
        ? at
        : undefined;
  }
  return undefined;
}

const afterLineEnd = (text: string, at: number): number =>
  text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;

function countLines(text: string, start: number, end: number): number {
  let lines = 1;
  for (let at = cellEnd(text, start, -1); at < end; at = cellEnd(text, afterLineEnd(text, at), -1))
    lines += 1;
  return lines;
}

/**
 * What Excel, LibreOffice and sheets in browsers run: signs that begin a formula and their full-width forms, also after
 * blanks and marks that are not seen, and cells that begin with a tab or a line end. Written so that PostgreSQL reads it too.
 */
export const formulaPattern =
  "^[\\s\\u00a0\\u00ad\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff]*[=+@\\uff0b\\uff0d\\uff1d\\uff20-]|^[\\t\\r\\n]";
const formula = new RegExp(formulaPattern);

/** Rows as a file that spreadsheets open: UTF-8 with its mark, CRLF, and no cell that one would run as a formula. */
export const writeCsv = (rows: readonly (readonly string[])[], delimiter: Delimiter): string =>
  // A line end of another kind than the file's must be quoted too.
  stringify(
    rows.map((row) => row.map((cell) => (formula.test(cell) ? `'${cell}` : cell))),
    { bom: true, delimiter, record_delimiter: "windows", quoted_match: /[\r\n]/ },
  );

/** Takes off again what `writeCsv` put before a formula, so that a corrected file reads as it was meant. */
export const unescapeFormula = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
