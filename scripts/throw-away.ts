import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateDatabase } from "#db/migrate.ts";
import type { RolePasswords } from "./environments.ts";
import { startPostgres } from "./postgres.ts";

/** A folder that goes away again; as root, PostgreSQL's own user has to pass through it. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `belvedere-${name}-`));
  await chmod(folder, 0o711);
  return folder;
}

export type ThrowAwayDatabase = {
  adminUrl: string;
  passwords: RolePasswords;
  remove: () => Promise<void>;
};

/** A server of its own with one migrated, empty database: fast, and gone after `remove`. */
export async function throwAwayDatabase(): Promise<ThrowAwayDatabase> {
  const folder = await temporaryFolder("database");
  const server = await startPostgres({
    folder: join(folder, "postgres"),
    adminPassword: randomBytes(16).toString("hex"),
    isThrowAway: true,
  });
  const passwords = { web: randomUUID(), worker: randomUUID(), signin: randomUUID() };
  const remove = async () => {
    await server.stop("immediate");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrateDatabase(server.adminUrl, passwords);
  } catch (error) {
    await remove();
    throw error;
  }
  return { adminUrl: server.adminUrl, passwords, remove };
}
