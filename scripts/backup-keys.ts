import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { z } from "zod";
import type { Secrets } from "./data-folder.ts";
import { refusal } from "./refusal.ts";

/** What must stay the same for data to be readable and sessions to go on; passwords of the database are made anew. */
export type Keys = Omit<Secrets, "adminPassword" | "rolePasswords">;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
export const SealedKeys = z.strictObject({ salt: base64, iv: base64, tag: base64, data: base64 });
const OpenKeys = z.record(z.string().regex(/^[A-Z_]+$/), z.string().min(1));

/** About 0.1 s and 64 MB per guess. */
const cost = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };
const purpose = Buffer.from("belvedere backup keys 1");
export const shortestPassphrase = 12;

export function sealKeys(keys: Keys, passphrase: string): z.output<typeof SealedKeys> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", scryptSync(passphrase, salt, 32, cost), iv).setAAD(purpose);
  const data = Buffer.concat([cipher.update(JSON.stringify(keys), "utf8"), cipher.final()]);
  const parts = { salt, iv, tag: cipher.getAuthTag(), data };
  return SealedKeys.parse(
    Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, bytes.toString("base64")])),
  );
}

/** The keys by name; throws a sentence when the passphrase is another one. */
export function openKeys(sealed: z.output<typeof SealedKeys>, passphrase: string): Record<string, string> {
  const bytes = (text: string) => Buffer.from(text, "base64");
  const key = scryptSync(passphrase, bytes(sealed.salt), 32, cost);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes(sealed.iv), { authTagLength: 16 });
  decipher.setAAD(purpose).setAuthTag(bytes(sealed.tag));
  try {
    const text = Buffer.concat([decipher.update(bytes(sealed.data)), decipher.final()]).toString("utf8");
    return OpenKeys.parse(JSON.parse(text));
  } catch {
    throw refusal("BACKUP_PASSPHRASE does not open the keys in this backup: give the one it was made with.");
  }
}
