// Backup and restore as an operator runs them: real processes, a real file, an empty folder or an empty database.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { projectRoot } from "#scripts/build.ts";
import { startPostgres } from "#scripts/postgres.ts";
import { temporaryFolder } from "#scripts/throw-away.ts";
import { appendAudit } from "#server/audit/append.ts";
import { withScope } from "#db/client.ts";
import { isPassword } from "#server/auth/passwords.ts";
import { variableNames } from "#server/env.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { seal, unseal } from "#server/secrets/seal.ts";
import { adminQuery } from "#tests/database.ts";
import { type Member, makeFullCustomer, makeMember, password } from "#tests/factories.ts";

const passphrase = "a passphrase for tests";
const keyNames = ["AUTH_SECRET", "METRICS_TOKEN", "AUDIT_KEY", "KEY_PUBLIC", "KEY_PRIVATE"];
const given = (name: string) => process.env[name] ?? "";
const keys = () => Object.fromEntries(keyNames.map((name) => [name, given(name)]));
const nothing = Object.fromEntries(variableNames.map((name) => [name, ""]));

type Ended = { code: number | null; said: string };
function run(script: string, args: string[], variables: Record<string, string>): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["-C", "react-server", join(projectRoot, "scripts", `${script}.ts`), ...args],
    {
      cwd: projectRoot,
      env: { ...process.env, ...nothing, BACKUP_PASSPHRASE: passphrase, ...variables },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, said: said.trim() })));
}

let folder: string;
let file: string;
let made: Ended;
let member: Member;
const source = () => ({
  DATABASE_URL: given("ADMIN_DATABASE_URL"),
  DATA_DIR: join(folder, "source"),
  DEMO: "0",
});
const place = { table: "connection", column: "secret" };

/** What every table holds, read as the administrator. */
async function contents(ask: (text: string) => Promise<Record<string, unknown>[]>) {
  const tables = await ask(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%' and tablename <> 'worker_beat' order by 1",
  );
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await ask(
      `select count(*)::int as n, md5(string_agg(t::text, '|' order by t::text)) as digest from "${String(name)}" t`,
    );
    if (row?.["n"] !== 0) found[String(name)] = row;
  }
  return found;
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

