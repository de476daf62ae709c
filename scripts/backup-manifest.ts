import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { z } from "zod";
import { readArchive, textOf } from "./backup-file.ts";
import { SealedKeys } from "./backup-keys.ts";
import { refusal } from "./refusal.ts";

/** Raised when a reader of this version could not read what it writes. */
export const backupFormat = 1;
export const headerName = "belvedere.json";
export const keysName = "keys.json";
export const manifestName = "manifest.json";

/** Names become SQL when they are restored, so only plain ones are taken. */
const name = z.string().regex(/^[a-z_][a-z0-9_]*$/);
const Header = z.object({
  format: z.number().int(),
  version: z.string(),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  /** The job queue's own schema. */
  queueVersion: z.number().int(),
  /** Seals vendors' secrets: the data fit no other pair of keys. */
  publicKey: z.string(),
  emulatorPort: z.number().int().optional(),
});
export type Header = z.output<typeof Header>;

const Table = z.object({ schema: name, name, columns: z.array(name) });
export type Table = z.output<typeof Table>;
const Manifest = z.object({
  tables: z.array(
    Table.extend({
      rows: z.number().int(),
      bytes: z.number().int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  partitions: z.array(
    z.object({
      name,
      parent: name,
      bound: z.string().regex(/^FOR VALUES FROM \('[-0-9 :+.]+'\) TO \('[-0-9 :+.]+'\)$/),
    }),
  ),
  sequences: z.array(
    z.object({ schema: name, name, value: z.string().regex(/^-?\d+$/), isCalled: z.boolean() }),
  ),
});
export type Manifest = z.output<typeof Manifest>;
export type Backup = {
  header: Header;
  manifest: Manifest;
  keys: z.output<typeof SealedKeys> | undefined;
};

/** The place of a table's rows: its number in the manifest, so that tables are read in their order. */
export const dataName = (table: number, chunk: number) =>
  `data/${String(table).padStart(4, "0")}/${String(chunk).padStart(8, "0")}`;
export const tableOf = (entry: string): number | undefined => {
  const found = /^data\/(\d{4})\/\d{8}$/.exec(entry)?.[1];
  return found === undefined ? undefined : Number(found);
};

type Seen = { rows: number; bytes: number; digest: ReturnType<typeof createHash> };

/** Counts what passes: each row of COPY's text ends with a line feed, and those inside values are escaped. */
export function tally(): {
  add: (chunk: Buffer) => void;
  end: () => { rows: number; bytes: number; sha256: string };
} {
  const seen: Seen = { rows: 0, bytes: 0, digest: createHash("sha256") };
  return {
    add(chunk) {
      seen.digest.update(chunk);
      seen.bytes += chunk.length;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) seen.rows += 1;
    },
    end: () => ({ rows: seen.rows, bytes: seen.bytes, sha256: seen.digest.digest("hex") }),
  };
}

function requireReadable(path: string, header: Header, known: readonly string[]): void {
  const unknown = header.migrations.filter((migration) => !known.includes(migration));
  if (header.format > backupFormat || unknown.length > 0) {
    throw refusal(
      `${path} was made by a newer version of Belvedere (${header.version}): restore it with that version. Nothing was restored.`,
    );
  }
}

/** Reads the whole file and compares each table with what the manifest says of it; throws one sentence. */
export async function checkBackup(path: string, known: readonly string[]): Promise<Backup> {
  if (!existsSync(path)) throw refusal(`There is no file ${path}.`);
  let header: Header | undefined;
  let manifest: Manifest | undefined;
  let keys: Backup["keys"];
  const tallies = new Map<number, ReturnType<typeof tally>>();
  try {
    for await (const { name: entry, body } of readArchive(path)) {
      if (entry === headerName) {
        header = Header.parse(JSON.parse(await textOf(body)));
        requireReadable(path, header, known);
      } else if (entry === keysName) keys = SealedKeys.parse(JSON.parse(await textOf(body)));
      else if (entry === manifestName) manifest = Manifest.parse(JSON.parse(await textOf(body)));
      else {
        const number = tableOf(entry);
        if (number === undefined) throw new Error(`it holds ${entry}`);
        const counting = tallies.get(number) ?? tally();
        tallies.set(number, counting);
        for await (const chunk of body) counting.add(chunk);
      }
    }
    if (!header || !manifest) throw new Error("its end is missing");
    requireEqual(manifest, tallies);
  } catch (error) {
    if (error instanceof Error && error.message.endsWith("Nothing was restored.")) throw error;
    const why = error instanceof z.ZodError ? "its list of contents is unreadable" : (error as Error).message;
    throw refusal(`${path} is not a whole backup: it is cut off or damaged (${why}). Nothing was restored.`);
  }
  return { header, manifest, keys };
}

function requireEqual(manifest: Manifest, tallies: ReadonlyMap<number, ReturnType<typeof tally>>): void {
  for (const [number, table] of manifest.tables.entries()) {
    const found = (tallies.get(number) ?? tally()).end();
    if (found.rows !== table.rows || found.bytes !== table.bytes || found.sha256 !== table.sha256)
      throw new Error(`${table.name} differs from its checksum`);
  }
  if ([...tallies.keys()].some((number) => number >= manifest.tables.length))
    throw new Error("it holds a table that is not listed");
}
