// Rows of a query as PostgreSQL's COPY sends them, out of one read-only snapshot: for exports of any length in flat memory.
import type { Duplex } from "node:stream";
import pg from "pg";
import { openSnapshot, type Scope, type Statement, withLiterals } from "./client.ts";

/** `bytes` hold `rows` whole rows. */
type CopiedRows = { bytes: Buffer; rows: number };
/** CSV: RFC 4180, rows end with CRLF, no data is empty. Text: PostgreSQL's own, cells between tabs, no data is `\N`. */
type CopyFormat = { csv: "," | ";" } | "text";

/** Everything asked of it is of one instant. `close` ends it, with whatever still runs. */
export type Snapshot = {
  /** The first column of the first row. */
  value(statement: Statement): Promise<unknown>;
  copy(statement: Statement, format: CopyFormat): AsyncGenerator<CopiedRows>;
  close(): void;
};

/** undefined: as many as may be are taken. */
export async function takeSnapshot(scope: Scope): Promise<Snapshot | undefined> {
  const client = await openSnapshot(scope);
  if (!client) return undefined;
  let isOpen = true;
  return {
    value: async (statement) => {
      const { rows } = await client.query<unknown[]>({ text: withLiterals(statement), rowMode: "array" });
      return rows[0]?.[0];
    },
    copy: (statement, format) => copyRows(client, statement, format),
    close: () => {
      if (isOpen) client.release(true);
      isOpen = false;
    },
  };
}

const BLOCK_BYTES = 128 * 1024;
/** So many blocks may wait for the reader before PostgreSQL has to. */
const MOST_WAITING = 3;
const LINE_END = Buffer.from("\r\n");

/** The protocol sends one message per row, so blocks end where rows do, whatever the cells hold. */
async function* copyRows(
  client: pg.PoolClient,
  statement: Statement,
  format: CopyFormat,
): AsyncGenerator<CopiedRows> {
  const isText = format === "text";
  const options = isText ? "format text" : `format csv, delimiter '${format.csv}'`;
  const { stream } = (client as pg.PoolClient & { connection: { stream: Duplex } }).connection;
  const waiting: CopiedRows[] = [];
  let wake = Promise.withResolvers<void>();
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  let rows = 0;
  let isOver = false;
  let failure: Error | undefined;

  const pass = () => {
    if (rows === 0) return;
    waiting.push({ bytes: block.subarray(0, filled), rows });
    block = Buffer.allocUnsafe(BLOCK_BYTES);
    filled = 0;
    rows = 0;
    if (waiting.length >= MOST_WAITING) stream.pause();
    wake.resolve();
  };
  const take = (row: Buffer) => {
    if (filled + row.length + 1 > block.length) pass();
    if (row.length + 1 > block.length) block = Buffer.allocUnsafe(row.length + 1);
    // COPY ends a row with LF; the other way to write a line end in a row is inside quotes.
    filled += isText ? row.copy(block, filled) : row.copy(block, filled, 0, row.length - 1);
    if (!isText) filled += LINE_END.copy(block, filled);
    rows += 1;
  };
  const query = new pg.Query(`copy (${withLiterals(statement)}) to stdout (${options})`);
  Object.assign(query, {
    handleCopyData: ({ chunk }: { chunk: Buffer }) => take(chunk),
    callback: (error: Error | null) => {
      if (error) failure = error;
      else pass();
      isOver = true;
      wake.resolve();
    },
  });
  client.query(query);
  for (;;) {
    const next = waiting.shift();
    if (next) {
      if (waiting.length < MOST_WAITING) stream.resume();
      yield next;
    } else if (isOver) break;
    else {
      await wake.promise;
      wake = Promise.withResolvers();
    }
  }
  if (failure) throw failure;
}
