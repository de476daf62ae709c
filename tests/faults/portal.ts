import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pool, type QueryResultRow } from "pg";
import { commandLine, waitUntil } from "#scripts/leftovers.ts";
import { startRun } from "#scripts/portal-under-test.ts";
import { freePort } from "#scripts/ports.ts";
import { type DatabaseLine, openDatabaseLine } from "./database-line.ts";

export type Target = "web" | "worker" | "postgres";

/** A demo portal as `npm start` runs it, its database behind a line of ours and its clock in our hands. */
export type Portal = {
  url: string;
  emulatorUrl: string;
  line: DatabaseLine;
  /** As the administrator, past the line; tries again while the database is away. */
  ask: <Row extends QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  pidOf: (target: Target) => Promise<number>;
  setClock: (skewMs: number) => Promise<void>;
  log: () => string;
  /** Everything that no log may hold. */
  secrets: () => Promise<string[]>;
  hasEnded: () => boolean;
  stop: () => Promise<number>;
};

const readyMs = 300_000;

/** The log without its line per request. */
export const withoutRequests = (log: string): string =>
  log
    .split("\n")
    .filter((one) => !one.includes('"msg":"answered"'))
    .join("\n");

/** The server writes its process and its port into the lock of its folder. */
async function lockOf(dataFolder: string): Promise<string[]> {
  return (await readFile(join(dataFolder, "postgres", "postmaster.pid"), "utf8")).split("\n");
}

const commands: Record<Exclude<Target, "postgres">, RegExp> = {
  web: /next-server|bin\/next start/,
  worker: /jobs\/worker\.ts/,
};

async function findPid(dataFolder: string, target: Target): Promise<number> {
  if (target === "postgres") return Number((await lockOf(dataFolder))[0]);
  const { children } = JSON.parse(await readFile(join(dataFolder, "running.json"), "utf8")) as {
    children: { pid: number }[];
  };
  for (const { pid } of children) if (commands[target].test(await commandLine(pid))) return pid;
  throw new Error(`there is no ${target} now`);
}

function asker(dataFolder: string, password: string): { ask: Portal["ask"]; end: () => Promise<void> } {
  let pool: Pool | undefined;
  const connect = async () => {
    if (pool) return pool;
    const port = Number((await lockOf(dataFolder))[3]);
    const made = new Pool({
      host: "127.0.0.1",
      port,
      user: "postgres",
      password,
      database: "belvedere",
      max: 4,
      connectionTimeoutMillis: 3000,
    });
    made.on("error", () => undefined);
    pool = made;
    return made;
  };
  return {
    async ask<Row extends QueryResultRow>(text: string, values: unknown[] = []) {
      const deadline = performance.now() + 60_000;
      for (;;) {
        try {
          return (await (await connect()).query<Row>(text, values)).rows;
        } catch (error) {
          // A refused statement stays refused; a server that is away comes back.
          const code = String((error as { code?: unknown }).code ?? "");
          if (/^(22|23|42)/.test(code) || performance.now() > deadline) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
    end: async () => pool?.end(),
  };
}

export async function startPortal(dataFolder: string): Promise<Portal> {
  const line = await openDatabaseLine(async () => Number((await lockOf(dataFolder))[3]));
  const passwords = { web: randomUUID(), signin: randomUUID(), worker: randomUUID() };
  const address = (role: keyof typeof passwords) =>
    `postgres://belvedere_${role}:${passwords[role]}@127.0.0.1:${line.port}/belvedere`;
  const port = await freePort();
  const clock = `${dataFolder}.clock`;
  await writeFile(clock, "0");
  const run = startRun({
    DATA_DIR: dataFolder,
    PORT: String(port),
    DEMO: "1",
    TRUST_PROXY: "1",
    LOG_LEVEL: "debug",
    WEB_DATABASE_URL: address("web"),
    SIGNIN_DATABASE_URL: address("signin"),
    WORKER_DATABASE_URL: address("worker"),
    FAULTS_CLOCK: clock,
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "clock.mjs")).href}`,
  });
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  await waitUntil(() => isOver || /^ready in /m.test(run.log()), readyMs);
  if (isOver || !/^ready in /m.test(run.log())) {
    line.close();
    run.kill("SIGTERM");
    throw new Error(`The portal did not start:\n${withoutRequests(run.log())}`);
  }
  const secrets = JSON.parse(await readFile(join(dataFolder, "secrets.json"), "utf8")) as Record<
    string,
    unknown
  >;
  const { ask, end } = asker(dataFolder, String(secrets["adminPassword"]));
  return {
    url: `http://127.0.0.1:${port}`,
    emulatorUrl: `http://127.0.0.1:${(await readFile(join(dataFolder, "emulator-port"), "utf8")).trim()}`,
    line,
    ask,
    pidOf: (target) => findPid(dataFolder, target),
    setClock: (skewMs) => writeFile(clock, String(skewMs)),
    log: run.log,
    secrets: async () => [
      ...Object.values(passwords),
      ...Object.entries(secrets).flatMap(([name, value]) =>
        typeof value === "string" && name !== "KEY_PUBLIC" ? [value] : [],
      ),
    ],
    hasEnded: () => isOver,
    async stop() {
      await end();
      run.kill("SIGTERM");
      const code = await run.ended;
      line.close();
      return code;
    },
  };
}
