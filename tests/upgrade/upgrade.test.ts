// The previous version's database, filled and in use, becomes this version's: nothing is lost and nobody is signed out.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { beforeAll, expect, inject, test } from "vitest";
import { knownMigrations, migrateDatabase } from "#db/migrate.ts";
import { urlForRole } from "#scripts/own-database.ts";

/** The last migration of version 0.1.0. */
const previous = "0005-import";
const password = "correct horse battery";
const token = "a-session-of-the-previous-version".padEnd(43, "-");
const partner = "a0000000-0000-4000-8000-000000000001";
/** Columns whose values this version means to write anew, with the reason. */
const rewritten: Record<string, readonly string[]> = {};

let adminUrl: string;
let passwords: ReturnType<typeof inject<"template">>["passwords"];
async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
const ask = <Row extends Record<string, unknown>>(text: string) =>
  connected(adminUrl, async (client) => (await client.query<Row>(text)).rows);

type Columns = Record<string, string[]>;
async function columnsOf(): Promise<Columns> {
  const rows = await ask<{ table: string; columns: string[] }>(`
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      and c.relname not like 'kysely%' group by 1`);
  return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
}
/** A digest per table of the columns that the previous version had. */
async function digests(columns: Columns): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [table, names] of Object.entries(columns)) {
    const kept = names.filter((name) => !rewritten[table]?.includes(name)).map((name) => `"${name}"`);
    [found[table]] = await ask(
      `select count(*)::int as rows, md5(string_agg(r::text, '|' order by r::text)) as digest from (select ${kept.join(", ")} from "${table}") r`,
    );
  }
  return found;
}

let columns: Columns;
let before: Record<string, unknown>;
beforeAll(async () => {
  const template = inject("template");
  ({ passwords } = template);
  const url = new URL(template.adminUrl);
  url.pathname = `/upgrade_${randomUUID().replaceAll("-", "")}`;
  adminUrl = url.href;
  await connected(template.adminUrl, (client) => client.query(`create database ${url.pathname.slice(1)}`));
  await migrateDatabase(adminUrl, passwords, previous);
  // Read late: the modules below take their addresses from the environment when they are first used.
  Object.assign(process.env, {
    WEB_DATABASE_URL: urlForRole(adminUrl, "web", passwords.web),
    SIGNIN_DATABASE_URL: urlForRole(adminUrl, "signin", passwords.signin),
    WORKER_DATABASE_URL: urlForRole(adminUrl, "worker", passwords.worker),
  });
  const { hashPassword } = await import("#server/auth/passwords.ts");
  const hash = await hashPassword(password);
  const text = await readFile(new URL("previous.sql", import.meta.url), "utf8");
  await connected(adminUrl, (client) =>
    client.query(text.replaceAll("$password", hash).replaceAll("$token", token)),
  );
  columns = await columnsOf();
  before = await digests(columns);
});

/** What the previous version's web process goes on doing meanwhile; gives the addresses of contacts that were answered for. */
async function keepWriting(signal: AbortSignal, who: number): Promise<string[]> {
  const acknowledged: string[] = [];
  while (!signal.aborted) {
    const email = `${who}-${acknowledged.length}-${randomUUID()}@load.example`;
    const isWritten = await connected(urlForRole(adminUrl, "web", passwords.web), async (client) => {
      await client.query(`begin; set local app.partner_id = '${partner}'; set local app.member_all = 'on'`);
      await client.query(
        "select * from readable_overview where partner_id = $1 order by name_sort limit 50",
        [partner],
      );
      await client.query(
        "insert into contact (partner_id, customer_id, role, email, source) select partner_id, customer_id, 'other', $2, 'person' from readable_overview where partner_id = $1 limit 1",
        [partner, email],
      );
      await client.query(
        "select audit.append(null, 'user', 'x', 'x', null, '', 'contact:add', $1, 'done', '', '', '{}')",
        [email],
      );
      await client.query("commit");
    }).then(
      () => true,
      () => false,
    );
    if (isWritten) acknowledged.push(email);
  }
  return acknowledged;
}

test("under load: every row, every acknowledged write and the audit are kept", async () => {
  const stop = new AbortController();
  const writers = [1, 2, 3].map((who) => keepWriting(stop.signal, who));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { applied } = await migrateDatabase(adminUrl, passwords);
  await new Promise((resolve) => setTimeout(resolve, 300));
  stop.abort();
  const acknowledged = (await Promise.all(writers)).flat();
  const known = await knownMigrations();
  expect(applied).toEqual(known.slice(known.indexOf(previous) + 1));
  expect(acknowledged.length).toBeGreaterThan(20);

  const written = await ask<{ email: string }>(
    "select email from contact where email like '%@load.example' order by 1",
  );
  expect(written.map((row) => row.email)).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(written.map((row) => row.email)).size).toBe(written.length);
  expect(await ask("select * from audit.verify()")).toEqual([]);

  await ask("delete from contact where email like '%@load.example'");
  const after = await digests(columns);
  for (const table of ["audit_chain", "audit_entry"]) [before, after].forEach((all) => delete all[table]);
  expect(after).toEqual(before);
  const own = await ask<{ n: number }>(
    "select count(*)::int as n from audit_entry where entity not like '%@load.example'",
  );
  expect(own).toEqual([{ n: 40 }]);
});

test("the session of before still opens the pages of now, and the password holds", async () => {
  const { readSession } = await import("#server/auth/sessions.ts");
  const { isPassword } = await import("#server/auth/passwords.ts");
  const session = await readSession(token, "192.0.2.1");
  expect(session?.actor).toMatchObject({ partnerId: partner, role: "superAdmin" });
  const [user] = await ask<{ password_hash: string }>('select password_hash from "user"');
  expect(await isPassword(user?.password_hash, password)).toBe(true);
  const { callerFor } = await import("#tests/factories.ts");
  const api = await callerFor({ token });
  const list = await api.customers.list({});
  expect(list.rows).toHaveLength(50);
});

test("a second start migrates nothing", async () => {
  expect((await migrateDatabase(adminUrl, passwords)).applied).toEqual([]);
});
