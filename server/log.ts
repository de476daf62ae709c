// Structured logs on standard output; secrets are redacted by name wherever they appear.
import pino from "pino";
import { env } from "./env.ts";

const secretKeys = [
  "password",
  "secret",
  "clientSecret",
  "token",
  "access_token",
  "authorization",
  "cookie",
  "credentials",
];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export const log = pino({ level: env().LOG_LEVEL, redact: { paths, censor: "[redacted]" }, base: null });