beforeAll(async () => {
  folder = await temporaryFolder("backup");
  file = join(folder, "portal.tar.gz");
  member = await makeMember();
  const customer = await makeFullCustomer({ partnerId: member.partnerId });
  const sealed = seal("vendor-password", given("KEY_PUBLIC"), { ...place, row: customer.connectionId });
  await adminQuery("update connection set secret = $1 where id = $2", [sealed, customer.connectionId]);
  await adminQuery("update customer set notes = $1 where id = $2", [
    "tab\there, line\nthere, \\N and é 🏔",
    customer.id,
  ]);
  // A month that a fresh database has no partition for.
  await adminQuery("select app.history_partition('2020-02-01')");
  await adminQuery(
    "insert into customer_history (partner_id, customer_id, day, status) values ($1, $2, '2020-02-03', 'synced')",
    [member.partnerId, customer.id],
  );
  await withScope({ partnerId: member.partnerId }, "read write", (db) =>
    enqueue(db, "syncRequest", { partnerId: member.partnerId, customerId: customer.id }),
  );
  for (const entity of ["one", "two", "three"])
    await withScope({ partnerId: member.partnerId }, "read write", (db) =>
      appendAudit(db, { job: "test" }, { action: "customer:import", entity, customerId: null, detail: {} }),
    );
  made = await run("backup", [file], { ...source(), ...keys() });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("backing up says what was written", () => {
  expect(made.said).toMatch(/^Wrote .*portal\.tar\.gz: \d+ rows of \d+ tables\.$/);
  expect(made.code).toBe(0);
});

describe("into an empty folder", () => {
  let target: string;
  let ended: Ended;
  let restored: Awaited<ReturnType<typeof startPostgres>>;
  let secrets: Record<string, string>;
  beforeAll(async () => {
    target = join(folder, "target");
    ended = await run("restore", [file], { DATA_DIR: target });
    secrets = JSON.parse(await readFile(join(target, "secrets.json"), "utf8")) as typeof secrets;
    restored = await startPostgres({
      folder: join(target, "postgres"),
      adminPassword: secrets["adminPassword"] ?? "",
    });
  }, 60_000);
  afterAll(() => restored.stop("immediate"));
  const ask = async (text: string) =>
    connected(
      restored.adminUrl,
      async (client) => (await client.query(text)).rows as Record<string, unknown>[],
    );

  test("says that the audit was walked", () => {
    expect(ended.said).toMatch(/The audit is whole: \d+ entries in \d+ chains of \d+ partners\./);
    expect(ended.code).toBe(0);
  });

  test("every row of every table is there, and the keys are the old ones", async () => {
    const [before, after] = [await contents(adminQuery), await contents(ask)];
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(["customer", "session", "audit_entry", "customer_history_202002"]),
    );
    expect(after).toEqual(before);
    expect(secrets).toMatchObject(keys());
    expect(secrets["adminPassword"]).toMatch(/.{40}/);
  });

  test("jobs that wait are there", async () => {
    const jobs = "select id, name, data from pgboss.job order by id";
    expect(await ask(jobs)).toEqual(await adminQuery(jobs));
    expect((await ask(jobs)).length).toBeGreaterThan(0);
  });

  test("the old password and the old session still hold, and sealed secrets open", async () => {
    const [user] = await ask(`select password_hash from "user" where id = '${member.userId}'`);
    expect(await isPassword(String(user?.["password_hash"]), password)).toBe(true);
    const [session] = await ask(
      `select 1 from session where token_hash = sha256('${member.token}') and revoked_at is null`,
    );
    expect(session).toBeDefined();
    const [connection] = await ask("select id, secret from connection where secret is not null");
    const row = String(connection?.["id"]);
    expect(unseal(connection?.["secret"] as Buffer, secrets["KEY_PRIVATE"] ?? "", { ...place, row })).toBe(
      "vendor-password",
    );
  });

  test("a new partition is closed like the others", async () => {
    const [partition] = await ask(
      "select relrowsecurity and relforcerowsecurity as closed, relowner::regrole::text as owner from pg_class where relname = 'customer_history_202002'",
    );
    expect(partition).toEqual({ closed: true, owner: "belvedere_owner" });
  });

  test("a folder that holds a portal is refused, and left as it is", async () => {
    const again = await run("restore", [file], { DATA_DIR: target });
    expect(again).toEqual({
      code: 1,
      said: `${target} already holds a database: restore into an empty folder (DATA_DIR).`,
    });
  });
});

describe("into a database of one's own", () => {
  const own = () => {
    const { adminUrl, passwords } = inject("template");
    const url = new URL(adminUrl);
    url.pathname = `/restored_${randomUUID().replaceAll("-", "")}`;
    const role = (name: "web" | "worker" | "signin") => {
      const address = new URL(url);
      address.username = `belvedere_${name}`;
      address.password = passwords[name];
      return address.href;
    };
    return {
      DATABASE_URL: url.href,
      WEB_DATABASE_URL: role("web"),
      WORKER_DATABASE_URL: role("worker"),
      SIGNIN_DATABASE_URL: role("signin"),
      DATA_DIR: join(folder, randomUUID()),
      DEMO: "0",
    };
  };
  const create = (url: string) =>
    connected(given("ADMIN_DATABASE_URL"), (client) =>
      client.query(`create database ${new URL(url).pathname.slice(1)}`),
    );

  test("an empty one takes it, a filled one is refused", async () => {
    const variables = own();
    await create(variables.DATABASE_URL);
    expect((await run("restore", [file], variables)).code).toBe(0);
    const after = await connected(variables.DATABASE_URL, (client) =>
      contents(async (text) => (await client.query(text)).rows as Record<string, unknown>[]),
    );
    expect(after).toEqual(await contents(adminQuery));
    const again = await run("restore", [file], { ...variables, DATA_DIR: join(folder, randomUUID()) });
    expect(again.said).toBe(
      "DATABASE_URL: the database is not empty; restore into an empty one. Nothing was restored.",
    );
  });

  test("a changed audit is refused and leaves nothing; it may be accepted", async () => {
    const variables = own();
    await create(variables.DATABASE_URL);
    const changed = join(folder, "changed.tar.gz");
    const { href } = new URL(given("ADMIN_DATABASE_URL"));
    const before = await adminQuery<{ entity: string }>(
      "select entity from audit_entry where entity = 'two'",
    );
    expect(before).toHaveLength(1);
    await adminQuery("update audit_entry set entity = 'other' where entity = 'two'");
    await run("backup", [changed], { ...source(), ...keys(), DATABASE_URL: href });
    await adminQuery("update audit_entry set entity = 'two' where entity = 'other'");
    const refused = await run("restore", [changed], variables);
    expect(refused.said).toMatch(
      /^The audit is not whole: entry \d+ of chain [-0-9a-f]+ is changed, .* Nothing was restored;/,
    );
    expect(refused.code).toBe(1);
    const count = () => connected(variables.DATABASE_URL, (client) => client.query("select 1 from partner"));
    expect((await count()).rowCount).toBe(0);
    expect((await run("restore", [changed, "--accept-broken-audit"], variables)).code).toBe(0);
    expect((await count()).rowCount).toBeGreaterThan(0);
  });
});

describe("files that are no backup of ours", () => {
  let target: string;
  beforeAll(() => {
    target = join(folder, "untouched");
  });
  const refusal = async (path: string, variables: Record<string, string> = {}) => {
    const ended = await run("restore", [path], { DATA_DIR: target, ...variables });
    expect(ended.code).toBe(1);
    expect(ended.said.split("\n")).toHaveLength(1);
    expect(await readdir(target).catch(() => [])).toEqual([]);
    return ended.said;
  };

  test("absent, cut off, damaged", async () => {
    expect(await refusal(join(folder, "absent"))).toMatch(/^There is no file /);
    const cut = join(folder, "cut.tar.gz");
    await copyFile(file, cut);
    await truncate(cut, Math.floor((await stat(file)).size * 0.7));
    expect(await refusal(cut)).toMatch(
      /is not a whole backup: it is cut off or damaged .* Nothing was restored\.$/,
    );
    const damaged = join(folder, "damaged.tar.gz");
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
    await writeFile(damaged, bytes);
    expect(await refusal(damaged)).toMatch(/is cut off or damaged/);
    await writeFile(damaged, "no archive at all");
    expect(await refusal(damaged)).toMatch(/is cut off or damaged/);
  });

  test("a value that was changed behind the compression, and a newer version", async () => {
    const forged = join(folder, "forged.tar.gz");
    const tar = gunzipSync(await readFile(file));
    const at = tar.indexOf("tab\\there");
    expect(at).toBeGreaterThan(0);
    tar.write("TAB", at);
    await writeFile(forged, gzipSync(tar));
    expect(await refusal(forged)).toMatch(/customer differs from its checksum/);
    const newer = gunzipSync(await readFile(file));
    const migration = newer.indexOf("0001-parties");
    newer.write("9999", migration);
    await writeFile(forged, gzipSync(newer));
    expect(await refusal(forged)).toMatch(
      /was made by a newer version of Belvedere .* Nothing was restored\.$/,
    );
  });

  test("another passphrase, or no keys anywhere", async () => {
    expect(await refusal(file, { BACKUP_PASSPHRASE: "another passphrase" })).toMatch(
      /^BACKUP_PASSPHRASE does not open/,
    );
    const bare = join(folder, "bare.tar.gz");
    const keyless = await run("backup", [bare, "--without-keys"], {
      ...source(),
      ...keys(),
      BACKUP_PASSPHRASE: "",
    });
    expect(keyless.said).toMatch(/It holds no keys/);
    expect(await refusal(bare)).toMatch(/^The backup holds no keys: put secrets\.json/);
    expect(await run("backup", [bare], { ...source(), ...keys(), BACKUP_PASSPHRASE: "" })).toEqual({
      code: 1,
      said: expect.stringMatching(/^BACKUP_PASSPHRASE must have at least 12 characters/),
    });
    expect((await run("backup", [bare], { ...source(), ...keys() })).said).toMatch(
      /exists already: name another file\.$/,
    );
  });

  test("keys that are put there by hand must be the right ones", async () => {
    const bare = join(folder, "bare.tar.gz");
    const byHand = join(folder, "by-hand");
    await mkdir(byHand);
    const others = JSON.parse(await readFile(join(folder, "target", "secrets.json"), "utf8")) as Record<
      string,
      unknown
    >;
    await writeFile(join(byHand, "secrets.json"), JSON.stringify({ ...others, KEY_PUBLIC: "A".repeat(60) }));
    expect((await run("restore", [bare], { DATA_DIR: byHand })).said).toMatch(
      /^These keys are not those of the portal/,
    );
    await writeFile(join(byHand, "secrets.json"), JSON.stringify(others));
    expect((await run("restore", [bare], { DATA_DIR: byHand })).code).toBe(0);
    expect((await readdir(byHand)).sort()).toEqual(["postgres", "secrets.json"]);
  });
});
