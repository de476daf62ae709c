import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, pack } from "tar-stream";
import { refusal } from "./refusal.ts";

/** Adds one entry of the archive; resolves when there is room for the next one. */
export type AddEntry = (name: string, data: Buffer | string) => Promise<void>;
type Entry = { name: string; body: AsyncIterable<Buffer> };

/**
 * Writes a gzipped tar that `tar -xzf` opens: under another name until it is whole and on the disk, so that a file of
 * this name is never half a backup. Throws a sentence when it exists or cannot be written.
 */
export async function writeArchive(path: string, fill: (add: AddEntry) => Promise<void>): Promise<void> {
  if (existsSync(path)) throw refusal(`${path} exists already: name another file.`);
  const unfinished = `${path}.partial`;
  const archive = pack();
  const at = new Date();
  const add: AddEntry = (name, data) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(data);
      const header = { name, size: bytes.length, mtime: at, mode: 0o600 };
      archive.entry(header, (error) => (error ? reject(error) : resolve())).end(bytes);
    });
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = createWriteStream(unfinished, { mode: 0o600, flush: true });
    await Promise.all([
      pipeline(archive, createGzip({ level: 4 }), file),
      fill(add).then(
        () => archive.finalize(),
        (error: Error) => {
          archive.destroy(error);
          throw error;
        },
      ),
    ]);
    await rename(unfinished, path);
    const folder = await open(dirname(path));
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(unfinished, { force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (/^E[A-Z]+$/.test(code)) throw refusal(`${path} could not be written (${code}).`);
    throw error;
  }
}

/** The entries in their order; each body has to be read before the next one is asked for. */
export async function* readArchive(path: string): AsyncGenerator<Entry> {
  const entries = extract();
  const reading = pipeline(createReadStream(path), createGunzip(), entries);
  // The loop below throws the same; without this the second time would be nobody's.
  reading.catch(() => undefined);
  for await (const entry of entries)
    yield { name: entry.header.name, body: entry as unknown as AsyncIterable<Buffer> };
  await reading;
}

export async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
