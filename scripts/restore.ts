// `npm run restore -- FILE`: puts a backup into an empty data folder or an empty database, whole or not at all.
import { existsSync, realpathSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Client, escapeIdentifier } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { knownMigrations, migrateDatabase } from "#db/migrate.ts";
import { readArchive } from "./backup-file.ts";
import { type Keys, openKeys } from "./backup-keys.ts";
import { type Backup, checkBackup, type Manifest, tableOf } from "./backup-manifest.ts";
import {
  asAdministrator,
  findSecrets,
  keysInForce,
  type OperatorSettings,
  operatorSettings,
  requireAllKeys,
} from "./backup-place.ts";
import { openDataFolder, readSecrets, type Secrets, writePrivateFile } from "./data-folder.ts";
import { rolePasswords } from "./environments.ts";
import { requireUsableDatabase } from "./own-database.ts";
import { startPostgres } from "./postgres.ts";
import { describeFailure, refusal } from "./refusal.ts";

type Target = { adminUrl: string; stop: () => Promise<void> };

const nameOf = (table: { schema: string; name: string }) =>
  `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;

/** A database of one's own may be bare, or migrated by an earlier try; one with a partner or a person is somebody's. */
async function requireEmptyDatabase(client: Client): Promise<void> {
  const { rows } = await client.query<{ tables: string; ours: boolean }>(`
    select count(*) as tables, coalesce(bool_or(relname = 'kysely_migration'), false) as ours
    from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`);
  const isBare = rows[0]?.tables === "0";
  const isUnused =
    rows[0]?.ours === true &&
    (await client.query('select 1 from partner union all select 1 from "user" limit 1')).rowCount === 0;
  if (!isBare && !isUnused)
    throw refusal(
      "DATABASE_URL: the database is not empty; restore into an empty one. Nothing was restored.",
    );
}

async function makePartitions(client: Client, partitions: Manifest["partitions"]): Promise<void> {
  for (const { name, parent, bound } of partitions) {
    const table = escapeIdentifier(name);
    const { rows } = await client.query("select to_regclass($1) is null as missing", [name]);
    if (!rows[0].missing) continue;
    await client.query(`
      set local role belvedere_owner;
      create table ${table} partition of ${escapeIdentifier(parent)} ${bound};
      alter table ${table} enable row level security, force row level security;
      reset role`);
  }
}

/** Feeds each table's parts to one COPY; backpressure holds the file's reader. */
async function loadTables(client: Client, path: string, backup: Backup, leaveOut: ReadonlySet<number>) {
  let current: { number: number; stream: ReturnType<typeof copyFrom> } | undefined;
  const end = async () => {
    if (!current) return;
    const { stream } = current;
    current = undefined;
    const finished = once(stream, "finish");
    stream.end();
    await finished;
  };
  for await (const { name, body } of readArchive(path)) {
    const number = tableOf(name);
    const table = number === undefined ? undefined : backup.manifest.tables[number];
    if (number === undefined || !table || leaveOut.has(number)) {
      for await (const _ of body);
      continue;
    }
    if (current?.number !== number) {
      await end();
      const columns = table.columns.map(escapeIdentifier).join(", ");
      const stream = client.query(copyFrom(`copy ${nameOf(table)} (${columns}) from stdin`));
      current = { number, stream };
    }
    for await (const chunk of body) {
      if (!current.stream.write(chunk)) await once(current.stream, "drain");
    }
  }
  await end();
}

/** Every chain of every partner, walked entry by entry. */
async function verifyAudit(client: Client, isBrokenAccepted: boolean): Promise<string> {
  const { rows: problems } = await client.query<{ chain_id: string; seq: string; problem: string }>(
    "select * from audit.verify() order by 1, 2 limit 3",
  );
  const { rows } = await client.query<{ entries: string; chains: string; partners: string }>(
    "select coalesce(sum(seq), 0) as entries, count(*) as chains, count(distinct partner_id) as partners from audit_chain",
  );
  const first = problems[0];
  if (!first)
    return `The audit is whole: ${rows[0]?.entries} entries in ${rows[0]?.chains} chains of ${rows[0]?.partners} partners.`;
  const where = `The audit is not whole: entry ${first.seq} of chain ${first.chain_id} is ${first.problem}`;
  if (!isBrokenAccepted) {
    throw refusal(
      `${where}, so it was changed before or in this backup. Nothing was restored; --accept-broken-audit restores it all the same.`,
    );
  }
  return `${where}.`;
}

/** Migrates to the version of the backup, loads everything in one transaction, then migrates to this version. */
async function load(
  client: Client,
  adminUrl: string,
  passwords: Secrets["rolePasswords"],
  file: { path: string; backup: Backup },
  isBrokenAccepted: boolean,
): Promise<string[]> {
  const { manifest, header } = file.backup;
  const said: string[] = [];
  await migrateDatabase(adminUrl, passwords, header.migrations.at(-1));
  const { rows: queue } = await client.query<{ version: number }>("select version from pgboss.version");
  const leaveOut = new Set<number>();
  if (queue[0]?.version !== header.queueVersion) {
    manifest.tables.forEach((table, number) => table.schema === "pgboss" && leaveOut.add(number));
    said.push(
      "Jobs that waited were left out, because the queue's tables have changed since: ask for them again.",
    );
  }
  // As a replica neither foreign keys nor our triggers run: the rows already are what these made of them.
  await client.query("begin; set local session_replication_role = replica; set local row_security = off");
  await makePartitions(client, manifest.partitions);
  await client.query(`truncate ${manifest.tables.map(nameOf).join(", ")}`);
  await loadTables(client, file.path, file.backup, leaveOut);
  for (const { schema, name, value, isCalled } of manifest.sequences)
    await client.query("select setval($1::regclass, $2, $3)", [nameOf({ schema, name }), value, isCalled]);
  for (const [number, table] of manifest.tables.entries()) {
    const { rows } = await client.query<{ n: string }>(`select count(*) as n from ${nameOf(table)}`);
    if (!leaveOut.has(number) && Number(rows[0]?.n) !== table.rows)
      throw refusal(`${table.name} has ${rows[0]?.n} rows instead of ${table.rows}. Nothing was restored.`);
  }
  said.push(await verifyAudit(client, isBrokenAccepted));
  await client.query("commit");
  const { applied } = await migrateDatabase(adminUrl, passwords);
  if (applied.length > 0) said.push(`Migrated from ${header.version}: ${applied.join(", ")}.`);
  await client.query("analyze");
  return said;
}

/** Files of the new portal are made beside their place and moved there at the end. */
async function prepareFiles(
  dataFolder: string,
  present: Secrets | undefined,
  keys: Keys,
  emulatorPort?: number,
) {
  const aside = join(dataFolder, "restoring");
  const link = join(aside, "postgres");
  const clear = async () => {
    // As root the database may lie elsewhere, behind a link (postgres-place.ts).
    if (existsSync(link)) await rm(realpathSync(link), { recursive: true });
    await rm(aside, { recursive: true, force: true });
  };
  await clear();
  await openDataFolder(aside);
  const secrets = { ...(present ?? (await readSecrets(aside))), ...keys };
  await writePrivateFile(join(aside, "secrets.json"), `${JSON.stringify(secrets, null, 2)}\n`);
  if (emulatorPort) await writePrivateFile(join(aside, "emulator-port"), String(emulatorPort));
  const keep = async () => {
    for (const name of ["emulator-port", "secrets.json", "postgres"])
      if (existsSync(join(aside, name))) await rename(join(aside, name), join(dataFolder, name));
    await rm(aside, { recursive: true });
  };
  return { secrets, link, clear, keep };
}

/** The database to fill: the operator's own, if empty, or a new embedded one. */
async function openTarget(
  databaseUrl: string | undefined,
  link: string,
  adminPassword: string,
): Promise<Target> {
  if (databaseUrl) {
    await requireUsableDatabase(databaseUrl);
    await asAdministrator(databaseUrl, requireEmptyDatabase);
    return { adminUrl: databaseUrl, stop: async () => undefined };
  }
  const server = await startPostgres({ folder: link, adminPassword });
  return { adminUrl: server.adminUrl, stop: () => server.stop("fast") };
}

function requireFittingKeys(backup: Backup, keys: Partial<Keys>, dataFolder: string): Keys {
  if (keys.KEY_PUBLIC === undefined || keys.KEY_PRIVATE === undefined)
    throw refusal(
      `The backup holds no keys: put secrets.json of the portal it is from into ${dataFolder}, or give the keys as variables. Nothing was restored.`,
    );
  if (keys.KEY_PUBLIC !== backup.header.publicKey)
    throw refusal(
      "These keys are not those of the portal the backup is from, so its secrets could not be opened. Nothing was restored.",
    );
  return requireAllKeys(keys);
}

/** Of the file, else of what is already there. A variable that names another key would win later, so it is refused now. */
function chooseKeys(backup: Backup, settings: OperatorSettings, present: Secrets | undefined): Keys {
  if (!backup.keys)
    return requireFittingKeys(backup, keysInForce(settings.env, present), settings.dataFolder);
  if (present)
    throw refusal(
      `${settings.dataFolder} already holds keys (secrets.json), and the backup brings others: restore into an empty folder. Nothing was restored.`,
    );
  const opened = openKeys(backup.keys, process.env["BACKUP_PASSPHRASE"] ?? "");
  return requireFittingKeys(
    backup,
    { ...opened, ...keysInForce(settings.env, undefined) },
    settings.dataFolder,
  );
}

async function restore(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "accept-broken-audit": { type: "boolean", default: false } },
  });
  if (!positionals[0]) throw refusal("Which file? npm run restore -- FILE");
  const path = resolve(positionals[0]);
  const settings = operatorSettings();
  const { env } = settings;
  if (!env.DATABASE_URL && existsSync(join(settings.dataFolder, "postgres")))
    throw refusal(
      `${settings.dataFolder} already holds a database: restore into an empty folder (DATA_DIR).`,
    );
  const backup = await checkBackup(path, await knownMigrations());
  const present = await findSecrets(settings.dataFolder);
  const keys = chooseKeys(backup, settings, present);
  const dataFolder = await openDataFolder(settings.dataFolder);
  const files = await prepareFiles(dataFolder, present, keys, backup.header.emulatorPort);
  let said: string[];
  try {
    const target = await openTarget(env.DATABASE_URL, files.link, files.secrets.adminPassword);
    const passwords = rolePasswords(env, files.secrets);
    said = await asAdministrator(target.adminUrl, (client) =>
      load(client, target.adminUrl, passwords, { path, backup }, values["accept-broken-audit"]),
    ).finally(() => target.stop());
  } catch (error) {
    await files.clear();
    throw error;
  }
  await files.keep();
  const rows = backup.manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  console.log(
    `Restored ${rows} rows of ${backup.manifest.tables.length} tables, as of ${backup.header.createdAt}.`,
  );
  for (const line of said) console.log(line);
}

try {
  await restore();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
