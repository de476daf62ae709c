// A throw-away PostgreSQL that keeps its promises to the disk, as in production, with the settings of `npm start`.
import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { migrateDatabase } from "#db/migrate.ts";
import { urlForRole } from "#scripts/own-database.ts";
import { startPostgres } from "#scripts/postgres.ts";
import { temporaryFolder } from "#scripts/throw-away.ts";

export type BenchDatabase = {
  admin: Client;
  adminUrl: string;
  /** What web and worker need to know, secrets of this run included. */
  environment: Record<string, string>;
  remove: () => Promise<void>;
};

function freshEnvironment(adminUrl: string, passwords: { web: string; worker: string; signin: string }) {
  const pair = generateKeyPairSync("x25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const secret = randomBytes(32).toString("base64url");
  return {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    LOG_LEVEL: "warn",
    DEMO: "0",
    HOST: "127.0.0.1",
    DATABASE_URL: "",
    WEB_DATABASE_URL: urlForRole(adminUrl, "web", passwords.web),
    SIGNIN_DATABASE_URL: urlForRole(adminUrl, "signin", passwords.signin),
    WORKER_DATABASE_URL: urlForRole(adminUrl, "worker", passwords.worker),
    AUTH_SECRET: secret,
    NEXTAUTH_SECRET: secret,
    METRICS_TOKEN: secret,
    AUDIT_KEY: randomBytes(32).toString("base64"),
    KEY_PUBLIC: pair.publicKey.toString("base64"),
    KEY_PRIVATE: pair.privateKey.toString("base64"),
  };
}

/** Starts the server, migrates, and points this process at the database; nothing is left after `remove`. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = await temporaryFolder("bench");
  const server = await startPostgres({
    folder: join(folder, "postgres"),
    adminPassword: randomBytes(16).toString("hex"),
  });
  let admin: Client | undefined;
  const remove = async () => {
    await admin?.end().catch(() => undefined);
    await server.stop("immediate");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const passwords = { web: randomUUID(), worker: randomUUID(), signin: randomUUID() };
    await migrateDatabase(server.adminUrl, passwords);
    admin = new Client({ connectionString: server.adminUrl, application_name: "belvedere-bench" });
    admin.on("error", () => undefined);
    await admin.connect();
    const environment = freshEnvironment(server.adminUrl, passwords);
    Object.assign(process.env, environment);
    return { admin, adminUrl: server.adminUrl, environment, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** One row of a query that has exactly one. */
export async function oneRow<Row>(admin: Client, text: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await admin.query(text, values);
  if (rows.length !== 1) throw new Error(`one row expected, ${rows.length} found`);
  return rows[0] as Row;
}
