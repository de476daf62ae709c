// A symmetric box for what the web process itself must use again: secrets of the second factor and of identity providers.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { env } from "#server/env.ts";
import type { Place } from "./seal.ts";

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Another key than next-auth derives from the same secret, by its own info (RFC 5869). */
function key(): Buffer {
  const secret = env().AUTH_SECRET;
  if (!secret) throw new Error("AUTH_SECRET is missing: there is nothing to seal with.");
  return Buffer.from(hkdfSync("sha256", secret, "", `belvedere web box ${VERSION}`, 32));
}

const additional = ({ table, column, row }: Place): Buffer =>
  Buffer.from(JSON.stringify(["belvedere web", VERSION, table, column, row]));

/** version ‖ IV ‖ tag ‖ AES-256-GCM ciphertext, under a key derived from AUTH_SECRET. */
export function box(plain: string, place: Place): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key(), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(additional(place));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body]);
}

/** What `box` was given; throws when AUTH_SECRET, the place or a byte is another. */
export function unbox(boxed: Buffer, place: Place): string {
  if (boxed[0] !== VERSION || boxed.length < 1 + IV_BYTES + TAG_BYTES)
    throw new Error("boxed by a version this code does not know");
  const decipher = createDecipheriv("aes-256-gcm", key(), boxed.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additional(place));
  decipher.setAuthTag(boxed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES));
  return Buffer.concat([
    decipher.update(boxed.subarray(1 + IV_BYTES + TAG_BYTES)),
    decipher.final(),
  ]).toString("utf8");
}
