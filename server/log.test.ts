// What the log writes holds no secret, wherever it stood, and still says what happened.
import { Writable } from "node:stream";
import pino from "pino";
import { expect, test } from "vitest";
import { logOptions } from "./log.ts";

const canary = "CANARY-5f2c91";
function written(say: (log: pino.Logger) => void): string {
  let text = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  say(pino({ ...logOptions, level: "debug" }, sink));
  return text;
}

const names = [
  "password",
  "newPassword",
  "passphrase",
  "secret",
  "clientSecret",
  "client_secret",
  "token",
  "access_token",
  "idToken",
  "METRICS_TOKEN",
  "authorization",
  "Authorization",
  "cookie",
  "set-cookie",
  "credentials",
  "api_key",
  "apiKey",
  "KEY_PRIVATE",
  "code",
  "code_verifier",
  "totpSecret",
  "recoveryCodes",
  "state",
  "nonce",
];
test.each(names)("%s, at any depth", (name) => {
  const text = written((log) => {
    log.info({ [name]: canary }, "flat");
    log.info({ a: { b: [{ c: { d: { [name]: canary } } }] } }, "deep");
    log.info(
      { headers: new Headers({ [name.toLowerCase()]: canary }), map: new Map([[name, canary]]) },
      "maps",
    );
    log.error({ err: new Error("outer", { cause: { [name]: { inner: canary } } }) }, "cause");
  });
  expect(text).not.toContain(canary);
  expect(text.trim().split("\n")).toHaveLength(4);
});

test.each([
  `postgres://belvedere_web:${canary}@db:5432/belvedere`,
  `Authorization: Bearer ${canary}`,
  `POST /token?client_secret=${canary}&x=1`,
  `answered {"password":"${canary}"}`,
  `cookie: belvedere-session=${canary}`,
  `redirect /api/auth/callback?code=${canary}`,
])("inside a text: %s", (sentence) => {
  const text = written((log) => {
    log.warn(sentence);
    log.warn({ err: new Error(sentence) }, "error");
    log.warn({ url: sentence }, "field");
    log.warn(new Error(sentence));
  });
  expect(text).not.toContain(canary);
});

test("a database's error keeps its code and loses the row it repeats", () => {
  const error = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: `Key (email)=(${canary})`,
    where: canary,
  });
  const text = written((log) => log.error({ err: error }, "failed"));
  expect(text).not.toContain(canary);
  expect(JSON.parse(text)).toMatchObject({
    err: { type: "Error", message: "duplicate key", code: "23505" },
    msg: "failed",
  });
});

test("what is no secret stays, and nothing breaks it", () => {
  const circle: Record<string, unknown> = { name: "loop" };
  circle["self"] = circle;
  const text = written((log) =>
    log.info(
      {
        circle,
        code: "request.invalid",
        hasToken: true,
        supportId: "7",
        at: new Date(0),
        bytes: Buffer.from("x"),
      },
      "said",
    ),
  );
  expect(JSON.parse(text)).toMatchObject({
    code: "request.invalid",
    hasToken: true,
    supportId: "7",
    at: "1970-01-01T00:00:00.000Z",
    bytes: "[1 bytes]",
    msg: "said",
  });
});
