// Rows per second through the real ingest, in batches as the worker writes them, against COPY of the same rows into the
// same tables: keys, indexes, foreign keys and triggers included.
import type { Client } from "pg";
import { withScope } from "#db/client.ts";
import { BATCH_ACCOUNTS } from "#server/jobs/sync-batch.ts";
import { ingest, type Source } from "#server/sync/service.ts";
import { oneRow } from "./database.ts";
import { snapshotOf } from "./snapshots.ts";
import { median, times, whole } from "./statistics.ts";
import type { Result, Section } from "./table.ts";

const ROUNDS = 3;

/** Everything an ingest writes, parents first. */
const tables = [
  "customer",
  "contact",
  "vendor_account",
  "device",
  "licence",
  "alert",
  "customer_overview",
  "customer_history",
  "status_history",
  "customer_search",
];

async function insertSource(admin: Client, slug: string): Promise<Source> {
  const { id: partnerId } = await oneRow<{ id: string }>(
    admin,
    "insert into partner (slug, name, language, time_zone, silent_days) values ($1, $1, 'en', 'Europe/Rome', 365) returning id",
    [slug],
  );
  const { id: connectionId } = await oneRow<{ id: string }>(
    admin,
    "insert into connection (partner_id, vendor, name) values ($1, 'sophos', $2) returning id",
    [partnerId, slug],
  );
  return { partnerId, connectionId, vendor: "sophos", customerId: null };
}

/** Seconds for all accounts; snapshots are made outside the measured time, a connector's work is not ingest's. */
async function ingestAll(source: Source, accounts: number, edition: number, takenAt: Date): Promise<number> {
  let milliseconds = 0;
  for (let from = 0; from < accounts; from += BATCH_ACCOUNTS) {
    const size = Math.min(BATCH_ACCOUNTS, accounts - from);
    const snapshots = Array.from({ length: size }, (_, index) => snapshotOf(from + index, edition, takenAt));
    const start = performance.now();
    await withScope(
      { partnerId: source.partnerId },
      "read write",
      (db) => ingest(db, source, snapshots, [], takenAt),
      "worker",
    );
    milliseconds += performance.now() - start;
  }
  return milliseconds / 1000;
}

async function countRows(admin: Client, partnerId: string): Promise<number> {
  let total = 0;
  for (const table of tables) {
    total += Number(
      (
        await oneRow<{ n: string }>(admin, `select count(*) as n from ${table} where partner_id = $1`, [
          partnerId,
        ])
      ).n,
    );
  }
  return total;
}

/** Copies a partner's rows out, then in again as another partner's; returns the seconds of the way in. */
async function copyAgain(admin: Client, from: Source, to: Source): Promise<number> {
  const folder = (
    await oneRow<{ folder: string }>(admin, "select current_setting('data_directory') as folder")
  ).folder;
  const plans: { columns: string; path: string; table: string }[] = [];
  for (const table of tables) {
    const { rows } = await admin.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
      [table],
    );
    const names = rows.map(({ name }) => name);
    const values = names.map((name) =>
      name === "partner_id" ? `'${to.partnerId}'` : name === "connection_id" ? `'${to.connectionId}'` : name,
    );
    const path = `${folder}/bench-${table}.copy`;
    // In the order of the rows on disk, which is the order in which they came.
    await admin.query(
      `copy (select ${values.join(", ")} from ${table} where partner_id = '${from.partnerId}') to '${path}'`,
    );
    plans.push({ table, columns: names.join(", "), path });
  }
  // The trigger that keeps the counts writes under row-level security.
  await admin.query("select set_config('app.partner_id', $1, false)", [to.partnerId]);
  await admin.query("checkpoint");
  const start = performance.now();
  for (const { table, columns, path } of plans)
    await admin.query(`copy ${table} (${columns}) from '${path}'`);
  return (performance.now() - start) / 1000;
}

type Round = { rows: number; floor: number; fresh: number; changed: number; unchanged: number };

/** One partner through all three; then the floor with the rows that came of it. */
async function round(admin: Client, name: string, accounts: number): Promise<Round> {
  const source = await insertSource(admin, `bench-in-${name}`);
  const target = await insertSource(admin, `bench-copy-${name}`);
  const now = Date.now();
  const fresh = await ingestAll(source, accounts, 0, new Date(now));
  const rows = await countRows(admin, source.partnerId);
  const floor = await copyAgain(admin, source, target);
  // The same again but read later, as each synchronisation is: accounts and overview get a new instant.
  const unchanged = await ingestAll(source, accounts, 0, new Date(now + 60_000));
  const changed = await ingestAll(source, accounts, 1, new Date(now + 120_000));
  return {
    rows,
    floor: rows / floor,
    fresh: rows / fresh,
    changed: rows / changed,
    unchanged: rows / unchanged,
  };
}

export async function measureIngest(
  admin: Client,
  accounts: number,
): Promise<{ results: Result[]; section: Section }> {
  // So that no page of the tables is read from disk for the first time while somebody counts.
  await round(admin, "warm", Math.min(accounts, 200));
  // As autovacuum does within a minute: without figures of the tables, foreign keys are looked up in any index.
  await admin.query("analyze");
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round(admin, String(index), accounts));
  const floor = median(rounds.map((one) => one.floor));
  const result = (what: string, pick: (one: Round) => number, goal: number): Result => {
    const ours = median(rounds.map(pick));
    return {
      row: "ingest",
      what,
      floor: `${whole(floor)} rows/s`,
      ours: `${whole(ours)} rows/s`,
      ratio: times(ours / floor),
      goal: `≥ ${times(goal)}`,
      isMet: ours / floor >= goal,
    };
  };
  return {
    results: [
      result("rows new", (one) => one.fresh, 0.4),
      result("rows changed", (one) => one.changed, 0.18),
      result("rows unchanged", (one) => one.unchanged, 0.35),
    ],
    section: {
      title: "What ingest counts",
      lines: [
        `A row is a row that stands in one of ${tables.map((table) => `\`${table}\``).join(", ")} after the first ingest of ${whole(accounts)} accounts (${whole(rounds[0]?.rows ?? 0)} rows); the same number divides all three times. The floor is a server-side \`COPY\` of those very rows, as another partner's, into the same tables with their keys, indexes, foreign keys and triggers. \`ingest()\` runs in the worker's role under row-level security, ${BATCH_ACCOUNTS} accounts to a transaction, one after the other; the snapshots are made outside the measured time. A smaller round and \`ANALYZE\` come first. *Changed* renews a figure in every device, licence and alert; *unchanged* is the same data read a minute later, which still renews the account and the overview row. Medians of ${ROUNDS}.`,
      ],
    },
  };
}
