// Writes a workbook while its rows arrive: a zip whose sheet is compressed piece by piece, in memory that does not grow.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";
import {
  contentTypes,
  MOST_ROWS,
  rootRelations,
  sheetEnd,
  sheetRow,
  sheetStart,
  stylesheet,
  type SheetColumn,
  textCells,
  workbook,
} from "./rules.ts";

/** Fast: the file is large and thrown away. */
const LEVEL = 1;

type Entry = { name: string; at: number; crc: number; packed: number; size: number };

/** 1 January 1980, the first day a zip knows: files made from the same rows are the same. */
const DATE = (1 << 5) | 1;
const local = (name: string) => {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  // Sizes follow the data; names are UTF-8.
  header.writeUInt16LE(0x0808, 6);
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name)]);
};
const descriptor = ({ crc, packed, size }: Entry) => {
  const text = Buffer.alloc(16);
  text.writeUInt32LE(0x08074b50, 0);
  text.writeUInt32LE(crc, 4);
  text.writeUInt32LE(packed, 8);
  text.writeUInt32LE(size, 12);
  return text;
};
const central = ({ name, at, crc, packed, size }: Entry) => {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(0x0808, 8);
  header.writeUInt16LE(8, 10);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, Buffer.from(name)]);
};
const end = (entries: number, size: number, at: number) => {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(at, 16);
  return record;
};

/**
 * The file in pieces. `rows` are whole rows of COPY's text format, in the order of `columns`; more than a sheet takes go on
 * in another one with the same head.
 */
export async function* writeWorkbook(
  name: string,
  columns: readonly SheetColumn[],
  rows: AsyncGenerator<{ bytes: Buffer; rows: number }>,
): AsyncGenerator<Buffer> {
  const entries: Entry[] = [];
  let at = 0;
  async function* part(
    path: string,
    texts: AsyncIterable<string> | Iterable<string>,
  ): AsyncGenerator<Buffer> {
    const entry: Entry = { name: path, at, crc: 0, packed: 0, size: 0 };
    async function* counted() {
      for await (const text of texts) {
        const bytes = Buffer.from(text);
        entry.crc = crc32(bytes, entry.crc);
        entry.size += bytes.length;
        yield bytes;
      }
    }
    const head = local(path);
    yield head;
    const deflated = createDeflateRaw({ level: LEVEL });
    const feeding = pipeline(Readable.from(counted()), deflated);
    // What breaks the feeding breaks the reading below, which is where it is told.
    feeding.catch(() => undefined);
    for await (const piece of deflated as AsyncIterable<Buffer>) {
      entry.packed += piece.length;
      yield piece;
    }
    await feeding;
    const tail = descriptor(entry);
    yield tail;
    at += head.length + entry.packed + tail.length;
    entries.push(entry);
  }

  yield* part("[Content_Types].xml", [contentTypes]);
  yield* part("_rels/.rels", [rootRelations]);
  const blocks = rows[Symbol.asyncIterator]();
  let block = await blocks.next();
  let lines: string[] = [];
  /** The texts of one sheet, which ends with the rows or where it is full; what is left of a block waits in `lines`. */
  async function* sheet() {
    yield sheetStart(columns);
    for (let free = MOST_ROWS - 1; free > 0;) {
      if (lines.length === 0) {
        if (block.done) break;
        lines = block.value.bytes.toString().split("\n").slice(0, -1);
        block = await blocks.next();
        continue;
      }
      const taken = lines.slice(0, free);
      lines = lines.slice(free);
      free -= taken.length;
      yield taken.map((line) => sheetRow(textCells(line), columns)).join("");
    }
    yield sheetEnd;
  }
  let sheets = 0;
  do {
    sheets += 1;
    yield* part(`xl/worksheets/sheet${sheets}.xml`, sheet());
  } while (lines.length > 0 || !block.done);
  const book = workbook(name, sheets);
  yield* part("xl/workbook.xml", [book.workbook]);
  yield* part("xl/_rels/workbook.xml.rels", [book.relations]);
  yield* part("xl/styles.xml", [stylesheet]);
  const directory = Buffer.concat(entries.map(central));
  yield Buffer.concat([directory, end(entries.length, directory.length, at)]);
}
