// Seals vendors' credentials to the worker's public key, so that the web process can write them but not read them.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";

const VERSION = 1;
const RAW_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** SubjectPublicKeyInfo of X25519 is this prefix and the 32 bytes of the key (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/** Where the sealed value stands; it opens in no other place. */
export type Place = { table: string; column: string; row: string };

const publicKeyOf = (base64: string): KeyObject =>
  createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
const rawPublic = (key: KeyObject): Buffer =>
  key.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
const additional = ({ table, column, row }: Place): Buffer =>
  Buffer.from(JSON.stringify(["belvedere", VERSION, table, column, row]));

function deriveKey(
  privateKey: KeyObject,
  publicKey: KeyObject,
  ephemeral: Buffer,
  recipient: Buffer,
): Buffer {
  const shared = diffieHellman({ privateKey, publicKey });
  return Buffer.from(hkdfSync("sha256", shared, Buffer.concat([ephemeral, recipient]), "belvedere seal", 32));
}

/** version ‖ ephemeral public key ‖ IV ‖ tag ‖ AES-256-GCM ciphertext. `publicKey`: base64 DER (SPKI) of X25519. */
export function seal(plain: string, publicKey: string, place: Place): Buffer {
  const recipient = publicKeyOf(publicKey);
  const pair = generateKeyPairSync("x25519");
  const ephemeral = rawPublic(pair.publicKey);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(
    "aes-256-gcm",
    deriveKey(pair.privateKey, recipient, ephemeral, rawPublic(recipient)),
    iv,
  );
  cipher.setAAD(additional(place));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), ephemeral, iv, cipher.getAuthTag(), body]);
}

/** What `seal` was given; throws when the key, the place or a byte is another. `privateKey`: base64 DER (PKCS #8). */
export function unseal(sealed: Buffer, privateKey: string, place: Place): string {
  if (sealed[0] !== VERSION) throw new Error("sealed by a version this code does not know");
  const own = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  const ephemeral = sealed.subarray(1, 1 + RAW_KEY_BYTES);
  const iv = sealed.subarray(1 + RAW_KEY_BYTES, 1 + RAW_KEY_BYTES + IV_BYTES);
  const tag = sealed.subarray(1 + RAW_KEY_BYTES + IV_BYTES, 1 + RAW_KEY_BYTES + IV_BYTES + TAG_BYTES);
  const sender = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, ephemeral]),
    format: "der",
    type: "spki",
  });
  const decipher = createDecipheriv(
    "aes-256-gcm",
    deriveKey(own, sender, ephemeral, rawPublic(createPublicKey(own))),
    iv,
  );
  decipher.setAAD(additional(place));
  decipher.setAuthTag(tag);
  return Buffer.concat([
    decipher.update(sealed.subarray(1 + RAW_KEY_BYTES + IV_BYTES + TAG_BYTES)),
    decipher.final(),
  ]).toString("utf8");
}
