import { randomBytes } from "node:crypto";
import { generateKeyPairSync } from "node:crypto";
import { access, constants, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { lastingFreePorts, requireFreePort } from "./ports.ts";
import { refusal } from "./refusal.ts";

export const isRoot = process.getuid?.() === 0;

export type Secrets = {
  adminPassword: string;
  rolePasswords: { web: string; worker: string; signin: string };
  AUTH_SECRET: string;
  METRICS_TOKEN: string;
  AUDIT_KEY: string;
  KEY_PUBLIC: string;
  KEY_PRIVATE: string;
};

/** Creates the folder that holds everything of one portal and proves that we may write there. */
export async function openDataFolder(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    // As root, PostgreSQL's own user must be able to pass through, not look inside (decision 39).
    await mkdir(folder, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!(await stat(folder)).isDirectory()) throw refusal("not a directory");
  } catch {
    throw refusal(
      `The data folder ${folder} cannot be written by this user: give it the right or set DATA_DIR.`,
    );
  }
  return folder;
}

/** Written aside and renamed, so that a crash leaves the old file or the new one. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function token(): string {
  return randomBytes(32).toString("base64url");
}

function newSecrets(): Secrets {
  const pair = generateKeyPairSync("x25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  return {
    adminPassword: token(),
    rolePasswords: { web: token(), worker: token(), signin: token() },
    AUTH_SECRET: token(),
    METRICS_TOKEN: token(),
    AUDIT_KEY: randomBytes(32).toString("base64"),
    KEY_PUBLIC: pair.publicKey.toString("base64"),
    KEY_PRIVATE: pair.privateKey.toString("base64"),
  };
}

export async function readSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, "secrets.json");
  if (!existsSync(path)) {
    if (existsSync(join(folder, "postgres"))) {
      throw refusal(`${path} is missing, and without it the database beside it cannot be opened.`);
    }
    await writePrivateFile(path, `${JSON.stringify(newSecrets(), null, 2)}\n`);
  }
  try {
    return JSON.parse(await readFile(path, "utf8")) as Secrets;
  } catch {
    throw refusal(`${path} cannot be read: restore it from a backup.`);
  }
}

/** One for each emulated vendor, in a row. */
const EMULATORS = 2;

/** The emulators' first port stays the same between starts, because connections store their addresses. */
export async function emulatorPort(folder: string, wanted: number | undefined): Promise<number> {
  const path = join(folder, "emulator-port");
  const remembered = Number(await readFile(path, "utf8").catch(() => ""));
  const port = wanted ?? (remembered || (await lastingFreePorts(EMULATORS)));
  for (let index = 0; index < EMULATORS; index += 1)
    await requireFreePort("127.0.0.1", port + index, "EMULATOR_PORT");
  if (port !== remembered) await writePrivateFile(path, String(port));
  return port;
}
