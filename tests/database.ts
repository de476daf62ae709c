import { randomUUID } from "node:crypto";
import { Client, escapeIdentifier, type QueryResultRow } from "pg";
import { inject } from "vitest";
import { urlForRole } from "#scripts/own-database.ts";

export type TestDatabase = {
  /** The administrator's: it passes by row-level security, so tests use it to look, not to act. */
  adminUrl: string;
  webUrl: string;
  signinUrl: string;
  workerUrl: string;
};

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withName(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** A migrated, empty database of its own: a copy of the run's template. */
export async function newDatabase(): Promise<TestDatabase> {
  const { adminUrl: templateUrl, passwords } = inject("template");
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await connected(withName(templateUrl, "postgres"), async (client) => {
    await client.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`);
    // A copy does not take over who may connect to its original.
    await client.query(
      "update pg_database set datacl = (select datacl from pg_database where datname = $1) where datname = $2",
      [template, name],
    );
  });
  const adminUrl = withName(templateUrl, name);
  return {
    adminUrl,
    webUrl: urlForRole(adminUrl, "web", passwords.web),
    signinUrl: urlForRole(adminUrl, "signin", passwords.signin),
    workerUrl: urlForRole(adminUrl, "worker", passwords.worker),
  };
}

/** Asks this test file's database as the administrator: the catalogue, or what is really in a table. */
export async function adminQuery<Row extends QueryResultRow>(
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  const url = process.env["ADMIN_DATABASE_URL"];
  if (!url) throw new Error("ADMIN_DATABASE_URL is set by tests/setup-database.ts alone");
  return connected(url, async (client) => (await client.query<Row>(sql, parameters)).rows);
}
