import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { type Env, parseEnv } from "#server/env.ts";
import { projectRoot } from "./build.ts";
import type { Keys } from "./backup-keys.ts";
import type { Secrets } from "./data-folder.ts";
import { commandLine } from "./leftovers.ts";
import { requireUsableDatabase } from "./own-database.ts";
import { startPostgres } from "./postgres.ts";
import { existingFolder } from "./postgres-place.ts";
import { refusal } from "./refusal.ts";

export type OperatorSettings = { env: Env; dataFolder: string };

/** The variables as `npm start` would read them. */
export function operatorSettings(): OperatorSettings {
  const dotenv = join(projectRoot, ".env");
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const env = parseEnv(process.env);
  return { env, dataFolder: resolve(projectRoot, env.DATA_DIR) };
}

/** secrets.json of a data folder, or undefined where there is none. */
export async function findSecrets(dataFolder: string): Promise<Secrets | undefined> {
  const path = join(dataFolder, "secrets.json");
  if (!existsSync(path)) return undefined;
  return JSON.parse(await readFile(path, "utf8")) as Secrets;
}

const keyNames: readonly (keyof Keys)[] = [
  "AUTH_SECRET",
  "METRICS_TOKEN",
  "AUDIT_KEY",
  "KEY_PUBLIC",
  "KEY_PRIVATE",
];

/** The keys in force: given as variables, else of the data folder. Those that are nowhere are missing. */
export function keysInForce(env: Env, secrets: Secrets | undefined): Partial<Keys> {
  const found = keyNames.map((name) => [name, env[name] ?? secrets?.[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

export function requireAllKeys(keys: Partial<Keys>): Keys {
  const missing = keyNames.filter((name) => keys[name] === undefined);
  if (missing.length > 0) {
    throw refusal(
      `${missing.join(", ")}: neither a variable nor in secrets.json of the data folder, so the backup could not be read again.`,
    );
  }
  return keys as Keys;
}

/** The port of the server that runs on this folder: the fourth line of its lock file. */
async function portOfRunning(folder: string): Promise<number | undefined> {
  const lines = (await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const isServer = (await commandLine(Number(lines[0]) || 0)).includes(`postgres -D ${folder} `);
  return isServer ? Number(lines[3]) : undefined;
}

/** The administrator's address of the portal's database, whether the portal runs or not; `close` ends what was started. */
export async function openDatabase(
  { env, dataFolder }: OperatorSettings,
  secrets: Secrets | undefined,
): Promise<{ adminUrl: string; close: () => Promise<void> }> {
  if (env.DATABASE_URL) {
    await requireUsableDatabase(env.DATABASE_URL);
    return { adminUrl: env.DATABASE_URL, close: async () => undefined };
  }
  const folder = await existingFolder(join(dataFolder, "postgres"));
  if (!folder || !secrets)
    throw refusal(`There is no portal in ${dataFolder}: set DATA_DIR or DATABASE_URL.`);
  const { adminPassword } = secrets;
  const port = await portOfRunning(folder);
  if (port !== undefined) {
    const password = encodeURIComponent(adminPassword);
    return {
      adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/belvedere`,
      close: async () => undefined,
    };
  }
  const server = await startPostgres({ folder: join(dataFolder, "postgres"), adminPassword });
  return { adminUrl: server.adminUrl, close: () => server.stop("fast") };
}

/** Runs `work` as the administrator, who must pass by row-level security and foreign keys. */
export async function asAdministrator<T>(adminUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: adminUrl, application_name: "belvedere-backup" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ super: boolean }>(
      "select rolsuper as super from pg_roles where rolname = current_user",
    );
    if (rows[0]?.super !== true) {
      throw refusal(
        "DATABASE_URL: backup and restore need a superuser, because row-level security holds everybody else; use one, or your server's own tools.",
      );
    }
    await client.query(
      `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set client_encoding = 'UTF8';
       set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set search_path = public`,
    );
    return await work(client);
  } finally {
    await client.end();
  }
}
