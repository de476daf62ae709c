// Brings a database to the schema of this code: roles, extensions, the forward-only SQL files, the job queue's schema.
import { readFile, readdir } from "node:fs/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator, type Migration, type MigrationProvider, type MigrationResultSet } from "kysely/migration";
import pg from "pg";
import { getConstructionPlans, getMigrationPlans } from "pg-boss";
import boss from "pg-boss/package.json" with { type: "json" };
import { DEAD_QUEUE, queues } from "./queues.ts";

/** Passwords of the three roles that log in; they are (re)set at each call. */
export type RolePasswords = { web: string; worker: string; signin: string };

/** `code` is "database.newer" where the database holds migrations that this code does not know. */
class MigrationError extends Error {
  readonly code: "database.newer" | "database.failed";
  constructor(code: MigrationError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const folder = new URL("./migrations/", import.meta.url);
const QUEUE_SCHEMA = "pgboss";

/** The migrations this code knows, oldest first. */
export async function knownMigrations(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.replace(/\.sql$/, ""))
    .sort();
}

class SqlFiles implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    return Object.fromEntries(
      await Promise.all(
        (await knownMigrations()).map(async (name) => {
          const text = await readFile(new URL(`${name}.sql`, folder), "utf8");
          return [
            name,
            { up: async (db: Kysely<unknown>) => void (await sql.raw(text).execute(db)) },
          ] as const;
        }),
      ),
    );
  }
}

const literal = (value: string) => pg.escapeLiteral(value);

/**
 * All of them are one transaction. Whoever still works with the old version may hold what it waits for and wait for what
 * it holds; PostgreSQL then ends one of the two, and this one begins anew.
 */
async function runMigrations(
  migrator: Migrator,
  upTo: string | undefined,
  tries = 10,
): Promise<MigrationResultSet> {
  const result = await (upTo ? migrator.migrateTo(upTo) : migrator.migrateToLatest());
  const isDeadlock = result.error instanceof pg.DatabaseError && result.error.code === "40P01";
  return isDeadlock && tries > 1 ? runMigrations(migrator, upTo, tries - 1) : result;
}

/** Roles belong to the cluster, so several databases share them; all statements can be repeated. */
async function prepareRoles(admin: pg.Client, database: string, passwords: RolePasswords): Promise<void> {
  const known = new Set(
    (
      await admin.query<{ rolname: string }>(
        "select rolname from pg_roles where rolname like 'belvedere\\_%'",
      )
    ).rows.map((row) => row.rolname),
  );
  for (const role of ["owner", "search"]) {
    if (!known.has(`belvedere_${role}`)) await admin.query(`create role belvedere_${role} nologin noinherit`);
  }
  for (const role of ["web", "worker", "signin"] as const) {
    const verb = known.has(`belvedere_${role}`) ? "alter" : "create";
    await admin.query(`${verb} role belvedere_${role} login noinherit password ${literal(passwords[role])}`);
  }
  const name = pg.escapeIdentifier(database);
  await admin.query(`
    revoke all on database ${name} from public;
    grant connect on database ${name} to belvedere_web, belvedere_worker, belvedere_signin;
    grant temporary on database ${name} to belvedere_worker;
    grant create on database ${name} to belvedere_owner;
    grant create, usage on schema public to belvedere_owner;
    grant belvedere_owner to current_user;
    create extension if not exists pg_trgm;
    create extension if not exists unaccent;
    create extension if not exists citext;
    grant belvedere_search to belvedere_owner`);
}

/** The job queue's own tables, made by its own statements but owned by us; web may add jobs, the worker runs them. */
async function prepareQueue(client: pg.Client): Promise<void> {
  const exists = (await client.query("select to_regclass('pgboss.version') is not null as there")).rows[0]
    .there as boolean;
  if (exists) {
    const { version } = (await client.query("select version from pgboss.version")).rows[0] as {
      version: number;
    };
    if (version < boss.pgboss.schema) await client.query(getMigrationPlans(QUEUE_SCHEMA, version));
  } else {
    await client.query(getConstructionPlans(QUEUE_SCHEMA, { createSchema: true }));
  }
  for (const [name, options] of Object.entries(queues)) {
    const deadLetter = name === DEAD_QUEUE ? {} : { deadLetter: DEAD_QUEUE };
    const settings = JSON.stringify({ policy: "standard", notify: true, ...deadLetter, ...options });
    await client.query("select pgboss.create_queue($1, $2)", [name, settings]);
    // A queue of an earlier version keeps its jobs and takes the settings of this one.
    await client.query(
      `update pgboss.queue set retry_limit = coalesce((o ->> 'retryLimit')::int, 2), retry_delay = coalesce((o ->> 'retryDelay')::int, 0),
         retry_backoff = coalesce((o ->> 'retryBackoff')::boolean, false), retry_delay_max = (o ->> 'retryDelayMax')::int,
         expire_seconds = coalesce((o ->> 'expireInSeconds')::int, 900),
         heartbeat_seconds = (o ->> 'heartbeatSeconds')::int, policy = o ->> 'policy', dead_letter = o ->> 'deadLetter'
       from (select $2::jsonb as o) given where name = $1`,
      [name, settings],
    );
  }
  await client.query(`
    grant usage on schema pgboss to belvedere_web, belvedere_worker;
    grant select, insert, update, delete on all tables in schema pgboss to belvedere_worker;
    grant select, insert on all tables in schema pgboss to belvedere_web;
    grant execute on all functions in schema pgboss to belvedere_web, belvedere_worker`);
}

/**
 * Migrates the database of `adminUrl` (an administrator, who may create roles) and returns the names of what was
 * applied. Can be repeated and called at the same time from several places; with `upTo` it stops after that migration,
 * which a restore needs. Throws MigrationError.
 */
export async function migrateDatabase(
  adminUrl: string,
  passwords: RolePasswords,
  upTo?: string,
): Promise<{ applied: string[] }> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: "belvedere-migrate" });
  await admin.connect();
  let db: Kysely<unknown> | undefined;
  try {
    await admin.query("select pg_advisory_lock(7305112)");
    const database = (await admin.query("select current_database() as name")).rows[0].name as string;
    const provider = new SqlFiles();
    await refuseNewer(admin, await knownMigrations());
    await prepareRoles(admin, database, passwords);
    const pool = new pg.Pool({
      connectionString: adminUrl,
      max: 1,
      options: "-c role=belvedere_owner",
      application_name: "belvedere-migrate",
    });
    db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    const migrator = new Migrator({ db, provider });
    const { error, results = [] } = await runMigrations(migrator, upTo);
    if (error)
      throw new MigrationError(
        "database.failed",
        `The database could not be migrated: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    await admin.query("set role belvedere_owner");
    await prepareQueue(admin);
    await admin.query("reset role");
    await admin.query("revoke belvedere_search from belvedere_owner");
    return { applied: results.map((result) => result.migrationName) };
  } finally {
    await db?.destroy();
    await admin.end();
  }
}

async function refuseNewer(admin: pg.Client, known: string[]): Promise<void> {
  const there = (await admin.query("select to_regclass('public.kysely_migration') is not null as there"))
    .rows[0].there as boolean;
  if (!there) return;
  const { rows } = await admin.query<{ name: string }>("select name from kysely_migration order by name");
  const unknown = rows.map((row) => row.name).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new MigrationError(
      "database.newer",
      `The database is newer than this version of Belvedere (it holds ${unknown.join(", ")}). Start the newer version, or restore an older backup.`,
    );
  }
}
