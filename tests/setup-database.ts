// Gives each test file its own database, before the file imports anything that reads the environment.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll } from "vitest";
import { newDatabase } from "./database.ts";

const database = await newDatabase();
const pair = generateKeyPairSync("x25519", {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" },
});

Object.assign(process.env, {
  DEMO: "0",
  ADMIN_DATABASE_URL: database.adminUrl,
  WEB_DATABASE_URL: database.webUrl,
  SIGNIN_DATABASE_URL: database.signinUrl,
  WORKER_DATABASE_URL: database.workerUrl,
  AUTH_SECRET: randomBytes(32).toString("base64url"),
  METRICS_TOKEN: randomBytes(32).toString("base64url"),
  AUDIT_KEY: randomBytes(32).toString("base64"),
  KEY_PUBLIC: pair.publicKey.toString("base64"),
  KEY_PRIVATE: pair.privateKey.toString("base64"),
});

// After the file's own clean-up; imported late, because the module reads the environment set above.
afterAll(async () => (await import("#db/client.ts")).closeDatabase());
