// `npm run backup [-- FILE] [--without-keys]`: one consistent file with everything, while the portal runs or not.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Client, escapeIdentifier } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type AddEntry, writeArchive } from "./backup-file.ts";
import { sealKeys, shortestPassphrase } from "./backup-keys.ts";
import {
  backupFormat,
  dataName,
  type Header,
  headerName,
  keysName,
  type Manifest,
  manifestName,
  type Table,
  tally,
} from "./backup-manifest.ts";
import {
  asAdministrator,
  findSecrets,
  keysInForce,
  openDatabase,
  operatorSettings,
  requireAllKeys,
} from "./backup-place.ts";
import { projectRoot } from "./build.ts";
import { writePrivateFile } from "./data-folder.ts";
import { describeFailure, refusal } from "./refusal.ts";

const chunkBytes = 1024 * 1024;

/** Which migrations ran is in the header; of the queue only jobs are data, the rest is made by migrate. */
const listTables = `
  select n.nspname as schema, c.relname as name, array(select attname::text from pg_attribute
    where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and (n.nspname = 'pgboss' and c.relname = 'job'
    or n.nspname in ('public', 'app', 'audit') and c.relname not in ('kysely_migration', 'kysely_migration_lock', 'worker_beat'))
  order by 1, 2`;
const listPartitions = `
  select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  where c.relispartition and p.relkind = 'p' and p.relnamespace = 'public'::regnamespace order by 1`;
const listSequences = `
  select schemaname as schema, sequencename as name, coalesce(last_value, start_value)::text as value,
    last_value is not null as "isCalled"
  from pg_sequences where schemaname in ('public', 'app', 'audit') order by 1, 2`;

async function describe(client: Client, publicKey: string, dataFolder: string): Promise<Header> {
  const migrated = await client.query("select to_regclass('kysely_migration') is not null as there");
  if (!migrated.rows[0].there) throw refusal("The database holds no portal yet.");
  const migrations = await client.query<{ name: string }>("select name from kysely_migration order by name");
  const queue = await client.query<{ version: number }>("select version from pgboss.version");
  const { version } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const emulatorPort = Number(await readFile(join(dataFolder, "emulator-port"), "utf8").catch(() => ""));
  return {
    format: backupFormat,
    version,
    createdAt: new Date().toISOString(),
    migrations: migrations.rows.map((row) => row.name),
    queueVersion: queue.rows[0]?.version ?? 0,
    publicKey,
    ...(emulatorPort > 0 && { emulatorPort }),
  };
}

/** One table's rows as COPY writes them, in parts, so that memory stays flat whatever the size. */
async function addTable(client: Client, add: AddEntry, table: Table, number: number) {
  const columns = table.columns.map(escapeIdentifier).join(", ");
  const from = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
  const counting = tally();
  let waiting: Buffer[] = [];
  let size = 0;
  let chunk = 0;
  const flush = async () => {
    await add(dataName(number, chunk), Buffer.concat(waiting));
    [waiting, size, chunk] = [[], 0, chunk + 1];
  };
  for await (const part of client.query(copyTo(`copy (select ${columns} from ${from}) to stdout`))) {
    counting.add(part as Buffer);
    waiting.push(part as Buffer);
    size += (part as Buffer).length;
    if (size >= chunkBytes) await flush();
  }
  if (size > 0) await flush();
  return { ...table, ...counting.end() };
}

/** Everything as of one instant: a single transaction reads all of it, and no migration runs meanwhile. */
async function addDatabase(client: Client, add: AddEntry, before: () => Promise<void>): Promise<Manifest> {
  // Migrations take the same lock for themselves (db/migrate.ts).
  await client.query("select pg_advisory_lock_shared(7305112)");
  await client.query("begin isolation level repeatable read, read only; set local row_security = off");
  await before();
  const { rows: tables } = await client.query<Table>(listTables);
  const written: Manifest["tables"] = [];
  for (const [number, table] of tables.entries()) written.push(await addTable(client, add, table, number));
  const partitions = await client.query<Manifest["partitions"][number]>(listPartitions);
  const sequences = await client.query<Manifest["sequences"][number]>(listSequences);
  await client.query("commit");
  return { tables: written, partitions: partitions.rows, sequences: sequences.rows };
}

function passphraseFor(withoutKeys: boolean): string | undefined {
  if (withoutKeys) return undefined;
  const passphrase = process.env["BACKUP_PASSPHRASE"] ?? "";
  if (passphrase.length >= shortestPassphrase) return passphrase;
  throw refusal(
    `BACKUP_PASSPHRASE must have at least ${shortestPassphrase} characters: the keys in the backup are encrypted with it. Or leave them out: npm run backup -- --without-keys.`,
  );
}

async function backup(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "without-keys": { type: "boolean", default: false } },
  });
  const settings = operatorSettings();
  const passphrase = passphraseFor(values["without-keys"]);
  const { dataFolder, env } = settings;
  const secrets = await findSecrets(dataFolder);
  const keys = requireAllKeys(keysInForce(env, secrets));
  const name = `belvedere-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.tar.gz`;
  const file = resolve(positionals[0] ?? join(dataFolder, "backups", name));
  const database = await openDatabase(settings, secrets);
  let manifest: Manifest | undefined;
  try {
    manifest = await asAdministrator(database.adminUrl, async (client) => {
      let found: Manifest | undefined;
      await writeArchive(file, async (add) => {
        found = await addDatabase(client, add, async () => {
          await add(headerName, JSON.stringify(await describe(client, keys.KEY_PUBLIC, dataFolder)));
          if (passphrase !== undefined) await add(keysName, JSON.stringify(sealKeys(keys, passphrase)));
        });
        await add(manifestName, JSON.stringify(found));
      });
      return found;
    });
  } finally {
    await database.close();
  }
  // /metrics tells its age.
  await writePrivateFile(join(dataFolder, "last-backup"), `${new Date().toISOString()}\n`).catch(
    () => undefined,
  );
  const rows = manifest?.tables.reduce((sum, table) => sum + table.rows, 0) ?? 0;
  console.log(`Wrote ${file}: ${rows} rows of ${manifest?.tables.length ?? 0} tables.`);
  if (passphrase === undefined)
    console.log("It holds no keys: keep secrets.json of the data folder as well.");
}

try {
  await backup();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
