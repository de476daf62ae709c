import { spawn } from "node:child_process";
import { readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isRoot } from "./data-folder.ts";
import { waitUntil } from "./leftovers.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { temporaryFolder } from "./throw-away.ts";

let folder = "";
const options = () => ({ folder: join(folder, "postgres"), adminPassword: "p@ss/word", isThrowAway: true });

beforeEach(async () => {
  folder = await temporaryFolder("postgres");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function ask<T>(server: Postgres, sql: string): Promise<T> {
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  try {
    return (await client.query<{ answer: T }>(sql)).rows[0]?.answer as T;
  } finally {
    await client.end();
  }
}

test("a database keeps its rows, and finds words by their accented letters", async () => {
  const first = await startPostgres(options());
  await ask(first, "create table kept as select 7 as answer");
  await ask(first, "create extension pg_trgm");
  await first.stop("fast");

  const second = await startPostgres(options());
  try {
    expect(await ask(second, "select answer from kept")).toBe(7);
    // Under the character class "C" both words would have the same trigrams.
    expect(await ask<number>(second, "select similarity('é', 'è') as answer")).toBe(0);
    expect(await ask(second, "select current_setting('listen_addresses') as answer")).toBe("127.0.0.1");
    expect((await stat(join(folder, "postgres"))).mode & 0o777).toBe(0o700);
  } finally {
    await second.stop("fast");
  }
});

test("a server whose portal was killed is ended, and its database opens again", async () => {
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, "postgres.ts"))};
    const server = await startPostgres(${JSON.stringify(options())});
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const portal = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed: string[] = [];
  portal.stdout.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  await waitUntil(() => printed.length > 0, 20_000);
  portal.kill("SIGKILL");
  const orphan = Number(printed.join(""));
  expect(() => process.kill(orphan, 0)).not.toThrow();

  const server = await startPostgres(options());
  try {
    expect(server.pid).not.toBe(orphan);
    expect(await ask(server, "select 1 as answer")).toBe(1);
  } finally {
    await server.stop("fast");
  }
});

test("a lock left by a number that another program has now does not keep the database shut", async () => {
  const first = await startPostgres(options());
  const lock = join(folder, "postgres", "postmaster.pid");
  const text = await readFile(lock, "utf8");
  await first.stop("fast");
  await writeFile(lock, text.replace(/^\d+/, String(process.pid)));
  const second = await startPostgres(options());
  expect(await ask(second, "select 1 as answer")).toBe(1);
  await second.stop("fast");
});

test.runIf(isRoot)(
  "below a folder closed to PostgreSQL's user, the data lie elsewhere behind a link",
  async () => {
    const { chmod } = await import("node:fs/promises");
    await chmod(folder, 0o700);
    const server = await startPostgres(options());
    await server.stop("fast");
    const elsewhere = await readlink(join(folder, "postgres"));
    expect(elsewhere).toMatch(/^\/var\/lib\/belvedere\/data-/);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const again = await startPostgres(options());
    expect(await ask(again, "select 1 as answer")).toBe(1);
    await again.stop("fast");
    await rm(elsewhere, { recursive: true });
  },
);
