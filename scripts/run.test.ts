// The refusals of `npm start`, each from a real process: one sentence, no stack, a non-zero exit.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRoot } from "./data-folder.ts";
import { waitUntil } from "./leftovers.ts";
import { complain, requireUsableDatabase } from "./own-database.ts";
import { startRun } from "./portal-under-test.ts";
import { freePort } from "./ports.ts";
import { postgresUser } from "./postgres-place.ts";
import { temporaryFolder, throwAwayDatabase, type ThrowAwayDatabase } from "./throw-away.ts";

let folder = "";
let database: ThrowAwayDatabase;
beforeAll(async () => {
  [folder, database] = await Promise.all([temporaryFolder("run"), throwAwayDatabase()]);
}, 60_000);
afterAll(async () => {
  await database.remove();
  await rm(folder, { recursive: true });
});

async function refusal(variables: Record<string, string>, ...args: string[]): Promise<string> {
  const run = startRun({ DATA_DIR: join(folder, "data"), ...variables }, args);
  expect(await run.ended).toBe(1);
  return run.log().trim();
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}

test("a taken port", async () => {
  const port = await freePort();
  const other = await listen(port);
  expect(await refusal({ PORT: String(port) })).toBe(
    `Port ${port} on 127.0.0.1 is taken: stop what uses it or set PORT to another one.`,
  );
  other.close();
});

test("a wrong variable", async () => {
  expect(await refusal({ PORT: "door" })).toBe("PORT must be a whole number from 1 to 65535.");
});

test("a data folder that cannot be one", async () => {
  await writeFile(join(folder, "file"), "");
  expect(await refusal({ DATA_DIR: join(folder, "file") })).toBe(
    `The data folder ${join(folder, "file")} cannot be written by this user: give it the right or set DATA_DIR.`,
  );
});

test("no server, a wrong password and a missing database", async () => {
  const nobody = `postgres://a:b@127.0.0.1:${await freePort()}/x`;
  expect(await refusal({ DATABASE_URL: nobody }, "--migrate")).toMatch(
    /^DATABASE_URL: no PostgreSQL answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.$/,
  );
  const wrong = new URL(database.adminUrl);
  wrong.password = "guess";
  expect(await refusal({ DATABASE_URL: wrong.href }, "--migrate")).toMatch(
    /^DATABASE_URL: the server at 127\.0\.0\.1:\d+ refuses the user or the password\.$/,
  );
  const missing = new URL(database.adminUrl);
  missing.pathname = "/absent";
  expect(await refusal({ DATABASE_URL: missing.href }, "--migrate")).toMatch(
    /^DATABASE_URL: there is no database absent at 127\.0\.0\.1:\d+; create it first\.$/,
  );
});

test("a database that is newer than the code", async () => {
  const client = new Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query("insert into kysely_migration (name, timestamp) values ('9999-future', '')");
  await client.end();
  const said = await refusal({ DATABASE_URL: database.adminUrl }, "--migrate");
  expect(said).toMatch(/^The database is newer than this version of Belvedere[^\n]*9999-future[^\n]*$/);
});

test("a second portal on the same data folder", async () => {
  const data = join(folder, "twice");
  const first = startRun({ DATA_DIR: data, PORT: String(await freePort()), DEMO: "0" });
  await waitUntil(() => existsSync(join(data, "running.json")), 30_000);
  expect(await refusal({ DATA_DIR: data })).toMatch(
    /^Belvedere already runs on .*twice \(process \d+\): stop it or set another DATA_DIR\.$/,
  );
  first.kill("SIGTERM");
  expect(await first.ended).toBe(0);
});

test("the versions of PostgreSQL that are taken", () => {
  const facts = { encoding: "UTF8", may_create_roles: true };
  expect(complain({ ...facts, version: "140011" })).toMatch(/PostgreSQL 14 is not supported; 15 to 18/);
  expect(complain({ ...facts, version: "150000" })).toBeUndefined();
  expect(complain({ ...facts, version: "180004" })).toBeUndefined();
  expect(complain({ ...facts, version: "190000" })).toMatch(/PostgreSQL 19 is not supported/);
});

const debian = "/usr/lib/postgresql/15/bin";

test.runIf(isRoot && existsSync(debian))("PostgreSQL 15 is migrated; its faults are named", async () => {
  const user = await postgresUser(join(folder, "none"));
  const data = join(folder, "fifteen");
  await mkdir(data, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) await chown(data, user.uid, user.gid);
  await promisify(execFile)(
    join(debian, "initdb"),
    ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"],
    { ...user, cwd: "/" },
  );
  const port = await freePort();
  const server = spawn(
    join(debian, "postgres"),
    ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    { ...user, cwd: "/", stdio: "ignore" },
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    const answers = () =>
      requireUsableDatabase(url).then(
        () => true,
        () => false,
      );
    expect(await waitUntil(answers, 20_000)).toBe(true);
    const migration = startRun({ DATABASE_URL: url, DATA_DIR: join(folder, "own") }, ["--migrate"]);
    expect(await migration.ended, migration.log()).toBe(0);
    expect(migration.log()).toMatch(/The database is up to date\.$/m);

    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query("create role plain login");
    await client.query("create database latin template template0 encoding 'LATIN1' locale 'C'");
    await client.end();
    const plain = url.replace("postgres@", "plain@");
    await expect(requireUsableDatabase(plain)).rejects.toThrow(/may not connect to the database postgres/);
    await expect(requireUsableDatabase(plain.replace(/postgres$/, "template1"))).rejects.toThrow(
      /may not create roles/,
    );
    await expect(requireUsableDatabase(url.replace(/postgres$/, "latin"))).rejects.toThrow(
      /encoded in LATIN1/,
    );
  } finally {
    server.kill("SIGQUIT");
    await ended;
  }
});
