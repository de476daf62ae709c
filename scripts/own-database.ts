import { Client } from "pg";
import { refusal } from "./refusal.ts";

const oldestVersion = 15;
const newestVersion = 18;

type Facts = { version: string; encoding: string; may_create_roles: boolean };

/** A sentence for each way in which a server can turn us away, by its error code. */
function explain(url: URL, error: Error & { code?: string }): string {
  const place = `${url.hostname}:${url.port || "5432"}`;
  switch (error.code) {
    case "28P01":
    case "28000":
      return `DATABASE_URL: the server at ${place} refuses the user or the password.`;
    case "42501":
      return `DATABASE_URL: its user may not connect to the database ${url.pathname.slice(1)} at ${place}.`;
    case "3D000":
      return `DATABASE_URL: there is no database ${url.pathname.slice(1)} at ${place}; create it first.`;
    default:
      return `DATABASE_URL: no PostgreSQL answers at ${place} (${error.code ?? error.message}).`;
  }
}

/** Proves that the operator's own server is reachable, of a version we know, and lets us create our roles. */
export async function requireUsableDatabase(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw refusal(explain(new URL(databaseUrl), error as Error));
  }
  try {
    const { rows } = await client.query<Facts>(`
      select current_setting('server_version_num') as version,
             pg_encoding_to_char(encoding) as encoding,
             (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_create_roles
      from pg_database where datname = current_database()`);
    const complaint = rows[0] && complain(rows[0]);
    if (complaint) throw refusal(complaint);
  } finally {
    await client.end();
  }
}

export function complain(facts: Facts): string | undefined {
  const major = Math.floor(Number(facts.version) / 10_000);
  if (major < oldestVersion || major > newestVersion) {
    return `DATABASE_URL: PostgreSQL ${major} is not supported; ${oldestVersion} to ${newestVersion} are.`;
  }
  if (facts.encoding !== "UTF8") {
    return `DATABASE_URL: the database is encoded in ${facts.encoding}; create it with the encoding UTF8.`;
  }
  if (!facts.may_create_roles) {
    return "DATABASE_URL: its user may not create roles; give it CREATEROLE, or use an administrator.";
  }
  return undefined;
}

/** The same database, signed in to as one of our roles. */
export function urlForRole(databaseUrl: string, role: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = `belvedere_${role}`;
  url.password = encodeURIComponent(password);
  return url.href;
}

export function passwordOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).password);
}
