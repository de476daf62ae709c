// What the operator's variables mean, and the sentence each wrong one gets.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseEnv, variableNames } from "./env.ts";

test.each([
  ["PORT", "abc", "PORT must be a whole number from 1 to 65535."],
  ["PORT", "70000", "PORT must be a whole number from 1 to 65535."],
  ["HOST", "a b", "HOST must be an address of this machine, such as 127.0.0.1."],
  ["DEMO", "yes", "DEMO must be 1 or 0."],
  ["DATABASE_URL", "mysql://a/b", "DATABASE_URL must look like postgres://user:password@host:5432/database."],
  [
    "WEB_DATABASE_URL",
    "postgres://me:x@h/d",
    "WEB_DATABASE_URL must sign in as the database role belvedere_web.",
  ],
  [
    "PUBLIC_URL",
    "https://a.example/b",
    "PUBLIC_URL must be a web address without a path, such as https://portal.example.com.",
  ],
  ["AUTH_SECRET", "short", "AUTH_SECRET must have at least 32 characters."],
  ["KEY_PRIVATE", "?", "KEY_PRIVATE must be a key in base64."],
])("%s=%s is refused by name", (name, value, sentence) => {
  expect(() => parseEnv({ [name]: value })).toThrow(sentence);
});

test("every wrong variable has its line, and no value is repeated", () => {
  expect(() => parseEnv({ PORT: "x", METRICS_TOKEN: "hush" })).toThrow(
    /^PORT must be .*\nMETRICS_TOKEN must have at least 16 characters\.$/,
  );
});

test.each([
  [{}, true],
  [{ DATABASE_URL: "" }, true],
  [{ DEMO: "0" }, false],
  [{ DATABASE_URL: "postgres://a@b/c" }, false],
  [{ DATABASE_URL: "postgres://a@b/c", DEMO: "1" }, true],
  [{ WORKER_DATABASE_URL: "postgres://belvedere_worker:x@b/c" }, false],
])("%j: demo is %s", (environment, demo) => {
  expect(parseEnv(environment)).toMatchObject({ demo, allowLoopback: demo });
});

test("the demo is refused in production on a database of one's own", () => {
  const environment = { DATABASE_URL: "postgres://a@b/c", DEMO: "1", NODE_ENV: "production" };
  expect(() => parseEnv(environment)).toThrow("DEMO=1 is refused with NODE_ENV=production");
});

test.each([
  [{}, "http://127.0.0.1:3000"],
  [{ HOST: "0.0.0.0", PORT: "8080" }, "http://localhost:8080"],
  [{ HOST: "::1" }, "http://[::1]:3000"],
  [{ PUBLIC_URL: "https://portal.example.com/" }, "https://portal.example.com"],
])("%j is reached at %s", (environment, origin) => {
  expect(parseEnv(environment).origin).toBe(origin);
});

test(".env.example names every variable, and no other", async () => {
  const text = await readFile(new URL("../.env.example", import.meta.url), "utf8");
  const named = [...text.matchAll(/^# ([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(named.sort()).toEqual([...variableNames].sort());
});
