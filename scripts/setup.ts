// `npm run setup -- --partner "Name" --slug name --admin mail`: a portal's first partner, its Super Admin and their invitation.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { migrateDatabase } from "#db/migrate.ts";
import { isLanguage, type Language } from "#locales/languages.ts";
import { newInvitation } from "#server/auth/invitations.ts";
import { type Env, parseEnv } from "#server/env.ts";
import { openDatabase } from "./backup-place.ts";
import { projectRoot } from "./build.ts";
import { openDataFolder, readSecrets } from "./data-folder.ts";
import { rolePasswords } from "./environments.ts";
import { startPostgres } from "./postgres.ts";
import { existingFolder } from "./postgres-place.ts";
import { describeFailure, refusal } from "./refusal.ts";

const usage =
  'npm run setup -- --partner "Name" --slug short-name --admin mail@example.com [--name "Ada Rossi"] [--language en|it|fr] [--time-zone Europe/Rome] [--another]';

type Wish = {
  partner: string;
  slug: string;
  admin: string;
  name: string;
  language: Language;
  timeZone: string;
  another: boolean;
};

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** The wish of the command line; refuses with one sentence per option that is wrong. */
export function readWish(args: string[]): Wish {
  let given;
  try {
    given = parseArgs({
      args,
      options: {
        partner: { type: "string", default: "" },
        slug: { type: "string", default: "" },
        admin: { type: "string", default: "" },
        name: { type: "string" },
        language: { type: "string", default: "en" },
        "time-zone": { type: "string", default: "Europe/Rome" },
        another: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refusal(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  const partner = given.partner.trim();
  const admin = given.admin.trim();
  const name = (given.name ?? admin.split("@")[0] ?? "").trim();
  const { language, slug, another } = given;
  const timeZone = given["time-zone"];
  const wrong = [
    ...(partner.length < 1 || partner.length > 200
      ? ["--partner: the partner's name, 1 to 200 characters."]
      : []),
    ...(/^[a-z0-9-]{1,60}$/.test(slug) ? [] : ["--slug: a short name of a to z, 0 to 9 and -, at most 60."]),
    ...(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(admin) && admin.length <= 320
      ? []
      : ["--admin: the e-mail address of the first Super Admin."]),
    ...(name.length < 1 || name.length > 200 ? ["--name: the Super Admin's name, 1 to 200 characters."] : []),
    ...(isLanguage(language) ? [] : ["--language: en, it or fr."]),
    ...(isTimeZone(timeZone) ? [] : ["--time-zone: a name such as Europe/Rome."]),
  ];
  if (wrong.length > 0 || !isLanguage(language)) throw refusal(`${wrong.join("\n")}\n${usage}`);
  return { partner, slug, admin, name, language, timeZone, another };
}

async function database(env: Env) {
  const dataFolder = await openDataFolder(resolve(projectRoot, env.DATA_DIR));
  const secrets = await readSecrets(dataFolder);
  const folder = join(dataFolder, "postgres");
  const isThere = env.DATABASE_URL !== undefined || (await existingFolder(folder)) !== undefined;
  if (isThere) return { secrets, ...(await openDatabase({ env, dataFolder }, secrets)) };
  const server = await startPostgres({ folder, adminPassword: secrets.adminPassword });
  return { secrets, adminUrl: server.adminUrl, close: () => server.stop("fast") };
}

/** Makes partner, person, membership and invitation in one transaction; the token, or null for who has a password already. */
export async function insertFirst(adminUrl: string, wish: Wish): Promise<string | null> {
  const client = new Client({ connectionString: adminUrl, application_name: "belvedere-setup" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin");
    await client.query("set local role belvedere_owner");
    const { rows: people } = await client.query(`select 1 from "user" limit 1`);
    if (people.length > 0 && !wish.another)
      throw refusal("This portal is set up already. Add --another for one more partner.");
    const partnerId = crypto.randomUUID();
    await client.query("select set_config('app.partner_id', $1, true)", [partnerId]);
    const partner = await client.query(
      "insert into partner (id, slug, name, language, time_zone) values ($1, $2, $3, $4, $5) on conflict (slug) do nothing",
      [partnerId, wish.slug, wish.partner, wish.language, wish.timeZone],
    );
    if (partner.rowCount !== 1) throw refusal(`--slug: there is a partner ${wish.slug} already.`);
    const { rows } = await client.query<{ id: string; password_hash: string | null }>(
      `insert into "user" (email, name, language, time_zone) values ($1, $2, $3, $4)
       on conflict (email) do update set name = "user".name returning id, password_hash`,
      [wish.admin, wish.name, wish.language, wish.timeZone],
    );
    const [user] = rows;
    if (!user) throw new Error("the Super Admin was not stored");
    await client.query(
      "insert into membership (partner_id, user_id, role, scope_all) values ($1, $2, 'superAdmin', true)",
      [partnerId, user.id],
    );
    const { token, tokenHash, expiresAt } = newInvitation();
    const isInvited = user.password_hash === null;
    if (isInvited)
      await client.query("insert into invitation (token_hash, user_id, expires_at) values ($1, $2, $3)", [
        tokenHash,
        user.id,
        expiresAt,
      ]);
    await client.query(
      "select audit.append(null, 'job', 'setup', 'setup', null, '', 'partner:create', $1, 'done', '', '', $2)",
      [`partner ${partnerId}`, JSON.stringify({ name: wish.partner, slug: wish.slug, superAdmin: user.id })],
    );
    await client.query("commit");
    return isInvited ? token : null;
  } finally {
    await client.end();
  }
}

async function run(): Promise<void> {
  const dotenv = join(projectRoot, ".env");
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const wish = readWish(process.argv.slice(2));
  const env = parseEnv(process.env);
  if (env.demo)
    throw refusal(
      "This would set up the demonstration: set DATABASE_URL to a database of your own, or DEMO=0 for the one that comes with Belvedere, here and for npm start.",
    );
  const { adminUrl, secrets, close } = await database(env);
  try {
    await migrateDatabase(adminUrl, rolePasswords(env, secrets));
    const token = await insertFirst(adminUrl, wish);
    console.log(`${wish.partner} (${wish.slug}) is set up; ${wish.admin} is its Super Admin.`);
    console.log(
      token === null
        ? `They have a password already and sign in at ${env.origin}/sign-in`
        : `They set their password here, once, within a week:\n${env.origin}/${wish.language}/invitation?token=${token}`,
    );
  } finally {
    await close();
  }
}

if (import.meta.main) {
  try {
    await run();
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}
