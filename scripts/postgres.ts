import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chown, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { commandLine, waitUntil } from "./leftovers.ts";
import { freePort } from "./ports.ts";
import {
  existingFolder,
  findBinaries,
  postgresUser,
  type PostgresUser,
  prepareFolder,
} from "./postgres-place.ts";
import { refusal } from "./refusal.ts";

const majorVersion = "18";
const database = "belvedere";

export type PostgresOptions = {
  /** Where the database lies, or a link to it. */
  folder: string;
  adminPassword: string;
  /** For tests: fast, and lost when the machine fails. */
  isThrowAway?: boolean;
  /** The port of the server that this one replaces; a free one otherwise. */
  port?: number;
};

export type Postgres = {
  adminUrl: string;
  port: number;
  pid: number;
  ended: Promise<void>;
  /** "fast" ends sessions and writes everything; "immediate" leaves the rest to the next start. */
  stop: (mode: "fast" | "immediate") => Promise<void>;
};

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "60",
  shared_buffers: "256MB",
  effective_cache_size: "768MB",
  work_mem: "16MB",
  maintenance_work_mem: "128MB",
  max_wal_size: "2GB",
  random_page_cost: "1.1",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  idle_in_transaction_session_timeout: "60s",
};

const throwAwaySettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  // Every test file opens pools of its own.
  max_connections: "200",
  shared_buffers: "128MB",
};

/** None of the portal's own variables, and messages we can read. */
const quietEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  LC_ALL: "C",
  NODE_ENV: "production",
};

function flags(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function createCluster(options: PostgresOptions): Promise<string> {
  const user = await postgresUser(options.folder);
  const native = await findBinaries(user);
  const { folder, keep } = await prepareFolder(options.folder, user);
  const passwordFile = join(dirname(folder), `${randomUUID()}.password`);
  await writeFile(passwordFile, options.adminPassword, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) await chown(passwordFile, user.uid, user.gid);
  try {
    await runInitdb(native, user, [
      `--lc-ctype=${await letterLocale()}`,
      `--pgdata=${folder}`,
      `--pwfile=${passwordFile}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...(options.isThrowAway ? ["--no-sync"] : []),
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return keep();
}

/** Trigrams of accented letters need a character class that knows them; under "C" the index drops them (measured). */
async function letterLocale(): Promise<string> {
  const { stdout } = await promisify(execFile)("locale", ["-a"]).catch(() => ({ stdout: "" }));
  const known = stdout.split("\n").map((name) => name.trim());
  const wanted = [/^C\.utf-?8$/i, /^en_US\.utf-?8$/i, /\.utf-?8$/i];
  const found = wanted.map((pattern) => known.find((name) => pattern.test(name)));
  return found.find((name) => name !== undefined) ?? "C";
}

async function runInitdb(native: string, user: PostgresUser, args: string[]): Promise<void> {
  const child = spawn(join(native, "bin", "initdb"), args, {
    ...user,
    cwd: "/",
    env: quietEnvironment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = lastLines(child);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw refusal(`PostgreSQL could not create its database: ${said()}`);
}

/** Keeps the last words of a process for the sentence that reports its failure. */
function lastLines(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2000);
  });
  return () => text.trim().split("\n").slice(-3).join(" ");
}

/** Stops a server that a killed portal left running on this folder, and clears a lock nobody holds. */
async function endLeftoverServer(folder: string): Promise<void> {
  const lock = join(folder, "postmaster.pid");
  const pid = Number((await readFile(lock, "utf8").catch(() => "")).split("\n")[0]);
  if (!pid) return;
  // The number may belong to any other program by now: only a server of this very folder is ended.
  const isServer = async () => (await commandLine(pid)).includes(`postgres -D ${folder} `);
  if (await isServer()) {
    process.kill(pid, "SIGINT");
    if (!(await waitUntil(async () => !(await isServer()), 10_000))) process.kill(pid, "SIGQUIT");
    if (!(await waitUntil(async () => !(await isServer()), 5000))) {
      throw refusal(`A PostgreSQL server (process ${pid}) holds ${folder} and does not stop.`);
    }
  }
  if (!(await waitUntil(async () => (await endOrphans(folder)) === 0, 10_000)))
    throw refusal(`Processes of a PostgreSQL server that was killed hold ${folder} and do not stop.`);
  await rm(lock, { force: true });
}

/**
 * A killed server's processes may go on for a moment, and without its lock nothing else would keep a new one from
 * writing beside them. They stand in the database's folder; gives how many there were. Linux alone shows that.
 */
async function endOrphans(folder: string): Promise<number> {
  if (process.platform !== "linux") return 0;
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const places = await Promise.all(
    pids.map(async (pid) => ({ pid, place: await readlink(`/proc/${pid}/cwd`).catch(() => "") })),
  );
  const orphans = places.filter(({ place }) => place === folder);
  for (const { pid } of orphans) if ((await commandLine(pid)).startsWith("postgres: ")) endNow(pid);
  return orphans.length;
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGQUIT");
  } catch {
    // It has ended in the meantime.
  }
}

async function requireVersion(folder: string): Promise<void> {
  const version = (await readFile(join(folder, "PG_VERSION"), "utf8")).trim();
  if (version !== majorVersion) {
    throw refusal(
      `The database in ${folder} is of PostgreSQL ${version}, this version of Belvedere brings ${majorVersion}.`,
    );
  }
}

function urlOf(port: number, password: string, name: string): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(port, password, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/** Resolves once the server says it takes connections; it says so on its standard error. */
function untilReady(child: ChildProcess): Promise<void> {
  const said = lastLines(child);
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      if (chunk.includes("ready to accept connections")) resolve();
    });
    child.on("error", reject);
    child.on("exit", () => reject(refusal(`PostgreSQL did not start: ${said()}`)));
  });
}

/** Starts the embedded server on a free loopback port, creating the database the first time. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = (await existingFolder(options.folder)) ?? (await createCluster(options));
  await requireVersion(folder);
  await endLeftoverServer(folder);
  const user = await postgresUser(folder);
  const native = await findBinaries(user);
  const port = options.port ?? (await freePort());
  const child = spawn(
    join(native, "bin", "postgres"),
    [
      "-D",
      folder,
      "-p",
      String(port),
      ...flags({ ...settings, ...(options.isThrowAway ? throwAwaySettings : {}) }),
    ],
    // A group of its own: Ctrl-C must reach the portal first, the database last.
    { ...user, cwd: "/", env: quietEnvironment, detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (mode: "fast" | "immediate") => {
    child.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    const isEnded = () => child.exitCode !== null || child.signalCode !== null;
    if (!(await waitUntil(isEnded, 15_000))) child.kill("SIGQUIT");
    await ended;
  };
  try {
    await untilReady(child);
    await createDatabase(port, options.adminPassword);
  } catch (error) {
    child.kill("SIGQUIT");
    throw error;
  }
  return {
    adminUrl: urlOf(port, options.adminPassword, database),
    port,
    pid: child.pid ?? 0,
    ended,
    stop,
  };
}
